//! Since when facts are awaited: a wait must not begin anew with every look.

use super::StoreError;
use crate::model::{CommitId, FactKey, Timestamp};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// Remembers since when facts are awaited.
#[async_trait]
pub trait Waits: Send + Sync {
    /// What a job awaits at this head, and since when.
    ///
    /// # Errors
    /// When the database fails.
    async fn recall_waits(&self, key: &str, head: &CommitId) -> Result<BTreeMap<FactKey, Timestamp>, StoreError>;

    /// Remembers what a job awaits at this head; replaces what was known.
    ///
    /// # Errors
    /// When the database fails.
    async fn remember_waits(
        &self,
        key: &str,
        head: &CommitId,
        waits: &BTreeMap<FactKey, Timestamp>,
    ) -> Result<(), StoreError>;
}
