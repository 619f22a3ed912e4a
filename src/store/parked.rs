//! Jobs as an operator sees them: listed with their reasons; those that were given up are tried again or dropped by hand.

use super::runs::as_i64;
use super::writer::Change;
use super::{Store, StoreError, unread};
use crate::model::{InstallationId, Timestamp};
use crate::webhook::JobSpec;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

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
    /// Names it in [`Store::decide_by_hand`].
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

impl Store {
    /// Jobs in one state, the one that came into it last first; at most `limit`.
    ///
    /// # Errors
    /// When the database fails or a row does not read.
    pub async fn list_jobs(&self, state: JobState, limit: u32) -> Result<Vec<ListedJob>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, key, installation, spec, attempts, reason, run_after, changed_at FROM jobs WHERE state = ?1
             ORDER BY changed_at DESC, id DESC LIMIT ?2",
        )
        .bind(state.as_str())
        .bind(limit)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(read_row).collect()
    }

    /// Tries a job that was given up again, or drops it. Work that arrives later for its key makes it wait in any case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_by_hand(&self, id: u64, decision: ByHand, now: Timestamp) -> Result<Touched, StoreError> {
        // A number that no row has names no job.
        let Ok(id) = as_i64(id) else { return Ok(Touched::Unknown) };
        self.write(Decide { id, decision, now }).await
    }
}

fn read_row(row: &SqliteRow) -> Result<ListedJob, StoreError> {
    Ok(ListedJob {
        id: row.try_get("id")?,
        key: row.try_get("key")?,
        installation: InstallationId(row.try_get::<i64, _>("installation")?.unsigned_abs()),
        spec: unread::read_spec(row.try_get("spec")?),
        attempts: row.try_get("attempts")?,
        reason: row.try_get("reason")?,
        run_after: Timestamp(row.try_get("run_after")?),
        changed_at: Timestamp(row.try_get("changed_at")?),
    })
}

struct Decide {
    id: i64,
    decision: ByHand,
    now: Timestamp,
}

impl Change for Decide {
    type Output = Touched;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Touched, StoreError>> {
        let (state, reason) = match self.decision {
            ByHand::Retry => (JobState::Waiting, None),
            ByHand::Drop => (JobState::Done, Some("dropped by hand")),
        };
        Box::pin(async move {
            let changed: Option<String> = sqlx::query_scalar(
                "UPDATE jobs SET state = ?2, reason = ?3, attempts = 0, run_after = ?4, changed_at = ?4
                 WHERE id = ?1 AND state = 'parked' RETURNING key",
            )
            .bind(self.id)
            .bind(state.as_str())
            .bind(reason)
            .bind(self.now.0)
            .fetch_optional(&mut *tx)
            .await?;
            if let Some(key) = changed {
                return Ok(Touched::Done(key));
            }
            let known = sqlx::query("SELECT 1 FROM jobs WHERE id = ?1").bind(self.id).fetch_optional(tx).await?;
            Ok(if known.is_some() { Touched::NotParked } else { Touched::Unknown })
        })
    }
}
