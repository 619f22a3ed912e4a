//! Claims: one statement finds the next job and takes it.

use super::writer::{Change, Patience, in_own_transaction};
use super::{Sqlite, unread};
use crate::model::Timestamp;
use crate::store::{IN_WORK_PER_INSTALLATION, IN_WORK_PER_REPOSITORY, Job, Lease, Leases, StoreError};
use crate::webhook::JobSpec;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Row, SqlSafeStr, SqliteConnection};
use std::time::Duration;

#[async_trait]
impl Leases for Sqlite {
    async fn claim(&self, now: Timestamp, lease: Duration) -> Result<Option<Job>, StoreError> {
        // Workers are woken far more often than there is work, and a look needs no lock.
        let due = sqlx::query(
            "SELECT 1 FROM jobs WHERE (state = 'waiting' AND run_after <= ?1) OR (state = 'running' AND lease_until <= ?1)
             LIMIT 1",
        );
        if due.bind(now.0).fetch_optional(&mut *self.reader().await?).await?.is_none() {
            return Ok(None);
        }
        self.write(Claim { now, until: now.after(lease) }).await
    }

    async fn renew(&self, held: &Lease, now: Timestamp, lease: Duration) -> Result<(), StoreError> {
        self.write(Renew { lease: *held, until: now.after(lease) }).await
    }

    async fn finish(&self, job: &Job, now: Timestamp) -> Result<bool, StoreError> {
        let answers = self.answers().take(&job.key);
        let answered = answers.iter().map(|(id, _)| id.clone()).collect();
        let finish = Finish { lease: job.lease, key: job.key.clone(), answered, now };
        // What the job has just done comes back as deliveries, which can share the transaction.
        let finished = self.writer().write(finish, Patience::Little).await;
        if finished.is_err() {
            // It is not done, and whoever goes on with it knows them still.
            answers.iter().for_each(|(id, answer)| self.answers().keep(&job.key, id, answer));
        }
        finished
    }

    async fn retry(&self, job: &Job, run_after: Timestamp, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write_answers(self.answers().take(&job.key)).await?;
        self.write(Retry { lease: job.lease, run_after, reason: reason.to_owned(), counts: true, now }).await
    }

    async fn wait(&self, job: &Job, run_after: Timestamp, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write_answers(self.answers().take(&job.key)).await?;
        self.write(Retry { lease: job.lease, run_after, reason: reason.to_owned(), counts: false, now }).await
    }

    async fn give_back(&self, job: &Job, now: Timestamp) -> Result<(), StoreError> {
        self.write_answers(self.answers().take(&job.key)).await?;
        self.write(GiveBack { lease: job.lease, now }).await
    }

    async fn park(&self, job: &Job, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write_answers(self.answers().take(&job.key)).await?;
        self.write(Park { lease: job.lease, reason: reason.to_owned(), now }).await
    }

    async fn find_in_work(&self, prefix: &str) -> Result<Vec<JobSpec>, StoreError> {
        let running =
            sqlx::query_scalar("SELECT spec FROM jobs WHERE key >= ?1 AND key < ?2 AND state = 'running' ORDER BY key");
        let specs: Vec<String> =
            running.bind(prefix).bind(format!("{prefix}\u{10ffff}")).fetch_all(&mut *self.reader().await?).await?;
        Ok(specs.iter().filter_map(|spec| unread::read_spec(spec)).collect())
    }
}

/// Changes a job that is held: the statement's first two parameters are the job and the token of the lease.
async fn change_held(
    lease: Lease,
    statement: &'static str,
    bind: impl FnOnce(Query<'static, sqlx::Sqlite, SqliteArguments>) -> Query<'static, sqlx::Sqlite, SqliteArguments>,
    tx: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let query = sqlx::query(statement).bind(lease.job).bind(lease.token);
    let changed = bind(query).execute(tx).await?.rows_affected();
    if changed == 1 { Ok(()) } else { Err(StoreError::LeaseLost(lease.job)) }
}

struct Claim {
    now: Timestamp,
    until: Timestamp,
}

impl Change for Claim {
    type Output = Option<Job>;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Option<Job>, StoreError>> {
        Box::pin(claim_within(tx, self.now, self.until))
    }
}

pub(super) async fn claim_within(
    tx: &mut SqliteConnection,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Job>, StoreError> {
    for _ in 0..unread::MAX_PUT_OFF {
        let row = sqlx::query(
            "UPDATE jobs SET state = 'running', spec = COALESCE(again, spec), again = NULL,
                   attempts = CASE WHEN again IS NULL THEN attempts + 1 ELSE 1 END,
                   token = token + 1, lease_until = ?2, changed_at = ?1
                 WHERE id = (
                   SELECT j.id FROM jobs j LEFT JOIN installation_turns t ON t.installation = j.installation
                   WHERE ((j.state = 'waiting' AND j.run_after <= ?1) OR (j.state = 'running' AND j.lease_until <= ?1))
                     AND substr(j.key, 1, instr(j.key, '/')) NOT IN (
                       SELECT substr(r.key, 1, instr(r.key, '/')) FROM jobs r
                       WHERE r.state = 'running' AND r.lease_until > ?1 GROUP BY 1 HAVING COUNT(*) >= ?3)
                     AND j.installation NOT IN (
                       SELECT r.installation FROM jobs r
                       WHERE r.state = 'running' AND r.lease_until > ?1 GROUP BY 1 HAVING COUNT(*) >= ?4)
                   ORDER BY CASE WHEN (SELECT COALESCE(MAX(turn), 0) FROM installation_turns) % 4 = 3 THEN 0 ELSE j.priority END
                     DESC, COALESCE(t.turn, 0), j.priority DESC, j.run_after, j.id LIMIT 1)
                 RETURNING id, key, installation, attempts, token, spec, unread_since,
                   EXISTS (SELECT 1 FROM outbox o WHERE o.job_key = jobs.key AND o.answer IS NULL) AS unsettled,
                   EXISTS (SELECT 1 FROM waits w WHERE w.job_key = jobs.key) AS waits,
                   EXISTS (SELECT 1 FROM jobs j WHERE j.id <> jobs.id AND ((j.state = 'waiting' AND j.run_after <= ?1)
                     OR (j.state = 'running' AND j.lease_until <= ?1))) AS more",
        )
        .bind(now.0)
        .bind(until.0)
        .bind(IN_WORK_PER_REPOSITORY)
        .bind(IN_WORK_PER_INSTALLATION)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id = row.try_get("id")?;
        let Some(spec) = unread::read_spec(row.try_get("spec")?) else {
            unread::put_off_within(tx, id, now).await?;
            continue;
        };
        if row.try_get::<Option<i64>, _>("unread_since")?.is_some() {
            unread::forget_within(tx, id).await?;
        }
        take_turn_within(tx, row.try_get("installation")?).await?;
        return Ok(Some(Job {
            key: row.try_get("key")?,
            spec,
            attempt: row.try_get("attempts")?,
            lease: Lease { job: id, token: row.try_get("token")? },
            unsettled: row.try_get("unsettled")?,
            waits: row.try_get("waits")?,
            more: row.try_get("more")?,
        }));
    }
    Ok(None)
}

/// Round robin: an installation whose job was taken goes behind the others.
async fn take_turn_within(tx: &mut SqliteConnection, installation: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO installation_turns (installation, turn)
                 VALUES (?1, (SELECT COALESCE(MAX(turn), 0) + 1 FROM installation_turns))
                 ON CONFLICT (installation) DO UPDATE SET turn = excluded.turn",
    )
    .bind(installation)
    .execute(tx)
    .await?;
    Ok(())
}

struct Renew {
    lease: Lease,
    until: Timestamp,
}

impl Change for Renew {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        let statement = "UPDATE jobs SET lease_until = ?3 WHERE id = ?1 AND token = ?2 AND state = 'running'";
        Box::pin(change_held(self.lease, statement, |query| query.bind(self.until.0), tx))
    }
}

struct Finish {
    lease: Lease,
    key: String,
    /// Ids of operations whose answers are known and were not written.
    answered: Vec<String>,
    now: Timestamp,
}

impl Change for Finish {
    type Output = bool;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.run(FINISH, tx))
    }

    fn apply_alone<'a>(
        &'a self,
        connection: &'a mut SqliteConnection,
    ) -> Option<BoxFuture<'a, Result<bool, StoreError>>> {
        Some(Box::pin(self.run(in_own_transaction(FINISH), connection)))
    }
}

/// Two statements in one command. What was answered goes first, as long as the lease can be told from one that is lost.
const FINISH: &str =
    "DELETE FROM outbox WHERE job_key = ?4 AND (answer IS NOT NULL OR id IN (SELECT value FROM json_each(?5)))
       AND EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND token = ?2 AND state = 'running');

     UPDATE jobs SET state = CASE WHEN again IS NULL THEN 'done' ELSE 'waiting' END,
       spec = COALESCE(again, spec), again = NULL, attempts = 0, lease_until = NULL,
       run_after = CASE WHEN again IS NULL THEN ?3 ELSE run_after END, reason = NULL, changed_at = ?3
     WHERE id = ?1 AND token = ?2 AND state = 'running'
     RETURNING (state = 'waiting' AND run_after <= ?3) OR EXISTS (SELECT 1 FROM jobs j WHERE j.id <> jobs.id
       AND ((j.state = 'waiting' AND j.run_after <= ?3) OR (j.state = 'running' AND j.lease_until <= ?3)))
       AS due";

impl Finish {
    async fn run(&self, command: impl SqlSafeStr, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let finished = sqlx::query(command)
            .bind(self.lease.job)
            .bind(self.lease.token)
            .bind(self.now.0)
            .bind(&self.key)
            .bind(serde_json::to_string(&self.answered)?)
            .fetch_all(connection)
            .await?;
        Ok(finished.first().ok_or(StoreError::LeaseLost(self.lease.job))?.try_get("due")?)
    }
}

struct Retry {
    lease: Lease,
    run_after: Timestamp,
    reason: String,
    /// Whether the attempt counts.
    counts: bool,
    now: Timestamp,
}

impl Change for Retry {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        let statement = "UPDATE jobs SET state = 'waiting', run_after = CASE WHEN again IS NULL THEN ?3 ELSE MIN(?3, run_after) END,
               attempts = CASE WHEN again IS NOT NULL THEN 0 WHEN ?6 THEN attempts ELSE MAX(attempts - 1, 1) END,
               spec = COALESCE(again, spec), again = NULL, lease_until = NULL, reason = ?4, changed_at = ?5
             WHERE id = ?1 AND token = ?2 AND state = 'running'";
        let bind = |query: Query<'static, _, _>| {
            query.bind(self.run_after.0).bind(self.reason.clone()).bind(self.now.0).bind(self.counts)
        };
        Box::pin(change_held(self.lease, statement, bind, tx))
    }
}

struct GiveBack {
    lease: Lease,
    now: Timestamp,
}

impl Change for GiveBack {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        let statement = "UPDATE jobs SET state = 'waiting', run_after = ?3,
               attempts = CASE WHEN again IS NULL THEN MAX(attempts - 1, 0) ELSE 0 END,
               spec = COALESCE(again, spec), again = NULL, lease_until = NULL, changed_at = ?3
             WHERE id = ?1 AND token = ?2 AND state = 'running'";
        Box::pin(change_held(self.lease, statement, |query| query.bind(self.now.0), tx))
    }
}

struct Park {
    lease: Lease,
    reason: String,
    now: Timestamp,
}

impl Change for Park {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        let statement = "UPDATE jobs SET state = CASE WHEN again IS NULL THEN 'parked' ELSE 'waiting' END,
                           attempts = CASE WHEN again IS NULL THEN attempts ELSE 0 END, run_after = ?4,
                           spec = COALESCE(again, spec), again = NULL, lease_until = NULL, reason = ?3, changed_at = ?4
                         WHERE id = ?1 AND token = ?2 AND state = 'running'";
        let bind = |query: Query<'static, _, _>| query.bind(self.reason.clone()).bind(self.now.0);
        Box::pin(change_held(self.lease, statement, bind, tx))
    }
}
