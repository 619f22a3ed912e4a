//! Every GraphQL document that is sent is valid in GitHub's own schema (npm `@octokit/graphql-schema`).

use crate::validation::check_graphql;

#[test]
fn documents_are_valid_in_githubs_schema() {
    let documents = deckhand::github::documents();
    let complaints: Vec<String> = documents.iter().flat_map(|(name, text)| check_graphql(name, text)).collect();
    assert_eq!(complaints, [""; 0]);
}
