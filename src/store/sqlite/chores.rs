//! Whose turn it is, by name.

use super::Sqlite;
use super::writer::Change;
use crate::model::Timestamp;
use crate::store::{Chores, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::time::Duration;

#[async_trait]
impl Chores for Sqlite {
    async fn take_turn(
        &self,
        name: &str,
        every: Duration,
        anyway: bool,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        self.write(TakeTurn { name: name.to_owned(), every, anyway, now }).await
    }

    async fn end_turn(&self, name: &str, cursor: &str) -> Result<(), StoreError> {
        self.write(EndTurn { name: name.to_owned(), cursor: cursor.to_owned() }).await
    }

    async fn turn_cursor(&self, name: &str) -> Result<String, StoreError> {
        let cursor = sqlx::query_scalar("SELECT cursor FROM chores WHERE name = ?1").bind(name);
        Ok(cursor.fetch_optional(&mut *self.reader().await?).await?.unwrap_or_default())
    }

    async fn turn_cursors(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let cursors = sqlx::query_as("SELECT name, cursor FROM chores WHERE name >= ?1 AND name < ?2 ORDER BY name")
            .bind(prefix)
            .bind(format!("{prefix}\u{10ffff}"));
        Ok(cursors.fetch_all(&mut *self.reader().await?).await?)
    }
}

struct TakeTurn {
    name: String,
    every: Duration,
    anyway: bool,
    now: Timestamp,
}

impl Change for TakeTurn {
    type Output = Option<String>;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async move {
            let next = self.now.after(self.every);
            let row = sqlx::query(
                "INSERT INTO chores (name, due_at) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at
                 WHERE ?4 OR chores.due_at <= ?3 OR chores.due_at > ?2 RETURNING cursor",
            )
            .bind(&self.name)
            .bind(next.0)
            .bind(self.now.0)
            .bind(self.anyway)
            .fetch_optional(tx)
            .await?;
            Ok(row.map(|row| row.try_get("cursor")).transpose()?)
        })
    }
}

struct EndTurn {
    name: String,
    cursor: String,
}

impl Change for EndTurn {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO chores (name, due_at, cursor) VALUES (?1, 0, ?2)
                 ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor",
            )
            .bind(&self.name)
            .bind(&self.cursor)
            .execute(tx)
            .await?;
            Ok(())
        })
    }
}
