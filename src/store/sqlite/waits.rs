//! One row for an awaited fact of a job.

use super::Sqlite;
use super::writer::Change;
use crate::model::{CommitId, FactKey, Timestamp};
use crate::store::{StoreError, Waits};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

#[async_trait]
impl Waits for Sqlite {
    async fn recall_waits(&self, key: &str, head: &CommitId) -> Result<BTreeMap<FactKey, Timestamp>, StoreError> {
        let rows = sqlx::query("SELECT fact, since FROM waits WHERE job_key = ?1 AND head = ?2")
            .bind(key)
            .bind(head.as_str())
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let mut waits = BTreeMap::new();
        for row in rows {
            // A fact of another version is none that this one waits for.
            if let Ok(fact) = serde_json::from_str(row.try_get("fact")?) {
                waits.insert(fact, Timestamp(row.try_get("since")?));
            }
        }
        Ok(waits)
    }

    async fn remember_waits(
        &self,
        key: &str,
        head: &CommitId,
        waits: &BTreeMap<FactKey, Timestamp>,
    ) -> Result<(), StoreError> {
        let (key, head) = (key.to_owned(), head.to_string());
        let text = |(fact, since): (&FactKey, &Timestamp)| Ok((serde_json::to_string(fact)?, since.0));
        let waits = waits.iter().map(text).collect::<Result<_, StoreError>>()?;
        self.write(Remember { key, head, waits }).await
    }
}

struct Remember {
    key: String,
    head: String,
    waits: Vec<(String, i64)>,
}

impl Change for Remember {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query("DELETE FROM waits WHERE job_key = ?1").bind(&self.key).execute(&mut *tx).await?;
            for (fact, since) in &self.waits {
                sqlx::query("INSERT INTO waits (job_key, fact, head, since) VALUES (?1, ?2, ?3, ?4)")
                    .bind(&self.key)
                    .bind(fact)
                    .bind(&self.head)
                    .bind(since)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok(())
        })
    }
}
