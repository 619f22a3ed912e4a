//! Deliveries that failed: which GitHub is asked to send again, how often, and when.

use super::StoreError;
use crate::model::Timestamp;
use async_trait::async_trait;

/// Remembers the deliveries that GitHub is asked for once more.
#[async_trait]
pub trait Redeliveries: Send + Sync {
    /// Takes note of failed deliveries, by GUID and GitHub's id, and of GUIDs that came through after all.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_failed(
        &self,
        failed: Vec<(String, u64)>,
        arrived: Vec<String>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The failed deliveries that GitHub is to be asked for now, oldest first. Those that arrived are not among them.
    ///
    /// # Errors
    /// When the database fails.
    async fn due_redeliveries(&self, now: Timestamp) -> Result<Vec<(String, u64)>, StoreError>;

    /// Remembers, before it happens, that GitHub is asked to send a delivery again.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_asked(&self, guid: &str, now: Timestamp) -> Result<(), StoreError>;
}
