//! Overrides and heeded comments.

use super::Sqlite;
use super::runs::as_i64;
use super::writer::Change;
use crate::model::{CommitId, Overridden, Override, PullNumber, RepositoryId, Timestamp};
use crate::store::{OverrideRecord, Overrides, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Overrides for Sqlite {
    async fn save_override(&self, record: &OverrideRecord) -> Result<(), StoreError> {
        self.write(SaveOverride(record.clone())).await
    }

    async fn find_overrides(
        &self,
        repository: RepositoryId,
        number: PullNumber,
    ) -> Result<Vec<OverrideRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT comment, rule, covers, actor, reason, head, written_at FROM overrides
             WHERE repository = ?1 AND number = ?2 ORDER BY written_at, comment, rule",
        )
        .bind(as_i64(repository.0)?)
        .bind(as_i64(number.0)?)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(|row| record(row, repository, number)).collect()
    }

    async fn find_last_run(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        at: Timestamp,
    ) -> Result<Option<(CommitId, Timestamp)>, StoreError> {
        let row = sqlx::query(
            "SELECT head, created_at FROM runs WHERE repository = ?1 AND number = ?2 AND created_at <= ?3
             ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(as_i64(repository.0)?)
        .bind(as_i64(number.0)?)
        .bind(at.0)
        .fetch_optional(&mut *self.reader().await?)
        .await?;
        row.map(|row| {
            let head = CommitId::new(row.try_get("head")?).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            Ok((head, Timestamp(row.try_get("created_at")?)))
        })
        .transpose()
    }

    async fn mark_heeded(&self, repository: RepositoryId, comment: u64, now: Timestamp) -> Result<(), StoreError> {
        self.write(MarkHeeded { repository, comment, now }).await
    }

    async fn is_heeded(&self, repository: RepositoryId, comment: u64) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM heeded_comments WHERE repository = ?1 AND comment = ?2")
            .bind(as_i64(repository.0)?)
            .bind(as_i64(comment)?)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        Ok(row.is_some())
    }

    async fn count_heeded(
        &self,
        repository: RepositoryId,
        comments: &[u64],
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM heeded_comments WHERE repository = ?1 AND heeded_at >= ?3
             AND comment IN (SELECT value FROM json_each(?2))",
        )
        .bind(as_i64(repository.0)?)
        .bind(serde_json::to_string(comments)?)
        .bind(since.0)
        .fetch_one(&mut *self.reader().await?)
        .await?;
        Ok(count.unsigned_abs())
    }
}

fn record(row: &SqliteRow, repository: RepositoryId, number: PullNumber) -> Result<OverrideRecord, StoreError> {
    let covers: &str = row.try_get("covers")?;
    Ok(OverrideRecord {
        repository,
        number,
        comment: row.try_get::<i64, _>("comment")?.unsigned_abs(),
        head: CommitId::new(row.try_get("head")?).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        decision: Override {
            rule: row.try_get("rule")?,
            covers: serde_json::from_str(covers)?,
            decision: Overridden {
                by: row.try_get("actor")?,
                at: Timestamp(row.try_get("written_at")?),
                reason: row.try_get("reason")?,
            },
        },
    })
}

struct SaveOverride(OverrideRecord);

impl Change for SaveOverride {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let OverrideRecord { repository, number, comment, head, decision } = &self.0;
            sqlx::query(
                "INSERT INTO overrides (repository, number, comment, rule, covers, actor, reason, head, written_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (repository, comment, rule) DO NOTHING",
            )
            .bind(as_i64(repository.0)?)
            .bind(as_i64(number.0)?)
            .bind(as_i64(*comment)?)
            .bind(&decision.rule)
            .bind(serde_json::to_string(&decision.covers)?)
            .bind(&decision.decision.by)
            .bind(&decision.decision.reason)
            .bind(head.as_str())
            .bind(decision.decision.at.0)
            .execute(tx)
            .await?;
            Ok(())
        })
    }
}

struct MarkHeeded {
    repository: RepositoryId,
    comment: u64,
    now: Timestamp,
}

impl Change for MarkHeeded {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO heeded_comments (repository, comment, heeded_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (repository, comment) DO NOTHING",
            )
            .bind(as_i64(self.repository.0)?)
            .bind(as_i64(self.comment)?)
            .bind(self.now.0)
            .execute(tx)
            .await?;
            Ok(())
        })
    }
}
