//! Documents that run.

use super::super::execute;
use super::sample::{Sample, ask, data, pull};
use serde_json::json;

#[test]
fn variables_aliases_fragments_and_type_names() {
    let document = r#"
        query Q($owner: String!, $name: String = "demo", $number: Int!) {
          __typename
          ours: repository(owner: $owner, name: $name) {
            ...Facts
            pullRequest(number: $number) { author { __typename login ... on Bot { login } } milestone { title } }
          }
        }
        fragment Facts on Repository { nameWithOwner databaseId ... { isPrivate } }
    "#;
    let expected = json!({
        "__typename": "Query",
        "ours": {
            "nameWithOwner": "octo/demo",
            "databaseId": 1_296_269,
            "isPrivate": false,
            "pullRequest": { "author": { "__typename": "Bot", "login": "deckhand" }, "milestone": null },
        },
    });
    assert_eq!(data(document, &json!({ "owner": "octo", "number": 7 })), expected);
}

#[test]
fn fragments_apply_to_their_types_only() {
    let document = r#"{ repository(owner: "octo", name: "demo") {
        a: object(expression: "HEAD:a.txt") { __typename ... on Blob { text } }
        b: object(expression: "HEAD:src") { __typename ... on Blob { text } }
        c: object(expression: "HEAD:none") { __typename ... on Blob { text } }
    } }"#;
    let expected =
        json!({ "a": { "__typename": "Blob", "text": "hello\n" }, "b": { "__typename": "Tree" }, "c": null });
    assert_eq!(data(document, &json!({}))["repository"], expected);
}

#[test]
fn include_and_skip() {
    let document = r#"query($yes: Boolean!, $no: Boolean!) { repository(owner: "octo", name: "demo") {
        a: isPrivate @include(if: $yes) b: isPrivate @include(if: $no)
        c: isPrivate @skip(if: $yes) d: isPrivate @skip(if: $no)
        e: isPrivate @include(if: true) @skip(if: true)
    } }"#;
    let answer = data(document, &json!({ "yes": true, "no": false }));
    assert_eq!(answer["repository"], json!({ "a": false, "d": false }));
}

#[test]
fn the_operation_is_chosen_by_name() {
    let document = r#"query A { viewer { login } } query B { viewer { name: login } }"#;
    let run = |name| execute(&Sample::default(), document, name, &json!({}));
    assert_eq!(run(Some("B")), json!({ "data": { "viewer": { "name": "deckhand" } } }));
    assert_eq!(run(None), json!({ "errors": [{ "message": "An operation name is required" }] }));
    assert_eq!(run(Some("C")), json!({ "errors": [{ "message": "No operation named \"C\"" }] }));
}

#[test]
fn mutations_change_the_state_and_echo_the_clients_id() {
    let world = Sample::default();
    let document = "mutation($id: ID!) { resolveReviewThread(input: { threadId: $id, clientMutationId: \"me\" }) {
        clientMutationId thread { isResolved } } }";
    let answer = execute(&world, document, None, &json!({ "id": "RT_1" }));
    let payload = json!({ "clientMutationId": "me", "thread": { "isResolved": true } });
    assert_eq!(answer, json!({ "data": { "resolveReviewThread": payload } }));

    let document = "query($id: ID!) { node(id: $id) { ... on PullRequestReviewThread { isResolved } } }";
    assert_eq!(
        execute(&world, document, None, &json!({ "id": "RT_1" })),
        json!({ "data": { "node": { "isResolved": true } } })
    );
    assert_eq!(execute(&world, document, None, &json!({ "id": "LA_1" })), json!({ "data": { "node": {} } }));
}

#[test]
fn what_is_not_found_is_null_with_githubs_error() {
    let document =
        "query {\n  repository(owner: \"octo\", name: \"demo\") {\n    pullRequest(number: 999) { title }\n  }\n}";
    let expected = json!({
        "data": { "repository": { "pullRequest": null } },
        "errors": [{
            "type": "NOT_FOUND",
            "path": ["repository", "pullRequest"],
            "locations": [{ "line": 3, "column": 5 }],
            "message": "Could not resolve to a PullRequest with the number of 999.",
        }],
    });
    assert_eq!(ask(document, &json!({})), expected);
}

#[test]
fn a_null_where_none_may_be_goes_up() {
    // `name: String!` and `visibility: RepositoryVisibility!` in `repository: Repository`.
    for (field, says) in [
        ("name", "Repository.name is String!, the simulation answered null"),
        ("visibility", "Repository.visibility is RepositoryVisibility!, the simulation answered the value \"SECRET\""),
        ("owner { login }", "Repository.owner is RepositoryOwner!, the simulation answered a Label"),
        ("isFork", "The simulation does not answer Repository.isFork yet"),
    ] {
        let answer = ask(&format!("{{ repository(owner: \"octo\", name: \"demo\") {{ {field} }} }}"), &json!({}));
        assert_eq!(answer["data"], json!({ "repository": null }), "{field}");
        assert_eq!(answer["errors"][0]["message"], says);
        assert_eq!(answer["errors"][0]["type"], "SIMULATION");
    }
}

#[test]
fn selections_of_one_field_are_merged() {
    let twice =
        pull("comments(first: 1) { nodes { body } } comments(first: 1) { totalCount nodes { viewerDidAuthor } }");
    let expected =
        json!({ "comments": { "totalCount": 3, "nodes": [{ "body": "Comment 1", "viewerDidAuthor": false }] } });
    assert_eq!(twice, expected);
}

#[test]
fn a_variable_that_was_not_given_leaves_its_place_out() {
    let document = r#"query($app: Int) { repository(owner: "octo", name: "demo") { pullRequest(number: 7) {
        commits(last: 1) { nodes { commit { checkSuites(first: 1, filterBy: { appId: $app }) { totalCount } } } } } } }"#;
    for (variables, count) in
        [(json!({}), 1), (json!({ "app": null }), 1), (json!({ "app": 5 }), 1), (json!({ "app": 6 }), 0)]
    {
        let answer = data(document, &variables);
        let suites = &answer["repository"]["pullRequest"]["commits"]["nodes"][0]["commit"]["checkSuites"];
        assert_eq!(suites["totalCount"], count, "{variables}");
    }
}
