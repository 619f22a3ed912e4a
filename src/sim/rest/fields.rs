//! What a request's body may contain: every member by name and type, nested ones included. GitHub ignores some
//! mistakes, this simulation none.

use crate::sim::reply::Reply;
use serde_json::Value;

/// One member of an object.
pub(super) struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
}

/// What a member may be; `null` is none of it.
pub(super) enum Kind {
    Text,
    /// Text of at most so many characters.
    Short(usize),
    Word(&'static [&'static str]),
    Number,
    Texts,
    Numbers,
    /// An object from names to texts.
    Words,
    Object(&'static [Field]),
    /// Objects, at most so many.
    List(&'static [Field], usize),
}

pub(super) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

pub(super) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// Holds a body against its fields; 422 with GitHub's words for the first mistake.
pub(super) fn check(body: &Value, fields: &[Field]) -> Result<(), Reply> {
    match body {
        // A request without a body.
        Value::Null => object(&Value::Object(serde_json::Map::new()), fields, ""),
        body => object(body, fields, ""),
    }
}

fn object(value: &Value, fields: &[Field], place: &str) -> Result<(), Reply> {
    let members = value.as_object().ok_or_else(|| wrong(place, value, "an object"))?;
    if let Some(unknown) = members.keys().find(|name| !fields.iter().any(|field| field.name == name.as_str())) {
        return Err(Reply::malformed(&format!("{}\"{unknown}\" is not a permitted key.", within(place))));
    }
    for field in fields {
        match members.get(field.name) {
            None if field.required => {
                return Err(Reply::malformed(&format!("{}\"{}\" wasn't supplied.", within(place), field.name)));
            }
            None => {}
            Some(value) => member(value, &field.kind, &format!("{place}/{}", field.name))?,
        }
    }
    Ok(())
}

fn member(value: &Value, kind: &Kind, place: &str) -> Result<(), Reply> {
    let need = |fits: bool, wanted: &str| if fits { Ok(()) } else { Err(wrong(place, value, wanted)) };
    let all = |test: fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(test));
    match kind {
        Kind::Text => need(value.is_string(), "a string"),
        Kind::Short(limit) => {
            need(value.is_string(), "a string")?;
            let fits = value.as_str().is_some_and(|text| text.chars().count() <= *limit);
            need(fits, &format!("a string of at most {limit} characters"))
        }
        Kind::Word(words) => {
            let known = value.as_str().is_some_and(|word| words.contains(&word));
            need(known, &format!("a member of {words:?}"))
        }
        Kind::Number => need(value.is_u64(), "an integer"),
        Kind::Texts => need(all(Value::is_string), "an array of strings"),
        Kind::Numbers => need(all(Value::is_u64), "an array of integers"),
        Kind::Words => {
            let fits = value.as_object().is_some_and(|members| members.values().all(Value::is_string));
            need(fits, "an object of strings")
        }
        Kind::Object(fields) => object(value, fields, place),
        Kind::List(fields, most) => {
            let list = value.as_array().ok_or_else(|| wrong(place, value, "an array"))?;
            if list.len() > *most {
                let message =
                    format!("{}No more than {most} items are allowed; {} were supplied.", within(place), list.len());
                return Err(Reply::malformed(&message));
            }
            list.iter().enumerate().try_for_each(|(at, item)| object(item, fields, &format!("{place}/{at}")))
        }
    }
}

/// Says what came in the words of the validator behind GitHub's API: Ruby's, so `null` is `nil`.
fn wrong(place: &str, value: &Value, wanted: &str) -> Reply {
    let mut came = if value.is_null() { "nil".to_owned() } else { value.to_string() };
    if came.len() > 60 {
        "the value".clone_into(&mut came);
    }
    Reply::malformed(&format!("{}{came} is not {wanted}.", within(place)))
}

fn within(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("For 'properties{place}', ") }
}
