//! Jobs: one row for a key. Work that arrives for a key that waits replaces it; for a key that runs,
//! it makes it run once more. What failed before is forgotten with new work: it has all its attempts.

use super::StoreError;
use crate::model::Timestamp;
use crate::webhook::{Cause, JobSpec, Work};
use async_trait::async_trait;

/// What is served first among the jobs that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i64)]
pub enum Priority {
    /// Spread over many pull requests; nobody looks at the screen.
    Background = 0,
    /// Somebody has just pushed and waits.
    Interactive = 10,
}

impl Priority {
    /// Somebody waits for what a person has just done; what fans out over many pull requests can wait.
    pub fn of(work: &Work) -> Priority {
        match cause(work) {
            Cause::Push | Cause::FirstDangerfile | Cause::Installed | Cause::Resumed => Priority::Background,
            Cause::Opened
            | Cause::Synchronize
            | Cause::Reopened
            | Cause::Edited
            | Cause::Reviewed
            | Cause::Reported
            | Cause::Labeled
            | Cause::Unlabeled
            | Cause::ReadyForReview
            | Cause::ConvertedToDraft
            | Cause::Closed
            | Cause::SharedHead
            | Cause::Awaited
            | Cause::Queued
            | Cause::Commanded
            | Cause::Rerequested => Priority::Interactive,
        }
    }
}

/// A claimed job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What makes two jobs the same.
    pub key: String,
    /// The work.
    pub spec: JobSpec,
    /// Counted from 1.
    pub attempt: u32,
    /// The proof that this worker may write.
    pub lease: Lease,
    /// Whether an earlier attempt may have left writes in the outbox whose answers are not known.
    pub unsettled: bool,
    /// Whether an earlier review noted what it awaits.
    pub waits: bool,
    /// Whether another job was due when this one was claimed.
    pub more: bool,
}

/// A worker's claim on a job: valid until somebody else claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Row id of the job.
    pub job: i64,
    /// Grows with every claim of that job.
    pub token: i64,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting and due.
    pub due: u64,
    /// Waiting for a later time.
    pub later: u64,
    /// In a worker's hands.
    pub running: u64,
    /// Given up until a person looks.
    pub parked: u64,
    /// Deliveries that were not parsed yet.
    pub deliveries: u64,
    /// When the next job that is not due becomes due, or the next lease ends.
    pub next: Option<Timestamp>,
}

/// Enqueues work.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Enqueues work, coalescing by key. Work that joins other that waits is due when either is, and as urgent as the
    /// more urgent of the two.
    ///
    /// # Errors
    /// When the database fails.
    async fn enqueue(&self, spec: &JobSpec, now: Timestamp) -> Result<(), StoreError>;

    /// Enqueues several pieces of work in one transaction.
    ///
    /// # Errors
    /// When the database fails; then none is enqueued.
    async fn enqueue_all(&self, work: &[JobSpec], now: Timestamp) -> Result<(), StoreError>;

    /// Enqueues work that is not wanted before `run_after`. A job of the same key that waits already is not put off, and
    /// one that runs is done again then.
    ///
    /// # Errors
    /// When the database fails.
    async fn enqueue_later(&self, spec: &JobSpec, run_after: Timestamp, now: Timestamp) -> Result<(), StoreError>;

    /// Counts what there is to do.
    ///
    /// # Errors
    /// When the database fails.
    async fn count_jobs(&self, now: Timestamp) -> Result<JobCounts, StoreError>;
}

/// The newer work, but not quieter than the older, for who asked for comments still gets them, and of no older state.
pub fn supersede(older: &JobSpec, newer: &JobSpec) -> JobSpec {
    let mut merged = newer.clone();
    let old = cause(&older.work);
    if let Some(new) = cause_mut(&mut merged.work)
        && new.is_quiet()
        && !old.is_quiet()
    {
        *new = old;
    }
    if let (Work::ReviewPull { changed_at: new, .. }, Work::ReviewPull { changed_at: old, .. }) =
        (&mut merged.work, &older.work)
    {
        *new = (*new).max(*old);
    }
    if let (Work::HeedPush { pushed: new, .. }, Work::HeedPush { pushed: old, .. }) = (&mut merged.work, &older.work) {
        *new = new.after(old);
    }
    merged
}

fn cause(work: &Work) -> Cause {
    match work {
        Work::ReviewPull { cause, .. }
        | Work::ReviewBranch { cause, .. }
        | Work::ReviewCommit { cause, .. }
        | Work::ReviewGroup { cause, .. }
        | Work::ReviewRepository { cause } => *cause,
        Work::ReviewReaders { .. } | Work::HeedPush { .. } => Cause::Push,
        Work::ReviewReported { .. } => Cause::Reported,
        Work::HeedUpload { .. } | Work::HeedWorkflow { .. } => Cause::Awaited,
        Work::HeedComment { .. } | Work::HeedButton { .. } => Cause::Commanded,
    }
}

fn cause_mut(work: &mut Work) -> Option<&mut Cause> {
    match work {
        Work::ReviewPull { cause, .. }
        | Work::ReviewBranch { cause, .. }
        | Work::ReviewCommit { cause, .. }
        | Work::ReviewGroup { cause, .. }
        | Work::ReviewRepository { cause } => Some(cause),
        Work::ReviewReaders { .. }
        | Work::HeedPush { .. }
        | Work::ReviewReported { .. }
        | Work::HeedUpload { .. }
        | Work::HeedWorkflow { .. }
        | Work::HeedComment { .. }
        | Work::HeedButton { .. } => None,
    }
}
