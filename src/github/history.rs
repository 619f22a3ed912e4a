//! The dangerfiles that a branch had before: for the time in which its present one does not load.

use super::CallError;
use super::call::Effect;
use super::overview::{FoundDangerfile, WireEntry, read_entry};
use super::repo::RepoClient;
use crate::model::{CommitId, DANGERFILE_PLACES, Dangerfile, Origin};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt::Write;

/// So many commits before the tip are looked at.
const HISTORY: usize = 20;

impl RepoClient {
    /// The dangerfiles at the first parents of a commit, the newest first: one request. Commits without one, and those
    /// where it cannot be read, are left out.
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch_earlier_dangerfiles(&self, tip: &CommitId) -> Result<Vec<Dangerfile>, CallError> {
        let asked = "earlier dangerfiles";
        let mut variables = Map::new();
        variables.insert("owner".to_owned(), self.name.owner().into());
        variables.insert("name".to_owned(), self.name.name().into());
        for n in 1..=HISTORY {
            // Git's `~n` is the n-th first parent.
            variables.insert(format!("c{n}"), format!("{tip}~{n}").into());
        }
        let data: Data = self.graphql(&document(HISTORY), Value::Object(variables), Effect::Read, asked).await?;
        let mut commits = data.repository.ok_or_else(|| CallError::NotFound("such repository".to_owned()))?;
        let mut found: Vec<Dangerfile> = Vec::new();
        for n in 1..=HISTORY {
            let Some(commit) = commits.remove(&format!("c{n}")).flatten() else { break };
            let Some(oid) = commit.oid.as_deref().and_then(|oid| CommitId::new(oid).ok()) else { break };
            let lies = DANGERFILE_PLACES.into_iter().zip([commit.root, commit.dot_github]);
            let first = lies.filter_map(|(path, entry)| Some((path, entry?))).next();
            let Some((path, entry)) = first else { continue };
            if let FoundDangerfile::Found(file) = read_entry(path, entry, Origin::Repository, &oid) {
                found.push(file);
            }
        }
        Ok(found)
    }
}

/// The document that asks for so many commits.
pub(super) fn document(commits: usize) -> String {
    let (mut head, mut fields) = (String::from("query History($owner: String!, $name: String!"), String::new());
    for n in 1..=commits {
        let _ = write!(head, ", $c{n}: String!");
        let _ = writeln!(fields, "    c{n}: object(expression: $c{n}) {{ ...Earlier }}");
    }
    format!(
        "{head}) {{\n  repository(owner: $owner, name: $name) {{\n{fields}  }}\n}}\n\n\
         fragment Earlier on GitObject {{\n  ... on Commit {{\n    oid\n\
         \x20   root: file(path: \"dangerfile.lua\") {{ ...Dangerfile }}\n\
         \x20   dotGithub: file(path: \".github/dangerfile.lua\") {{ ...Dangerfile }}\n  }}\n}}\n\n\
         fragment Dangerfile on TreeEntry {{\n  object {{\n    ... on Blob {{ text isBinary isTruncated }}\n  }}\n}}\n"
    )
}

#[derive(Deserialize)]
struct Data {
    repository: Option<HashMap<String, Option<WireCommit>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCommit {
    oid: Option<String>,
    root: Option<WireEntry>,
    dot_github: Option<WireEntry>,
}
