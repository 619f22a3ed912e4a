//! What coverage reports say of files of the repository, ready to be compared with a diff.

use super::{CommitId, RepoPath};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the tests' coverage: all reports of one commit, merged, their paths resolved over the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageFacts {
    /// The reports that were read, in the order given; with none there is no report.
    pub reports: Vec<ReportFacts>,
    /// Files that some report knows, each with its lines in order. A snapshot holds the changed ones only.
    pub files: BTreeMap<RepoPath, Vec<LineHits>>,
    /// How many files of the repository the reports know, also those that `files` leaves out.
    pub matched_files: usize,
    /// How many files the reports name that are not in the repository (libraries, generated code, another root).
    pub foreign_files: usize,
    /// Paths in reports that fit several files of the repository, or one that another path has the better claim to: they
    /// count for none.
    pub ambiguous: Vec<AmbiguousPath>,
    /// How many such paths there are, also those that `ambiguous` leaves out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ambiguous_paths: usize,
    /// Changed files that an ambiguous path could be.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub doubtful: BTreeSet<RepoPath>,
    /// Endings of the files that the reports name (`py`, `kt`): in these languages a file that no report knows is a gap.
    pub languages: BTreeSet<String>,
    /// Changed files of which a report knows lines behind the end: it was made of another text.
    pub stale: BTreeSet<RepoPath>,
    /// The whole project beside its base, where reports of both are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectFacts>,
    /// Of which parts an earlier commit's reports stand in for those that were not sent, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<String>,
    /// What else a reader has to know, a sentence each: left-out lines, reports that contradict each other.
    pub notes: Vec<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// What the reports know of the whole project, at the base and at the head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectFacts {
    /// The commit with which it is compared.
    pub base: CommitId,
    /// Lines that ran there.
    pub base_covered: u64,
    /// Lines that its reports know.
    pub base_lines: u64,
    /// Lines that ran at the head.
    pub covered: u64,
    /// Lines that its reports know.
    pub lines: u64,
    /// Lines outside of the diff that ran at the base and do not run at the head, with their numbers there; at most 1,000.
    pub lost: BTreeMap<RepoPath, Vec<u32>>,
}

/// One report that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFacts {
    /// How people call it: its file name.
    pub name: String,
    /// Its format, for people: `lcov`, `Cobertura`.
    pub format: String,
    /// Files that it names.
    pub files: usize,
    /// Lines that it knows.
    pub lines: usize,
}

/// A path of a report that could be several files, or one and none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmbiguousPath {
    /// As the report writes it.
    pub path: String,
    /// The files that it fits equally well; a snapshot holds at most five.
    pub candidates: Vec<RepoPath>,
}

/// How often one line ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(u32, u64, u16, u16)", into = "(u32, u64, u16, u16)")]
pub struct LineHits {
    /// The line, from 1.
    pub number: u32,
    /// Branches that ran at least once.
    pub taken: u16,
    /// Branches that the line has; 0 when the report does not say.
    pub branches: u16,
    /// How often the line ran.
    pub hits: u64,
}

impl LineHits {
    /// A line without branches.
    pub fn new(number: u32, hits: u64) -> Self {
        LineHits { number, taken: 0, branches: 0, hits }
    }

    /// Whether the line ran and one of its branches did not.
    pub fn is_partial(&self) -> bool {
        self.hits > 0 && self.taken < self.branches
    }

    /// The same line of another run. Hits add up. Which branches ran is known by number only, so that the better run
    /// counts: two runs that took one branch of two each may have taken the same.
    pub fn add(&mut self, other: LineHits) {
        self.hits = self.hits.saturating_add(other.hits);
        self.branches = self.branches.max(other.branches);
        self.taken = self.taken.max(other.taken).min(self.branches);
    }
}

impl From<(u32, u64, u16, u16)> for LineHits {
    fn from((number, hits, taken, branches): (u32, u64, u16, u16)) -> Self {
        LineHits { number, taken, branches, hits }
    }
}

impl From<LineHits> for (u32, u64, u16, u16) {
    fn from(line: LineHits) -> Self {
        (line.number, line.hits, line.taken, line.branches)
    }
}
