//! Which files lie below a directory: one request lists all files of a commit.

use super::CallError;
use super::facts::FetchedFact;
use super::repo::RepoClient;
use crate::model::{CommitId, Fact, FactKey, FileKey, RepoPath, Side, Snapshot, Unavailable};
use serde::Deserialize;

/// A directory with more files is listed up to here.
const MAX_FILES: usize = 5_000;

impl RepoClient {
    /// The wanted folders with their files: one request for each side.
    ///
    /// # Errors
    /// When a request failed.
    pub(super) async fn folders(
        &self,
        snapshot: &Snapshot,
        wanted: &[&FactKey],
    ) -> Result<Vec<(FactKey, FetchedFact)>, CallError> {
        let tip = match &snapshot.pull {
            Some(Fact::Known(pull)) => &pull.base.sha,
            Some(Fact::Unavailable(_)) | None => &snapshot.subject.base,
        };
        let mut found = Vec::with_capacity(wanted.len());
        for (side, commit) in [(Side::Left, tip), (Side::Right, &snapshot.subject.head)] {
            let keys: Vec<&FileKey> = wanted
                .iter()
                .filter_map(|key| if let FactKey::Folder(folder) = key { Some(folder) } else { None })
                .filter(|folder| folder.side == side)
                .collect();
            if keys.is_empty() {
                continue;
            }
            let tree = self.fetch_tree(commit).await?;
            for folder in keys {
                let fact = match &tree {
                    Fact::Known(paths) => {
                        let below = paths.iter().filter(|path| path.lies_below(&folder.path));
                        Fact::Known(below.take(MAX_FILES).cloned().collect())
                    }
                    Fact::Unavailable(reason) => Fact::Unavailable(reason.clone()),
                };
                found.push((FactKey::Folder(folder.clone()), FetchedFact::Folder(fact)));
            }
        }
        Ok(found)
    }

    /// All files of a commit, sorted. GitHub cuts the list at 100,000 entries; source: "Get a tree" in its documentation.
    async fn fetch_tree(&self, commit: &CommitId) -> Result<Fact<Vec<RepoPath>>, CallError> {
        let answer: Result<WireTree, CallError> =
            self.get(&format!("/git/trees/{commit}?recursive=1"), "the files of a commit").await;
        match answer {
            Ok(tree) if tree.truncated => Ok(Fact::Unavailable(Unavailable::Truncated("the list of files".to_owned()))),
            Ok(tree) => {
                let files = tree.tree.into_iter().filter(|entry| entry.kind == "blob");
                let mut paths: Vec<RepoPath> = files.map(|entry| RepoPath::new(&entry.path)).collect();
                paths.sort();
                Ok(Fact::Known(paths))
            }
            Err(CallError::Forbidden(_)) => {
                Ok(Fact::Unavailable(Unavailable::NoPermission("contents: read".to_owned())))
            }
            Err(error) => Err(error),
        }
    }
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
}
