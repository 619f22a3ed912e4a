//! Reports that were sent to this server: of coverage, and of linters. Each speaks for one head.

use super::{RunId, StoreError};
use crate::model::{CommitId, RepositoryId, Timestamp};
use crate::webhook::JobSpec;
use async_trait::async_trait;
use std::collections::BTreeSet;

/// A commit has at most so many reports.
pub const MAX_REPORTS: usize = 100;

/// All reports of one commit together: 256 MB before they are compressed.
pub const MAX_REPORTS_BYTES: usize = 256 << 20;

/// What a report speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// Which lines the tests ran.
    Coverage,
    /// What linters say.
    Lint,
}

impl ReportKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            ReportKind::Coverage => "coverage",
            ReportKind::Lint => "lint",
        }
    }
}

/// A report to be kept.
#[derive(Clone, Debug)]
pub struct NewReport {
    /// Its id, should it be new.
    pub id: RunId,
    /// Of which repository.
    pub repository: RepositoryId,
    /// What it was made of.
    pub commit: CommitId,
    /// What it speaks of.
    pub kind: ReportKind,
    /// A later report with this flag replaces an earlier one of the same commit; without one they add up.
    pub flag: Option<String>,
    /// It comes from an artifact, whose flag nobody chose: it is not carried forward.
    pub from_artifact: bool,
    /// How people call it.
    pub name: String,
    /// The report as it came.
    pub bytes: Vec<u8>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedReport {
    /// Kept under this id; the very same report of the same commit keeps the id that it had.
    Saved(RunId),
    /// The commit has as many, or as large, reports as it may.
    Full,
}

/// A report that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReport {
    /// Its id.
    pub id: RunId,
    /// What it was made of.
    pub commit: CommitId,
    /// The commit that it speaks for: its own, or the head of which it is a test merge.
    pub head: CommitId,
    /// Its flag.
    pub flag: Option<String>,
    /// Whether it comes from an artifact.
    pub from_artifact: bool,
    /// How people call it.
    pub name: String,
}

/// Keeps reports of coverage and of linters.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Keeps a report, and enqueues the work that it brings about, or neither.
    ///
    /// # Errors
    /// When the database fails.
    async fn save_report(
        &self,
        report: NewReport,
        wakes: Vec<JobSpec>,
        now: Timestamp,
    ) -> Result<SavedReport, StoreError>;

    /// The reports that were made of a commit or speak for it, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row does not read.
    async fn find_reports(
        &self,
        repository: RepositoryId,
        head: &CommitId,
        kind: ReportKind,
    ) -> Result<Vec<KeptReport>, StoreError>;

    /// The newest reports with flags of each of these commits, for flags that have none of `but`; in the order of the commits.
    ///
    /// # Errors
    /// When the database fails or a row does not read.
    async fn find_earlier_reports(
        &self,
        repository: RepositoryId,
        commits: &[CommitId],
        kind: ReportKind,
        but: &BTreeSet<String>,
    ) -> Result<Vec<KeptReport>, StoreError> {
        let mut found: Vec<KeptReport> = Vec::new();
        let mut flags = but.clone();
        for commit in commits {
            let reports = self.find_reports(repository, commit, kind).await?;
            let chosen = reports.into_iter().filter(|it| !it.from_artifact);
            let wanted = chosen.filter(|it| it.flag.as_ref().is_some_and(|flag| !flags.contains(flag)));
            let wanted: Vec<KeptReport> = wanted.collect();
            flags.extend(wanted.iter().filter_map(|it| it.flag.clone()));
            found.extend(wanted);
        }
        Ok(found)
    }

    /// The bytes of a report; `None` when it was replaced or forgotten meanwhile.
    ///
    /// # Errors
    /// When the database fails or the report does not unpack.
    async fn load_report(&self, id: &RunId) -> Result<Option<Vec<u8>>, StoreError>;

    /// From now on the reports of a commit, and those that join them, speak for another one: the head of which it is a
    /// test merge. Answers how many.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_test_merge(
        &self,
        repository: RepositoryId,
        commit: &CommitId,
        head: &CommitId,
    ) -> Result<u64, StoreError>;

    /// Which artifacts of its workflows a repository's rules name, as they were when the dangerfile last ran to its end: what
    /// was given up before says nothing of them.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_report_artifacts(&self, repository: RepositoryId) -> Result<Vec<String>, StoreError>;

    /// Some work of the repository that has this name, as the newest event knows it.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_repository(&self, name: &str) -> Result<Option<JobSpec>, StoreError>;

    /// The same of the repository that has this id.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_repository_by_id(&self, id: RepositoryId) -> Result<Option<JobSpec>, StoreError>;
}
