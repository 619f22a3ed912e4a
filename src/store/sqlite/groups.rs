//! Merge groups, by the commit that is judged.

use super::Sqlite;
use super::runs::as_i64;
use super::writer::Change;
use crate::model::{CommitId, RepositoryId, Timestamp};
use crate::store::{MergeGroups, StoreError};
use crate::webhook::MergeGroup;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeSet;
use std::time::Duration;

#[async_trait]
impl MergeGroups for Sqlite {
    async fn note_group(&self, repository: RepositoryId, group: &MergeGroup, now: Timestamp) -> Result<(), StoreError> {
        let (head, group) = (group.head.to_string(), serde_json::to_string(group)?);
        self.writer().write_later(Note { repository, head, group, now }).await
    }

    async fn find_group(&self, repository: RepositoryId, head: &CommitId) -> Result<Option<MergeGroup>, StoreError> {
        let row = sqlx::query("SELECT merge_group FROM merge_groups WHERE repository = ?1 AND head = ?2")
            .bind(as_i64(repository.0)?)
            .bind(head.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| Ok(serde_json::from_str(row.try_get("merge_group")?)?)).transpose()
    }

    async fn find_queues(&self, repository: RepositoryId) -> Result<BTreeSet<String>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar("SELECT merge_group FROM merge_groups WHERE repository = ?1")
            .bind(as_i64(repository.0)?)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        rows.iter().map(|row| Ok(serde_json::from_str::<MergeGroup>(row)?.base)).collect()
    }
}

/// A queue keeps a group for hours at most.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

struct Note {
    repository: RepositoryId,
    head: String,
    group: String,
    now: Timestamp,
}

impl Change for Note {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
            sqlx::query("DELETE FROM merge_groups WHERE seen_at < ?1")
                .bind(self.now.0.saturating_sub(kept))
                .execute(&mut *tx)
                .await?;
            sqlx::query(
                "INSERT INTO merge_groups (repository, head, merge_group, seen_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (repository, head) DO UPDATE SET
                   merge_group = excluded.merge_group, seen_at = excluded.seen_at",
            )
            .bind(as_i64(self.repository.0)?)
            .bind(&self.head)
            .bind(&self.group)
            .bind(self.now.0)
            .execute(tx)
            .await?;
            Ok(())
        })
    }
}
