//! The simulation's log of requests, as records.

use super::{Body, Record, check_graphql, check_openapi};
use deckhand::sim::LogEntry;
use serde_json::Value;

/// What GitHub's descriptions find wrong with everything that was asked of the simulation and answered by it: REST by
/// OpenAPI, GraphQL documents by the schema, where they are not among those that `github_documents` holds against it.
pub(crate) fn check_log(entries: &[LogEntry]) -> Vec<String> {
    let (graphql, rest): (Vec<&LogEntry>, Vec<&LogEntry>) = entries.iter().partition(|it| it.path == "/graphql");
    // Status 0: the connection was dropped, and there is no answer that could be described.
    let records: Vec<Record> = rest.into_iter().filter(|it| it.status != 0).map(record).collect();
    let known = deckhand::github::documents();
    let documents = graphql.into_iter().filter_map(|entry| {
        let name = format!("POST /graphql, request {}", entry.sequence);
        let document = entry.request["query"].as_str()?;
        let is_new = known.iter().all(|(_, known)| known != document);
        is_new.then(|| check_graphql(&name, document))
    });
    documents.flatten().chain(check_openapi(&records)).collect()
}

fn record(entry: &LogEntry) -> Record {
    let response = match (&entry.response, entry.status) {
        // The log has null both for no body and for one that is not JSON.
        (Value::Null, 200..=202) => Body::Other,
        (Value::Null, _) => Body::Empty,
        (value, _) => Body::Json(value.clone()),
    };
    Record {
        method: entry.method.clone(),
        path: entry.path.clone(),
        request: Some(entry.request.clone()).filter(|it| !it.is_null()),
        status: entry.status,
        response,
    }
}
