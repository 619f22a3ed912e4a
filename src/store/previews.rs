//! Runs of the rules that a pull request brings: one for each head.

use super::StoreError;
use crate::model::{CommitId, Preview, PullNumber, RepositoryId};
use async_trait::async_trait;

/// What is known of the preview of one head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPreview {
    /// Who asked for it with a command.
    pub allowed_by: Option<String>,
    /// What came of it.
    pub preview: Option<Preview>,
}

/// Remembers what a change of the rules would do.
#[async_trait]
pub trait Previews: Send + Sync {
    /// What is known of the preview of a pull request at this head.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
    ) -> Result<KnownPreview, StoreError>;

    /// Remembers that somebody asked for the preview of this head.
    ///
    /// # Errors
    /// When the database fails.
    async fn allow_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        by: &str,
    ) -> Result<(), StoreError>;

    /// Keeps what came of the preview of this head.
    ///
    /// # Errors
    /// When the database fails.
    async fn keep_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        preview: &Preview,
    ) -> Result<(), StoreError>;
}
