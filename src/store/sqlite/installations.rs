//! Installations, and changes of many jobs at once.

use super::Sqlite;
use super::runs::as_i64;
use super::writer::Change;
use crate::model::{InstallationId, RepositoryId, Timestamp};
use crate::store::{Installations, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[async_trait]
impl Installations for Sqlite {
    async fn known_installations(&self) -> Result<BTreeMap<InstallationId, String>, StoreError> {
        let rows = sqlx::query("SELECT installation, state FROM known_installations")
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let entry = |row: &sqlx::sqlite::SqliteRow| {
            let id = InstallationId(row.try_get::<i64, _>("installation")?.unsigned_abs());
            Ok((id, row.try_get("state")?))
        };
        rows.iter().map(entry).collect()
    }

    async fn note_installation(
        &self,
        installation: InstallationId,
        state: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(NoteInstallation { installation, state, now }).await
    }

    async fn park_jobs(&self, installation: InstallationId, reason: &str, now: Timestamp) -> Result<u64, StoreError> {
        self.write(ParkJobs { installation, reason: reason.to_owned(), now }).await
    }

    async fn wake_jobs(&self, installation: InstallationId, now: Timestamp) -> Result<u64, StoreError> {
        self.write(WakeJobs { installation, now }).await
    }

    async fn drop_jobs(
        &self,
        installation: InstallationId,
        except: BTreeSet<RepositoryId>,
        reason: &str,
        seen: Timestamp,
    ) -> Result<u64, StoreError> {
        self.write(DropJobs { installation, except, reason: reason.to_owned(), seen }).await
    }

    async fn mend_times(&self, now: Timestamp, lease: Duration) -> Result<(), StoreError> {
        self.write(MendTimes { now, lease }).await
    }
}

/// Clocks of hosts may differ by so much; a time that lies further ahead is from a clock that went back.
const AHEAD: Duration = Duration::from_secs(120);

struct NoteInstallation {
    installation: InstallationId,
    state: Option<String>,
    now: Timestamp,
}

impl Change for NoteInstallation {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let id = as_i64(self.installation.0)?;
            let query = match &self.state {
                None => sqlx::query("DELETE FROM known_installations WHERE installation = ?1").bind(id),
                Some(state) => sqlx::query(
                    "INSERT INTO known_installations (installation, state, changed_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (installation) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at",
                )
                .bind(id)
                .bind(state)
                .bind(self.now.0),
            };
            query.execute(tx).await?;
            Ok(())
        })
    }
}

struct ParkJobs {
    installation: InstallationId,
    reason: String,
    now: Timestamp,
}

impl Change for ParkJobs {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let parked = sqlx::query(
                "UPDATE jobs SET state = 'parked', attempts = CASE WHEN again IS NULL THEN attempts ELSE 0 END,
                   spec = COALESCE(again, spec), again = NULL, lease_until = NULL, reason = ?2, changed_at = ?3
                 WHERE installation = ?1 AND state IN ('waiting', 'running')",
            )
            .bind(as_i64(self.installation.0)?)
            .bind(&self.reason)
            .bind(self.now.0)
            .execute(tx)
            .await?;
            Ok(parked.rows_affected())
        })
    }
}

struct WakeJobs {
    installation: InstallationId,
    now: Timestamp,
}

impl Change for WakeJobs {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let woken = sqlx::query(
                "UPDATE jobs SET state = 'waiting', attempts = 0, run_after = ?2, changed_at = ?2
                 WHERE installation = ?1 AND state = 'parked'",
            )
            .bind(as_i64(self.installation.0)?)
            .bind(self.now.0)
            .execute(tx)
            .await?;
            Ok(woken.rows_affected())
        })
    }
}

struct DropJobs {
    installation: InstallationId,
    except: BTreeSet<RepositoryId>,
    reason: String,
    seen: Timestamp,
}

impl Change for DropJobs {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let rows = sqlx::query(
                "SELECT id, key FROM jobs WHERE installation = ?1 AND state <> 'done' AND changed_at <= ?2",
            )
            .bind(as_i64(self.installation.0)?)
            .bind(self.seen.0)
            .fetch_all(&mut *tx)
            .await?;
            let mut dropped = 0;
            for row in rows {
                let repository = row.try_get::<&str, _>("key")?.split('/').next().and_then(|id| id.parse().ok());
                if repository.is_some_and(|id| self.except.contains(&RepositoryId(id))) {
                    continue;
                }
                sqlx::query(
                    "UPDATE jobs SET state = 'done', again = NULL, lease_until = NULL, attempts = 0, reason = ?2,
                       changed_at = ?3 WHERE id = ?1",
                )
                .bind(row.try_get::<i64, _>("id")?)
                .bind(&self.reason)
                .bind(self.seen.0)
                .execute(&mut *tx)
                .await?;
                dropped += 1;
            }
            Ok(dropped)
        })
    }
}

struct MendTimes {
    now: Timestamp,
    lease: Duration,
}

impl Change for MendTimes {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query(
                "UPDATE jobs SET run_after = run_after - (changed_at - ?1), changed_at = ?1
                 WHERE state = 'waiting' AND changed_at > ?2",
            )
            .bind(self.now.0)
            .bind(self.now.after(AHEAD).0)
            .execute(&mut *tx)
            .await?;
            sqlx::query("UPDATE jobs SET lease_until = ?1 WHERE state = 'running' AND lease_until > ?2")
                .bind(self.now.after(self.lease).0)
                .bind(self.now.after(self.lease).after(AHEAD).0)
                .execute(tx)
                .await?;
            Ok(())
        })
    }
}
