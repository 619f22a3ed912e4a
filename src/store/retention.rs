//! Forgets what nobody asks for any more: old runs, and the digests of deliveries that cannot come again.

use super::StoreError;
use crate::model::Timestamp;
use async_trait::async_trait;
use std::time::Duration;

/// GitHub offers deliveries of the last three days for another delivery
/// (<https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks>); so long they are
/// known again, however short the retention is. Bodies are kept no longer.
pub const REDELIVERABLE: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long things are kept. The last judgement of an open pull request is kept in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Runs and digests of deliveries that are older are forgotten.
    pub age: Duration,
    /// So many runs are kept, the newest.
    pub runs: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Retention { age: Duration::from_secs(30 * 24 * 3600), runs: 20_000 }
    }
}

/// How much was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Runs with their snapshots.
    pub runs: u64,
    /// Digests of deliveries.
    pub deliveries: u64,
}

/// Forgets what nobody asks for any more.
#[async_trait]
pub trait Forgetting: Send + Sync {
    /// Forgets what is older than it has to be kept, in small transactions. The file does not shrink; its free pages are
    /// used again.
    ///
    /// # Errors
    /// When the database fails; what was forgotten until then is.
    async fn forget_old(&self, retention: &Retention, now: Timestamp) -> Result<Forgotten, StoreError>;
}
