//! One row for a key.

use super::runs::as_i64;
use super::writer::Change;
use super::{Sqlite, unread};
use crate::model::Timestamp;
use crate::store::{JobCounts, Jobs, Priority, StoreError, supersede};
use crate::webhook::JobSpec;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Jobs for Sqlite {
    async fn enqueue(&self, spec: &JobSpec, now: Timestamp) -> Result<(), StoreError> {
        self.enqueue_all(std::slice::from_ref(spec), now).await
    }

    async fn enqueue_all(&self, work: &[JobSpec], now: Timestamp) -> Result<(), StoreError> {
        self.enqueue_as(Enqueue { work: work.to_vec(), run_after: now, now }).await
    }

    async fn enqueue_later(&self, spec: &JobSpec, run_after: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        self.enqueue_as(Enqueue { work: vec![spec.clone()], run_after, now }).await
    }

    async fn count_jobs(&self, now: Timestamp) -> Result<JobCounts, StoreError> {
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

impl Sqlite {
    async fn enqueue_as(&self, enqueue: Enqueue) -> Result<(), StoreError> {
        let joined = self.write(enqueue).await?;
        self.counters().joined_jobs.add(joined);
        Ok(())
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
    .bind(Priority::of(&spec.work) as i64)
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
           priority  = CASE WHEN state = 'waiting' OR (state = 'running' AND again IS NOT NULL)
                       THEN MAX(priority, ?4) ELSE ?4 END,
           installation = ?2,
           changed_at = ?6
         WHERE key = ?1",
    )
    .bind(&key)
    .bind(as_i64(spec.installation.0)?)
    .bind(serde_json::to_string(&merged)?)
    .bind(Priority::of(&merged.work) as i64)
    .bind(run_after.0)
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(joined)
}
