//! What people let pass on pull requests, and which comments with commands are dealt with.

use super::StoreError;
use crate::model::{CommitId, Override, PullNumber, RepositoryId, Timestamp};
use async_trait::async_trait;

/// An override with the comment that decided it. A comment decides once about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideRecord {
    /// The repository.
    pub repository: RepositoryId,
    /// The pull request.
    pub number: PullNumber,
    /// GitHub's id of the comment with the command.
    pub comment: u64,
    /// The commit on which it was decided.
    pub head: CommitId,
    /// What passes, and who says so.
    pub decision: Override,
}

/// Remembers overrides, and the comments that were heeded.
#[async_trait]
pub trait Overrides: Send + Sync {
    /// Saves a decision. One that the same comment has made about the same rule before stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    async fn save_override(&self, record: &OverrideRecord) -> Result<(), StoreError>;

    /// The decisions about a pull request, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row does not read.
    async fn find_overrides(
        &self,
        repository: RepositoryId,
        number: PullNumber,
    ) -> Result<Vec<OverrideRecord>, StoreError>;

    /// The commit of the last review of this pull request that had ended at this time, and when it ended, both by GitHub's
    /// clock; `None` when none had.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_last_run(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        at: Timestamp,
    ) -> Result<Option<(CommitId, Timestamp)>, StoreError>;

    /// Remembers that the commands of a comment are dealt with.
    ///
    /// # Errors
    /// When the database fails.
    async fn mark_heeded(&self, repository: RepositoryId, comment: u64, now: Timestamp) -> Result<(), StoreError>;

    /// Whether the commands of a comment are dealt with.
    ///
    /// # Errors
    /// When the database fails.
    async fn is_heeded(&self, repository: RepositoryId, comment: u64) -> Result<bool, StoreError>;

    /// How many of these comments were dealt with at this time or later.
    ///
    /// # Errors
    /// When the database fails.
    async fn count_heeded(
        &self,
        repository: RepositoryId,
        comments: &[u64],
        since: Timestamp,
    ) -> Result<u64, StoreError>;
}
