//! Every GraphQL document that is sent is valid in GitHub's own schema (npm `@octokit/graphql-schema`).

use crate::validation::check_graphql;

#[test]
fn documents_are_valid_in_githubs_schema() {
    let documents = deckhand::github::documents();
    let complaints: Vec<String> = documents.iter().flat_map(|(name, text)| check_graphql(name, text)).collect();
    assert_eq!(complaints, [""; 0]);
}

#[test]
fn no_document_is_forgotten() {
    let all: Vec<String> = deckhand::github::documents().into_iter().map(|(_, text)| text).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/github/queries");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(all.iter().any(|document| document.contains(&text)), "{}", path.display());
        files += 1;
    }
    assert!(files > 10, "{files}");
}
