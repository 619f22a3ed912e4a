//! The outbox: its entries are deleted with the job that made them.

use super::Sqlite;
use super::runs::{self, PackedRun};
use super::writer::{Change, after_begin, before_commit, in_own_transaction};
use crate::model::{CommitId, Timestamp};
use crate::store::{Begun, Lease, OutboxEntries, OutboxEntry, RunRecord, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlSafeStr, SqliteConnection};
use std::collections::BTreeSet;

#[async_trait]
impl OutboxEntries for Sqlite {
    async fn begin(
        &self,
        entries: Vec<OutboxEntry>,
        run: Option<RunRecord>,
        now: Timestamp,
    ) -> Result<Vec<Begun>, StoreError> {
        let run = run.map(PackedRun::new).transpose()?;
        let known: Vec<Option<String>> =
            entries.iter().map(|entry| self.answers().find(&entry.key, &entry.id)).collect();
        let (begun, joined) = self.write(Begin { entries, run, now }).await?;
        self.counters().joined_jobs.add(joined);
        let answered = |(begun, known): (Begun, Option<String>)| known.map_or(begun, Begun::Completed);
        let begun: Vec<Begun> = begun.into_iter().zip(known).map(answered).collect();
        for begun in &begun {
            match begun {
                Begun::New => {}
                Begun::Unclear => self.counters().unclear_writes.add(1),
                Begun::Completed(_) => self.counters().known_writes.add(1),
            }
        }
        Ok(begun)
    }

    fn complete(&self, key: &str, id: &str, answer: &str) {
        self.answers().keep(key, id, answer);
    }

    async fn abandon(&self, id: &str) -> Result<(), StoreError> {
        self.write(Abandon { id: id.to_owned() }).await
    }

    async fn unfinished(&self, key: &str) -> Result<Vec<OutboxEntry>, StoreError> {
        // An answer that is not written is an answer.
        self.writer().flush().await?;
        let answered = self.answers().of(key);
        let rows = sqlx::query(
            "SELECT id, job_key, head, operation FROM outbox WHERE job_key = ?1 AND answer IS NULL ORDER BY begun_at, id",
        )
        .bind(key)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        let is_open = |row: &&SqliteRow| {
            row.try_get::<&str, _>("id").is_ok_and(|id| answered.iter().all(|(known, _)| known != id))
        };
        rows.iter()
            .filter(is_open)
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

impl Sqlite {
    /// Writes answers before anything that is written later.
    pub(super) async fn write_answers(&self, answers: Vec<(String, String)>) -> Result<(), StoreError> {
        for (id, answer) in answers {
            self.writer().write_later(Complete { id, answer }).await?;
        }
        Ok(())
    }
}

struct Begin {
    entries: Vec<OutboxEntry>,
    run: Option<PackedRun>,
    now: Timestamp,
}

impl Change for Begin {
    /// How many jobs that the run brings about joined work that waited already comes with it.
    type Output = (Vec<Begun>, u64);

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Self::Output, StoreError>> {
        Box::pin(async move {
            let begun = begin_all(tx, self).await?;
            let joined = match &self.run {
                Some(run) => runs::save_within(tx, run, self.now).await?,
                None => 0,
            };
            Ok((begun, joined))
        })
    }

    fn apply_alone<'a>(
        &'a self,
        connection: &'a mut SqliteConnection,
    ) -> Option<BoxFuture<'a, Result<Self::Output, StoreError>>> {
        // Work that a run wakes takes commands of its own.
        let wakes = self.run.as_ref().is_some_and(PackedRun::wakes);
        let lease = self.lease().filter(|_| !wakes)?;
        Some(Box::pin(async move { Ok((self.run_alone(lease, connection).await?, 0)) }))
    }
}

impl Begin {
    /// Of all entries, when it is one.
    fn lease(&self) -> Option<Option<Lease>> {
        let lease = self.entries.first()?.lease;
        self.entries.iter().all(|entry| entry.lease == lease).then_some(lease)
    }

    async fn run_alone(
        &self,
        lease: Option<Lease>,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<Begun>, StoreError> {
        let Some(run) = &self.run else {
            let new = insert_all(connection, in_own_transaction(INSERT), &self.entries, lease, self.now).await?;
            return begin_others(connection, &self.entries, new, self.now).await;
        };
        let new = insert_all(connection, after_begin(INSERT), &self.entries, lease, self.now).await?;
        let begun = begin_others(connection, &self.entries, new, self.now).await?;
        runs::save_by(connection, before_commit(runs::SAVE), run).await?;
        Ok(begun)
    }
}

/// All in one statement; one by one only where some of them are known, or their leases differ.
async fn begin_all(tx: &mut SqliteConnection, begin: &Begin) -> Result<Vec<Begun>, StoreError> {
    let new = match begin.lease() {
        Some(lease) if begin.entries.len() > 1 => insert_all(tx, INSERT, &begin.entries, lease, begin.now).await?,
        Some(_) => BTreeSet::new(),
        None => {
            // Before anything is written: what shares the transaction is kept when this is refused.
            for lease in begin.entries.iter().filter_map(|entry| entry.lease) {
                check_held(tx, lease).await?;
            }
            BTreeSet::new()
        }
    };
    begin_others(tx, &begin.entries, new, begin.now).await
}

const INSERT: &str = "INSERT INTO outbox (id, job_key, head, operation, begun_at)
     SELECT value ->> 'id', value ->> 'key', value ->> 'head', value ->> 'operation', ?2 FROM json_each(?1)
     WHERE ?3 IS NULL OR EXISTS (SELECT 1 FROM jobs WHERE id = ?3 AND token = ?4 AND state = 'running')
     ON CONFLICT (id) DO NOTHING RETURNING id";

/// The ids of those that are new and whose lease holds. `command` holds [`INSERT`].
async fn insert_all(
    connection: &mut SqliteConnection,
    command: impl SqlSafeStr,
    entries: &[OutboxEntry],
    lease: Option<Lease>,
    now: Timestamp,
) -> Result<BTreeSet<String>, StoreError> {
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| json!({ "id": entry.id, "key": entry.key, "head": entry.head, "operation": entry.operation }))
        .collect();
    let inserted = sqlx::query_scalar(command)
        .bind(serde_json::to_string(&rows)?)
        .bind(now.0)
        .bind(lease.map(|lease| lease.job))
        .bind(lease.map(|lease| lease.token))
        .fetch_all(connection)
        .await?;
    Ok(inserted.into_iter().collect())
}

async fn begin_others(
    connection: &mut SqliteConnection,
    entries: &[OutboxEntry],
    mut new: BTreeSet<String>,
    now: Timestamp,
) -> Result<Vec<Begun>, StoreError> {
    let mut begun = Vec::with_capacity(entries.len());
    for entry in entries {
        // One that is named twice is new only once.
        begun.push(if new.remove(&entry.id) { Begun::New } else { begin_one(connection, entry, now).await? });
    }
    Ok(begun)
}

async fn begin_one(tx: &mut SqliteConnection, entry: &OutboxEntry, now: Timestamp) -> Result<Begun, StoreError> {
    let inserted = sqlx::query(
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
    .execute(&mut *tx)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Begun::New);
    }
    // The lease is lost, or it was begun before.
    if let Some(lease) = entry.lease {
        check_held(tx, lease).await?;
    }
    let row = sqlx::query("SELECT answer FROM outbox WHERE id = ?1").bind(&entry.id).fetch_one(tx).await?;
    Ok(match row.try_get::<Option<String>, _>("answer")? {
        Some(answer) => Begun::Completed(answer),
        None => Begun::Unclear,
    })
}

async fn check_held(tx: &mut SqliteConnection, lease: Lease) -> Result<(), StoreError> {
    let held = sqlx::query("SELECT 1 FROM jobs WHERE id = ?1 AND token = ?2 AND state = 'running'")
        .bind(lease.job)
        .bind(lease.token)
        .fetch_optional(tx)
        .await?;
    held.map(|_| ()).ok_or(StoreError::LeaseLost(lease.job))
}

struct Complete {
    id: String,
    answer: String,
}

impl Change for Complete {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query("UPDATE outbox SET answer = ?2 WHERE id = ?1")
                .bind(&self.id)
                .bind(&self.answer)
                .execute(tx)
                .await?;
            Ok(())
        })
    }
}

struct Abandon {
    id: String,
}

impl Change for Abandon {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query("DELETE FROM outbox WHERE id = ?1 AND answer IS NULL").bind(&self.id).execute(tx).await?;
            Ok(())
        })
    }
}
