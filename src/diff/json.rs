//! Two versions of a JSON document: what changed, by key, in the shape that Danger made known.

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

/// Longest document that is read, in bytes.
pub const MAX_JSON_BYTES: usize = 4 * 1024 * 1024;

/// A text that is not JSON, in words for its author: what is wrong and at which line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

/// Reads JSON, or JSON with what people add to it: comments, trailing commas, single quotes, keys without quotes.
/// An empty text is null.
///
/// # Errors
/// The text is no JSON, is longer than [`MAX_JSON_BYTES`], or is nested deeper than the parser goes (512).
pub fn parse_json(text: &str) -> Result<Value, JsonError> {
    if text.len() > MAX_JSON_BYTES {
        return Err(JsonError(format!("it is longer than {} MiB", MAX_JSON_BYTES >> 20)));
    }
    let options = ParseOptions { allow_missing_commas: false, ..ParseOptions::default() };
    parse_to_serde_value(text.trim_start_matches('\u{feff}'), &options).map_err(|error| JsonError(error.to_string()))
}

/// One value that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonChange<'a> {
    /// The old value; `None` when there was none.
    pub before: Option<&'a Value>,
    /// The new value; `None` when there is none.
    pub after: Option<&'a Value>,
    /// For two objects the keys, for two lists the items that only one of them has. An absent side counts as empty.
    pub items: Option<JsonItems<'a>>,
}

/// What came and what went.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonItems<'a> {
    /// Keys of objects, by name.
    Keys {
        /// Only in the new one.
        added: Vec<&'a str>,
        /// Only in the old one.
        removed: Vec<&'a str>,
    },
    /// Items of lists, in their order.
    Values {
        /// Only in the new one.
        added: Vec<&'a Value>,
        /// Only in the old one.
        removed: Vec<&'a Value>,
    },
}

/// What changed in a value and below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonChanges<'a> {
    /// The change of the value itself.
    pub change: Option<JsonChange<'a>>,
    /// Changes below it, by key. Unchanged members are absent.
    pub members: BTreeMap<&'a str, JsonChanges<'a>>,
}

/// Compares two documents. A change of a top-level member stands under its key; a change further down stands under the
/// object or list that holds the changed member, so that one sees it with its neighbours.
/// Objects are compared without regard to order; lists as a whole.
pub fn diff_json<'a>(before: &'a Value, after: &'a Value) -> JsonChanges<'a> {
    let mut changes = JsonChanges::default();
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => compare(old, new, None, &mut changes),
        (Value::Null, Value::Object(new)) => {
            new.iter().for_each(|(key, value)| set(&mut changes, key, None, Some(value)))
        }
        (Value::Object(old), Value::Null) => {
            old.iter().for_each(|(key, value)| set(&mut changes, key, Some(value), None))
        }
        (old, new) if !same(old, new) => {
            let present = |value: &'a Value| Some(value).filter(|value| !value.is_null());
            changes.change = Some(change(present(old), present(new)));
        }
        _ => {}
    }
    changes
}

/// Compares two objects below the top. `whole` is the pair itself, for changes of its own members.
fn compare<'a>(
    old: &'a Map<String, Value>,
    new: &'a Map<String, Value>,
    whole: Option<(&'a Value, &'a Value)>,
    into: &mut JsonChanges<'a>,
) {
    let record =
        |into: &mut JsonChanges<'a>, key: &'a str, before: Option<&'a Value>, after: Option<&'a Value>| match whole {
            None => set(into, key, before, after),
            Some((old, new)) => {
                into.change.get_or_insert_with(|| change(Some(old), Some(new)));
            }
        };
    for (key, before) in old {
        match (before, new.get(key)) {
            (before, None) => record(into, key, Some(before), None),
            (Value::Object(old), Some(after @ Value::Object(new))) => {
                let mut below = JsonChanges::default();
                compare(old, new, Some((before, after)), &mut below);
                if below != JsonChanges::default() {
                    into.members.insert(key, below);
                }
            }
            (before, Some(after)) if same(before, after) => {}
            (Value::Array(_), Some(after @ Value::Array(_))) => set(into, key, Some(before), Some(after)),
            (before, Some(after)) => record(into, key, Some(before), Some(after)),
        }
    }
    for (key, after) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        record(into, key, None, Some(after));
    }
}

fn set<'a>(into: &mut JsonChanges<'a>, key: &'a str, before: Option<&'a Value>, after: Option<&'a Value>) {
    into.members.entry(key).or_default().change = Some(change(before, after));
}

fn change<'a>(before: Option<&'a Value>, after: Option<&'a Value>) -> JsonChange<'a> {
    let items = match (before, after) {
        (Some(Value::Array(old)), Some(Value::Array(new))) => Some(values(old, new)),
        (Some(Value::Array(old)), None | Some(Value::Null)) => Some(values(old, &[])),
        (None | Some(Value::Null), Some(Value::Array(new))) => Some(values(&[], new)),
        (Some(Value::Object(old)), Some(Value::Object(new))) => Some(keys(Some(old), Some(new))),
        (Some(Value::Object(old)), None | Some(Value::Null)) => Some(keys(Some(old), None)),
        (None | Some(Value::Null), Some(Value::Object(new))) => Some(keys(None, Some(new))),
        _ => None,
    };
    JsonChange { before, after, items }
}

fn keys<'a>(old: Option<&'a Map<String, Value>>, new: Option<&'a Map<String, Value>>) -> JsonItems<'a> {
    let only = |here: Option<&'a Map<String, Value>>, there: Option<&'a Map<String, Value>>| {
        let mut only: Vec<&str> = here.into_iter().flat_map(Map::keys).map(String::as_str).collect();
        only.retain(|key| !there.is_some_and(|there| there.contains_key(*key)));
        only.sort_unstable();
        only
    };
    JsonItems::Keys { added: only(new, old), removed: only(old, new) }
}

fn values<'a>(old: &'a [Value], new: &'a [Value]) -> JsonItems<'a> {
    let only = |here: &'a [Value], there: &[Value]| {
        let there: HashSet<String> = there.iter().map(identity).collect();
        here.iter().filter(|value| !there.contains(&identity(value))).collect()
    };
    JsonItems::Values { added: only(new, old), removed: only(old, new) }
}

/// Equal as JavaScript would have it: `1` is `1.0`, and members have no order.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// A text that two values share when they are the [`same`].
fn identity(value: &Value) -> String {
    fn write(value: &Value, out: &mut String) {
        match value {
            Value::Number(number) => {
                let _ = write!(out, "{:?}", number.as_f64());
            }
            Value::Array(items) => {
                out.push('[');
                items.iter().for_each(|item| {
                    write(item, out);
                    out.push(',');
                });
                out.push(']');
            }
            Value::Object(members) => {
                let sorted: BTreeMap<&String, &Value> = members.iter().collect();
                out.push('{');
                for (key, value) in sorted {
                    let _ = write!(out, "{key:?}:");
                    write(value, out);
                    out.push(',');
                }
                out.push('}');
            }
            plain => {
                let _ = write!(out, "{plain}");
            }
        }
    }
    let mut out = String::new();
    write(value, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        parse_json(text).expect("JSON")
    }

    /// The changes as JSON, in the shape that a dangerfile sees.
    fn shown(changes: &JsonChanges<'_>) -> Value {
        let mut out = Map::new();
        if let Some(change) = &changes.change {
            let mut put = |key: &str, value: Option<Value>| {
                if let Some(value) = value {
                    out.insert(key.to_owned(), value);
                }
            };
            put("before", change.before.cloned());
            put("after", change.after.cloned());
            match &change.items {
                Some(JsonItems::Keys { added, removed }) => {
                    put("added", Some(added.clone().into()));
                    put("removed", Some(removed.clone().into()));
                }
                Some(JsonItems::Values { added, removed }) => {
                    put("added", Some(added.iter().copied().cloned().collect()));
                    put("removed", Some(removed.iter().copied().cloned().collect()));
                }
                None => {}
            }
        }
        for (key, below) in &changes.members {
            out.insert((*key).to_owned(), shown(below));
        }
        Value::Object(out)
    }

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        let (before, after) = (value(before), value(after));
        assert_eq!(shown(&diff_json(&before, &after)), value(expected));
    }

    #[test]
    fn a_change_stands_under_its_key_or_under_what_holds_it() {
        check(r#"{"version":"1"}"#, r#"{"version":"2"}"#, r#"{"version":{"before":"1","after":"2"}}"#);
        check(
            r#"{"dependencies":{"a":"1","b":"1"}}"#,
            r#"{"dependencies":{"a":"2","c":"1"}}"#,
            r#"{"dependencies":{"before":{"a":"1","b":"1"},"after":{"a":"2","c":"1"},"added":["c"],"removed":["b"]}}"#,
        );
        check(
            r#"{"jest":{"roots":{"a":1},"x":1}}"#,
            r#"{"jest":{"roots":{"a":2},"x":1}}"#,
            r#"{"jest":{"roots":{"before":{"a":1},"after":{"a":2},"added":[],"removed":[]}}}"#,
        );
    }

    #[test]
    fn an_absent_side_counts_as_empty() {
        check("{}", r#"{"a":{"x":1}}"#, r#"{"a":{"after":{"x":1},"added":["x"],"removed":[]}}"#);
        check(r#"{"a":["x"]}"#, "{}", r#"{"a":{"before":["x"],"added":[],"removed":["x"]}}"#);
        check("", r#"{"a":1}"#, r#"{"a":{"after":1}}"#);
        check(r#"{"a":false}"#, r#"{"a":0}"#, r#"{"a":{"before":false,"after":0}}"#);
    }

    #[test]
    fn lists_are_compared_by_their_items() {
        check(
            r#"{"files":["a","b",{"n":1}]}"#,
            r#"{"files":["b","c",{"n":1.0}]}"#,
            r#"{"files":{"before":["a","b",{"n":1}],"after":["b","c",{"n":1.0}],"added":["c"],"removed":["a"]}}"#,
        );
        check("[1]", "[1,2]", r#"{"before":[1],"after":[1,2],"added":[2],"removed":[]}"#);
    }

    #[test]
    fn equal_documents_have_no_changes() {
        check(r#"{"a":{"x":1,"y":[1,{"k":null}]}}"#, r#"{"a":{"y":[1,{"k":null}],"x":1.0}}"#, "{}");
    }

    #[test]
    fn what_people_add_to_json_is_read() {
        assert_eq!(value("\u{feff}// c\n{a: 'x', /* y */ \"b\": [1,],}"), serde_json::json!({ "a": "x", "b": [1] }));
        let message = parse_json("{\n  \"a\": }").expect_err("broken").to_string();
        assert!(message.contains("line 2"), "{message}");
        assert!(parse_json("{} {}").is_err());
    }

    #[test]
    fn depth_and_size_are_bounded() {
        assert!(parse_json(&"[".repeat(100_000)).is_err());
        assert!(parse_json(&r#"{"a":"#.repeat(100_000)).is_err());
        let long = format!("\"{}\"", "x".repeat(MAX_JSON_BYTES));
        assert!(parse_json(&long).expect_err("too long").to_string().contains("4 MiB"));
    }
}
