//! What is known of installations, and what that means for their jobs: they stop, they go on.

use super::StoreError;
use crate::model::{InstallationId, RepositoryId, Timestamp};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Remembers installations, and parks, wakes and drops their jobs.
#[async_trait]
pub trait Installations: Send + Sync {
    /// The installations and their states as they were seen last.
    ///
    /// # Errors
    /// When the database fails.
    async fn known_installations(&self) -> Result<BTreeMap<InstallationId, String>, StoreError>;

    /// Remembers the state of an installation; without one, that it is gone.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_installation(
        &self,
        installation: InstallationId,
        state: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Parks the jobs of an installation; also those in hand, whose workers may write nothing any more. Answers how many.
    ///
    /// # Errors
    /// When the database fails.
    async fn park_jobs(&self, installation: InstallationId, reason: &str, now: Timestamp) -> Result<u64, StoreError>;

    /// Wakes the parked jobs of an installation. Answers how many.
    ///
    /// # Errors
    /// When the database fails.
    async fn wake_jobs(&self, installation: InstallationId, now: Timestamp) -> Result<u64, StoreError>;

    /// Drops the jobs of an installation, but those of these repositories and those that came or changed after `seen`, when
    /// the repositories were listed. Answers how many.
    ///
    /// # Errors
    /// When the database fails.
    async fn drop_jobs(
        &self,
        installation: InstallationId,
        except: BTreeSet<RepositoryId>,
        reason: &str,
        seen: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Mends what a clock that went back has left: no job waits, and no lease lasts, longer than it was meant to.
    ///
    /// # Errors
    /// When the database fails.
    async fn mend_times(&self, now: Timestamp, lease: Duration) -> Result<(), StoreError>;
}
