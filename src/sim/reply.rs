//! Answers of the API, with GitHub's words for refusals.

use serde_json::{Value, json};

/// An answer before it is put on the wire.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    Empty,
    Json(Value),
    /// Content type and bytes.
    Bytes(&'static str, Vec<u8>),
}

/// What a handler says; both sides are answers.
pub(super) type Answer = Result<Reply, Reply>;

impl Reply {
    pub(super) fn json(status: u16, value: Value) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Json(value) }
    }

    pub(super) fn ok(value: Value) -> Answer {
        Ok(Reply::json(200, value))
    }

    pub(super) fn created(value: Value) -> Answer {
        Ok(Reply::json(201, value))
    }

    pub(super) fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Empty }
    }

    pub(super) fn bytes(kind: &'static str, bytes: Vec<u8>) -> Reply {
        Reply { status: 200, headers: Vec::new(), body: Body::Bytes(kind, bytes) }
    }

    /// GitHub's form of a refusal.
    pub(super) fn refusal(status: u16, message: &str) -> Reply {
        Reply::json(
            status,
            json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string() }),
        )
    }

    pub(super) fn not_found() -> Reply {
        Reply::refusal(404, "Not Found")
    }

    pub(super) fn forbidden() -> Reply {
        Reply::refusal(403, "Resource not accessible by integration")
    }

    /// 422 with the errors as GitHub lists them.
    pub(super) fn invalid(resource: &str, field: &str, message: &str) -> Reply {
        let mut reply = Reply::refusal(422, "Validation Failed");
        if let Body::Json(value) = &mut reply.body {
            value["errors"] = json!([{ "resource": resource, "field": field, "code": "custom", "message": message }]);
        }
        reply
    }

    /// 422 without a list: what GitHub's schema validation says.
    pub(super) fn malformed(message: &str) -> Reply {
        Reply::refusal(422, &format!("Invalid request.\n\n{message}"))
    }

    /// What comes of it where something on the way spoils its body.
    pub(super) fn garbled(self, garble: fn(&mut Vec<u8>)) -> Reply {
        let (kind, mut bytes) = match self.body {
            Body::Empty => ("text/plain", Vec::new()),
            Body::Json(value) => ("application/json; charset=utf-8", value.to_string().into_bytes()),
            Body::Bytes(kind, bytes) => (kind, bytes),
        };
        garble(&mut bytes);
        Reply { body: Body::Bytes(kind, bytes), ..self }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
