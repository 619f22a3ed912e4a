//! Deliveries: stored before they are acknowledged, known by hook id and GUID.

use super::{Store, StoreError, jobs};
use crate::model::Timestamp;
use crate::webhook::{Delivery, JobSpec};
use sha2::{Digest, Sha256};
use sqlx::Row;

/// Whether a delivery names work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// It has to be processed.
    Work,
    /// Nothing follows from it.
    Nothing,
}

/// What became of a delivery that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// Never seen before; stored.
    New,
    /// Known. If it was finished, it is processed once more (an operator redelivered it).
    Repeated,
    /// Hook id and GUID are known with another payload; the first is kept.
    OtherPayload,
}

/// A delivery that waits to be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDelivery {
    /// Row id.
    pub id: i64,
    /// GitHub's GUID of the delivery.
    pub guid: String,
    /// The event header.
    pub event: String,
    /// The verified bytes.
    pub body: Vec<u8>,
}

impl Store {
    /// Stores a verified delivery. When this returns `Ok`, it is on disk. One that is [`Pending::Nothing`] is known from
    /// then on, and finished: most deliveries name no work, and neither their bodies nor a second transaction are
    /// worth their cost.
    ///
    /// # Errors
    /// When it could not be stored; the sender must hear 503.
    pub async fn accept(&self, delivery: &Delivery, pending: Pending, now: Timestamp) -> Result<Accepted, StoreError> {
        let (state, body) = match pending {
            Pending::Work => ("received", delivery.body()),
            Pending::Nothing => ("processed", &[][..]),
        };
        let hook = delivery.hook_id().to_string();
        let digest = Sha256::digest(delivery.body()).to_vec();
        let inserted = sqlx::query(
            "INSERT INTO deliveries (hook_id, guid, event, digest, body, state, received_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?7, ?6) ON CONFLICT (hook_id, guid) DO NOTHING",
        )
        .bind(&hook)
        .bind(delivery.guid())
        .bind(delivery.event())
        .bind(&digest)
        .bind(body)
        .bind(now.0)
        .bind(state)
        .execute(self.writer())
        .await?;
        if inserted.rows_affected() == 1 {
            return Ok(Accepted::New);
        }
        let mut tx = self.begin_write().await?;
        let known = sqlx::query("SELECT id, digest, state FROM deliveries WHERE hook_id = ?1 AND guid = ?2")
            .bind(&hook)
            .bind(delivery.guid())
            .fetch_optional(&mut *tx)
            .await?;
        let accepted = match known {
            // Forgotten by retention between the two statements: GitHub sends a delivery that was not accepted again.
            None => return Err(StoreError::Internal("a delivery was there and is gone".to_owned())),
            Some(row) if row.try_get::<Vec<u8>, _>("digest")? != digest => Accepted::OtherPayload,
            Some(_) if pending == Pending::Nothing => Accepted::Repeated,
            Some(row) => {
                sqlx::query(
                    "UPDATE deliveries SET state = 'received', body = ?2, event = ?3 WHERE id = ?1 AND state = 'processed'",
                )
                .bind(row.try_get::<i64, _>("id")?)
                .bind(delivery.body())
                .bind(delivery.event())
                .execute(&mut *tx)
                .await?;
                Accepted::Repeated
            }
        };
        tx.commit().await?;
        Ok(accepted)
    }

    /// The oldest delivery that was not processed yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_delivery(&self) -> Result<Option<StoredDelivery>, StoreError> {
        let row =
            sqlx::query("SELECT id, guid, event, body FROM deliveries WHERE state = 'received' ORDER BY id LIMIT 1")
                .fetch_optional(self.readers())
                .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredDelivery {
            id: row.try_get("id")?,
            guid: row.try_get("guid")?,
            event: row.try_get("event")?,
            body: row.try_get("body")?,
        }))
    }

    /// Marks a delivery processed and enqueues the work that it named, in one transaction. The body is
    /// forgotten; its digest stays, so that a repetition is recognised.
    ///
    /// # Errors
    /// When the database fails; the delivery is then still unprocessed.
    pub async fn finish_delivery(&self, id: i64, work: &[JobSpec], now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        for spec in work {
            jobs::enqueue_within(&mut tx, spec, now).await?;
        }
        sqlx::query("UPDATE deliveries SET state = 'processed', body = x'' WHERE id = ?1")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
