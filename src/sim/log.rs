//! What was asked of the simulation and answered, in order.

use super::reply::{Body, Reply};
use serde_json::Value;

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It looks.
    Read,
    /// It changes something.
    Write,
    /// It asks for an installation token.
    Mint,
    /// Nothing is served there.
    UnknownRoute,
    /// The route has no query parameter of that name; it was refused.
    UnknownQuery,
}

/// One request to the API.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// Counts from 1.
    pub sequence: u64,
    /// `GET`, ...
    pub method: String,
    /// Below the API's root, with its query.
    pub path: String,
    /// The status that was answered; 0 when nothing was done, 2xx too when nobody heard it.
    pub status: u16,
    /// What it did.
    pub kind: Kind,
    /// The pattern of the route, such as `/repos/{owner}/{repo}/pulls/{number}`; empty when there is none.
    pub route: String,
    /// JSON of the request, or null.
    pub request: Value,
    /// JSON of the answer, or null when it is none.
    pub response: Value,
}

impl std::fmt::Display for LogEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.method, self.path, self.status)
    }
}

/// The JSON of an answer, for the log.
pub(super) fn json_of(reply: &Reply) -> Value {
    match &reply.body {
        Body::Json(value) => value.clone(),
        Body::Empty | Body::Bytes(..) => Value::Null,
    }
}
