//! Recorded requests and answers against GitHub's OpenAPI description.

use super::description::{Description, json_schema};
use super::{query, schema, unknown};
use serde_json::{Value, json};

/// One request to the REST API, and its answer. GraphQL (`POST /graphql`) is not part of the description: leave it out.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// `GET`
    pub(crate) method: String,
    /// As on the request line, below the API's root, percent-encoded, with its query: `/repos/o/r/pulls?state=open`.
    pub(crate) path: String,
    /// The request's body; `None` when it had none.
    pub(crate) request: Option<Value>,
    /// The answer's status.
    pub(crate) status: u16,
    /// The answer's body.
    pub(crate) response: Body,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// No byte.
    Empty,
    /// Its content type is JSON.
    Json(Value),
    /// Something else, which is not looked at: a diff, a page. Only a GET may have it.
    Other,
}

/// What the description finds wrong with the records: an operation or a status that it does not have, an undeclared
/// parameter, a body that does not fit, a property in a request that nobody reads.
/// Statuses from 400 on may be missing in it (GitHub lists few); their bodies are then GitHub's ordinary error.
pub(crate) fn check_openapi(records: &[Record]) -> Vec<String> {
    records
        .iter()
        .flat_map(|record| {
            let (method, path, status) = (&record.method, &record.path, record.status);
            check(record).into_iter().map(move |it| format!("{method} {path} ({status}): {it}"))
        })
        .collect()
}

/// The answers of a path's operation that the description shows, each with its status.
pub(crate) fn examples(method: &str, path: &str) -> Vec<(u16, Value)> {
    let description = Description::github();
    let Some(operation) = description.operation(method, path) else { return Vec::new() };
    let answers = operation.value["responses"].as_object().unwrap().iter();
    answers
        .flat_map(|(status, answer)| {
            let shown = description.follow(answer)["content"]["application/json"]["examples"].as_object();
            let shown = shown.into_iter().flat_map(|it| it.values());
            shown.map(|it| (status.parse().unwrap(), description.follow(it)["value"].clone()))
        })
        .collect()
}

fn check(record: &Record) -> Vec<String> {
    let (path, query) = record.path.split_once('?').unwrap_or((&record.path, ""));
    let Some(operation) = Description::github().operation(&record.method, path) else {
        return vec!["GitHub's description has no such operation".to_owned()];
    };
    let mut complaints = query::check(operation.value, query);
    // A refused request may be wrong: being refused is what it deserved.
    if record.status < 400 {
        complaints.extend(request(operation.value, record.request.as_ref()));
    }
    complaints.extend(response(operation.value, record));
    complaints.into_iter().map(|it| format!("{it} [{}]", operation.template)).collect()
}

fn request(operation: &'static Value, body: Option<&Value>) -> Vec<String> {
    let declared = Description::github().follow(&operation["requestBody"]);
    match (body, json_schema(declared)) {
        (None, _) if declared["required"] == true => vec!["the request lacks its body".to_owned()],
        (None, _) => Vec::new(),
        (Some(_), None) => vec!["the request has a body, and the operation takes none".to_owned()],
        (Some(body), Some(schema)) => {
            let wrong = schema::complaints(schema, body).into_iter().map(|it| format!("in the request {it}"));
            let unread = unknown::properties(schema, body);
            wrong.chain(unread.into_iter().map(|it| format!("in the request {it}: no such property"))).collect()
        }
    }
}

fn response(operation: &'static Value, record: &Record) -> Vec<String> {
    let description = Description::github();
    let declared = operation["responses"].get(record.status.to_string()).map(|it| description.follow(it));
    let schema = match declared {
        Some(declared) => json_schema(declared),
        // "Follow redirects": any request may be answered so where a repository has another name by now.
        // (docs.github.com, REST API, "Best practices for using the REST API")
        None if record.status >= 400 || record.status == 301 => {
            Some(description.at("#/components/schemas/basic-error"))
        }
        None => return vec!["the operation has no answer with this status".to_owned()],
    };
    match (&record.response, schema) {
        (Body::Json(body), Some(schema)) => {
            let mut wrong = schema::complaints(schema, body);
            // The schemas of errors require nothing.
            if record.status >= 400 && body["message"].is_null() {
                wrong.push(": an error without a message".to_owned());
            }
            wrong.into_iter().map(|it| format!("in the answer {it}")).collect()
        }
        (Body::Json(body), None) if *body != json!({}) => {
            vec!["the answer has a body, and should have none".to_owned()]
        }
        (Body::Empty, Some(_)) => vec!["the answer lacks its body".to_owned()],
        (Body::Other, _) if !record.method.eq_ignore_ascii_case("GET") => vec!["the answer is not JSON".to_owned()],
        _ => Vec::new(),
    }
}
