//! What the readers of JavaScript share: every chain of calls in a function, wherever it stands.

use super::super::super::code::{Call, Item, Value};
use super::super::read::{Functions, Steps, each_call};

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
        each_call(body, self.names, steps, &|chain, steps| steps.deeper(|steps| self.chain(chain, steps)));
    }

    fn chain(&self, chain: &Call, steps: &mut Steps) {
        let known = (self.read)(chain, steps);
        // `queryInterface.addColumn(..).then(() => queryInterface.addIndex(..))`
        let follows = |link: &&Call| !known || matches!(link.short(), "then" | "catch" | "finally");
        for link in chain.links.iter().filter(follows) {
            for argument in link.arguments.iter().flat_map(|it| [it].into_iter().chain(it.list())) {
                if let Value::Call(inner) = argument {
                    steps.deeper(|steps| self.chain(inner, steps));
                }
            }
            self.each(&link.block, steps);
            if chain.links.len() == 1 {
                self.functions.follow(link.short(), steps, |body, steps| self.each(body, steps));
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
