//! Which facts the previous run read: the next run of the same ruleset fetches them ahead.

use super::StoreError;
use crate::model::FactKey;
use crate::webhook::BaseFact;
use async_trait::async_trait;
use std::collections::BTreeSet;

/// Remembers which facts rules read.
#[async_trait]
pub trait Reads: Send + Sync {
    /// Remembers some time soon what a run of `key` under the ruleset with this digest had to ask for; replaces what
    /// was known. It is a guess that saves a pass; nobody waits for it.
    ///
    /// # Errors
    /// When the database fails.
    async fn remember_reads(&self, key: &str, ruleset: &str, facts: &BTreeSet<FactKey>) -> Result<(), StoreError>;

    /// The keys that begin with `prefix` whose previous run read what others report about the head. May name one too
    /// many, never one too few.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_readers_of_reports(&self, prefix: &str) -> Result<BTreeSet<String>, StoreError>;

    /// The same of those whose previous run read this of the base branch's tip.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_readers_of_base(&self, prefix: &str, of: BaseFact) -> Result<BTreeSet<String>, StoreError>;

    /// What the previous run of `key` asked for, if it was the same ruleset; otherwise the same of `other`; otherwise
    /// nothing. With it, whether it is that of `key`.
    ///
    /// # Errors
    /// When the database fails.
    async fn recall_reads(
        &self,
        key: &str,
        other: &str,
        ruleset: &str,
    ) -> Result<(BTreeSet<FactKey>, bool), StoreError>;
}
