//! Jobs: one row for a key. Work that arrives for a key that waits replaces it; for a key that runs,
//! it makes it run once more. What failed before is forgotten with new work: it has all its attempts.

use super::runs::as_i64;
use super::writer::Change;
use super::{Store, StoreError, unread};
use crate::model::Timestamp;
use crate::webhook::{Cause, JobSpec, Work};
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};

/// What is served first among the jobs that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i64)]
pub enum Priority {
    /// Spread over many pull requests; nobody looks at the screen.
    Background = 0,
    /// Somebody has just pushed and waits.
    Interactive = 10,
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
    /// Whether an earlier attempt left writes in the outbox whose answers are not known.
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

impl Store {
    /// Enqueues work, coalescing by key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue(&self, spec: &JobSpec, now: Timestamp) -> Result<(), StoreError> {
        self.enqueue_all(std::slice::from_ref(spec), now).await
    }

    /// Enqueues several pieces of work in one transaction.
    ///
    /// # Errors
    /// When the database fails; then none is enqueued.
    pub async fn enqueue_all(&self, work: &[JobSpec], now: Timestamp) -> Result<(), StoreError> {
        self.enqueue_as(Enqueue { work: work.to_vec(), run_after: now, now }).await
    }

    /// Enqueues work that is not wanted before `run_after`. A job of the same key that waits already is not put off, and
    /// one that runs is done again then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue_later(&self, spec: &JobSpec, run_after: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        self.enqueue_as(Enqueue { work: vec![spec.clone()], run_after, now }).await
    }

    async fn enqueue_as(&self, enqueue: Enqueue) -> Result<(), StoreError> {
        let joined = self.write(enqueue).await?;
        self.counts().joined_jobs.add(joined);
        Ok(())
    }

    /// Counts what there is to do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_jobs(&self, now: Timestamp) -> Result<JobCounts, StoreError> {
        let row = sqlx::query(
            "SELECT
               (SELECT COUNT(*) FROM jobs WHERE state = 'waiting' AND run_after <= ?1) AS due,
               (SELECT COUNT(*) FROM jobs WHERE state = 'waiting' AND run_after > ?1) AS later,
               (SELECT COUNT(*) FROM jobs WHERE state = 'running') AS running,
               (SELECT COUNT(*) FROM jobs WHERE state = 'parked') AS parked,
               (SELECT COUNT(*) FROM deliveries WHERE state = 'received') AS deliveries,
               (SELECT MIN(at) FROM (
                  SELECT MIN(run_after) AS at FROM jobs WHERE state = 'waiting' AND run_after > ?1
                  UNION ALL SELECT MIN(lease_until) FROM jobs WHERE state = 'running')) AS next",
        )
        .bind(now.0)
        .fetch_one(&mut *self.reader().await?)
        .await?;
        let count = |name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
        Ok(JobCounts {
            due: count("due")?,
            later: count("later")?,
            running: count("running")?,
            parked: count("parked")?,
            deliveries: count("deliveries")?,
            next: row.try_get::<Option<i64>, _>("next")?.map(Timestamp),
        })
    }
}

struct Enqueue {
    work: Vec<JobSpec>,
    run_after: Timestamp,
    now: Timestamp,
}

impl Change for Enqueue {
    /// How many joined work that waited already.
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(enqueue_all_within(tx, &self.work, self.run_after, self.now))
    }
}

/// Enqueues each; how many joined work that waited already.
pub(super) async fn enqueue_all_within(
    tx: &mut SqliteConnection,
    work: &[JobSpec],
    run_after: Timestamp,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut joined = 0;
    for spec in work {
        joined += u64::from(enqueue_within(tx, spec, run_after, now).await?);
    }
    Ok(joined)
}

/// Whether it joined work that waited already.
async fn enqueue_within(
    tx: &mut SqliteConnection,
    spec: &JobSpec,
    run_after: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let key = spec.key();
    let fresh = sqlx::query(
        "INSERT INTO jobs (key, installation, spec, priority, state, run_after, changed_at)
         VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?6) ON CONFLICT (key) DO NOTHING",
    )
    .bind(&key)
    .bind(as_i64(spec.installation.0)?)
    .bind(serde_json::to_string(spec)?)
    .bind(priority(&spec.work) as i64)
    .bind(run_after.0)
    .bind(now.0)
    .execute(&mut *tx)
    .await?;
    if fresh.rows_affected() == 1 {
        return Ok(false);
    }
    let known =
        sqlx::query("SELECT state, spec, again FROM jobs WHERE key = ?1").bind(&key).fetch_optional(&mut *tx).await?;
    // Work that is not finished must not shrink: what replaces it does at least as much.
    let mut joined = false;
    let older: Option<JobSpec> = match &known {
        Some(row) if matches!(row.try_get::<&str, _>("state")?, "waiting" | "running") => {
            joined =
                row.try_get::<&str, _>("state")? == "waiting" || row.try_get::<Option<&str>, _>("again")?.is_some();
            let newest = row.try_get::<Option<&str>, _>("again")?.map_or_else(|| row.try_get("spec"), Ok)?;
            // What a newer version wants of it is not known here; the newest event counts.
            unread::read_spec(newest)
        }
        _ => None,
    };
    let merged = older.map_or_else(|| spec.clone(), |older| supersede(&older, spec));
    sqlx::query(
        "UPDATE jobs SET
           again     = CASE state WHEN 'running' THEN ?3 ELSE NULL END,
           spec      = CASE state WHEN 'running' THEN spec ELSE ?3 END,
           state     = CASE state WHEN 'running' THEN 'running' ELSE 'waiting' END,
           attempts  = CASE state WHEN 'running' THEN attempts ELSE 0 END,
           run_after = CASE WHEN state = 'waiting' OR (state = 'running' AND again IS NOT NULL)
                       THEN MIN(run_after, ?5) ELSE ?5 END,
           priority  = CASE state WHEN 'waiting' THEN MAX(priority, ?4) ELSE ?4 END,
           installation = ?2,
           changed_at = ?6
         WHERE key = ?1",
    )
    .bind(&key)
    .bind(as_i64(spec.installation.0)?)
    .bind(serde_json::to_string(&merged)?)
    .bind(priority(&merged.work) as i64)
    .bind(run_after.0)
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(joined)
}

/// The newer work, but not quieter than the older, for who asked for comments still gets them, and of no older state.
fn supersede(older: &JobSpec, newer: &JobSpec) -> JobSpec {
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
    merged
}

fn cause(work: &Work) -> Cause {
    match work {
        Work::ReviewPull { cause, .. }
        | Work::ReviewBranch { cause, .. }
        | Work::ReviewCommit { cause, .. }
        | Work::ReviewGroup { cause, .. }
        | Work::ReviewRepository { cause } => *cause,
        Work::ReviewReaders { .. } => Cause::Push,
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
        | Work::ReviewReported { .. }
        | Work::HeedUpload { .. }
        | Work::HeedWorkflow { .. }
        | Work::HeedComment { .. }
        | Work::HeedButton { .. } => None,
    }
}

/// Somebody waits for what a person has just done; what fans out over many pull requests can wait.
fn priority(work: &Work) -> Priority {
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
