//! The functions of a migration's file, and how calls of them are followed.

use super::super::code::{Item, walk};
use super::read::Steps;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Calls of functions of the file that are followed.
const MAX_CALLS: usize = 500;
/// A function with more statements counts as several calls.
const STATEMENTS_OF_A_CALL: usize = 1000;

/// The functions of a file by their names, wherever they are defined.
pub(super) struct Functions<'a> {
    bodies: Rc<HashMap<&'a str, Body<'a>>>,
    /// The names of those that are being read, each called by the one before.
    around: RefCell<Vec<&'a str>>,
    /// Calls that may still be followed; a large function counts for several.
    left: Cell<usize>,
}

/// The statements of a function, and how many there are with those inside them.
#[derive(Clone, Copy)]
struct Body<'a> {
    items: &'a [Item],
    size: usize,
}

impl<'a> Functions<'a> {
    pub(super) fn of(items: &'a [Item]) -> Self {
        Self::within(items, true)
    }

    /// Those of a class, without those of classes inside it.
    pub(super) fn of_class(body: &'a [Item]) -> Self {
        Self::within(body, false)
    }

    fn within(items: &'a [Item], classes: bool) -> Self {
        let mut bodies = HashMap::new();
        walk(items, &mut |item| {
            if let Item::Define { name, body } = item {
                bodies.entry(name.as_str()).or_insert_with(|| Body { items: body.as_slice(), size: size_of(body) });
            }
            classes || !matches!(item, Item::Class { .. })
        });
        Functions { bodies: Rc::new(bodies), around: RefCell::default(), left: Cell::new(MAX_CALLS) }
    }

    /// The same for another reader: nothing is followed yet.
    pub(super) fn anew(&self) -> Self {
        Functions { bodies: Rc::clone(&self.bodies), around: RefCell::default(), left: Cell::new(MAX_CALLS) }
    }

    /// The statements of a function.
    pub(super) fn find(&self, name: &str) -> Option<&'a [Item]> {
        self.bodies.get(name).map(|body| body.items)
    }

    /// The functions whose names begin so, in order.
    pub(super) fn beginning_with(&self, prefix: &str) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.bodies.keys().copied().filter(|name| name.starts_with(prefix)).collect();
        names.sort_unstable();
        names
    }

    /// Reads the function that a call names; `false` when the file has none. One that is being read is not read again for a
    /// call of its own, and of functions that call each other too often it is said that they are not read.
    pub(super) fn follow(&self, name: &str, steps: &mut Steps, read: impl FnOnce(&'a [Item], &mut Steps)) -> bool {
        let Some((&name, body)) = self.bodies.get_key_value(name) else { return false };
        if self.around.borrow().contains(&name) {
            return true;
        }
        let Some(left) = self.left.get().checked_sub(1 + body.size / STATEMENTS_OF_A_CALL) else {
            steps.leave_unread();
            return true;
        };
        self.left.set(left);
        self.around.borrow_mut().push(name);
        read(body.items, steps);
        self.around.borrow_mut().pop();
        true
    }
}

/// How many statements there are, with those inside them.
fn size_of(items: &[Item]) -> usize {
    let mut size = 0;
    walk(items, &mut |_| {
        size += 1;
        true
    });
    size
}
