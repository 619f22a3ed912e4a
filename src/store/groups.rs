//! Merge groups that were judged: who asks for the check of such a commit again names no pull request.

use super::StoreError;
use crate::model::{CommitId, RepositoryId, Timestamp};
use crate::webhook::MergeGroup;
use async_trait::async_trait;
use std::collections::BTreeSet;

/// Remembers merge groups.
#[async_trait]
pub trait MergeGroups: Send + Sync {
    /// Remembers a merge group some time soon, and forgets old ones. Losing it costs a check that cannot be asked for again.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_group(&self, repository: RepositoryId, group: &MergeGroup, now: Timestamp) -> Result<(), StoreError>;

    /// The merge group with this head, when it was judged here.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_group(&self, repository: RepositoryId, head: &CommitId) -> Result<Option<MergeGroup>, StoreError>;

    /// The branches whose merge queues had groups judged here of late.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_queues(&self, repository: RepositoryId) -> Result<BTreeSet<String>, StoreError>;
}
