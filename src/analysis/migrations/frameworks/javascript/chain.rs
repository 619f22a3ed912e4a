//! What the readers of JavaScript share: every chain of calls in a function, wherever it stands.

use super::super::super::code::{Call, Item, Value, walk};
use super::super::super::step::Operation;
use super::super::read::{Steps, each_call};
use super::scope::Scope;

/// Every chain among the statements: in blocks and callbacks, in lists such as that of `Promise.all([..])`, and in the
/// functions of the file that are called or handed over. Of a chain that `read` takes for its own only what comes after it
/// in time is looked into.
pub(super) struct Chains<'s, 'a> {
    pub(super) scope: &'s Scope<'a>,
    /// Reads a chain; whether it was one to read.
    pub(super) read: &'s dyn Fn(&Call, &mut Steps) -> bool,
    /// Whether `transaction(..)` begins one around what it is given, and `commit()` ends one: Sequelize, which has none of
    /// its own around a migration.
    pub(super) begins: bool,
}

impl Chains<'_, '_> {
    pub(super) fn each(&self, body: &[Item], steps: &mut Steps) {
        each_call(body, &self.scope.names, steps, &|chain, steps| steps.deeper(|steps| self.chain(chain, steps)));
    }

    fn chain(&self, chain: &Call, steps: &mut Steps) {
        let known = (self.read)(chain, steps);
        if !known && self.scope.is_elsewhere(chain) {
            steps.unseen(chain.span);
        }
        if known {
            steps.quoting(chain.span, || values_of(chain));
        }
        for (place, link) in chain.links.iter().enumerate().filter(|(_, link)| !known || comes_after(link)) {
            let begins = self.begins && link.short() == "transaction";
            if begins {
                steps.push(link.span, Operation::Begin);
            }
            for argument in link.arguments.iter() {
                self.value(argument, steps);
            }
            self.each(&link.block, steps);
            let calls_back = !link.block.is_empty() || matches!(link.arguments.last(), Some(Value::Name(_)));
            if begins && calls_back || self.begins && link.short() == "commit" {
                steps.push(link.span, Operation::End);
            }
            if place == 0 {
                self.follow(&link.name, steps);
            }
        }
    }

    /// The chains in what is handed over.
    fn value(&self, value: &Value, steps: &mut Steps) {
        match value {
            Value::Call(call) if call.links.is_empty() => {
                call.arguments.iter().for_each(|argument| self.value(argument, steps));
                self.each(&call.block, steps);
            }
            Value::Call(call) => steps.deeper(|steps| self.chain(call, steps)),
            Value::List(list) => list.iter().for_each(|inner| self.value(inner, steps)),
            Value::Spread(inner) => self.value(inner, steps),
            Value::Name(name) => self.follow(name, steps),
            _ => {}
        }
    }

    fn follow(&self, name: &str, steps: &mut Steps) {
        if let Some(name) = self.scope.function_name(name) {
            self.scope.functions.follow(name, steps, |body, steps| self.each(body, steps));
        }
    }
}

/// Whether a link of a chain runs what it is given when those before it are done:
/// `queryInterface.addColumn(..).then(() => queryInterface.addIndex(..))`.
fn comes_after(link: &Call) -> bool {
    matches!(
        link.short(),
        "then" | "catch" | "finally" | "tap" | "map" | "forEach" | "flatMap" | "each" | "mapSeries" | "reduce"
    )
}

/// Whether values of a key are asked for: `{ id: 5 }`, `5`, `ids`; not `{}` nor `{ name: "x" }`.
pub(super) fn is_by_key(criteria: Option<&Value>) -> bool {
    match criteria {
        Some(Value::Map(pairs)) => pairs.iter().any(|(name, _)| is_key(name)),
        Some(Value::Number(_) | Value::Text(_) | Value::Name(_)) => true,
        Some(Value::List(list)) => {
            !list.is_empty() && list.iter().all(|inner| !matches!(inner, Value::Map(_)) || is_by_key(Some(inner)))
        }
        _ => false,
    }
}

/// Whether few rows share a value of a column of this name.
pub(super) fn is_key(name: &str) -> bool {
    matches!(name.rsplit('.').next(), Some("id" | "uuid" | "key" | "slug" | "code"))
}

/// The texts that the links of a chain give columns and rows, or compare them with.
fn values_of(chain: &Call) -> Vec<String> {
    let mut found = Vec::new();
    for link in chain.links.iter() {
        if GIVES.contains(&link.short()) {
            link.arguments.iter().for_each(|value| add_texts(value, &mut found));
        }
        walk(&link.block, &mut |item| {
            if let Item::Call(inner) = item {
                let gives = inner.links.iter().filter(|link| GIVES.contains(&link.short()));
                gives.for_each(|link| link.arguments.iter().for_each(|value| add_texts(value, &mut found)));
            }
            true
        });
    }
    found
}

/// The longest value of an enum, in bytes.
const MAX_LABEL: usize = 63;
/// A chain with more texts is data.
const MAX_TEXTS: usize = 1000;
/// Links that do.
const GIVES: [&str; 9] =
    ["andWhere", "defaultTo", "insert", "orWhere", "set", "setDefault", "update", "values", "where"];

fn add_texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Text(text) if text.text.len() <= MAX_LABEL && found.len() < MAX_TEXTS => found.push(text.text.clone()),
        Value::List(list) => list.iter().for_each(|inner| add_texts(inner, found)),
        Value::Map(pairs) => pairs.iter().for_each(|(_, inner)| add_texts(inner, found)),
        _ => {}
    }
}
