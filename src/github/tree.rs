//! The files of a commit, as a list of paths.

use super::CallError;
use super::facts::{FetchedFact, settled};
use super::repo::RepoClient;
use crate::lua::Globs;
use crate::model::{Fact, FactKey, RepoPath, Snapshot, Unavailable};
use serde::Deserialize;

impl RepoClient {
    /// The answers to every [`FactKey::Paths`] among `wanted`, in one request. GitHub lists at most 100,000 entries and
    /// says when there are more: then none of the answers is known.
    ///
    /// # Errors
    /// As every call; a missing permission is a fact.
    pub(super) async fn paths(
        &self,
        snapshot: &Snapshot,
        wanted: &[&FactKey],
    ) -> Result<Vec<(FactKey, FetchedFact)>, CallError> {
        let asked: Vec<&Vec<String>> = wanted
            .iter()
            .filter_map(|key| match key {
                FactKey::Paths(patterns) => Some(patterns),
                _ => None,
            })
            .collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let path = format!("/git/trees/{}?recursive=1", snapshot.subject.head);
        let tree = settled(self.get::<WireTree>(&path, "files of the head").await.map(Fact::Known), "contents: read")?;
        let fact = |patterns: &Vec<String>| match &tree {
            Fact::Known(tree) if tree.truncated => {
                Fact::Unavailable(Unavailable::Truncated("the list of the head's files".to_owned()))
            }
            Fact::Known(tree) => Fact::Known(tree.matching(patterns)),
            Fact::Unavailable(reason) => Fact::Unavailable(reason.clone()),
        };
        Ok(asked.iter().map(|it| (FactKey::Paths((*it).clone()), FetchedFact::Paths(fact(it)))).collect())
    }
}

#[derive(Deserialize)]
struct WireTree {
    tree: Vec<WireEntry>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct WireEntry {
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

impl WireTree {
    /// The files that match, sorted. A pattern that is none matches nothing.
    fn matching(&self, patterns: &[String]) -> Vec<RepoPath> {
        let Ok(globs) = Globs::parse(patterns) else { return Vec::new() };
        let files = self.tree.iter().filter(|entry| entry.kind == "blob" && globs.matches(&entry.path));
        let mut paths: Vec<RepoPath> = files.map(|entry| RepoPath::new(&entry.path)).collect();
        paths.sort_unstable();
        paths
    }
}
