//! Follows what `change` or `up` of a Rails migration runs: blocks, loops, functions and code of the file.

use super::super::super::code::{COMPUTED, Call, Item, Text, Value, walk};
use super::super::super::step::Operation;
use super::super::functions::Functions;
use super::super::read::{Steps, calls};
use super::names::{Names, parameters_of};
use super::operations;
use super::rows::{Models, Rows, is_model};
use super::values::values_of;
use super::words::is_elsewhere;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let migrations = migrations_of(items);
    for body in &migrations {
        read_one(&Functions::of_class(body), items, steps);
    }
    if migrations.is_empty() {
        read_one(&Functions::of(items), items, steps);
    }
}

/// The bodies of the classes that come from `ActiveRecord::Migration`, or from one that does.
fn migrations_of(items: &[Item]) -> Vec<&[Item]> {
    let mut names: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    walk(items, &mut |item| {
        if let Item::Class { name, base, body } = item
            && !base.is_empty()
            && (base.contains("Migration") || names.iter().take(MAX_CLASSES).any(|known| known == base))
        {
            names.push(name);
            found.push(body.as_slice());
        }
        true
    });
    found
}

/// Classes of migrations in a file.
const MAX_CLASSES: usize = 100;

fn read_one<'a>(own: &Functions<'a>, items: &'a [Item], steps: &mut Steps) {
    for method in ["change", "up"] {
        let Some(body) = own.find(method) else { continue };
        let first = calls(body).into_iter().find(|call| method == "up" || call.short() == "execute");
        let has_reverse = if method == "up" {
            own.find("down").is_some()
        } else {
            calls(body).iter().any(|call| matches!(call.short(), "reversible" | "up_only"))
        };
        let reader = Reader {
            all: Functions::of(items),
            own,
            names: Names::of(items),
            models: Models::of(items),
            rows: RefCell::default(),
            unrolled: Cell::new(MAX_UNROLLED),
        };
        reader.statements(body, steps);
        if let Some(first) = first.filter(|_| !has_reverse) {
            let what = if method == "up" { "up" } else { "execute" }.to_owned();
            steps.push(first.span, Operation::Irreversible { what });
        }
        return;
    }
}

/// Statements that may be read again for another piece of a list.
const MAX_UNROLLED: usize = 5_000;
/// Pieces of a list that are taken one by one.
const MAX_PIECES: usize = 100;

struct Reader<'a, 'f> {
    /// The functions of the migration's class, and all of the file.
    own: &'f Functions<'a>,
    all: Functions<'a>,
    names: Names,
    models: Models,
    /// The loops over rows that are around.
    rows: RefCell<Vec<Rows>>,
    /// Statements that may still be read again.
    unrolled: Cell<usize>,
}

impl Reader<'_, '_> {
    fn statements(&self, body: &[Item], steps: &mut Steps) {
        steps.deeper(|steps| {
            for item in body {
                match item {
                    Item::Call(call) => self.call(call, steps),
                    Item::Block { body, .. } => self.statements(body, steps),
                    Item::Loop { over, name, body } => self.repeat(over.as_ref(), name, body, steps),
                    Item::Assign { name, value, .. } => self.names.assign(name, value),
                    Item::Extend { name, value, .. } => self.names.extend(name, value),
                    _ => {}
                }
            }
        });
    }

    fn call(&self, written: &Call, steps: &mut Steps) {
        let call = self.names.resolved(written);
        if is_model(&call.name) {
            steps.quoting(call.span, || values_of(&call));
        }
        match call.short() {
            "safety_assured" => {
                let before = std::mem::replace(&mut steps.assured, true);
                self.statements(&call.block, steps);
                steps.assured = before;
            }
            "down" => {}
            "lambda" | "proc" if call.name == call.short() => {}
            "new" if call.name == "Proc.new" => {}
            "transaction" if !call.block.is_empty() => self.transaction(&call, steps),
            "send" | "public_send" | "__send__" => self.send(&call, steps),
            "call" | "yield" | "()" | "===" | "[]" if self.runs_code(&call, steps) => {}
            "revert" => self.revert(&call, steps),
            // Code in a text.
            "eval" | "instance_eval" | "class_eval" | "module_eval" if !call.arguments.is_empty() => {
                steps.unseen(call.span)
            }
            _ if operations::sql_of(&call, written, steps, &self.names) => {}
            _ if operations::operation(&call, steps) => {
                if call.short() != "add_enum_value" {
                    steps.quoting(call.span, || values_of(&call));
                }
                // What a table is made of has been read; the rest of its block runs too.
                let own = call.block.iter().filter(|item| matches!(item, Item::Call(call) if call.name.contains('.')));
                if own.count() < call.block.len() && call.short() == "create_table" {
                    self.names.in_block(|| self.statements(&call.block, steps));
                }
            }
            _ if self.function(&call, steps) => {}
            short => {
                if call.block.is_empty() || short != "delete" {
                    self.models.write_of(&call, self.rows.borrow().last(), steps);
                }
                if is_elsewhere(&call) && self.names.with(&call.name, |_| ()).is_none() {
                    steps.unseen(call.span);
                }
                self.block(&call, steps);
            }
        }
    }

    /// `transaction do .. end`; in a loop each time has one of its own.
    fn transaction(&self, call: &Call, steps: &mut Steps) {
        let before = steps.together;
        steps.together |= !steps.is_in_loop();
        self.names.in_block(|| self.statements(&call.block, steps));
        steps.together = before;
    }

    /// `send(:add_index, :users, :name)`
    fn send(&self, call: &Call, steps: &mut Steps) {
        let before = call.name.strip_suffix(call.short()).unwrap_or_default();
        match call.arguments.first() {
            Some(Value::Symbol(method)) | Some(Value::Text(Text { text: method, .. }))
                if !method.contains(COMPUTED) =>
            {
                let arguments = Rc::new(call.arguments.iter().skip(1).cloned().collect());
                self.call(&Call { name: format!("{before}{method}"), arguments, ..call.clone() }, steps);
            }
            Some(_) if before.is_empty() || before == "self." || before.ends_with("connection.") => {
                steps.push(call.span, Operation::Unseen);
            }
            _ => self.block(call, steps),
        }
    }

    /// `code.call(..)`, `yield`: whether it is known what runs.
    fn runs_code(&self, call: &Call, steps: &mut Steps) -> bool {
        let name = call.name.split('.').next().unwrap_or_default();
        let code = |value: &Value| match value {
            Value::Code(body) => Some(body.clone()),
            _ => None,
        };
        let body = match &call.receiver {
            Some(value) => code(value),
            None => self.names.with(name, code).flatten(),
        };
        let Some(body) = body else { return false };
        // Code that runs itself does so only where a condition ends it.
        self.names.in_block(|| {
            self.names.bind(name, Value::Unknown);
            self.names.hand_arguments(parameters_of(&body), call);
            self.statements(&body, steps);
        });
        true
    }

    /// A function of the file; `false` when it has none of this name.
    fn function(&self, call: &Call, steps: &mut Steps) -> bool {
        let uses_block = Cell::new(false);
        let read = |body: &[Item], steps: &mut Steps| {
            self.names.in_function(|| {
                let parameters = parameters_of(body);
                self.names.hand_arguments(parameters, call);
                self.names.bind("yield", Value::Code(call.block.to_vec()));
                uses_block.set(runs_its_block(body));
                self.statements(body, steps);
            });
        };
        let found = self.own.follow(&call.name, steps, read) || self.all.follow(&call.name, steps, read);
        if found && !uses_block.get() {
            self.block(call, steps);
        }
        found
    }

    /// The block of a call that is not known to be anything else: it runs, perhaps for each piece of a list.
    fn block(&self, call: &Call, steps: &mut Steps) {
        if call.block.is_empty() {
            return;
        }
        let parameters = parameters_of(&call.block);
        if let Some(rows) = self.models.rows_of(call) {
            let each = Value::Call(Box::new(Call { block: Rc::default(), arguments: Rc::default(), ..call.clone() }));
            self.rows.borrow_mut().push(rows);
            self.once(parameters, &each, true, &call.block, steps);
            self.rows.borrow_mut().pop();
            return;
        }
        match self.names.pieces(call, MAX_PIECES).filter(|pieces| self.may_unroll(pieces, &call.block)) {
            Some(pieces) => {
                for piece in pieces {
                    self.once(parameters, &piece, false, &call.block, steps);
                }
            }
            // `tap`, `then` hand over what they are called on.
            None => self.once(parameters, &Value::Unknown, Models::is_long(call), &call.block, steps),
        }
    }

    fn once(&self, parameters: &[(String, Value)], piece: &Value, long: bool, body: &[Item], steps: &mut Steps) {
        steps.in_loop(long, |steps| {
            self.names.in_block(|| {
                self.names.hand_over(parameters, piece);
                self.statements(body, steps);
            });
        });
    }

    /// `for name in list`, `while ..`.
    fn repeat(&self, over: Option<&Value>, name: &str, body: &[Item], steps: &mut Steps) {
        let Some(over) = over else { return self.once(&[], &Value::Unknown, true, body, steps) };
        let (chain, receiver) = match over {
            Value::Name(list) => (format!("{list}.each"), None),
            Value::Call(call) => (format!("{}.each", call.name), call.receiver.clone()),
            other => ("[].each".to_owned(), Some(Rc::new(other.clone()))),
        };
        let mut block = vec![Item::Parameters(vec![(name.to_owned(), Value::Unknown)])];
        block.extend(body.iter().cloned());
        let limited = over.call().is_some_and(|call| call.limited);
        let call = Call { name: chain, receiver, limited, block: Rc::new(block), ..Call::default() };
        self.block(&self.names.resolved(&call), steps);
    }

    /// Whether so much may be read once for each piece.
    fn may_unroll(&self, pieces: &[Value], body: &[Item]) -> bool {
        let mut size = 1;
        walk(body, &mut |_| {
            size += 1;
            true
        });
        let left = self.unrolled.get().checked_sub(size * pieces.len());
        left.inspect(|left| self.unrolled.set(*left)).is_some()
    }

    /// `revert do .. end` and `revert CreateUsers`: what is made there goes away, and the rest cannot be told.
    fn revert(&self, call: &Call, steps: &mut Steps) {
        if let Some(other) = call.arguments.first() {
            let what = format!(
                "`revert {}` takes another migration back, which is not read here",
                other.word().unwrap_or("..")
            );
            steps.push(call.span, Operation::Unclear { what });
        }
        for inner in calls(&call.block) {
            operations::reverted(&self.names.resolved(inner), steps);
        }
    }
}

/// Whether a function runs the block that it is handed.
fn runs_its_block(body: &[Item]) -> bool {
    let block = parameters_of(body).iter().find_map(|(name, _)| name.strip_prefix('&'));
    let code = block.map(|block| format!("{block}.call"));
    calls(body).iter().any(|call| call.name == "yield" || code.as_ref().is_some_and(|code| call.name == *code))
}
