//! Deletes in small batches: others wait meanwhile.

use super::Sqlite;
use super::writer::Change;
use crate::model::Timestamp;
use crate::store::retention::REDELIVERABLE;
use crate::store::{Forgetting, Forgotten, Retention, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Forgetting for Sqlite {
    async fn forget_old(&self, retention: &Retention, now: Timestamp) -> Result<Forgotten, StoreError> {
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
}

impl Sqlite {
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

/// Rows of one transaction: others wait meanwhile.
const BATCH: i64 = 200;

/// Bodies are the bulk of what is kept of deliveries.
const BODIES: &str = "UPDATE deliveries SET packed = NULL WHERE id IN (
    SELECT id FROM deliveries WHERE state = 'processed' AND packed IS NOT NULL AND received_at < ?1
    ORDER BY received_at LIMIT ?2)";

const DELIVERIES: &str = "DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries WHERE state = 'processed' AND received_at < ?1 ORDER BY received_at LIMIT ?2)";

/// Who judges a commit again after so long waits for a report again.
const REPORTS: &str = "DELETE FROM reports WHERE id IN (
    SELECT id FROM reports WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)";

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
