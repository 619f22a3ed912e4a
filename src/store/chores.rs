//! Whose turn it is: chores that one process does for all that share the database.

use super::StoreError;
use crate::model::Timestamp;
use async_trait::async_trait;
use std::time::Duration;

/// Work that the servers of one database take turns at.
#[async_trait]
pub trait Chores: Send + Sync {
    /// Takes the turn of a chore that is done once `every` so often. `None` when another process had it lately; then the
    /// turn is nobody's. Otherwise where the last turn ended; empty at first. A turn far in the future is from a clock
    /// that went back, and counts for nothing. With `anyway`, the turn is taken whoever had it.
    ///
    /// # Errors
    /// When the database fails.
    async fn take_turn(
        &self,
        name: &str,
        every: Duration,
        anyway: bool,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError>;

    /// Remembers where a turn ended.
    ///
    /// # Errors
    /// When the database fails.
    async fn end_turn(&self, name: &str, cursor: &str) -> Result<(), StoreError>;

    /// Where the last turn ended; empty when there was none.
    ///
    /// # Errors
    /// When the database fails.
    async fn turn_cursor(&self, name: &str) -> Result<String, StoreError>;

    /// The same of all turns whose names begin so, with their names and in their order.
    ///
    /// # Errors
    /// When the database fails.
    async fn turn_cursors(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError>;
}
