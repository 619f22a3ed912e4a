//! Every GraphQL document that is sent is valid in GitHub's own schema (npm `@octokit/graphql-schema`).

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use std::path::{Path, PathBuf};

/// Where `scripts/test` installs the npm packages.
fn schema_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm/node_modules/@octokit/graphql-schema/schema.graphql")
}

#[test]
fn documents_are_valid_in_githubs_schema() {
    let path = schema_path();
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run scripts/test once: it installs the npm packages", path.display())
    });
    // The published schema names a few fields of an object twice, which is its own mistake and concerns none of ours.
    let schema = Schema::parse(text, "schema.graphql").unwrap_or_else(|invalid| invalid.partial);
    let schema = Valid::assume_valid(schema);
    for (name, document) in deckhand::github::documents() {
        if let Err(invalid) = ExecutableDocument::parse_and_validate(&schema, document, name) {
            panic!("{name}: {}", invalid.errors);
        }
    }
}
