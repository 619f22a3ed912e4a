//! The files of a commit, as a list of paths.

use super::CallError;
use super::call::parse;
use super::facts::FetchedFact;
use super::repo::RepoClient;
use crate::lua::Globs;
use crate::model::{CommitId, Fact, FactKey, RepoPath, Snapshot, Unavailable};
use http::Method;
use serde::Deserialize;

impl RepoClient {
    /// The answers to every [`FactKey::Paths`] among `wanted`. A pattern that is none matches nothing.
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
        let tree = self.fetch_tree(&snapshot.subject.head).await?;
        let fact = |patterns: &Vec<String>| match (&tree, Globs::parse_kept(patterns.clone())) {
            (Fact::Unavailable(reason), _) => Fact::Unavailable(reason.clone()),
            (Fact::Known(_), Err(_)) => Fact::Known(Vec::new()),
            (Fact::Known(tree), Ok(globs)) => Fact::Known(
                tree.iter().map(|file| &file.path).filter(|path| globs.matches(path.as_str())).cloned().collect(),
            ),
        };
        Ok(asked.iter().map(|it| (FactKey::Paths((*it).clone()), FetchedFact::Paths(fact(it)))).collect())
    }

    /// The paths of all files of a commit, sorted.
    ///
    /// # Errors
    /// As every call; a missing permission is a fact, and so is a list that was cut.
    pub async fn fetch_paths(&self, commit: &CommitId) -> Result<Fact<Vec<RepoPath>>, CallError> {
        Ok(match self.fetch_tree(commit).await? {
            Fact::Known(files) => Fact::Known(files.into_iter().map(|file| file.path).collect()),
            Fact::Unavailable(reason) => Fact::Unavailable(reason),
        })
    }

    /// All files of a commit, sorted. GitHub cuts the list at 100,000 entries and says so; source: "Get a tree" in its
    /// documentation.
    ///
    /// # Errors
    /// As every call; a missing permission is a fact, and so is a list that was cut.
    pub(super) async fn fetch_tree(&self, commit: &CommitId) -> Result<Fact<Vec<TreeFile>>, CallError> {
        let asked = "the files of a commit";
        let call = self.rest(Method::GET, &format!("/git/trees/{commit}?recursive=1"), asked);
        let read = self.call_kept(call, |body| parse::<WireTree>(body, asked)).await;
        let tree = match self.settled(read.map(Fact::Known), "contents: read")? {
            Fact::Known(tree) => tree,
            Fact::Unavailable(reason) => return Ok(Fact::Unavailable(reason)),
        };
        if tree.truncated {
            return Ok(Fact::Unavailable(Unavailable::Truncated("the list of files".to_owned())));
        }
        let blobs = tree.tree.iter().filter(|entry| entry.kind == "blob");
        let file = |entry: &WireEntry| TreeFile { path: RepoPath::new(&entry.path), bytes: entry.size };
        let mut files: Vec<TreeFile> = blobs.map(file).collect();
        files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        Ok(Fact::Known(files))
    }
}

/// A file of a commit.
pub(super) struct TreeFile {
    pub(super) path: RepoPath,
    pub(super) bytes: u64,
}

#[derive(Deserialize)]
struct WireTree {
    #[serde(default)]
    tree: Vec<WireEntry>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct WireEntry {
    path: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    size: u64,
}
