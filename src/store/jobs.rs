//! Jobs: one row for a key. Work that arrives for a key that waits replaces it; for a key that runs,
//! it makes it run once more. A claim gives a lease and a fencing token.

use super::runs::as_i64;
use super::{Store, StoreError};
use crate::model::Timestamp;
use crate::webhook::{Cause, JobSpec, Work};
use sqlx::{Row, SqliteConnection};
use std::time::Duration;

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
}

/// A worker's claim on a job: valid until somebody else claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Row id of the job.
    pub job: i64,
    /// Grows with every claim of that job.
    pub token: i64,
}

impl Lease {
    pub(super) async fn check(&self, tx: &mut SqliteConnection) -> Result<(), StoreError> {
        let held = sqlx::query("SELECT 1 FROM jobs WHERE id = ?1 AND token = ?2 AND state = 'running'")
            .bind(self.job)
            .bind(self.token)
            .fetch_optional(tx)
            .await?;
        held.map(|_| ()).ok_or(StoreError::LeaseLost(self.job))
    }
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
        let mut tx = self.begin_write().await?;
        for spec in work {
            enqueue_within(&mut tx, spec, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Takes the next job that is due, or whose worker let its lease end. Among equals the installation
    /// whose job started longest ago goes first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(&self, now: Timestamp, lease: Duration) -> Result<Option<Job>, StoreError> {
        // Workers are woken far more often than there is work, and a look needs no lock.
        let due = sqlx::query(
            "SELECT 1 FROM jobs WHERE (state = 'waiting' AND run_after <= ?1) OR (state = 'running' AND lease_until <= ?1)
             LIMIT 1",
        );
        if due.bind(now.0).fetch_optional(self.readers()).await?.is_none() {
            return Ok(None);
        }
        let mut tx = self.begin_write().await?;
        let row = sqlx::query(
            "SELECT j.id, j.key, j.installation, j.attempts, j.token, COALESCE(j.again, j.spec) AS spec
             FROM jobs j LEFT JOIN installation_turns t ON t.installation = j.installation
             WHERE (j.state = 'waiting' AND j.run_after <= ?1) OR (j.state = 'running' AND j.lease_until <= ?1)
             ORDER BY j.priority DESC, COALESCE(t.turn, 0), j.run_after, j.id LIMIT 1",
        )
        .bind(now.0)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id: i64 = row.try_get("id")?;
        let attempt: u32 = row.try_get::<u32, _>("attempts")?.saturating_add(1);
        let token: i64 = row.try_get::<i64, _>("token")? + 1;
        let spec: String = row.try_get("spec")?;
        sqlx::query(
            "UPDATE jobs SET state = 'running', spec = ?2, again = NULL, attempts = ?3, token = ?4, lease_until = ?5,
             changed_at = ?6 WHERE id = ?1",
        )
        .bind(id)
        .bind(&spec)
        .bind(attempt)
        .bind(token)
        .bind(now.after(lease).0)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO installation_turns (installation, turn)
             VALUES (?1, (SELECT COALESCE(MAX(turn), 0) + 1 FROM installation_turns))
             ON CONFLICT (installation) DO UPDATE SET turn = excluded.turn",
        )
        .bind(row.try_get::<i64, _>("installation")?)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(Job {
            key: row.try_get("key")?,
            spec: serde_json::from_str(&spec)?,
            attempt,
            lease: Lease { job: id, token },
        }))
    }

    /// Extends a lease to `now + lease`.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    pub async fn renew(&self, held: &Lease, now: Timestamp, lease: Duration) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        held.check(&mut tx).await?;
        sqlx::query("UPDATE jobs SET lease_until = ?2 WHERE id = ?1")
            .bind(held.job)
            .bind(now.after(lease).0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends a job. When more work for its key arrived meanwhile, it waits again with that work.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    pub async fn finish(&self, job: &Job, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        job.lease.check(&mut tx).await?;
        sqlx::query(
            "UPDATE jobs SET state = CASE WHEN again IS NULL THEN 'done' ELSE 'waiting' END,
             spec = COALESCE(again, spec), again = NULL, attempts = 0, run_after = ?2, lease_until = NULL,
             reason = NULL, changed_at = ?2 WHERE id = ?1",
        )
        .bind(job.lease.job)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM outbox WHERE job_key = ?1 AND answer IS NOT NULL")
            .bind(&job.key)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives a job back to be tried again not before `run_after`. Work that arrived meanwhile takes its place, at once.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    pub async fn retry(&self, job: &Job, run_after: Timestamp, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        job.lease.check(&mut tx).await?;
        sqlx::query(
            "UPDATE jobs SET state = 'waiting', run_after = CASE WHEN again IS NULL THEN ?2 ELSE ?4 END,
             spec = COALESCE(again, spec), again = NULL, lease_until = NULL, reason = ?3, changed_at = ?4 WHERE id = ?1",
        )
        .bind(job.lease.job)
        .bind(run_after.0)
        .bind(reason)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives a job up until a person or new work wakes it. Work that arrived meanwhile wakes it at once.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another worker has the job.
    pub async fn park(&self, job: &Job, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        job.lease.check(&mut tx).await?;
        sqlx::query(
            "UPDATE jobs SET state = CASE WHEN again IS NULL THEN 'parked' ELSE 'waiting' END,
             attempts = CASE WHEN again IS NULL THEN attempts ELSE 0 END, run_after = ?3,
             spec = COALESCE(again, spec), again = NULL, lease_until = NULL, reason = ?2, changed_at = ?3 WHERE id = ?1",
        )
        .bind(job.lease.job)
        .bind(reason)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
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
        .fetch_one(self.readers())
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

pub(super) async fn enqueue_within(
    tx: &mut SqliteConnection,
    spec: &JobSpec,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = spec.key();
    let known =
        sqlx::query("SELECT state, spec, again FROM jobs WHERE key = ?1").bind(&key).fetch_optional(&mut *tx).await?;
    // Work that is not finished must not shrink: what replaces it does at least as much.
    let older: Option<JobSpec> = match &known {
        Some(row) if matches!(row.try_get::<&str, _>("state")?, "waiting" | "running") => {
            let newest = row.try_get::<Option<&str>, _>("again")?.map_or_else(|| row.try_get("spec"), Ok)?;
            Some(serde_json::from_str(newest)?)
        }
        _ => None,
    };
    let merged = older.map_or_else(|| spec.clone(), |older| supersede(&older, spec));
    sqlx::query(
        "INSERT INTO jobs (key, installation, spec, priority, state, run_after, changed_at)
         VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?5)
         ON CONFLICT (key) DO UPDATE SET
           again     = CASE jobs.state WHEN 'running' THEN excluded.spec ELSE NULL END,
           spec      = CASE jobs.state WHEN 'running' THEN jobs.spec ELSE excluded.spec END,
           state     = CASE jobs.state WHEN 'running' THEN 'running' ELSE 'waiting' END,
           attempts  = CASE WHEN jobs.state IN ('parked', 'done') THEN 0 ELSE jobs.attempts END,
           run_after = CASE jobs.state WHEN 'waiting' THEN MIN(jobs.run_after, excluded.run_after) ELSE excluded.run_after END,
           priority  = CASE jobs.state WHEN 'waiting' THEN MAX(jobs.priority, excluded.priority) ELSE excluded.priority END,
           installation = excluded.installation,
           changed_at = excluded.changed_at",
    )
    .bind(&key)
    .bind(as_i64(spec.installation.0)?)
    .bind(serde_json::to_string(&merged)?)
    .bind(priority(&merged.work) as i64)
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// The newer work, but not quieter than the older: who asked for comments still gets them.
fn supersede(older: &JobSpec, newer: &JobSpec) -> JobSpec {
    let mut merged = newer.clone();
    if let (Some(old), Some(new)) = (cause(&older.work), cause_mut(&mut merged.work))
        && new.is_quiet()
        && !old.is_quiet()
    {
        *new = old;
    }
    merged
}

fn cause(work: &Work) -> Option<Cause> {
    match work {
        Work::ReviewPull { cause, .. } | Work::ReviewBranch { cause, .. } | Work::ReviewRepository { cause } => {
            Some(*cause)
        }
        Work::ReviewCommit { .. } | Work::ReviewReported { .. } => None,
    }
}

fn cause_mut(work: &mut Work) -> Option<&mut Cause> {
    match work {
        Work::ReviewPull { cause, .. } | Work::ReviewBranch { cause, .. } | Work::ReviewRepository { cause } => {
            Some(cause)
        }
        Work::ReviewCommit { .. } | Work::ReviewReported { .. } => None,
    }
}

/// Somebody waits for what a person has just done; what fans out over many pull requests can wait.
fn priority(work: &Work) -> Priority {
    match cause(work) {
        None | Some(Cause::Rerequested) => Priority::Interactive,
        Some(Cause::Push | Cause::FirstDangerfile | Cause::Installed | Cause::Resumed) => Priority::Background,
        Some(
            Cause::Opened
            | Cause::Synchronize
            | Cause::Reopened
            | Cause::Edited
            | Cause::Reviewed
            | Cause::Reported
            | Cause::Labeled
            | Cause::Unlabeled
            | Cause::ReadyForReview
            | Cause::ConvertedToDraft,
        ) => Priority::Interactive,
    }
}
