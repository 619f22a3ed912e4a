//! What a fix would stand on: the last commits of a pull request, and what lies at paths of its head.

use super::CallError;
use super::call::Effect;
use super::overview::WireBlob;
use super::repo::RepoClient;
use super::wire::Nodes;
use crate::model::{CommitId, PullNumber, RepoPath};
use crate::plan::{Ground, GroundCommit, GroundEntry};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

/// Paths in one request.
const BATCH: usize = 100;

impl RepoClient {
    /// The last 50 commits of the pull request, and the entries at these paths of its head: one request per 100 paths.
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch_ground(
        &self,
        number: PullNumber,
        head: &CommitId,
        paths: &BTreeSet<RepoPath>,
    ) -> Result<Ground, CallError> {
        let paths: Vec<&RepoPath> = paths.iter().collect();
        let mut ground = Ground::default();
        let mut batches: Vec<&[&RepoPath]> = paths.chunks(BATCH).collect();
        if batches.is_empty() {
            batches.push(&[]);
        }
        for batch in batches {
            let mut variables = Map::new();
            variables.insert("owner".to_owned(), self.name.owner().into());
            variables.insert("name".to_owned(), self.name.name().into());
            variables.insert("number".to_owned(), number.0.into());
            variables.insert("head".to_owned(), head.as_str().into());
            for (n, path) in batch.iter().enumerate() {
                variables.insert(format!("p{n}"), path.as_str().into());
            }
            let data: Data = self
                .graphql(&document(batch.len()), Value::Object(variables), Effect::Read, "such pull request")
                .await?;
            let repository = data.repository.ok_or_else(|| CallError::NotFound("such repository".to_owned()))?;
            let pull = repository.pull_request.ok_or_else(|| CallError::NotFound("such pull request".to_owned()))?;
            let us = data.viewer.login.trim_end_matches("[bot]").to_owned();
            ground.commits =
                pull.commits.into_vec().into_iter().map(|it| it.commit.read(&us)).collect::<Result<_, _>>()?;
            let mut found = match repository.object {
                // What lies at its paths would seem not to be there.
                None if !batch.is_empty() => {
                    return Err(CallError::Behind(format!("the commit {}", head.short())));
                }
                found => found.unwrap_or_default(),
            };
            for (n, path) in batch.iter().enumerate() {
                let Some(entry) = found.remove(&format!("p{n}")).flatten() else { continue };
                ground.entries.insert((*path).clone(), entry.into());
            }
        }
        Ok(ground)
    }
}

/// The document that asks for so many paths.
pub(super) fn document(paths: usize) -> String {
    let mut head = String::from("query Ground($owner: String!, $name: String!, $number: Int!, $head: String!");
    let mut fields = String::new();
    for n in 0..paths {
        let _ = write!(head, ", $p{n}: String!");
        let _ = writeln!(fields, "        p{n}: file(path: $p{n}) {{ ...Entry }}");
    }
    let fragment =
        "fragment Entry on TreeEntry {\n  mode\n  object {\n    ... on Blob { text isBinary isTruncated }\n  }\n}\n";
    let (object, fragment) = if paths == 0 {
        (String::new(), "")
    } else {
        (format!("    object(expression: $head) {{\n      ... on Commit {{\n{fields}      }}\n    }}\n"), fragment)
    };
    let head = if paths == 0 { head.replace(", $head: String!", "") } else { head };
    format!(
        "{head}) {{\n  viewer {{ login }}\n  repository(owner: $owner, name: $name) {{\n    pullRequest(number: $number) {{\n\
         \x20     commits(last: 50) {{ nodes {{ commit {{ oid message author {{ name }} }} }} }}\n    }}\n{object}  }}\n}}\n\n{fragment}"
    )
}

#[derive(Deserialize)]
struct Data {
    viewer: Viewer,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Viewer {
    login: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    pull_request: Option<Pull>,
    #[serde(default)]
    object: Option<HashMap<String, Option<WireEntry>>>,
}

#[derive(Deserialize)]
struct Pull {
    commits: Nodes<Node>,
}

#[derive(Deserialize)]
struct Node {
    commit: WireCommit,
}

#[derive(Deserialize)]
struct WireCommit {
    oid: String,
    message: String,
    author: Option<Author>,
}

#[derive(Deserialize)]
struct Author {
    name: Option<String>,
}

impl WireCommit {
    /// GitHub names the author of an app's commits after its bot: `deckhand[bot]`.
    fn read(self, us: &str) -> Result<GroundCommit, CallError> {
        let id = CommitId::new(&self.oid).map_err(|error| CallError::Malformed(error.to_string()))?;
        let author = self.author.and_then(|author| author.name).unwrap_or_default();
        Ok(GroundCommit { id, message: self.message, by_us: author.strip_suffix("[bot]") == Some(us) })
    }
}

#[derive(Deserialize)]
struct WireEntry {
    mode: u32,
    object: Option<WireBlob>,
}

impl From<WireEntry> for GroundEntry {
    fn from(wire: WireEntry) -> Self {
        let whole = |blob: &WireBlob| blob.is_binary != Some(true) && blob.is_truncated != Some(true);
        GroundEntry { mode: wire.mode, text: wire.object.filter(whole).and_then(|blob| blob.text) }
    }
}
