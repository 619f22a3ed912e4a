//! JSON web tokens: three parts, of which the first two are JSON.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Longer claims and signatures are not looked into.
const MAX_BYTES: usize = 4_000;
/// A longer header is none.
const MAX_HEADER_BYTES: usize = 600;

/// The length of a signed token at the start of `rest`, unless it is the one of the textbooks.
pub(super) fn match_jwt(rest: &str) -> Option<usize> {
    if !rest.starts_with("eyJ") {
        return None;
    }
    // The header is short, and tells most texts that only begin alike.
    let header = part(rest, MAX_HEADER_BYTES);
    let algorithm = decode(header)?.get("alg")?.as_str()?.to_owned();
    let claims = part(rest[header.len()..].strip_prefix('.')?, MAX_BYTES);
    let signature = part(rest[header.len() + 1 + claims.len()..].strip_prefix('.')?, MAX_BYTES);
    let length = header.len() + claims.len() + signature.len() + 2;
    let decoded = decode(claims)?;
    let says = |name: &str, value: &str| decoded.get(name).and_then(Value::as_str) == Some(value);
    let textbook = says("sub", "1234567890") || says("name", "John Doe");
    (signature.len() >= 20 && algorithm != "none" && !textbook).then_some(length)
}

/// The run of base64 at the start, cut at so many bytes.
fn part(rest: &str, most: usize) -> &str {
    let length = rest.bytes().take(most).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    &rest[..length]
}

fn decode(part: &str) -> Option<serde_json::Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}
