//! Read facts as JSON, one row for a job and ruleset.

use super::Sqlite;
use super::writer::Change;
use crate::model::{FactKey, FileKey, RepoPath, Side};
use crate::store::{Reads, StoreError};
use crate::webhook::BaseFact;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeSet;

#[async_trait]
impl Reads for Sqlite {
    async fn remember_reads(&self, key: &str, ruleset: &str, facts: &BTreeSet<FactKey>) -> Result<(), StoreError> {
        let (key, ruleset, facts) = (key.to_owned(), ruleset.to_owned(), serde_json::to_string(facts)?);
        self.writer().write_later(Remember { key, ruleset, facts }).await
    }

    async fn find_readers_of_reports(&self, prefix: &str) -> Result<BTreeSet<String>, StoreError> {
        self.find_readers(prefix, &[FactKey::CheckRuns.word(), FactKey::Statuses.word()]).await
    }

    async fn find_readers_of_base(&self, prefix: &str, of: BaseFact) -> Result<BTreeSet<String>, StoreError> {
        let word = match of {
            BaseFact::CodeOwners => FactKey::CodeOwners.word(),
            BaseFact::Files => FactKey::Folder(FileKey { side: Side::Left, path: RepoPath::new("") }).word(),
            BaseFact::Mergeability => FactKey::Mergeable.word(),
        };
        self.find_readers(prefix, &[word]).await
    }

    async fn recall_reads(
        &self,
        key: &str,
        other: &str,
        ruleset: &str,
    ) -> Result<(BTreeSet<FactKey>, bool), StoreError> {
        let rows = sqlx::query("SELECT key, facts FROM reads WHERE key IN (?1, ?2) AND ruleset = ?3")
            .bind(key)
            .bind(other)
            .bind(ruleset)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let mut found = (BTreeSet::new(), false);
        for row in &rows {
            let own = row.try_get::<&str, _>("key")? == key;
            if own || !found.1 {
                // A guess that no longer reads (another version wrote it) costs a pass, not a failure.
                found = (serde_json::from_str(row.try_get("facts")?).unwrap_or_default(), own);
            }
        }
        Ok(found)
    }
}

impl Sqlite {
    /// Those that read a fact whose name is one of these words.
    async fn find_readers(&self, prefix: &str, words: &[&str]) -> Result<BTreeSet<String>, StoreError> {
        // What waits to be written counts.
        self.writer().flush().await?;
        // Bounds instead of a pattern: any engine finds them through the key.
        let rows = sqlx::query(
            "SELECT key FROM reads WHERE key >= ?1 AND key < ?2
             AND EXISTS (SELECT 1 FROM json_each(?3) WHERE instr(facts, '\"' || value || '\"') > 0)",
        )
        .bind(prefix)
        .bind(format!("{prefix}\u{10ffff}"))
        .bind(serde_json::to_string(words)?)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(|row| Ok(row.try_get("key")?)).collect()
    }
}

struct Remember {
    key: String,
    ruleset: String,
    facts: String,
}

impl Change for Remember {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO reads (key, ruleset, facts) VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO UPDATE SET ruleset = excluded.ruleset, facts = excluded.facts",
            )
            .bind(&self.key)
            .bind(&self.ruleset)
            .bind(&self.facts)
            .execute(tx)
            .await?;
            Ok(())
        })
    }
}
