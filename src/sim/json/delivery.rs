//! Deliveries of an app's webhook.

use serde_json::{Value, json};

use crate::sim::state::{Delivery, State};

/// `hook-delivery-item`.
pub(in crate::sim) fn delivery_item(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id, "guid": delivery.guid, "delivered_at": delivery.delivered_at,
        "redelivery": delivery.redelivery, "duration": delivery.duration, "status": delivery.status,
        "status_code": delivery.status_code, "event": delivery.event, "action": delivery.action,
        "installation_id": delivery.installation, "repository_id": delivery.repository, "throttled_at": null,
    })
}

/// `hook-delivery`: with what was sent.
pub(in crate::sim) fn delivery(state: &State, delivery: &Delivery) -> Value {
    let mut value = delivery_item(delivery);
    let app = state.apps.iter().find(|app| app.id == delivery.app);
    value["url"] = app.and_then(|app| app.webhook_url.clone()).unwrap_or_default().into();
    let payload: Value = serde_json::from_str(&delivery.body).unwrap_or(Value::Null);
    value["request"] =
        json!({"headers": {"X-GitHub-Event": delivery.event, "X-GitHub-Delivery": delivery.guid}, "payload": payload});
    value["response"] = json!({"headers": {}, "payload": ""});
    value
}
