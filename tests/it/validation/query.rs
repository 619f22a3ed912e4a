//! The query of a request against the parameters that its operation declares.

use super::description::Description;
use super::schema;
use serde_json::Value;

/// Complaints about `state=open&per_page=100`.
pub(super) fn check(operation: &'static Value, query: &str) -> Vec<String> {
    let description = Description::github();
    let mut complaints = Vec::new();
    for pair in query.split('&').filter(|it| !it.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let declared = description.parameters(operation).find(|it| it["in"] == "query" && it["name"] == name);
        let Some(declared) = declared else {
            complaints.push(format!("the query has {name}, which the operation does not declare"));
            continue;
        };
        let value = value(description.follow(&declared["schema"]), text);
        let wrong = schema::complaints(&declared["schema"], &value);
        complaints.extend(wrong.into_iter().map(|it| format!("the query's {name}{it}")));
    }
    complaints
}

/// The text as the type that the parameter has; other text stays text, and is wrong there.
fn value(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("integer" | "number" | "boolean") => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
        }
        _ => Value::String(text.to_owned()),
    }
}
