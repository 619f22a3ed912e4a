//! Properties that a schema does not name. GitHub ignores them in a request, so a misspelt one does nothing, silently.

use super::description::Description;
use serde_json::Value;

/// The paths of properties that no branch of the schema names. Where a schema names none at all, all are free.
pub(super) fn properties(schema: &'static Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(&[schema], value, "", &mut found);
    found
}

fn visit(schemas: &[&'static Value], value: &Value, path: &str, found: &mut Vec<String>) {
    let mut branches = Vec::new();
    schemas.iter().for_each(|schema| flatten(schema, &mut branches));
    match value {
        Value::Object(fields) => {
            let free = branches.iter().any(|it| it["additionalProperties"].is_object());
            let known = branches.iter().any(|it| it["properties"].is_object());
            for (name, value) in fields {
                let named: Vec<&Value> = branches.iter().filter_map(|it| it["properties"].get(name)).collect();
                let path = format!("{path}/{name}");
                if named.is_empty() && known && !free {
                    found.push(path);
                } else {
                    visit(&named, value, &path, found);
                }
            }
        }
        Value::Array(items) => {
            let inner: Vec<&Value> = branches.iter().filter_map(|it| it.get("items")).collect();
            for (index, item) in items.iter().enumerate() {
                visit(&inner, item, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The schema and everything that it is made of.
fn flatten(schema: &'static Value, into: &mut Vec<&'static Value>) {
    let schema = Description::github().follow(schema);
    into.push(schema);
    for name in ["allOf", "anyOf", "oneOf"] {
        schema[name].as_array().into_iter().flatten().for_each(|it| flatten(it, into));
    }
}
