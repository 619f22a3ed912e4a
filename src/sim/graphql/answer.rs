//! GitHub's shape of an answer: `data`, and `errors` with `type`, `path`, `locations`, `message`, `extensions`.

use async_graphql_parser::Pos;
use serde_json::{Map, Value, json};

/// One entry of `errors`.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    message: String,
    kind: Option<&'static str>,
    path: Option<Vec<Value>>,
    at: Option<Pos>,
    extensions: Option<Value>,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: None, path: None, at: None, extensions: None }
    }

    /// GitHub's own `type`; errors of the document itself have none.
    pub(super) fn kind(self, kind: &'static str) -> Self {
        Self { kind: Some(kind), ..self }
    }

    pub(super) fn path(self, path: &[Value]) -> Self {
        Self { path: Some(path.to_vec()), ..self }
    }

    pub(super) fn at(self, at: Pos) -> Self {
        Self { at: Some(at), ..self }
    }

    /// What graphql-ruby adds to errors of the document: a `code` and the names in question.
    pub(super) fn extensions(self, extensions: Value) -> Self {
        Self { extensions: Some(extensions), ..self }
    }

    fn render(self) -> Value {
        let mut out = Map::new();
        if let Some(kind) = self.kind {
            out.insert("type".to_owned(), kind.into());
        }
        if let Some(path) = self.path {
            out.insert("path".to_owned(), path.into());
        }
        if let Some(extensions) = self.extensions {
            out.insert("extensions".to_owned(), extensions);
        }
        if let Some(at) = self.at {
            out.insert("locations".to_owned(), json!([{ "line": at.line, "column": at.column }]));
        }
        out.insert("message".to_owned(), self.message.into());
        Value::Object(out)
    }
}

/// The document was refused before anything ran: no `data` at all.
pub(super) fn refused(problems: Vec<Problem>) -> Value {
    json!({ "errors": render(problems) })
}

/// The document ran; `data` is null when a null went all the way up.
pub(super) fn executed(data: Value, problems: Vec<Problem>) -> Value {
    if problems.is_empty() { json!({ "data": data }) } else { json!({ "data": data, "errors": render(problems) }) }
}

fn render(problems: Vec<Problem>) -> Vec<Value> {
    problems.into_iter().map(Problem::render).collect()
}
