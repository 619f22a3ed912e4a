//! Deliveries to ask for once more.

use super::Sqlite;
use super::writer::Change;
use crate::model::Timestamp;
use crate::store::{Redeliveries, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::time::Duration;

#[async_trait]
impl Redeliveries for Sqlite {
    async fn note_failed(
        &self,
        failed: Vec<(String, u64)>,
        arrived: Vec<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(NoteFailed { failed, arrived, now }).await
    }

    async fn due_redeliveries(&self, now: Timestamp) -> Result<Vec<(String, u64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT guid, delivery FROM redeliveries WHERE due_at <= ?1 AND asked < ?2
             AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.guid = redeliveries.guid) ORDER BY delivery",
        )
        .bind(now.0)
        .bind(MOST)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        let entry = |row: &sqlx::sqlite::SqliteRow| {
            Ok((row.try_get("guid")?, row.try_get::<i64, _>("delivery")?.unsigned_abs()))
        };
        rows.iter().map(entry).collect()
    }

    async fn note_asked(&self, guid: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(NoteAsked { guid: guid.to_owned(), now }).await
    }
}

/// After so many requests a delivery is left alone: whatever refuses it refuses it for good.
const MOST: i64 = 6;

/// The first wait for what became of a request; it doubles.
const WAIT: Duration = Duration::from_secs(240);

/// GitHub forgets deliveries after three days.
const KEPT: Duration = Duration::from_secs(4 * 24 * 3600);

struct NoteFailed {
    failed: Vec<(String, u64)>,
    arrived: Vec<String>,
    now: Timestamp,
}

impl Change for NoteFailed {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            for (guid, delivery) in &self.failed {
                sqlx::query(
                    "INSERT INTO redeliveries (guid, delivery, asked, due_at, seen_at) VALUES (?1, ?2, 0, ?3, ?3)
                     ON CONFLICT (guid) DO UPDATE SET delivery = MAX(redeliveries.delivery, excluded.delivery)",
                )
                .bind(guid)
                .bind(super::runs::as_i64(*delivery)?)
                .bind(self.now.0)
                .execute(&mut *tx)
                .await?;
            }
            for guid in &self.arrived {
                sqlx::query("DELETE FROM redeliveries WHERE guid = ?1").bind(guid).execute(&mut *tx).await?;
            }
            let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
            sqlx::query("DELETE FROM redeliveries WHERE seen_at < ?1").bind(self.now.0 - kept).execute(tx).await?;
            Ok(())
        })
    }
}

struct NoteAsked {
    guid: String,
    now: Timestamp,
}

impl Change for NoteAsked {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let wait = i64::try_from(WAIT.as_millis()).unwrap_or(i64::MAX);
            sqlx::query("UPDATE redeliveries SET asked = asked + 1, due_at = ?2 + (?3 * (1 << asked)) WHERE guid = ?1")
                .bind(&self.guid)
                .bind(self.now.0)
                .bind(wait)
                .execute(tx)
                .await?;
            Ok(())
        })
    }
}
