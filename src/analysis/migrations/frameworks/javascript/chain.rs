//! What the readers of JavaScript share: every chain of calls in a function, wherever it stands.

use super::super::super::code::{Call, Item, Value};
use super::super::read::{Functions, MAX_LEVELS, Steps, is_long};

/// Every chain among the statements: in blocks and callbacks, in lists such as that of `Promise.all([..])`, and in the
/// functions of the file that are called. Of a chain that `read` takes for its own only what comes after it in
/// time is looked into.
pub(super) struct Chains<'a> {
    pub(super) functions: &'a Functions<'a>,
    pub(super) names: &'a [(String, Value)],
    /// Reads a chain; whether it was one to read.
    pub(super) read: &'a dyn Fn(&Call, &mut Steps) -> bool,
}

impl Chains<'_> {
    pub(super) fn each(&self, body: &[Item], steps: &mut Steps) {
        self.statements(body, steps, MAX_LEVELS);
    }

    fn statements(&self, body: &[Item], steps: &mut Steps, levels: u32) {
        let Some(levels) = levels.checked_sub(1) else { return };
        for item in body {
            match item {
                Item::Call(chain) => self.chain(chain, steps, levels),
                Item::Block { body, .. } => self.statements(body, steps, levels),
                Item::Loop { over, body, .. } => {
                    let long = is_long(over.as_ref(), self.names);
                    steps.in_loop(long, |steps| self.statements(body, steps, levels));
                }
                _ => {}
            }
        }
    }

    fn chain(&self, chain: &Call, steps: &mut Steps, levels: u32) {
        let Some(levels) = levels.checked_sub(1) else { return };
        let known = (self.read)(chain, steps);
        // `queryInterface.addColumn(..).then(() => queryInterface.addIndex(..))`
        let follows = |link: &&Call| !known || matches!(link.short(), "then" | "catch" | "finally");
        for link in chain.links.iter().filter(follows) {
            for argument in link.arguments.iter().flat_map(|it| [it].into_iter().chain(it.list())) {
                if let Value::Call(inner) = argument {
                    self.chain(inner, steps, levels);
                }
            }
            self.statements(&link.block, steps, levels);
            if chain.links.len() == 1
                && let Some(body) = self.functions.follow(link.short(), steps)
            {
                self.statements(body, steps, levels / 2);
            }
        }
    }
}

/// Says that nothing takes `up` back.
pub(super) fn needs_down(functions: &Functions<'_>, steps: &mut Steps) {
    let Some(up) = functions.find("up") else { return };
    let undoes = functions.find("down").is_some_and(|body| !body.is_empty());
    if let Some(first) = super::super::read::calls(up).first().filter(|_| !undoes) {
        let what = "up".to_owned();
        steps.push(first.span, super::super::super::step::Operation::Irreversible { what });
    }
}

/// Whether values of a key are asked for: `{ id: 5 }`, `5`, `ids`; not `{}` nor `{ name: "x" }`.
pub(super) fn is_by_key(criteria: Option<&Value>) -> bool {
    match criteria {
        Some(Value::Map(pairs)) => pairs.iter().any(|(name, _)| is_key(name)),
        Some(Value::Number(_) | Value::Text(_) | Value::Name(_)) => true,
        Some(Value::List(list)) => !list.is_empty(),
        _ => false,
    }
}

/// Whether few rows share a value of a column of this name.
pub(super) fn is_key(name: &str) -> bool {
    matches!(name.rsplit('.').next(), Some("id" | "uuid" | "key" | "slug" | "code"))
}
