//! Check runs that are in progress on GitHub: none may stay so for ever.

use super::StoreError;
use super::jobs::Job;
use super::parked::JobState;
use crate::model::Timestamp;
use async_trait::async_trait;
use std::time::Duration;

/// A check run that should have been concluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverdueCheck {
    /// GitHub's id.
    pub id: u64,
    /// Key of the job that opened it.
    pub key: String,
    /// What was written, as JSON.
    pub check: String,
}

/// When a check run that is in progress must be concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// Then, unless it was known to be open before: it is open since it was opened, whatever it says by now.
    SinceOpened(Timestamp),
    /// Then: something is awaited.
    Awaited(Timestamp),
}

/// A job that was taken from the queue for something else than its work, and how it lay there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenJob {
    /// The job, held with a lease. What it left behind, and what else is due, was not looked at.
    pub job: Job,
    /// Why it waits or was parked, when it failed.
    pub reason: Option<String>,
    /// When it is tried again; `None` when nobody would.
    pub next: Option<Timestamp>,
    /// Where it stood: waiting, parked or done.
    pub state: JobState,
    /// Not before this time, when it waits.
    pub run_after: Timestamp,
}

/// Remembers the checks that are in progress.
#[async_trait]
pub trait OpenChecks: Send + Sync {
    /// Takes note some time soon of a check run that is in progress now, or is no more.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_check(&self, id: u64, key: &str, open: Option<(String, Overdue)>) -> Result<(), StoreError>;

    /// A check run may stay in progress until then.
    ///
    /// # Errors
    /// When the database fails.
    async fn await_check(&self, id: u64, until: Timestamp) -> Result<(), StoreError>;

    /// The check runs whose time is over, that of the longest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn overdue_checks(&self, now: Timestamp) -> Result<Vec<OverdueCheck>, StoreError>;

    /// Takes the job of that key, unless a worker has it: so nobody else writes for it meanwhile. Should the taker die,
    /// the job is done again.
    ///
    /// # Errors
    /// When the database fails.
    async fn take_job(&self, key: &str, now: Timestamp, lease: Duration) -> Result<Option<TakenJob>, StoreError>;

    /// Puts a job back as it lay; work that arrived meanwhile takes its place, at once.
    ///
    /// # Errors
    /// When the database fails. That the job was taken over is none.
    async fn put_back(&self, taken: TakenJob, now: Timestamp) -> Result<(), StoreError>;

    /// Whether there is a job of that key, in any state.
    ///
    /// # Errors
    /// When the database fails.
    async fn has_job(&self, key: &str) -> Result<bool, StoreError>;
}
