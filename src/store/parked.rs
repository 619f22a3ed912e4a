//! Jobs as an operator sees them: listed with their reasons; those that were given up are tried again or dropped by hand.

use super::StoreError;
use crate::model::{InstallationId, Timestamp};
use crate::webhook::JobSpec;
use async_trait::async_trait;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// For its turn, or for its time.
    Waiting,
    /// In a worker's hands.
    Running,
    /// Given up until a person or new work wakes it.
    Parked,
    /// Nothing is left to do.
    Done,
}

impl JobState {
    /// All of them.
    pub const ALL: [JobState; 4] = [JobState::Waiting, JobState::Running, JobState::Parked, JobState::Done];

    /// The word in addresses and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Parked => "parked",
            JobState::Done => "done",
        }
    }

    /// From that word.
    pub fn parse(word: &str) -> Option<Self> {
        JobState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A job in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedJob {
    /// Names it in [`JobsByHand::decide_by_hand`].
    pub id: i64,
    /// What makes two jobs the same.
    pub key: String,
    /// Whose it is.
    pub installation: InstallationId,
    /// The work; `None` when a newer version stored it and this one cannot read it.
    pub spec: Option<JobSpec>,
    /// Attempts so far.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub reason: Option<String>,
    /// Not before this time, when it waits.
    pub run_after: Timestamp,
    /// When it came into its state.
    pub changed_at: Timestamp,
}

/// What a person decides about a job that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// Try it again now, with all its attempts.
    Retry,
    /// Never mind.
    Drop,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// It is as the person wants; the key of the job.
    Done(String),
    /// It is not parked (any more).
    NotParked,
    /// There is no such job.
    Unknown,
}

/// Shows jobs to an operator, who decides about those that were given up.
#[async_trait]
pub trait JobsByHand: Send + Sync {
    /// Jobs in one state, the one that came into it last first; at most `limit`.
    ///
    /// # Errors
    /// When the database fails or a row does not read.
    async fn list_jobs(&self, state: JobState, limit: u32) -> Result<Vec<ListedJob>, StoreError>;

    /// Tries a job that was given up again, or drops it. Work that arrives later for its key makes it wait in any case.
    ///
    /// # Errors
    /// When the database fails.
    async fn decide_by_hand(&self, id: u64, decision: ByHand, now: Timestamp) -> Result<Touched, StoreError>;
}
