//! The outbox: an operation is on disk before the call that carries it out, and its answer after.

use super::{Lease, RunRecord, StoreError};
use crate::model::{CommitId, Timestamp};
use async_trait::async_trait;

/// One write on GitHub, about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The operation's id; equal ids are the same write.
    pub id: String,
    /// Key of the job on whose behalf it happens.
    pub key: String,
    /// The commit that it means.
    pub head: CommitId,
    /// The operation as JSON.
    pub operation: String,
    /// The worker's lease, when a job asks: without a valid one nothing may be written.
    pub lease: Option<Lease>,
}

/// What is known about an operation at its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Never tried.
    New,
    /// Tried, and the answer is not known: read back before writing again.
    Unclear,
    /// Done; the answer as JSON.
    Completed(String),
}

/// Records writes before they are made.
#[async_trait]
pub trait OutboxEntries: Send + Sync {
    /// Records that operations are about to be carried out, together with the run that they show to people. The answer
    /// has an element for each; of equal ones only the first is new.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when an entry names a lease that is no longer valid; then nothing is recorded.
    async fn begin(
        &self,
        entries: Vec<OutboxEntry>,
        run: Option<RunRecord>,
        now: Timestamp,
    ) -> Result<Vec<Begun>, StoreError>;

    /// Keeps the answer of an operation of the job with this key. It is written when the job ends otherwise than done;
    /// should it be lost with the process, the operation counts as unclear and is looked for on GitHub.
    fn complete(&self, key: &str, id: &str, answer: &str);

    /// Forgets an operation that certainly did not happen (GitHub refused it).
    ///
    /// # Errors
    /// When the database fails.
    async fn abandon(&self, id: &str) -> Result<(), StoreError>;

    /// The operations of a job key whose answers are not known, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn unfinished(&self, key: &str) -> Result<Vec<OutboxEntry>, StoreError>;
}
