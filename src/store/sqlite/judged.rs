//! What pull requests were like, and which of them have work under way.

use super::Sqlite;
use super::runs::as_i64;
use super::unread;
use super::writer::Change;
use crate::model::{CommitId, InstallationId, PullNumber, RepositoryId, Timestamp};
use crate::store::{Grounds, Judged, KnownPulls, LastLooks, StoreError};
use crate::webhook::{Cause, JobSpec, Work};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

#[async_trait]
impl LastLooks for Sqlite {
    async fn note_judged(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        judged: Judged,
    ) -> Result<(), StoreError> {
        self.writer().write_later(Note { repository, number, judged, beside: false }).await
    }

    async fn note_judged_beside(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        judged: Judged,
    ) -> Result<(), StoreError> {
        self.writer().write_later(Note { repository, number, judged, beside: true }).await
    }

    async fn find_judged(&self, repository: RepositoryId) -> Result<BTreeMap<PullNumber, Judged>, StoreError> {
        // What waits to be written counts.
        self.writer().flush().await?;
        let rows = sqlx::query("SELECT number, head, facts, ruleset, grounds FROM judged WHERE repository = ?1")
            .bind(as_i64(repository.0)?)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let read = |row: SqliteRow| {
            let number = PullNumber(row.try_get::<i64, _>("number")?.unsigned_abs());
            let head = CommitId::new(row.try_get("head")?).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            let grounds = row.try_get::<Option<&str>, _>("grounds")?.and_then(|it| serde_json::from_str(it).ok());
            let grounds = grounds.filter(|grounds: &Grounds| grounds.head == head);
            let judged = Judged { head, facts: row.try_get("facts")?, ruleset: row.try_get("ruleset")?, grounds };
            Ok((number, judged))
        };
        rows.into_iter().map(read).collect()
    }

    async fn know_pulls(
        &self,
        installation: InstallationId,
        repository: RepositoryId,
        now: Timestamp,
    ) -> Result<KnownPulls, StoreError> {
        let since = self.write(Know { installation, repository, now }).await?;
        let judged = self.find_judged(repository).await?;
        let mut known = KnownPulls { since, judged, ..KnownPulls::default() };
        let prefix = format!("{repository}/pull/");
        let rows = sqlx::query(
            "SELECT key, state, spec, changed_at FROM jobs WHERE key >= ?1 AND key < ?2 AND state <> 'done'",
        )
        .bind(&prefix)
        .bind(format!("{prefix}\u{10ffff}"))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        for row in rows {
            let Ok(number) = row.try_get::<String, _>("key")?[prefix.len()..].parse() else { continue };
            // One that only waits for something would not see what was lost meanwhile.
            if matches!(
                unread::read_spec(row.try_get("spec")?),
                Some(JobSpec { work: Work::ReviewPull { cause: Cause::Awaited, .. }, .. })
            ) {
                continue;
            }
            let parked = row.try_get::<&str, _>("state")? == "parked";
            let at = parked.then_some(Timestamp(row.try_get("changed_at")?));
            known.jobs.insert(PullNumber(number), at);
        }
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM open_checks WHERE job_key >= ?1 AND job_key < ?2")
            .bind(&prefix)
            .bind(format!("{prefix}\u{10ffff}"))
            .fetch_all(&mut *self.reader().await?)
            .await?;
        known.open_checks = ids.into_iter().map(i64::unsigned_abs).collect();
        Ok(known)
    }
}

struct Note {
    repository: RepositoryId,
    number: PullNumber,
    judged: Judged,
    /// Counts only where the same head was judged for its own sake.
    beside: bool,
}

impl Change for Note {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let statement = if self.beside {
                "UPDATE judged SET facts = ?4, ruleset = ?5, grounds = ?6
                 WHERE repository = ?1 AND number = ?2 AND head = ?3"
            } else {
                "INSERT INTO judged (repository, number, head, facts, ruleset, grounds) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (repository, number) DO UPDATE
                 SET head = excluded.head, facts = excluded.facts, ruleset = excluded.ruleset, grounds = excluded.grounds"
            };
            sqlx::query(statement)
                .bind(as_i64(self.repository.0)?)
                .bind(as_i64(self.number.0)?)
                .bind(self.judged.head.as_str())
                .bind(&self.judged.facts)
                .bind(&self.judged.ruleset)
                .bind(self.judged.grounds.as_ref().map(serde_json::to_string).transpose()?)
                .execute(tx)
                .await?;
            Ok(())
        })
    }
}

struct Know {
    installation: InstallationId,
    repository: RepositoryId,
    now: Timestamp,
}

impl Change for Know {
    type Output = Timestamp;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Timestamp, StoreError>> {
        Box::pin(async move {
            let since: i64 = sqlx::query_scalar(
                "INSERT INTO known_repositories (repository, installation, since) VALUES (?1, ?2, ?3)
                 ON CONFLICT (repository) DO UPDATE
                 SET since = CASE WHEN known_repositories.installation = excluded.installation
                       THEN known_repositories.since ELSE excluded.since END,
                     installation = excluded.installation
                 RETURNING since",
            )
            .bind(as_i64(self.repository.0)?)
            .bind(as_i64(self.installation.0)?)
            .bind(self.now.0)
            .fetch_one(tx)
            .await?;
            Ok(Timestamp(since))
        })
    }
}
