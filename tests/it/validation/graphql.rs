//! Documents against GitHub's GraphQL schema.

use super::packages;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use std::sync::OnceLock;

/// GitHub's schema (npm `@octokit/graphql-schema`).
pub(crate) fn github_schema() -> &'static Valid<Schema> {
    static SCHEMA: OnceLock<Valid<Schema>> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let text = packages::read("@octokit/graphql-schema/schema.graphql");
        // The published schema names a few fields of an object twice, which is its own mistake and concerns none of
        // ours.
        let schema = Schema::parse(text, "schema.graphql").unwrap_or_else(|invalid| invalid.partial);
        Valid::assume_valid(schema)
    })
}

/// What GitHub's schema finds wrong with a document.
pub(crate) fn check_graphql(name: &str, document: &str) -> Vec<String> {
    match ExecutableDocument::parse_and_validate(github_schema(), document, name) {
        Ok(_) => Vec::new(),
        Err(invalid) => invalid.errors.iter().map(|error| format!("{name}: {error}")).collect(),
    }
}
