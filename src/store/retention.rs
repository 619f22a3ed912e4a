//! Forgets what nobody asks for any more: old runs, and the digests of deliveries that cannot come again.

use super::writer::Change;
use super::{Store, StoreError};
use crate::model::Timestamp;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::time::Duration;

/// Rows of one transaction: others wait meanwhile.
const BATCH: i64 = 200;
/// GitHub offers deliveries of the last three days for another delivery
/// (<https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks>); so long they are
/// known again, however short the retention is. Bodies are kept no longer.
const REDELIVERABLE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Bodies are the bulk of what is kept of deliveries.
const BODIES: &str = "UPDATE deliveries SET packed = NULL WHERE id IN (
    SELECT id FROM deliveries WHERE state = 'processed' AND packed IS NOT NULL AND received_at < ?1
    ORDER BY received_at LIMIT ?2)";
const DELIVERIES: &str = "DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries WHERE state = 'processed' AND received_at < ?1 ORDER BY received_at LIMIT ?2)";
/// Who judges a commit again after so long waits for a report again.
const REPORTS: &str = "DELETE FROM reports WHERE id IN (
    SELECT id FROM reports WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)";

/// How long things are kept. The last judgement of an open pull request is kept in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Runs and digests of deliveries that are older are forgotten.
    pub age: Duration,
    /// So many runs are kept, the newest.
    pub runs: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Retention { age: Duration::from_secs(30 * 24 * 3600), runs: 20_000 }
    }
}

/// How much was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Runs with their snapshots.
    pub runs: u64,
    /// Digests of deliveries.
    pub deliveries: u64,
}

impl Store {
    /// Forgets what is older than it has to be kept, in small transactions. The file does not shrink; its free pages are
    /// used again.
    ///
    /// # Errors
    /// When the database fails; what was forgotten until then is.
    pub async fn forget_old(&self, retention: &Retention, now: Timestamp) -> Result<Forgotten, StoreError> {
        let mut forgotten = Forgotten::default();
        let until = now.before(retention.age);
        let surplus = self.find_surplus(retention.runs).await?;
        loop {
            let runs = self.write(ForgetRuns { until, surplus: surplus.clone() }).await?;
            forgotten.runs += runs;
            if runs < BATCH.unsigned_abs() {
                break;
            }
        }
        self.forget(BODIES, now.before(retention.age.min(REDELIVERABLE))).await?;
        let known = now.before(retention.age.max(REDELIVERABLE));
        forgotten.deliveries = self.forget(DELIVERIES, known).await?;
        self.write(ForgetWaits { until: known }).await?;
        self.forget(REPORTS, until).await?;
        Ok(forgotten)
    }

    /// Batch by batch; answers how many rows it were.
    async fn forget(&self, statement: &'static str, until: Timestamp) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let some = self.write(Forget { statement, until }).await?;
            all += some;
            if some < BATCH.unsigned_abs() {
                return Ok(all);
            }
        }
    }

    /// The newest run that is one too many, by age and id.
    async fn find_surplus(&self, runs: u64) -> Result<(i64, String), StoreError> {
        let row = sqlx::query("SELECT created_at, id FROM runs ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ?1")
            .bind(i64::try_from(runs).unwrap_or(i64::MAX))
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        match row {
            Some(row) => Ok((row.try_get("created_at")?, row.try_get("id")?)),
            None => Ok((i64::MIN, String::new())),
        }
    }
}

struct ForgetRuns {
    until: Timestamp,
    surplus: (i64, String),
}

impl Change for ForgetRuns {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let deleted = sqlx::query(
                "DELETE FROM runs WHERE id IN (
                   SELECT r.id FROM runs r WHERE (r.created_at < ?1 OR (r.created_at, r.id) <= (?2, ?3))
                     AND NOT EXISTS (SELECT 1 FROM heads h
                       WHERE h.repository = r.repository AND h.number = r.number AND h.run = r.id)
                   ORDER BY r.created_at, r.id LIMIT ?4)",
            )
            .bind(self.until.0)
            .bind(self.surplus.0)
            .bind(&self.surplus.1)
            .bind(BATCH)
            .execute(tx)
            .await?;
            Ok(deleted.rows_affected())
        })
    }
}

struct ForgetWaits {
    until: Timestamp,
}

impl Change for ForgetWaits {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query("DELETE FROM waits WHERE since < ?1").bind(self.until.0).execute(tx).await?;
            Ok(())
        })
    }
}

/// One batch of rows that are older than that.
struct Forget {
    statement: &'static str,
    until: Timestamp,
}

impl Change for Forget {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let done = sqlx::query(self.statement).bind(self.until.0).bind(BATCH).execute(tx).await?;
            Ok(done.rows_affected())
        })
    }
}
