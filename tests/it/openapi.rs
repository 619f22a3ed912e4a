//! The judges of `validation` can say yes and can say no.

use crate::validation::{Body, Record, check_log, check_openapi, check_webhook, examples, webhook_examples};
use deckhand::sim::{Kind, LogEntry};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn record(method: &str, path: &str, request: Option<Value>, status: u16, response: Body) -> Record {
    Record { method: method.to_owned(), path: path.to_owned(), request, status, response }
}

/// A label as GitHub answers with it.
fn label() -> Value {
    json!({
        "id": 208_045_946,
        "node_id": "MDU6TGFiZWwyMDgwNDU5NDY=",
        "url": "https://api.github.com/repos/octocat/Hello-World/labels/bug",
        "name": "bug",
        "description": null,
        "color": "f29513",
        "default": true,
    })
}

fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name).unwrap();
    value
}

fn labels(answer: Value) -> Record {
    record("GET", "/repos/octocat/Hello-World/labels?per_page=100", None, 200, Body::Json(json!([answer])))
}

fn check_run(request: Value) -> Record {
    record("POST", "/repos/octocat/Hello-World/check-runs", Some(request), 422, Body::Json(json!({ "message": "no" })))
}

/// One complaint that contains the text.
fn complains(record: Record, text: &str) {
    let complaints = check_openapi(std::slice::from_ref(&record));
    assert_eq!(complaints.len(), 1, "{record:?}: {complaints:#?}");
    assert!(complaints[0].contains(text), "{text} is not in {}", complaints[0]);
}

fn fits(record: Record) {
    assert_eq!(check_openapi(&[record]), [""; 0]);
}

#[test]
fn a_good_answer_fits() {
    fits(labels(label()));
    fits(labels(with(label(), "description", "Something is wrong".into())));
    fits(record("DELETE", "/repos/o/r/issues/comments/5", None, 204, Body::Empty));
    fits(record("GET", "/repos/o/r/pulls/7", None, 200, Body::Other));
}

#[test]
fn a_bad_answer_is_found() {
    complains(labels(without(label(), "color")), "\"color\" is a required property");
    complains(labels(with(label(), "name", Value::Null)), "/0/name: null is not of type");
    complains(labels(with(label(), "id", "5".into())), "/0/id: \"5\" is not of type");
    complains(labels(with(label(), "url", "no address".into())), "/0/url: \"no address\" is not a \"uri\"");
    complains(record("GET", "/repos/o/r/labels", None, 200, Body::Empty), "the answer lacks its body");
    complains(record("GET", "/repos/o/r/labels", None, 201, Body::Empty), "no answer with this status");
    let deleted = record("DELETE", "/repos/o/r/issues/comments/5", None, 204, Body::Json(json!({ "id": 5 })));
    complains(deleted, "should have none");
    complains(record("POST", "/repos/o/r/pulls/7/reviews", None, 200, Body::Other), "not JSON");
}

#[test]
fn errors_have_a_message() {
    let answer = |status, body| record("GET", "/repos/o/r/pulls/7", None, status, Body::Json(body));
    let good = json!({ "message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404" });
    fits(answer(404, good.clone()));
    // 401 and 429 are not listed for this operation.
    fits(answer(401, good.clone()));
    fits(answer(429, good));
    complains(answer(401, json!({})), "an error without a message");
    complains(answer(404, json!({ "message": 5 })), "/message: 5 is not of type");
}

#[test]
fn a_path_that_is_not_there_is_found() {
    complains(record("GET", "/repos/o/r/boats", None, 200, Body::Empty), "no such operation");
    complains(record("PUT", "/repos/o/r/labels", None, 200, Body::Empty), "no such operation");
    // A number is expected.
    complains(record("GET", "/repos/o/r/pulls/seven", None, 200, Body::Other), "no such operation");
    complains(record("GET", "/repos/o/r/labels/with/slash", None, 200, Body::Other), "no such operation");
    fits(record("GET", "/repos/o/r/contents/src/main.rs", None, 200, Body::Other));
    fits(record("GET", "/repos/o/r/git/ref/heads/main", None, 200, Body::Other));
}

#[test]
fn a_failed_alternative_is_told_in_detail() {
    let mut answer = examples("GET", "/repos/o/r/issues/comments/1").remove(0).1;
    answer["user"]["login"] = 5.into();
    let found = record("GET", "/repos/o/r/issues/comments/1", None, 200, Body::Json(answer));
    // `user` is null or a user: the complaint is about the user.
    complains(found, "/user/login: 5 is not of type");
}

#[test]
fn the_query_is_read() {
    let pulls = |query| record("GET", &format!("/repos/o/r/pulls?{query}"), None, 200, Body::Json(json!([])));
    fits(pulls("state=open&per_page=100&page=2"));
    complains(pulls("status=open"), "the query has status");
    complains(pulls("state=merged"), "the query's state: \"merged\" is not one of");
    complains(pulls("per_page=all"), "the query's per_page: \"all\" is not of type \"integer\"");
}

#[test]
fn requests_are_read() {
    let comment = |request: Option<Value>| {
        let path = "/repos/o/r/issues/7/comments";
        let mut all = check_openapi(&[record("POST", path, request, 201, Body::Json(json!(null)))]);
        all.retain(|it| it.contains("request"));
        all
    };
    assert_eq!(comment(Some(json!({ "body": "Ahoy" }))), [""; 0]);
    assert!(comment(Some(json!({ "text": "Ahoy" })))[0].contains("\"body\" is a required property"));
    assert!(comment(Some(json!({ "body": "Ahoy", "boddy": 1 })))[0].contains("/boddy: no such property"));
    assert!(comment(None)[0].contains("lacks its body"));
    let mut deleted = record("DELETE", "/repos/o/r/issues/comments/5", Some(json!({})), 204, Body::Empty);
    complains(deleted.clone(), "takes none");
    // What was refused may be wrong.
    (deleted.status, deleted.response) = (400, Body::Json(json!({ "message": "no" })));
    fits(deleted);
    fits(check_run(json!({})));
}

#[test]
fn unknown_properties_are_found_in_depth_and_behind_alternatives() {
    let run = json!({
        "name": "deckhand",
        "head_sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "status": "completed",
        "conclusion": "success",
        "output": { "title": "t", "summary": "s", "annotations": [{
            "path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m",
        }] },
    });
    let unread = |request: Value| {
        let path = "/repos/o/r/check-runs";
        let mut all = check_openapi(&[record("POST", path, Some(request), 201, Body::Json(json!(null)))]);
        all.retain(|it| it.contains("in the request"));
        all
    };
    assert_eq!(unread(run.clone()), [""; 0]);
    let mut wrong = run.clone();
    wrong["output"]["annotations"][0]["line"] = 1.into();
    let complaints = unread(wrong);
    assert_eq!(complaints.len(), 1, "{complaints:#?}");
    assert!(complaints[0].contains("/output/annotations/0/line: no such property"), "{complaints:#?}");
    assert_eq!(unread(with(run.clone(), "sha", "x".into())).len(), 1);
    assert!(!unread(with(run.clone(), "conclusion", "great".into())).is_empty());
    assert!(unread(without(run, "head_sha"))[0].contains("\"head_sha\" is a required property"));
}

/// Every operation that Deckhand uses.
const USED: [(&str, &str); 21] = [
    ("GET", "/app"),
    ("GET", "/repos/o/r"),
    ("GET", "/repos/o/r/installation"),
    ("POST", "/app/installations/1/access_tokens"),
    ("GET", "/installation/repositories"),
    ("GET", "/repos/o/r/pulls"),
    ("GET", "/repos/o/r/pulls/7"),
    ("GET", "/repos/o/r/pulls/7/files"),
    ("GET", "/repos/o/r/compare/a...b"),
    ("GET", "/repos/o/r/commits/a/pulls"),
    ("GET", "/repos/o/r/commits/a/check-runs"),
    ("GET", "/repos/o/r/issues/7/events"),
    ("GET", "/repos/o/r/collaborators/octocat/permission"),
    ("POST", "/repos/o/r/issues/7/comments"),
    ("GET", "/repos/o/r/issues/comments/1"),
    ("PATCH", "/repos/o/r/issues/comments/1"),
    ("POST", "/repos/o/r/pulls/7/reviews"),
    ("GET", "/repos/o/r/pulls/comments/1"),
    ("PATCH", "/repos/o/r/pulls/comments/1"),
    ("POST", "/repos/o/r/check-runs"),
    ("PATCH", "/repos/o/r/check-runs/1"),
];

/// Mistakes of GitHub's own examples: properties that its schemas require and these examples lack.
const LACKING: [&str; 4] =
    ["/requested_teams/0: \"type\"", ": \"language\"", "/source: \"language\"", "/user: \"role_name\""];

#[test]
fn githubs_own_examples_fit() {
    let mut complaints = Vec::new();
    for (method, path) in USED {
        let found = examples(method, path);
        assert!(!found.is_empty(), "no example for {method} {path}");
        for (status, answer) in found {
            let all = check_openapi(&[record(method, path, None, status, Body::Json(answer))]);
            complaints.extend(all.into_iter().filter(|it| it.contains("in the answer")));
        }
    }
    complaints.retain(|it| !LACKING.iter().any(|lacking| it.contains(&format!("{lacking} is a required property"))));
    assert_eq!(complaints, [""; 0]);
}

/// Webhooks of which GitHub publishes an example that fits its own schema.
const NEW_ENOUGH: [&str; 12] = [
    "check_run.completed",
    "check_run.created",
    "check_suite.requested",
    "check_suite.rerequested",
    "installation.suspend",
    "issue_comment.created",
    "issue_comment.edited",
    "ping",
    "pull_request.closed",
    "pull_request.opened",
    "pull_request.ready_for_review",
    "pull_request.reopened",
];

#[test]
fn githubs_own_webhooks_fit() {
    let mut fitting = BTreeSet::new();
    for (event, payload) in webhook_examples() {
        let action = payload["action"].as_str();
        if check_webhook(&event, action, &payload).is_empty() {
            fitting.insert(action.map_or_else(|| event.clone(), |action| format!("{event}.{action}")));
        }
    }
    // Many were recorded before a property became required; of these there is a newer recording.
    for name in NEW_ENOUGH {
        assert!(fitting.contains(name), "no example of {name} fits");
    }
    assert!(fitting.len() > 90, "only {} kinds of examples fit", fitting.len());
}

#[test]
fn the_simulations_log_is_read() {
    let entry = |method: &str, path: &str, status, request, response| LogEntry {
        sequence: 3,
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        kind: Kind::Read,
        route: String::new(),
        request,
        response,
    };
    let good = [
        entry("GET", "/repos/o/r/labels", 200, Value::Null, json!([label()])),
        entry("GET", "/repos/o/r/pulls/7", 200, Value::Null, Value::Null),
        entry("DELETE", "/repos/o/r/issues/comments/5", 204, Value::Null, Value::Null),
        entry("POST", "/graphql", 200, json!({ "query": "{ viewer { login } }" }), json!({ "data": {} })),
    ];
    assert_eq!(check_log(&good), [""; 0]);
    let bad = [
        entry("GET", "/repos/o/r/labels", 200, Value::Null, json!([{}])),
        entry("GET", "/boats", 404, Value::Null, json!({ "message": "Not Found" })),
        entry("POST", "/graphql", 200, json!({ "query": "{ viewer { login mast } }" }), json!({ "errors": [] })),
    ];
    let complaints = check_log(&bad);
    for text in
        ["POST /graphql, request 3", "GET /repos/o/r/labels (200): in the answer /0", "GET /boats (404): GitHub's"]
    {
        assert!(complaints.iter().any(|it| it.contains(text)), "{text} is not in {complaints:#?}");
    }
}

#[test]
fn webhooks_are_read() {
    let ping = json!({ "zen": "Design for failure.", "hook_id": 1, "hook": {} });
    assert!(check_webhook("ping", None, &ping).iter().any(|it| it.contains("in the payload /hook")));
    assert_eq!(check_webhook("boat", None, &ping), ["boat: GitHub's description has no such webhook"]);
    assert_eq!(check_webhook("pull_request", Some("sunk"), &ping).len(), 1);
}
