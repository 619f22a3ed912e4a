//! A worker's hold on a job: claimed with a lease and a fencing token, renewed, and ended in one of three ways.

use super::{Job, Lease, StoreError};
use crate::model::Timestamp;
use crate::webhook::JobSpec;
use async_trait::async_trait;
use std::time::Duration;

/// Jobs of one repository that are in work at once, in all processes together. Fewer than a process has workers: when
/// GitHub hangs for one repository, another still finds a free one. More would not get through GitHub's limits anyway.
pub const IN_WORK_PER_REPOSITORY: i64 = 3;

/// The same of one installation, whose repositories may all hang at once.
pub const IN_WORK_PER_INSTALLATION: i64 = 6;

/// A worker that is free while a delivery is stored: it gets the next job in the same transaction, so that taking the
/// work costs no transaction of its own.
pub struct Claimer {
    /// How long it may work before it renews.
    pub lease: Duration,
    /// Takes the job; called once the claim is on disk. Dropped when there is no job.
    pub hand_over: Box<dyn FnOnce(Job) + Send + Sync>,
}

/// Hands jobs to workers and takes them back.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes the next job that is due, or whose worker let its lease end, unless its repository or installation has
    /// enough in work.
    /// Among equals the installation whose job started longest ago goes first, and of its jobs the one that was due
    /// first; of four in a row one goes by turns alone, whatever the others want, so that work in the background of one
    /// gets on beside a flood from another.
    ///
    /// # Errors
    /// When the database fails.
    async fn claim(&self, now: Timestamp, lease: Duration) -> Result<Option<Job>, StoreError>;

    /// Extends a lease to `now + lease`.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    async fn renew(&self, held: &Lease, now: Timestamp, lease: Duration) -> Result<(), StoreError>;

    /// Ends a job. When more work for its key arrived meanwhile, it waits again with that work. Whether any job is due then.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    async fn finish(&self, job: &Job, now: Timestamp) -> Result<bool, StoreError>;

    /// Gives a job back to be tried again not before `run_after`. Work that arrived meanwhile takes its place, as soon as
    /// either is wanted.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    async fn retry(&self, job: &Job, run_after: Timestamp, reason: &str, now: Timestamp) -> Result<(), StoreError>;

    /// The same for a job that somebody else keeps from being done: this attempt does not count among those that fail.
    /// A job that was begun never looks again as if nobody had.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    async fn wait(&self, job: &Job, run_after: Timestamp, reason: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Gives a job back as if it had not been claimed: it is due at once, and this attempt does not count. Work that
    /// arrived meanwhile takes its place.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    async fn give_back(&self, job: &Job, now: Timestamp) -> Result<(), StoreError>;

    /// Gives a job up until a person or new work wakes it. Work that arrived meanwhile wakes it at once.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    async fn park(&self, job: &Job, reason: &str, now: Timestamp) -> Result<(), StoreError>;

    /// What workers have in work of the jobs whose keys begin so, in the order of the keys; also where a lease ended.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_in_work(&self, prefix: &str) -> Result<Vec<JobSpec>, StoreError>;
}
