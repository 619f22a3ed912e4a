//! Which files lie below a directory.

use super::CallError;
use super::facts::FetchedFact;
use super::repo::RepoClient;
use crate::model::{Fact, FactKey, FileKey, Side, Snapshot};

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
                    Fact::Known(files) => {
                        let below = files.iter().map(|file| &file.path).filter(|path| path.lies_below(&folder.path));
                        Fact::Known(below.take(MAX_FILES).cloned().collect())
                    }
                    Fact::Unavailable(reason) => Fact::Unavailable(reason.clone()),
                };
                found.push((FactKey::Folder(folder.clone()), FetchedFact::Folder(fact)));
            }
        }
        Ok(found)
    }
}
