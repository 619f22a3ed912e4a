//! One schema of the description as a validator: only what it reaches is compiled.

use super::description::Description;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

/// Longest complaint in characters; a failed `oneOf` prints the whole value.
const LONGEST: usize = 400;

/// What is wrong with the value by a schema of the description, each with its place:
/// `/user/login: 5 is not of type "string"`.
pub(super) fn complaints(schema: &'static Value, value: &Value) -> Vec<String> {
    /// By the place of the schema in memory, so that it is compiled once.
    static COMPILED: LazyLock<Mutex<HashMap<usize, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let place = std::ptr::from_ref(schema).addr();
    let validator = COMPILED.lock().unwrap().entry(place).or_insert_with(|| Arc::new(compile(schema))).clone();
    if validator.is_valid(value) {
        return Vec::new();
    }
    validator.iter_errors(value).flat_map(|error| tell(&error)).collect()
}

/// One error; of alternatives that all failed, what is wrong with the likeliest.
fn tell(error: &ValidationError<'_>) -> Vec<String> {
    let likeliest = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => context
            .iter()
            .filter(|branch| !branch.iter().any(|inner| is_other_type(inner, error)))
            .min_by_key(|branch| branch.len()),
        _ => None,
    };
    match likeliest {
        Some(branch) => branch.iter().flat_map(tell).collect(),
        None => vec![format!("{}: {}", error.instance_path(), cut(&error.to_string()))],
    }
}

/// Whether an alternative is out of the question: the value itself has another type.
fn is_other_type(inner: &ValidationError<'_>, outer: &ValidationError<'_>) -> bool {
    matches!(inner.kind(), ValidationErrorKind::Type { .. }) && inner.instance_path() == outer.instance_path()
}

fn compile(schema: &'static Value) -> Validator {
    let mut components = Map::new();
    let mut waiting: Vec<String> = references(schema).into_iter().collect();
    while let Some(reference) = waiting.pop() {
        let Some(name) = reference.strip_prefix("#/components/schemas/") else {
            panic!("a reference to something else than a schema: {reference}");
        };
        if !components.contains_key(name) {
            let reached = Description::github().at(&reference);
            waiting.extend(references(reached));
            components.insert(name.to_owned(), amended(name, with_nulls(reached)));
        }
    }
    let whole = json!({ "allOf": [with_nulls(schema)], "components": { "schemas": components } });
    let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
    // `41898282+github-actions[bot]@users.noreply.github.com` is GitHub's own, and no address by the book.
    options.with_format("email", |text: &str| text.contains('@')).build(&whole).unwrap()
}

/// What the description has wrong: a review comment that is outdated has no line, and a pull request whose fork was
/// deleted no repository of its head; GitHub answers null.
fn amended(name: &str, mut schema: Value) -> Value {
    if name == "pull-request-review-comment" {
        for field in ["line", "position"] {
            schema["properties"][field]["type"] = json!(["integer", "null"]);
        }
    }
    if name == "pull-request-simple" {
        let repo = &mut schema["properties"]["head"]["properties"]["repo"];
        *repo = json!({ "anyOf": [{ "type": "null" }, repo.take()] });
    }
    schema
}

fn references(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(reference) if name == "$ref" => BTreeSet::from([reference.clone()]),
                value => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}

/// OpenAPI 3.0 says `nullable: true` where JSON Schema has a type `null`.
fn with_nulls(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(with_nulls).collect(),
        Value::Object(fields) => {
            let mut out: Map<String, Value> = fields.iter().map(|(name, it)| (name.clone(), with_nulls(it))).collect();
            if out.get("nullable") != Some(&Value::Bool(true)) {
                return Value::Object(out);
            }
            out.remove("nullable");
            if let Some(Value::Array(values)) = out.get_mut("enum") {
                values.push(Value::Null);
            }
            if ["oneOf", "anyOf", "allOf", "$ref"].iter().any(|it| out.contains_key(*it)) {
                return json!({ "anyOf": [{ "type": "null" }, out] });
            }
            if let Some(ty) = out.get_mut("type") {
                *ty = json!([ty, "null"]);
            }
            Value::Object(out)
        }
        other => other.clone(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        // The end says what was expected.
        Some((at, _)) => {
            let end: String = text.chars().rev().take(100).collect::<Vec<_>>().into_iter().rev().collect();
            format!("{} ... {end}", &text[..at])
        }
        None => text.to_owned(),
    }
}
