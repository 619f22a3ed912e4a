//! Previews, one for a head.

use super::Sqlite;
use super::runs::as_i64;
use super::writer::Change;
use crate::model::{CommitId, Preview, PullNumber, RepositoryId};
use crate::store::{KnownPreview, Previews, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Previews for Sqlite {
    async fn find_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
    ) -> Result<KnownPreview, StoreError> {
        let row =
            sqlx::query("SELECT allowed_by, preview FROM previews WHERE repository = ?1 AND number = ?2 AND head = ?3")
                .bind(as_i64(repository.0)?)
                .bind(as_i64(number.0)?)
                .bind(head.as_str())
                .fetch_optional(&mut *self.reader().await?)
                .await?;
        let Some(row) = row else { return Ok(KnownPreview::default()) };
        let preview = row.try_get::<Option<&str>, _>("preview")?;
        // One of another version that does not read is run again.
        let preview = preview.and_then(|text| serde_json::from_str(text).ok());
        Ok(KnownPreview { allowed_by: row.try_get("allowed_by")?, preview })
    }

    async fn allow_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        by: &str,
    ) -> Result<(), StoreError> {
        let (head, allowed_by) = (head.to_string(), Some(by.to_owned()));
        self.write(Keep { repository, number, head, allowed_by, preview: None }).await
    }

    async fn keep_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        preview: &Preview,
    ) -> Result<(), StoreError> {
        let (head, preview) = (head.to_string(), Some(serde_json::to_string(preview)?));
        self.write(Keep { repository, number, head, allowed_by: None, preview }).await
    }
}

struct Keep {
    repository: RepositoryId,
    number: PullNumber,
    head: String,
    allowed_by: Option<String>,
    preview: Option<String>,
}

impl Change for Keep {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO previews (repository, number, head, allowed_by, preview) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (repository, number) DO UPDATE SET
                   allowed_by = CASE WHEN previews.head = excluded.head
                     THEN COALESCE(excluded.allowed_by, previews.allowed_by) ELSE excluded.allowed_by END,
                   preview = CASE WHEN previews.head = excluded.head
                     THEN COALESCE(excluded.preview, previews.preview) ELSE excluded.preview END,
                   head = excluded.head",
            )
            .bind(as_i64(self.repository.0)?)
            .bind(as_i64(self.number.0)?)
            .bind(&self.head)
            .bind(&self.allowed_by)
            .bind(&self.preview)
            .execute(tx)
            .await?;
            Ok(())
        })
    }
}
