//! Finished runs: the verdict that people read, and the snapshot to run it again.

use super::StoreError;
use crate::model::{CommitId, Conclusion, PullNumber, RepoName, RepositoryId, Timestamp};
use crate::webhook::JobSpec;
use async_trait::async_trait;
use std::fmt;

/// What judges in this process: two runs of one snapshot agree when this is the same.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Names a run in pages and in `replay`: 32 hexadecimal digits that nobody can guess.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunId(String);

impl RunId {
    /// From 128 random bits, which the caller draws.
    pub fn from_random(bits: [u8; 16]) -> Self {
        RunId(bits.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// From text; `None` unless it is 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let right = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        right.then(|| RunId(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// Its id.
    pub id: RunId,
    /// The repository.
    pub repository: RepositoryId,
    /// The repository's name at that time, for people.
    pub name: RepoName,
    /// The pull request; 0 for a merge group.
    pub number: PullNumber,
    /// Name of the base branch at that time.
    pub base: String,
    /// The commit that was judged.
    pub head: CommitId,
    /// `Verdict` as JSON.
    pub verdict: String,
    /// `Snapshot` as JSON.
    pub snapshot: String,
    /// When it finished, by GitHub's clock.
    pub created_at: Timestamp,
    /// Work that this judgement brings about: it is enqueued when the run is saved, or never. Not read back.
    pub wakes: Vec<JobSpec>,
}

/// A finished run in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunHeadline {
    /// Its id.
    pub id: RunId,
    /// The repository's name at that time.
    pub name: RepoName,
    /// The pull request; 0 for a merge group.
    pub number: PullNumber,
    /// The commit that was judged.
    pub head: CommitId,
    /// What was said; `None` when it cannot be read.
    pub conclusion: Option<Conclusion>,
    /// When it finished, by GitHub's clock.
    pub created_at: Timestamp,
}

/// Keeps finished runs.
#[async_trait]
pub trait Runs: Send + Sync {
    /// Saves a run, which is from then on the last judgement of its pull request. One that is known stays as it was.
    ///
    /// # Errors
    /// When the database fails.
    async fn save_run(&self, run: &RunRecord, now: Timestamp) -> Result<(), StoreError>;

    /// Loads a run.
    ///
    /// # Errors
    /// When the database fails or the row does not read.
    async fn load_run(&self, id: &RunId) -> Result<Option<RunRecord>, StoreError>;

    /// The newest runs, newest first; of those of one moment the one with the larger id first.
    ///
    /// # Errors
    /// When the database fails or a row does not read.
    async fn list_runs(&self, limit: u32) -> Result<Vec<RunHeadline>, StoreError>;
}
