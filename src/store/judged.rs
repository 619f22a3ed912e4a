//! What open pull requests were like when they were judged last, so that a look at all of them finds those that were not.

use super::StoreError;
use crate::model::{CommitId, InstallationId, PullNumber, RepoPath, RepositoryId, Timestamp};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
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
    /// What else it stands on; `None` where nobody can tell, as of a judgement by an older version.
    pub grounds: Option<Grounds>,
}

/// What a judgement stands on besides the pull request and the dangerfiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// The head that was judged: an older version does not take these grounds along when it judges the next one.
    pub head: CommitId,
    /// The branch that it would go into, whose tip decides on the merge base.
    pub base: String,
    /// The beginnings of its commits' ids, [`COMMIT_LETTERS`] each; `None` where they are too many to be kept.
    pub commits: Option<Vec<String>>,
    /// The scripts that its rules required.
    pub scripts: Vec<RequiredScript>,
}

/// So much of a commit's id tells it from the others of a repository.
pub const COMMIT_LETTERS: usize = 12;

/// A script that a dangerfile required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequiredScript {
    /// Which dangerfile of the ruleset required it; 0 is the first.
    pub layer: usize,
    /// Where it lies.
    pub path: RepoPath,
    /// Names its text; empty where there is none.
    pub digest: String,
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

    /// The same of a judgement that was not meant for this pull request's own change, and said nothing about it: it does not
    /// count where another head was judged last, or none.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_judged_beside(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        judged: Judged,
    ) -> Result<(), StoreError>;

    /// The last judgements of a repository's open pull requests.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_judged(&self, repository: RepositoryId) -> Result<BTreeMap<PullNumber, Judged>, StoreError>;

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
