//! What names stand for in a migration, and where its `up` is.

use super::super::super::code::{Call, Item, Text, Value};
use super::super::super::step::{Operation, Span};
use super::super::functions::Functions;
use super::super::read::{MAX_NAMES, Steps, assignments};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The names of a file: of functions, of values, and of what functions are called with.
pub(super) struct Scope<'a> {
    pub(super) functions: Functions<'a>,
    pub(super) names: Vec<(String, Value)>,
    /// Values of names that are given one value and no other.
    once: HashMap<&'a str, &'a Value>,
    parameters: HashSet<&'a str>,
    /// Names of what comes from another file.
    imported: HashSet<&'a str>,
    /// Names that may still be replaced by what they stand for.
    left: Cell<usize>,
}

/// Values that are put in the place of names in one file, with those inside them.
const MAX_REPLACED: usize = 100_000;
/// The tools, of whose functions none changes anything that is not read here.
const TOOLS: [&str; 5] = ["knex", "kysely", "objection", "sequelize", "typeorm"];
/// Names that stand for names.
const MAX_STEPS: u32 = 6;

impl<'a> Scope<'a> {
    pub(super) fn of(items: &'a [Item]) -> Self {
        let (mut once, mut several): (HashMap<&str, &Value>, HashSet<&str>) = Default::default();
        let (mut parameters, mut imported) = (HashSet::new(), HashSet::new());
        let mut loops: Vec<(&str, &Value)> = Vec::new();
        visit(items, &mut |item| match item {
            Item::Assign { name, value, .. } => {
                let other = once.insert(name, value);
                if other.is_some_and(|other| !is_same(other, value)) {
                    several.insert(name.as_str());
                }
            }
            Item::Extend { name, .. } => {
                several.insert(name.as_str());
            }
            Item::Loop { name, over, .. } => {
                several.insert(name.as_str());
                loops.extend(over.as_ref().map(|over| (name.as_str(), over)));
            }
            Item::Import { module, names, .. } if !TOOLS.contains(&module.as_str()) => {
                imported.extend(names.iter().map(String::as_str));
            }
            Item::Parameters(names) => parameters.extend(names.iter().map(|(name, _)| name.as_str())),
            _ => {}
        });
        once.retain(|name, _| !several.contains(name) && !parameters.contains(name));
        let (functions, names) = (Functions::of(items), assignments(items));
        let mut scope = Scope { functions, names, once, parameters, imported, left: Cell::new(MAX_REPLACED) };
        // Each piece of a list may be what the name of a loop or of a callback's parameter stands for.
        for (name, over) in loops.into_iter().take(MAX_NAMES) {
            let over = scope.settled(over);
            if matches!(over, Value::List(_) | Value::Name(_) | Value::Call(_)) {
                scope.names.push((name.to_owned(), over));
            }
        }
        scope
    }

    /// Reads what `up` does, and says so where the file has none. Says that nothing takes it back, where `down` is not
    /// there or, unless it `may_be_empty`, does nothing.
    pub(super) fn read_up(
        &self,
        items: &'a [Item],
        may_be_empty: bool,
        steps: &mut Steps,
        read: impl FnOnce(&[Item], &mut Steps),
    ) {
        let Some(up) = self.exported("up") else {
            if items.iter().any(|item| !matches!(item, Item::Import { .. })) {
                let what = "no function `up` was found in this file".to_owned();
                steps.push(Span { line: 1, column: 1, end_line: 1 }, Operation::Unclear { what });
            }
            return;
        };
        read(&up, steps);
        let does_something = |body: &[Item]| body.iter().any(|item| !matches!(item, Item::Parameters(_)));
        let undoes = self.exported("down").is_some_and(|body| may_be_empty || does_something(&body));
        if let Some(first) = super::super::read::calls(&up).first().filter(|_| !undoes) {
            steps.push(first.span, Operation::Irreversible { what: "up".to_owned() });
        }
    }

    /// The statements of a function that the file gives to its tool, under whatever name it is written.
    fn exported(&self, name: &str) -> Option<Cow<'a, [Item]>> {
        if let Some(body) = self.functions.find(name) {
            return Some(body.into());
        }
        let in_object = || self.names.iter().rev().find_map(|(_, value)| value.key(name));
        match self.once.get(name).copied().or_else(in_object)? {
            Value::Name(other) => self.function(other).map(Into::into),
            // `exports.up = wrap(async (knex) => ..)`
            Value::Call(call) if self.is_here(call) => Some(vec![Item::Call((**call).clone())].into()),
            _ => None,
        }
    }

    /// Whether anything that a call does is written in this file.
    fn is_here(&self, call: &Call) -> bool {
        let given = |value: &Value| matches!(value, Value::Name(name) if self.function(name).is_some());
        call.links.iter().any(|link| {
            !link.block.is_empty() || self.function(&link.name).is_some() || link.arguments.iter().any(given)
        })
    }

    /// The statements of the function that a name stands for: `addIndex`, `this.addIndex`, `helpers.addIndex`.
    pub(super) fn function(&self, name: &str) -> Option<&'a [Item]> {
        self.functions.find(self.function_name(name)?)
    }

    /// The name under which the function of a value is defined.
    pub(super) fn function_name<'n>(&'n self, name: &'n str) -> Option<&'n str> {
        let mut name = name;
        for _ in 0..MAX_STEPS {
            let last = name.strip_suffix(".bind").unwrap_or(name);
            let last = last.rsplit('.').next().unwrap_or(last);
            if self.functions.find(last).is_some() {
                return Some(last);
            }
            match self.once.get(name) {
                Some(Value::Name(other)) => name = other,
                _ => return None,
            }
        }
        None
    }

    /// The value of a name that is given one value: of `table`, `this.table`, `tables.users`.
    pub(super) fn value_of(&self, name: &str) -> Option<&'a Value> {
        if let Some(value) = self.once.get(name) {
            return Some(value);
        }
        let (owner, last) = name.rsplit_once('.')?;
        match self.once.get(owner) {
            Some(Value::Map(pairs)) => pairs.iter().find(|(key, _)| key == last).map(|(_, value)| value),
            Some(_) => None,
            // A field of the class, through `this` or the name of the class.
            None if owner == "this" || owner.starts_with(char::is_uppercase) => self.once.get(last).copied(),
            None => None,
        }
    }

    /// A value in which names are replaced by what they stand for, where that is written in the file.
    pub(super) fn settled(&self, value: &Value) -> Value {
        self.settled_within(value, MAX_STEPS)
    }

    fn settled_within(&self, value: &Value, steps: u32) -> Value {
        let all = |list: &[Value]| -> Vec<Value> {
            list.iter()
                .flat_map(|inner| match self.settled_within(inner, steps) {
                    Value::Spread(inner) => match *inner {
                        Value::List(list) => list,
                        other => vec![Value::Spread(Box::new(other))],
                    },
                    other => vec![other],
                })
                .collect()
        };
        match value {
            Value::Name(name) => self.replaced(name, steps).unwrap_or_else(|| value.clone()),
            Value::List(list) => Value::List(all(list)),
            Value::Spread(inner) => Value::Spread(Box::new(self.settled_within(inner, steps))),
            Value::Map(pairs) => self.settled_map(pairs, steps),
            // `new Table({ .. })`
            Value::Call(call) if call.links.is_empty() => {
                let arguments = Rc::new(all(&call.arguments));
                Value::Call(Box::new(Call { arguments, ..(**call).clone() }))
            }
            other => other.clone(),
        }
    }

    fn replaced(&self, name: &str, steps: u32) -> Option<Value> {
        let (known, steps) = (self.value_of(name)?, steps.checked_sub(1)?);
        self.spend(size_of(known))?;
        match known {
            Value::Unknown | Value::Code(_) => None,
            // What calls something is followed where it stands.
            Value::Call(call) if !call.links.is_empty() => None,
            known => Some(self.settled_within(known, steps)),
        }
    }

    /// Counts what is copied; nothing more is once the file has had its share.
    fn spend(&self, size: usize) -> Option<()> {
        let left = self.left.get().checked_sub(size);
        self.left.set(left.unwrap_or(0));
        left.map(|_| ())
    }

    /// A map with the pairs of those that are spread in it; the last of equal keys counts.
    fn settled_map(&self, pairs: &[(String, Value)], steps: u32) -> Value {
        let mut settled: Vec<(String, Value)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (name, inner) in pairs {
            let added = match self.settled_within(inner, steps) {
                Value::Spread(spread) => match *spread {
                    Value::Map(pairs) => pairs,
                    _ => vec![(name.clone(), Value::Unknown)],
                },
                inner => vec![(name.clone(), inner)],
            };
            for (name, value) in added {
                match places.get(&name) {
                    Some(place) => settled.get_mut(*place).into_iter().for_each(|pair| pair.1 = value.clone()),
                    None => {
                        places.insert(name.clone(), settled.len());
                        settled.push((name, value));
                    }
                }
            }
        }
        Value::Map(settled)
    }

    /// A call whose arguments are settled.
    pub(super) fn settled_call(&self, call: &Call) -> Call {
        let arguments = call.arguments.iter().map(|argument| self.settled(argument)).collect();
        Call { arguments: Rc::new(arguments), ..call.clone() }
    }

    /// A chain with that of the name which it begins with: `repo.update(..)` after `const repo = manager.getRepository(..)`.
    pub(super) fn joined(&self, chain: &Call) -> Call {
        let mut whole = chain.clone();
        for _ in 0..MAX_STEPS {
            let (root, rest) = whole.name.split_once('.').unwrap_or((&whole.name, ""));
            match self.once.get(root) {
                Some(Value::Call(before)) if !before.links.is_empty() && !rest.is_empty() => {
                    if self.spend(before.links.len()).is_none() {
                        break;
                    }
                    let links = before.links.iter().chain(whole.links.iter()).cloned().collect();
                    whole = Call { name: format!("{}.{rest}", before.name), links: Rc::new(links), ..whole };
                }
                Some(Value::Name(other)) => whole.name = format!("{other}.{rest}"),
                _ => break,
            }
        }
        whole.links = Rc::new(whole.links.iter().map(|link| self.settled_call(link)).collect());
        whole
    }

    /// The method that a name was bound to: `query` of `const q = queryRunner.query.bind(queryRunner)`.
    pub(super) fn bound(&self, name: &str) -> Option<&'a str> {
        match self.once.get(name)? {
            Value::Call(call) if call.short() == "bind" => call.name.rsplit('.').nth(1),
            Value::Name(other) => other.rsplit_once('.').map(|(_, method)| method),
            _ => None,
        }
    }

    /// Whether a call hands a connection to a function of another file: `addColumn(knex, "users")`.
    pub(super) fn is_elsewhere(&self, chain: &Call) -> bool {
        let Some(first) = chain.links.first() else { return false };
        let root = chain.name.split('.').next().unwrap_or_default();
        let required = || match self.once.get(root) {
            Some(Value::Call(call)) => call.name == "require" && !TOOLS.contains(&call.word(0, "").as_str()),
            _ => false,
        };
        let given = |value: &Value| match value {
            Value::Name(name) => is_usual_connection(name),
            Value::Map(pairs) => {
                pairs.iter().any(|(_, value)| matches!(value, Value::Name(name) if is_usual_connection(name)))
            }
            _ => false,
        };
        (self.imported.contains(root) || required()) && first.arguments.iter().any(given)
    }

    /// Whether a name is that of a connection: one that is usual, one that the migration is called with, or another name of
    /// one.
    pub(super) fn is_connection(&self, name: &str) -> bool {
        let mut name = name;
        for _ in 0..MAX_STEPS {
            let usual = ["trx", "tx", "db", "database", "conn", "connection", "client", "transaction"].contains(&name);
            if usual || name.to_ascii_lowercase().contains("knex") || self.parameters.contains(name) {
                return true;
            }
            name = match self.once.get(name) {
                Some(Value::Name(other)) => other.split('.').next().unwrap_or(other),
                Some(Value::Call(call)) => call.name.split('.').next().unwrap_or_default(),
                _ => return false,
            };
        }
        false
    }
}

/// Whether a name is one that connections usually have.
fn is_usual_connection(name: &str) -> bool {
    const NAMES: [&str; 8] = ["client", "conn", "connection", "database", "db", "transaction", "trx", "tx"];
    let lower = name.to_ascii_lowercase();
    NAMES.contains(&lower.as_str()) || ["knex", "queryinterface", "queryrunner"].iter().any(|it| lower.contains(it))
}

/// Visits every statement, also those of callbacks in the middle of a chain or among what a call is given.
fn visit<'a>(items: &'a [Item], see: &mut dyn FnMut(&'a Item)) {
    for item in items {
        see(item);
        match item {
            Item::Call(call) => visit_call(call, see),
            Item::Define { body, .. }
            | Item::Class { body, .. }
            | Item::Block { body, .. }
            | Item::Loop { body, .. } => {
                visit(body, see);
            }
            Item::Assign { .. } | Item::Extend { .. } | Item::Parameters(_) | Item::Import { .. } => {}
        }
    }
}

fn visit_call<'a>(call: &'a Call, see: &mut dyn FnMut(&'a Item)) {
    // The last link is the call itself.
    let links = if call.links.is_empty() { std::slice::from_ref(call) } else { call.links.as_slice() };
    for link in links {
        visit(&link.block, see);
        link.arguments.iter().for_each(|argument| visit_value(argument, see));
    }
}

fn visit_value<'a>(value: &'a Value, see: &mut dyn FnMut(&'a Item)) {
    match value {
        Value::Call(call) => visit_call(call, see),
        Value::List(list) => list.iter().for_each(|inner| visit_value(inner, see)),
        Value::Spread(inner) => visit_value(inner, see),
        _ => {}
    }
}

/// Whether two values are equal wherever they stand.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Text(Text { text: left, .. }), Value::Text(Text { text: right, .. })) => left == right,
        _ => left == right,
    }
}

/// How many values there are in a value, roughly.
fn size_of(value: &Value) -> usize {
    1 + match value {
        Value::List(list) => list.iter().map(size_of).sum(),
        Value::Map(pairs) => pairs.iter().map(|(_, value)| size_of(value)).sum(),
        Value::Spread(inner) => size_of(inner),
        // Of other calls what they are given is shared.
        Value::Call(call) if call.links.is_empty() => call.arguments.iter().map(size_of).sum(),
        Value::Text(text) => text.text.len() / 100,
        _ => 0,
    }
}
