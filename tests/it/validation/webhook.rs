//! Payloads of webhooks against GitHub's OpenAPI description.

use super::description::Description;
use super::{packages, schema};
use serde_json::Value;

/// What the description finds wrong with a payload. `event` is the header's (`pull_request`), `action` the payload's
/// own, `None` for events without actions (`push`, `ping`).
pub(crate) fn check_webhook(event: &str, action: Option<&str>, payload: &Value) -> Vec<String> {
    let name = action.map_or_else(|| event.to_owned(), |action| format!("{event}.{action}"));
    let Some(declared) = Description::github().webhook(event, action) else {
        return vec![format!("{name}: GitHub's description has no such webhook")];
    };
    let mut complaints = Vec::new();
    if payload["action"].as_str() != action {
        complaints.push(format!("{name}: the payload's action is {}", payload["action"]));
    }
    let wrong = schema::complaints(declared, payload);
    complaints.extend(wrong.into_iter().map(|it| format!("{name}: in the payload {it}")));
    complaints
}

/// Event and payload of every example that GitHub publishes for github.com (npm `@octokit/webhooks-examples`).
pub(crate) fn webhook_examples() -> Vec<(String, Value)> {
    let events: Vec<Value> =
        serde_json::from_str(&packages::read("@octokit/webhooks-examples/api.github.com/index.json")).unwrap();
    let mut found = Vec::new();
    for event in events {
        let name = event["name"].as_str().unwrap();
        let payloads = event["examples"].as_array().unwrap();
        found.extend(payloads.iter().map(|payload| (name.to_owned(), payload.clone())));
    }
    found
}
