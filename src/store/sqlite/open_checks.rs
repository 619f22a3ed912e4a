//! Checks in progress, until they are concluded.

use super::writer::Change;
use super::{Sqlite, unread};
use crate::model::Timestamp;
use crate::store::Job;
use crate::store::{JobState, Lease, OpenChecks, Overdue, OverdueCheck, StoreError, TakenJob};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::time::Duration;

#[async_trait]
impl OpenChecks for Sqlite {
    async fn note_check(&self, id: u64, key: &str, open: Option<(String, Overdue)>) -> Result<(), StoreError> {
        self.writer().write_later(NoteCheck { id, key: key.to_owned(), open }).await
    }

    async fn await_check(&self, id: u64, until: Timestamp) -> Result<(), StoreError> {
        self.write(AwaitCheck { id, until }).await
    }

    async fn overdue_checks(&self, now: Timestamp) -> Result<Vec<OverdueCheck>, StoreError> {
        let rows =
            sqlx::query("SELECT id, job_key, check_run FROM open_checks WHERE overdue <= ?1 ORDER BY overdue, id")
                .bind(now.0)
                .fetch_all(&mut *self.reader().await?)
                .await?;
        let entry = |row: &sqlx::sqlite::SqliteRow| {
            Ok(OverdueCheck {
                id: row.try_get::<i64, _>("id")?.unsigned_abs(),
                key: row.try_get("job_key")?,
                check: row.try_get("check_run")?,
            })
        };
        rows.iter().map(entry).collect()
    }

    async fn take_job(&self, key: &str, now: Timestamp, lease: Duration) -> Result<Option<TakenJob>, StoreError> {
        self.write(TakeJob { key: key.to_owned(), now, until: now.after(lease) }).await
    }

    async fn put_back(&self, taken: TakenJob, now: Timestamp) -> Result<(), StoreError> {
        self.write_answers(self.answers().take(&taken.job.key)).await?;
        self.write(PutBack { taken, now }).await
    }

    async fn has_job(&self, key: &str) -> Result<bool, StoreError> {
        let found = sqlx::query("SELECT 1 FROM jobs WHERE key = ?1").bind(key);
        Ok(found.fetch_optional(&mut *self.reader().await?).await?.is_some())
    }
}

struct NoteCheck {
    id: u64,
    key: String,
    open: Option<(String, Overdue)>,
}

impl Change for NoteCheck {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let id = super::runs::as_i64(self.id)?;
            match &self.open {
                None => sqlx::query("DELETE FROM open_checks WHERE id = ?1").bind(id).execute(tx).await?,
                Some((check, overdue)) => {
                    let (overdue, wins) = match overdue {
                        Overdue::SinceOpened(overdue) => (overdue, false),
                        Overdue::Awaited(overdue) => (overdue, true),
                    };
                    sqlx::query(
                        "INSERT INTO open_checks (id, job_key, check_run, overdue) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (id) DO UPDATE SET job_key = excluded.job_key, check_run = excluded.check_run,
                           overdue = CASE WHEN ?5 THEN excluded.overdue ELSE open_checks.overdue END",
                    )
                    .bind(id)
                    .bind(&self.key)
                    .bind(check)
                    .bind(overdue.0)
                    .bind(wins)
                    .execute(tx)
                    .await?
                }
            };
            Ok(())
        })
    }
}

struct AwaitCheck {
    id: u64,
    until: Timestamp,
}

impl Change for AwaitCheck {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query("UPDATE open_checks SET overdue = ?2 WHERE id = ?1")
                .bind(super::runs::as_i64(self.id)?)
                .bind(self.until.0)
                .execute(tx)
                .await?;
            Ok(())
        })
    }
}

struct TakeJob {
    key: String,
    now: Timestamp,
    until: Timestamp,
}

impl Change for TakeJob {
    type Output = Option<TakenJob>;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Option<TakenJob>, StoreError>> {
        Box::pin(async move {
            let before = sqlx::query(
                "SELECT state, run_after, reason, spec FROM jobs
                 WHERE key = ?1 AND (state <> 'running' OR lease_until <= ?2)",
            )
            .bind(&self.key)
            .bind(self.now.0)
            .fetch_optional(&mut *tx)
            .await?;
            let Some(before) = before else { return Ok(None) };
            // Left to the newer version that it is for.
            let Some(spec) = unread::read_spec(before.try_get("spec")?) else { return Ok(None) };
            let row = sqlx::query(
                "UPDATE jobs SET state = 'running', token = token + 1, lease_until = ?2 WHERE key = ?1
                 RETURNING id, token, attempts",
            )
            .bind(&self.key)
            .bind(self.until.0)
            .fetch_one(tx)
            .await?;
            let job = Job {
                key: self.key.clone(),
                spec,
                attempt: row.try_get("attempts")?,
                lease: Lease { job: row.try_get("id")?, token: row.try_get("token")? },
                unsettled: false,
                waits: true,
                more: false,
            };
            let state = before.try_get::<&str, _>("state")?;
            let state = match JobState::parse(state) {
                // A worker that died left it so: it is done again.
                Some(JobState::Running) => JobState::Waiting,
                Some(state) => state,
                None => return Err(StoreError::Corrupt(format!("`{state}` is no state of a job"))),
            };
            let run_after = Timestamp(before.try_get("run_after")?);
            Ok(Some(TakenJob {
                job,
                reason: before.try_get("reason")?,
                next: (state == JobState::Waiting).then_some(run_after),
                state,
                run_after,
            }))
        })
    }
}

struct PutBack {
    taken: TakenJob,
    now: Timestamp,
}

impl Change for PutBack {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let lease = self.taken.job.lease;
            sqlx::query(
                "UPDATE jobs SET state = CASE WHEN again IS NULL THEN ?3 ELSE 'waiting' END,
                   run_after = CASE WHEN again IS NULL THEN ?4 ELSE ?5 END,
                   attempts = CASE WHEN again IS NULL THEN attempts ELSE 0 END,
                   spec = COALESCE(again, spec), again = NULL, lease_until = NULL
                 WHERE id = ?1 AND token = ?2 AND state = 'running'",
            )
            .bind(lease.job)
            .bind(lease.token)
            .bind(self.taken.state.as_str())
            .bind(self.taken.run_after.0)
            .bind(self.now.0)
            .execute(tx)
            .await?;
            Ok(())
        })
    }
}
