//! What open pull requests were like when they were judged last, so that a look at all of them finds those that were not.

use super::StoreError;
use crate::model::{CommitId, InstallationId, PullNumber, RepositoryId, Timestamp};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};

/// What a pull request was like when it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Its head.
    pub head: CommitId,
    /// Digest of title, body, base, labels and draft.
    pub facts: String,
    /// Digest of the ruleset; empty when there was none.
    pub ruleset: String,
}

/// What the store knows of a repository's open pull requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPulls {
    /// Since when the repository is looked after.
    pub since: Timestamp,
    /// The last judgements.
    pub judged: BTreeMap<PullNumber, Judged>,
    /// Those with a job that waits, runs, or was parked; with the time when it was parked. One that only
    /// looks whether what it awaits is there does not count.
    pub jobs: BTreeMap<PullNumber, Option<Timestamp>>,
    /// Check runs that are known to be in progress, and will be concluded in time.
    pub open_checks: BTreeSet<u64>,
}

/// Remembers what each open pull request was like when it was judged.
#[async_trait]
pub trait LastLooks: Send + Sync {
    /// Remembers some time soon that a pull request was judged. Losing it costs another look, which writes nothing.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_judged(&self, repository: RepositoryId, number: PullNumber, judged: Judged)
    -> Result<(), StoreError>;

    /// What is known of a repository's pull requests; from now on it counts as looked after.
    ///
    /// # Errors
    /// When the database fails.
    async fn know_pulls(
        &self,
        installation: InstallationId,
        repository: RepositoryId,
        now: Timestamp,
    ) -> Result<KnownPulls, StoreError>;
}
