//! What names stand for in a migration, and where its `up` is.

use super::super::super::code::{Call, Item, Text, Value, walk};
use super::super::super::step::{Operation, Span};
use super::super::read::{Functions, Steps, assignments};
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
    /// Names that may still be replaced by what they stand for.
    left: Cell<usize>,
}

/// How often names are replaced by their values in one file.
const MAX_REPLACED: usize = 20_000;
/// Names that stand for names.
const MAX_STEPS: u32 = 6;

impl<'a> Scope<'a> {
    pub(super) fn of(items: &'a [Item]) -> Self {
        let (mut once, mut several): (HashMap<&str, &Value>, HashSet<&str>) = Default::default();
        let mut parameters = HashSet::new();
        walk(items, &mut |item| {
            match item {
                Item::Assign { name, value, .. } => {
                    let other = once.insert(name, value);
                    if other.is_some_and(|other| !is_same(other, value)) {
                        several.insert(name.as_str());
                    }
                }
                Item::Extend { name, .. } | Item::Loop { name, .. } => {
                    several.insert(name.as_str());
                }
                Item::Parameters(names) => parameters.extend(names.iter().map(|(name, _)| name.as_str())),
                _ => {}
            }
            true
        });
        once.retain(|name, _| !several.contains(name) && !parameters.contains(name));
        let (functions, names) = (Functions::of(items), assignments(items));
        Scope { functions, names, once, parameters, left: Cell::new(MAX_REPLACED) }
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
            Value::Call(call) => Some(vec![Item::Call((**call).clone())].into()),
            _ => None,
        }
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
        let known = self.value_of(name)?;
        let (steps, left) = (steps.checked_sub(1)?, self.left.get().checked_sub(size_of(known))?);
        self.left.set(left);
        match known {
            Value::Unknown | Value::Code(_) => None,
            // What calls something is followed where it stands.
            Value::Call(call) if !call.links.is_empty() => None,
            known => Some(self.settled_within(known, steps)),
        }
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
        Value::List(list) => list.len(),
        Value::Map(pairs) => pairs.len(),
        Value::Call(call) => call.arguments.len(),
        Value::Text(text) => text.text.len() / 100,
        _ => 0,
    }
}
