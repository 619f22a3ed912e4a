//! Documents that are refused before they run.

use super::super::schema::{Schema, base};
use super::super::validate;
use super::sample::{ask, messages};
use async_graphql_parser::parse_query;
use serde_json::{Value, json};

#[test]
fn an_unknown_field_is_refused_in_githubs_form() {
    let answer = ask("query Q {\n  viewer { ... on User { shoeSize } }\n}", &json!({}));
    let expected = json!({ "errors": [{
        "path": ["query Q", "viewer", "... on User", "shoeSize"],
        "extensions": { "code": "undefinedField", "typeName": "User", "fieldName": "shoeSize" },
        "locations": [{ "line": 2, "column": 26 }],
        "message": "Field 'shoeSize' doesn't exist on type 'User'",
    }] });
    assert_eq!(answer, expected);
}

#[test]
fn every_mistake_has_its_message() {
    const ASK: &str = r#"repository(owner: "octo", name: "demo")"#;
    let cases = [
        (
            "{ viewer }".to_owned(),
            "Field must have selections (field 'viewer' returns User but has no selections. Did you mean 'viewer { ... }'?)",
        ),
        (
            "{ viewer { login { x } } }".to_owned(),
            "Selections can't be made on scalars (field 'login' returns String but has selections)",
        ),
        ("{ viewer(size: 1) { login } }".to_owned(), "Field 'viewer' doesn't accept argument 'size'"),
        (r#"{ repository(owner: "o") { name } }"#.to_owned(), "Field 'repository' is missing required arguments: name"),
        (
            format!(r#"{{ {ASK} {{ pullRequest(number: "7") {{ title }} }} }}"#),
            "Argument 'number' on Field 'pullRequest' has an invalid value (\"7\"). Expected type 'Int!'.",
        ),
        (
            format!("{{ {ASK} {{ pullRequests(first: 1, states: [BURIED]) {{ totalCount }} }} }}"),
            "Argument 'states' on Field 'pullRequests' has an invalid value ([BURIED]). Expected type '[PullRequestState!]'.",
        ),
        (
            "mutation { resolveReviewThread(input: { thread: 1 }) { clientMutationId } }".to_owned(),
            "Argument 'input' on Field 'resolveReviewThread' has an invalid value ({thread: 1}). Expected type 'ResolveReviewThreadInput!'.",
        ),
        ("query Q($x: Int) { viewer { login } }".to_owned(), "Variable $x is declared by Q but not used"),
        ("query Q { node(id: $x) { id } }".to_owned(), "Variable $x is used by Q but not declared"),
        (
            "query($x: String) { node(id: $x) { id } }".to_owned(),
            "Type mismatch on variable $x and argument id (String / ID!)",
        ),
        (
            "query($x: ID) { node(id: $x) { id } }".to_owned(),
            "Nullability mismatch on variable $x and argument id (ID / ID!)",
        ),
        (
            "query($x: [ID!]!) { node(id: $x) { id } }".to_owned(),
            "List dimension mismatch on variable $x and argument id ([ID!]! / ID!)",
        ),
        ("{ viewer { ...F } }".to_owned(), "Fragment F was used, but not defined"),
        ("{ viewer { login } } fragment F on User { login }".to_owned(), "Fragment F was defined, but not used"),
        ("{ viewer { ...F } } fragment F on User { ...F }".to_owned(), "Fragment F contains an infinite loop"),
        (
            "{ viewer { ... on Person { login } } }".to_owned(),
            "No such type Person, so it can't be a fragment condition",
        ),
        ("{ viewer { ... on Repository { name } } }".to_owned(), "Fragment on Repository can't be spread inside User"),
        ("{ viewer { login @uppercase } }".to_owned(), "Directive @uppercase is not defined"),
        ("{ viewer { login @include } }".to_owned(), "Directive 'include' is missing required arguments: if"),
        ("{ viewer { login login: id } }".to_owned(), "Field 'login' has a field conflict: login or id?"),
        ("{ viewer { login }".to_owned(), "Parse error at [1, 19]"),
    ];
    for (document, message) in cases {
        let answer = ask(&document, &json!({}));
        assert_eq!(messages(&answer), [message], "{document}");
        assert_eq!(answer.get("data"), None, "{document}");
    }
}

#[test]
fn variables_in_fragments_count_as_used() {
    let document =
        "query($id: ID!) { ...F } fragment F on Query { ...G } fragment G on Query { node(id: $id) { __typename } }";
    assert_eq!(ask(document, &json!({ "id": "LA_1" })), json!({ "data": { "node": { "__typename": "Label" } } }));
}

#[test]
fn values_of_variables_are_held_against_their_types() {
    let document =
        r#"query($x: Int!) { repository(owner: "octo", name: "demo") { pullRequest(number: $x) { title } } }"#;
    for (value, explanation) in [
        (json!({}), "Expected value to not be null"),
        (json!({ "x": null }), "Expected value to not be null"),
        (json!({ "x": "7" }), "Could not coerce value \"7\" to Int"),
        (json!({ "x": 3_000_000_000_u64 }), "Could not coerce value 3000000000 to Int"),
    ] {
        let answer = ask(document, &value);
        assert_eq!(messages(&answer), ["Variable $x of type Int! was provided invalid value"], "{value}");
        assert_eq!(answer["errors"][0]["extensions"]["problems"][0]["explanation"], explanation);
        assert_eq!(answer.get("data"), None);
    }
    let document = "mutation($in: ResolveReviewThreadInput!) { resolveReviewThread(input: $in) { thread { id } } }";
    assert_eq!(ask(document, &json!({ "in": { "threadId": "RT_1" } })).get("errors"), None);
    for input in [json!({}), json!({ "threadId": "RT_1", "force": true }), json!("RT_1")] {
        assert_eq!(messages(&ask(document, &json!({ "in": input }))).len(), 1);
    }
}

#[test]
fn forbidden_is_githubs_own_error() {
    let document = "mutation { resolveReviewThread(input: { threadId: \"RT_9\" }) { thread { id } } }";
    let answer = ask(document, &json!({}));
    assert_eq!(answer["data"], json!({ "resolveReviewThread": Value::Null }));
    assert_eq!(answer["errors"][0]["type"], "FORBIDDEN");
}

#[test]
fn every_document_of_ours_is_simulated() {
    for (name, document) in crate::github::documents() {
        let document = parse_query(document).unwrap();
        let problems = validate::check(Schema::github(), &document);
        assert!(problems.is_empty(), "{name}: {problems:#?}");
    }
}

#[test]
fn the_schema_names_only_types_that_it_has() {
    let schema = Schema::github();
    let known = |name: &str| assert!(schema.kind(name).is_some(), "schema.graphql has no type {name}");
    for name in schema.names() {
        for field in schema.fields(name) {
            known(base(&field.node.ty.node));
            field.node.arguments.iter().for_each(|it| known(base(&it.node.ty.node)));
        }
        schema.inputs(name).unwrap_or_default().iter().for_each(|it| known(base(&it.node.ty.node)));
    }
}
