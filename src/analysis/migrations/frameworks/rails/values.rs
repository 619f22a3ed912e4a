//! The values that a call writes or asks for: a new value of an enum must not be among them.

use super::super::super::code::{Call, Item, Value, walk};

/// Every text and symbol that a call and its block are given, with what stands in quotes in a text of SQL.
pub(super) fn values_of(call: &Call) -> Vec<String> {
    let mut found = Vec::new();
    add_call(call, &mut found);
    walk(&call.block, &mut |item| {
        if let Item::Call(inner) = item {
            add_call(inner, &mut found);
        }
        true
    });
    found
}

fn add_call(call: &Call, found: &mut Vec<String>) {
    let named = call.named.iter().map(|(_, value)| value);
    call.arguments.iter().chain(named).for_each(|value| add_value(value, found));
}

/// A call with more values is data.
const MAX_VALUES: usize = 1000;
/// A text that is longer is no SQL whose values are looked at, in bytes.
const MAX_SQL: usize = 10_000;

fn add_value(value: &Value, found: &mut Vec<String>) {
    match value {
        _ if found.len() >= MAX_VALUES => {}
        Value::Text(text) if text.text.len() > MAX_SQL => {}
        Value::Text(text) => {
            found.push(text.text.clone());
            found.extend(text.text.split('\'').skip(1).step_by(2).map(str::to_owned));
        }
        Value::Symbol(word) => found.push(word.clone()),
        Value::List(list) => list.iter().for_each(|inner| add_value(inner, found)),
        Value::Map(pairs) => pairs.iter().for_each(|(_, inner)| add_value(inner, found)),
        // The text that a lambda returns is SQL.
        Value::Code(items) => items.iter().for_each(|item| {
            if let Item::Assign { value, .. } = item {
                add_value(value, found);
            }
        }),
        _ => {}
    }
}
