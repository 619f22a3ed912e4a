//! Deliveries, with their work in the same transaction.

use super::writer::{Change, Patience, after_begin, in_own_transaction};
use super::{Sqlite, jobs, leases};
use crate::model::Timestamp;
use crate::store::pack::{pack, unpack_bytes};
use crate::store::runs::VERSION;
use crate::store::{Accepted, Claimer, Deliveries, Job, Pending, StoreError, StoredDelivery};
use crate::webhook::{Delivery, JobSpec};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};
use sqlx::{Row, SqlSafeStr, SqliteConnection};
use std::sync::{Mutex, PoisonError};

#[async_trait]
impl Deliveries for Sqlite {
    async fn accept(
        &self,
        delivery: &Delivery,
        pending: Pending<'_>,
        claimer: Option<Claimer>,
        now: Timestamp,
    ) -> Result<Accepted, StoreError> {
        let (body, work) = match pending {
            Pending::Unread => (Some(delivery.body().to_vec()), Vec::new()),
            Pending::Work(work) => (None, work.to_vec()),
        };
        // Most deliveries tell us what we have just done; they can share a transaction with whatever comes next.
        let patience = if body.is_none() && work.is_empty() { Patience::Some } else { Patience::None };
        let accept = Accept {
            hook: delivery.hook_id().to_string(),
            guid: delivery.guid().to_owned(),
            event: delivery.event().to_owned(),
            digest: Sha256::digest(delivery.body()).to_vec(),
            packed: work.is_empty().then(|| pack(delivery.body())).transpose()?,
            body,
            work,
            claimer,
            claimed: Mutex::new(None),
            now,
        };
        let (accepted, joined) = self.writer().write(accept, patience).await?;
        self.counters().joined_jobs.add(joined);
        Ok(accepted)
    }

    async fn next_delivery(&self) -> Result<Option<StoredDelivery>, StoreError> {
        let row = sqlx::query(
            "SELECT id, guid, event, body, packed FROM deliveries WHERE state = 'received' ORDER BY id LIMIT 1",
        )
        .fetch_optional(&mut *self.reader().await?)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredDelivery {
            id: row.try_get("id")?,
            guid: row.try_get("guid")?,
            event: row.try_get("event")?,
            body: match row.try_get::<Option<&[u8]>, _>("packed")? {
                Some(packed) => unpack_bytes(packed)?,
                // It was stored by a binary that did not compress.
                None => row.try_get("body")?,
            },
        }))
    }

    async fn finish_delivery(&self, id: i64, work: &[JobSpec], now: Timestamp) -> Result<(), StoreError> {
        let joined = self.write(FinishDelivery { id, work: work.to_vec(), now }).await?;
        self.counters().joined_jobs.add(joined);
        Ok(())
    }
}

struct Accept {
    hook: String,
    guid: String,
    event: String,
    digest: Vec<u8>,
    /// Kept while it waits to be read, for older binaries too.
    body: Option<Vec<u8>>,
    /// Kept when no work is known of it.
    packed: Option<Vec<u8>>,
    work: Vec<JobSpec>,
    claimer: Option<Claimer>,
    /// By `claimer`, in this transaction.
    claimed: Mutex<Option<Job>>,
    now: Timestamp,
}

impl Change for Accept {
    /// How many jobs joined work that waited already comes with it.
    type Output = (Accepted, u64);

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(Accepted, u64), StoreError>> {
        Box::pin(async move {
            let is_new = self.insert(INSERT, tx).await?;
            self.follow_up(is_new, tx).await
        })
    }

    fn apply_alone<'a>(
        &'a self,
        connection: &'a mut SqliteConnection,
    ) -> Option<BoxFuture<'a, Result<(Accepted, u64), StoreError>>> {
        Some(Box::pin(async move {
            let nothing_follows = self.work.is_empty();
            if nothing_follows && self.insert(in_own_transaction(INSERT), connection).await? {
                return Ok((Accepted::New, 0));
            }
            // One that is known is not inserted by a second try either.
            let is_new = self.insert(after_begin(INSERT), connection).await?;
            let done = self.follow_up(is_new, connection).await?;
            sqlx::raw_sql("COMMIT").execute(connection).await?;
            Ok(done)
        }))
    }

    fn committed(&mut self) {
        let job = self.claimed.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(claimer), Some(job)) = (self.claimer.take(), job) {
            (claimer.hand_over)(job);
        }
    }
}

const INSERT: &str =
    "INSERT INTO deliveries (hook_id, guid, event, digest, body, state, received_at, packed, handled_by)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (hook_id, guid) DO NOTHING RETURNING id";

/// Those of the work's keys whose jobs run.
async fn running_within(tx: &mut SqliteConnection, work: &[JobSpec]) -> Result<Vec<String>, StoreError> {
    let mut running = Vec::new();
    for key in work.iter().map(JobSpec::key) {
        let found = sqlx::query("SELECT 1 FROM jobs WHERE key = ?1 AND state = 'running'").bind(&key);
        if found.fetch_optional(&mut *tx).await?.is_some() {
            running.push(key);
        }
    }
    Ok(running)
}

impl Accept {
    /// Whether it was not known. `command` holds [`INSERT`].
    async fn insert(&self, command: impl SqlSafeStr, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let inserted = sqlx::query(command)
            .bind(&self.hook)
            .bind(&self.guid)
            .bind(&self.event)
            .bind(&self.digest)
            .bind(self.body.as_deref().unwrap_or_default())
            .bind(if self.body.is_some() { "received" } else { "processed" })
            .bind(self.now.0)
            .bind(self.packed.as_deref())
            .bind(VERSION)
            .fetch_all(connection)
            .await?;
        Ok(!inserted.is_empty())
    }

    /// Compares it with the one that is known, enqueues its work, and lets a free worker have the next job.
    async fn follow_up(&self, is_new: bool, tx: &mut SqliteConnection) -> Result<(Accepted, u64), StoreError> {
        let accepted = if is_new { Accepted::New } else { self.compare(tx).await? };
        let mut work = match accepted {
            Accepted::New | Accepted::Repeated => self.work.clone(),
            Accepted::OtherPayload => Vec::new(),
        };
        let named = work.len();
        if accepted == Accepted::Repeated {
            // A job that runs began after the first time, or runs once more because of it.
            let running = running_within(tx, &work).await?;
            work.retain(|spec| !running.contains(&spec.key()));
        }
        let joined = (named - work.len()) as u64 + jobs::enqueue_all_within(tx, &work, self.now, self.now).await?;
        if let Some(claimer) = self.claimer.as_ref().filter(|_| !work.is_empty()) {
            let job = leases::claim_within(tx, self.now, self.now.after(claimer.lease)).await?;
            *self.claimed.lock().unwrap_or_else(PoisonError::into_inner) = job;
        }
        Ok((accepted, joined))
    }

    /// A delivery that is known: the same one once more, or another under its name.
    async fn compare(&self, tx: &mut SqliteConnection) -> Result<Accepted, StoreError> {
        let known = sqlx::query("SELECT id, digest FROM deliveries WHERE hook_id = ?1 AND guid = ?2")
            .bind(&self.hook)
            .bind(&self.guid)
            .fetch_one(&mut *tx)
            .await?;
        if known.try_get::<Vec<u8>, _>("digest")? != self.digest {
            return Ok(Accepted::OtherPayload);
        }
        if let Some(body) = &self.body {
            sqlx::query("UPDATE deliveries SET state = 'received', body = ?2, packed = ?3 WHERE id = ?1 AND state = 'processed'")
                .bind(known.try_get::<i64, _>("id")?)
                .bind(body)
                .bind(self.packed.as_deref())
                .execute(tx)
                .await?;
        }
        Ok(Accepted::Repeated)
    }
}

struct FinishDelivery {
    id: i64,
    work: Vec<JobSpec>,
    now: Timestamp,
}

impl Change for FinishDelivery {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let joined = jobs::enqueue_all_within(tx, &self.work, self.now, self.now).await?;
            sqlx::query(
                "UPDATE deliveries SET state = 'processed', body = x'', handled_by = ?2,
                   packed = CASE WHEN ?3 THEN packed END
                 WHERE id = ?1",
            )
            .bind(self.id)
            .bind(VERSION)
            .bind(self.work.is_empty())
            .execute(tx)
            .await?;
            Ok(joined)
        })
    }
}
