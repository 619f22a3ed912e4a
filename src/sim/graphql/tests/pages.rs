//! Connections.

use super::sample::{ask, data, messages, pull};
use serde_json::{Value, json};

fn bodies(selection: &Value) -> Vec<&str> {
    selection["comments"]["nodes"].as_array().unwrap().iter().map(|it| it["body"].as_str().unwrap()).collect()
}

#[test]
fn pages_go_forward_and_backward() {
    let whole = "{ nodes { body } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";
    let first = pull(&format!("comments(first: 2) {whole}"));
    assert_eq!(bodies(&first), ["Comment 1", "Comment 2"]);
    let info = &first["comments"]["pageInfo"];
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(false)));
    assert_eq!(first["comments"]["totalCount"], 3);

    let after = info["endCursor"].as_str().unwrap();
    let second = pull(&format!("comments(first: 2, after: \"{after}\") {whole}"));
    assert_eq!(bodies(&second), ["Comment 3"]);
    let info = &second["comments"]["pageInfo"];
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(false), &json!(true)));

    let before = info["startCursor"].as_str().unwrap();
    let back = pull(&format!("comments(last: 1, before: \"{before}\") {whole}"));
    assert_eq!(bodies(&back), ["Comment 2"]);
    let info = &back["comments"]["pageInfo"];
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(true)));

    let none = pull(&format!("comments(first: 0) {whole}"));
    assert_eq!(none["comments"]["pageInfo"]["endCursor"], Value::Null);
}

#[test]
fn edges_have_the_cursor_of_their_node() {
    let edges = pull("comments(last: 2) { edges { cursor node { body } } pageInfo { startCursor endCursor } }");
    let (edges, info) = (&edges["comments"]["edges"], &edges["comments"]["pageInfo"]);
    assert_eq!(edges[1]["node"]["body"], "Comment 3");
    assert_eq!((&edges[0]["cursor"], &edges[1]["cursor"]), (&info["startCursor"], &info["endCursor"]));
}

#[test]
fn a_count_alone_needs_no_bound() {
    assert_eq!(pull("comments { totalCount }"), json!({ "comments": { "totalCount": 3 } }));
}

#[test]
fn a_page_without_bound_or_too_large_is_refused() {
    let cases = [
        (
            "",
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate the `labels` connection.",
        ),
        (
            "(first: 101)",
            "EXCESSIVE_PAGINATION",
            "Requesting 101 records on the `labels` connection exceeds the `first` limit of 100 records.",
        ),
        (
            "(last: 1000)",
            "EXCESSIVE_PAGINATION",
            "Requesting 1000 records on the `labels` connection exceeds the `last` limit of 100 records.",
        ),
    ];
    for (bounds, kind, message) in cases {
        let document =
            format!("{{ repository(owner: \"octo\", name: \"demo\") {{ labels{bounds} {{ nodes {{ name }} }} }} }}");
        let answer = ask(&document, &json!({}));
        assert_eq!(answer["data"], Value::Null);
        assert_eq!(answer["errors"][0]["type"], kind);
        assert_eq!(answer["errors"][0]["path"], json!(["repository", "labels"]));
        assert_eq!(messages(&answer), [message]);
    }
    for bounds in ["first: -1", "first: 1, last: 1"] {
        let document =
            format!("{{ repository(owner: \"octo\", name: \"demo\") {{ labels({bounds}) {{ nodes {{ name }} }} }} }}");
        assert_eq!(messages(&ask(&document, &json!({}))).len(), 1, "{bounds}");
    }
}

#[test]
fn a_strange_cursor_is_refused() {
    let document = r#"{ repository(owner: "octo", name: "demo") { labels(first: 1, after: "x") { nodes { name } } } }"#;
    let answer = ask(document, &json!({}));
    assert_eq!(answer["errors"][0]["type"], "INVALID_CURSOR_ARGUMENTS");
    assert_eq!(messages(&answer), ["`x` does not appear to be a valid cursor."]);
}

#[test]
fn the_bound_may_be_a_variable() {
    let document =
        r#"query($n: Int = 2) { repository(owner: "octo", name: "demo") { labels(first: $n) { nodes { name } } } }"#;
    let names = |variables| data(document, &variables)["repository"]["labels"]["nodes"].as_array().unwrap().len();
    assert_eq!((names(json!({})), names(json!({ "n": 4 }))), (2, 4));
    assert_eq!(ask(document, &json!({ "n": 500 }))["errors"][0]["type"], "EXCESSIVE_PAGINATION");
}

#[test]
fn half_a_million_possible_nodes_are_the_limit() {
    let ask_for = |labels: u32| {
        let document = format!(
            r#"{{ repository(owner: "octo", name: "demo") {{ pullRequests(first: 100) {{ nodes {{
                commits(first: {labels}) {{ nodes {{ commit {{ checkSuites(first: 100) {{ nodes {{ status }} }} }} }} }} }} }} }} }}"#
        );
        ask(&document, &json!({}))
    };
    // 100 + 100 x 49 + 100 x 49 x 100 nodes, and with 50.
    assert_ne!(ask_for(49)["errors"][0]["type"], "MAX_NODE_LIMIT_EXCEEDED");
    let answer = ask_for(50);
    assert_eq!(answer["errors"][0]["type"], "MAX_NODE_LIMIT_EXCEEDED");
    let text = "This query requests up to 505,100 possible nodes which exceeds the maximum limit of 500,000.";
    assert_eq!(messages(&answer), [text]);
}
