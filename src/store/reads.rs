//! Which facts the previous run read: the next run of the same ruleset fetches them ahead.

use super::{Store, StoreError};
use crate::model::FactKey;
use sqlx::Row;
use std::collections::BTreeSet;

impl Store {
    /// Remembers what a run of `key` under the ruleset with this digest had to ask for; replaces what was known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember_reads(&self, key: &str, ruleset: &str, facts: &BTreeSet<FactKey>) -> Result<(), StoreError> {
        let facts = serde_json::to_string(facts)?;
        sqlx::query(
            "INSERT INTO reads (key, ruleset, facts) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET ruleset = excluded.ruleset, facts = excluded.facts",
        )
        .bind(key)
        .bind(ruleset)
        .bind(facts)
        .execute(self.writer())
        .await?;
        Ok(())
    }

    /// The keys that begin with `prefix` whose previous run read what others report about the head. May name one too
    /// many, never one too few.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_readers_of_reports(&self, prefix: &str) -> Result<BTreeSet<String>, StoreError> {
        let rows = sqlx::query(
            "SELECT key FROM reads WHERE substr(key, 1, ?2) = ?1
             AND (instr(facts, '\"check_runs\"') > 0 OR instr(facts, '\"statuses\"') > 0)",
        )
        .bind(prefix)
        .bind(i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX))
        .fetch_all(self.readers())
        .await?;
        rows.iter().map(|row| Ok(row.try_get("key")?)).collect()
    }

    /// What the previous run of `key` asked for, if it was the same ruleset; otherwise nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recall_reads(&self, key: &str, ruleset: &str) -> Result<BTreeSet<FactKey>, StoreError> {
        let row = sqlx::query("SELECT facts FROM reads WHERE key = ?1 AND ruleset = ?2")
            .bind(key)
            .bind(ruleset)
            .fetch_optional(self.readers())
            .await?;
        match row {
            // A guess that no longer reads (another version wrote it) costs a pass, not a failure.
            Some(row) => Ok(serde_json::from_str(row.try_get("facts")?).unwrap_or_default()),
            None => Ok(BTreeSet::new()),
        }
    }
}
