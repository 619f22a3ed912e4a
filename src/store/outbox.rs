//! The outbox: an operation is on disk before the call that carries it out, and its answer after.

use super::{Lease, Store, StoreError};
use crate::model::{CommitId, Timestamp};
use sqlx::Row;

/// One write on GitHub, about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The operation's id; equal ids are the same write.
    pub id: String,
    /// Key of the job on whose behalf it happens.
    pub key: String,
    /// The commit that it means.
    pub head: CommitId,
    /// The operation as JSON.
    pub operation: String,
    /// The worker's lease, when a job asks: without a valid one nothing may be written.
    pub lease: Option<Lease>,
}

/// What is known about an operation at its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Never tried.
    New,
    /// Tried, and the answer is not known: read back before writing again.
    Unclear,
    /// Done; the answer as JSON.
    Completed(String),
}

impl Store {
    /// Records that an operation is about to be carried out.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the entry names a lease that is no longer valid.
    pub async fn begin(&self, entry: &OutboxEntry, now: Timestamp) -> Result<Begun, StoreError> {
        let begun = sqlx::query(
            "INSERT INTO outbox (id, job_key, head, operation, begun_at)
             SELECT ?1, ?2, ?3, ?4, ?5
             WHERE ?6 IS NULL OR EXISTS (SELECT 1 FROM jobs WHERE id = ?6 AND token = ?7 AND state = 'running')
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&entry.id)
        .bind(&entry.key)
        .bind(entry.head.as_str())
        .bind(&entry.operation)
        .bind(now.0)
        .bind(entry.lease.map(|lease| lease.job))
        .bind(entry.lease.map(|lease| lease.token))
        .execute(self.writer())
        .await?;
        if begun.rows_affected() == 1 { Ok(Begun::New) } else { self.begin_again(entry).await }
    }

    /// Why an operation could not be begun as a new one: the lease is lost, or it was begun before.
    async fn begin_again(&self, entry: &OutboxEntry) -> Result<Begun, StoreError> {
        let mut tx = self.begin_write().await?;
        if let Some(lease) = &entry.lease {
            lease.check(&mut tx).await?;
        }
        let row =
            sqlx::query("SELECT answer FROM outbox WHERE id = ?1").bind(&entry.id).fetch_optional(&mut *tx).await?;
        let Some(row) = row else {
            return Err(StoreError::Internal(format!("the operation {} was abandoned while it was begun", entry.id)));
        };
        Ok(match row.try_get::<Option<String>, _>("answer")? {
            Some(answer) => Begun::Completed(answer),
            None => Begun::Unclear,
        })
    }

    /// Records the answer of an operation.
    ///
    /// # Errors
    /// When the database fails; the operation then counts as unclear.
    pub async fn complete(&self, id: &str, answer: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE outbox SET answer = ?2 WHERE id = ?1").bind(id).bind(answer).execute(self.writer()).await?;
        Ok(())
    }

    /// Forgets an operation that certainly did not happen (GitHub refused it).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn abandon(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM outbox WHERE id = ?1 AND answer IS NULL").bind(id).execute(self.writer()).await?;
        Ok(())
    }

    /// The operations of a job key whose answers are not known, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unfinished(&self, key: &str) -> Result<Vec<OutboxEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, job_key, head, operation FROM outbox WHERE job_key = ?1 AND answer IS NULL ORDER BY begun_at, id",
        )
        .bind(key)
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(OutboxEntry {
                    id: row.try_get("id")?,
                    key: row.try_get("job_key")?,
                    head: CommitId::new(row.try_get("head")?)
                        .map_err(|error| StoreError::Corrupt(error.to_string()))?,
                    operation: row.try_get("operation")?,
                    lease: None,
                })
            })
            .collect()
    }
}
