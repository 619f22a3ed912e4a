//! Which facts the previous run read: the next run of the same ruleset fetches them ahead.

use super::writer::Change;
use super::{Store, StoreError};
use crate::model::FactKey;
use crate::webhook::BaseFact;
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeSet;

impl Store {
    /// Remembers some time soon what a run of `key` under the ruleset with this digest had to ask for; replaces what
    /// was known. It is a guess that saves a pass; nobody waits for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember_reads(&self, key: &str, ruleset: &str, facts: &BTreeSet<FactKey>) -> Result<(), StoreError> {
        let (key, ruleset, facts) = (key.to_owned(), ruleset.to_owned(), serde_json::to_string(facts)?);
        self.writer().write_later(Remember { key, ruleset, facts }).await
    }

    /// The keys that begin with `prefix` whose previous run read what others report about the head. May name one too
    /// many, never one too few.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_readers_of_reports(&self, prefix: &str) -> Result<BTreeSet<String>, StoreError> {
        self.find_readers(prefix, &["check_runs", "statuses"]).await
    }

    /// The same of those whose previous run read this of the base branch's tip.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_readers_of_base(&self, prefix: &str, of: BaseFact) -> Result<BTreeSet<String>, StoreError> {
        let word = match of {
            BaseFact::CodeOwners => "code_owners",
            BaseFact::Files => "folder",
            BaseFact::Mergeability => "mergeable",
        };
        self.find_readers(prefix, &[word]).await
    }

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

    /// What the previous run of `key` asked for, if it was the same ruleset; the same of `other`, when nothing is known
    /// of `key`; otherwise nothing. With it, whether it is that of `key`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recall_reads(
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
