//! At which commit each open pull request was judged last. Pull requests with one head share its check.

use super::StoreError;
use crate::model::{CommitId, PullNumber, RepositoryId, Timestamp};
use crate::webhook::JobSpec;
use async_trait::async_trait;

/// The last judgement of a pull request that was open then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The pull request.
    pub number: PullNumber,
    /// The commit that was judged.
    pub head: CommitId,
    /// Name of its base branch at that time.
    pub base: String,
    /// `Verdict` as JSON.
    pub verdict: String,
    /// Lines on which GitHub took no comment at that commit: a list of `Spot` as JSON.
    pub refused: Option<String>,
}

/// Remembers at which commit each open pull request was judged.
#[async_trait]
pub trait Judgements: Send + Sync {
    /// The last judgement of this pull request, and those of all others at `head` or at the commit where this one was
    /// judged last; by number.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_judgements(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
    ) -> Result<Vec<Judgement>, StoreError>;

    /// The pull requests that were judged last at this commit.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_judged_at(&self, repository: RepositoryId, head: &CommitId) -> Result<Vec<PullNumber>, StoreError>;

    /// Remembers the lines on which GitHub takes no comment at this head, so that the next review does not try them again.
    /// What was refused at another head is forgotten.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_refused_lines(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        spots: String,
    ) -> Result<(), StoreError>;

    /// Forgets the judgement of a pull request that is closed, and enqueues the work that this brings about.
    ///
    /// # Errors
    /// When the database fails; then neither happened.
    async fn forget_judgement(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        wakes: &[JobSpec],
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
