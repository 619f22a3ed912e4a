//! Opaque ids of objects; objects put together.

use base64::Engine;
use serde_json::Value;

/// The opaque id of an object: its type's letters and its number.
pub(in crate::sim) fn node_id(kind: &str, id: u64) -> String {
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(format!("{kind}:{id}"))
}

/// The reverse of [`node_id`].
pub(in crate::sim) fn parse_node_id(text: &str) -> Option<(String, u64)> {
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (kind, id) = text.split_once(':')?;
    Some((kind.to_owned(), id.parse().ok()?))
}

/// Copies the members of one object into another.
pub(in crate::sim) fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}
