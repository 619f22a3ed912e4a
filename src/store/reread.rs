//! Deliveries of which another version made nothing: this one may know better.

use super::StoreError;
use super::runs::VERSION;
use async_trait::async_trait;

/// Reads deliveries again that another version made nothing of.
#[async_trait]
pub trait Rereading: Send + Sync {
    /// Puts deliveries back that another version acknowledged without finding work in them, to be read by this one; as
    /// far as their bodies are still kept. How many. Events are hints: reading one again costs at most a look at GitHub.
    ///
    /// # Errors
    /// When the database fails; what was put back until then is.
    async fn reread_deliveries(&self) -> Result<u64, StoreError> {
        self.reread_deliveries_as(VERSION).await
    }

    /// The same for a version that is named.
    ///
    /// # Errors
    /// As [`Rereading::reread_deliveries`].
    async fn reread_deliveries_as(&self, version: &str) -> Result<u64, StoreError>;
}
