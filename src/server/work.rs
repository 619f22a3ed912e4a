//! What a worker asks of whoever does a job, and how a job can end.

use super::judges::JudgeError;
use super::upkeep::Tending;
use crate::model::Timestamp;
use crate::store::{Job, StoreError};
use futures_util::future::BoxFuture;
use std::time::Duration;

/// Does jobs. Implemented by the review pipeline.
pub trait Handler: Send + Sync + 'static {
    /// Does one job. Must be safe to repeat, and to be dropped at any await.
    fn work<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<JobOutcome, JobError>>;

    /// Says on GitHub that a job was given up, so that no check stays open for ever. Never fails: it only logs.
    fn given_up<'a>(&'a self, job: &'a Job, reason: &'a str) -> BoxFuture<'a, ()>;

    /// Does a chore, which no job asks for. A handler that only works has none.
    fn tend<'a>(&'a self, _tending: &'a Tending) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A job that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobOutcome {
    /// One phrase for the log: what came of it.
    pub summary: String,
}

/// A job that was not done, by what to do about it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JobError {
    /// It may work later: the network, GitHub's trouble, our own.
    #[error("{reason}")]
    Retry {
        /// What happened.
        reason: String,
        /// When, if that is known.
        after: Option<Duration>,
    },
    /// The repository has another name by now: it may work under that.
    #[error("{reason}")]
    Renamed {
        /// What happened.
        reason: String,
    },
    /// GitHub asks to slow down for so long.
    #[error("{reason}")]
    RetryAfter {
        /// What happened.
        reason: String,
        /// For how long.
        after: Duration,
    },
    /// GitHub said when it may work again.
    #[error("{reason}")]
    RetryAt {
        /// What happened.
        reason: String,
        /// Not before.
        at: Timestamp,
    },
    /// Trying again cannot help until a person does something: parked at once.
    #[error("{reason}")]
    Fatal {
        /// What happened and what to do.
        reason: String,
    },
    /// There is nothing to do any more: the pull request, the repository or the installation is gone.
    #[error("{reason}")]
    Gone {
        /// What is gone.
        reason: String,
    },
    /// Another worker has the job.
    #[error("another worker has the job")]
    LeaseLost,
    /// The server stops before the job is done. That says nothing about the job: it goes back, and the attempt does not
    /// count.
    #[error("the server shut down")]
    Interrupted,
    /// The judge failed twice.
    #[error(transparent)]
    Judge(#[from] JudgeError),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost(_) => JobError::LeaseLost,
            other => JobError::Retry { reason: other.to_string(), after: None },
        }
    }
}
