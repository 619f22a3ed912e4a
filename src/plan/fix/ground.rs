//! What a fix would stand on: the last commits of the pull request, and what lies at its paths.

use super::choose::{FixChoice, wishes};
use super::message::Made;
use super::path::{folders, is_committable};
use crate::model::{CommitId, RepoPath, Verdict};
use crate::plan::parse_commit_marker;
use std::collections::{BTreeMap, BTreeSet};

/// The head of a pull request, as a fix needs to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// The last commits, oldest first; the last is the head. GitHub may be some seconds behind.
    pub commits: Vec<GroundCommit>,
    /// What lies at the paths that were asked for; those at which nothing lies are not there.
    pub entries: BTreeMap<RepoPath, GroundEntry>,
}

/// A commit of the pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroundCommit {
    /// Its id.
    pub id: CommitId,
    /// Its message.
    pub message: String,
    /// Whether this app made it.
    pub by_us: bool,
}

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroundEntry {
    /// Git's mode, such as `0o100_644`.
    pub mode: u32,
    /// The whole text of a file, when it is one.
    pub text: Option<String>,
}

impl Ground {
    /// What the commit holds that an operation of ours made.
    pub fn find_made(&self, operation: &str) -> Option<Made> {
        let made = self.commits.iter().find(|it| it.by_us && parse_commit_marker(&it.message) == Some(operation));
        made.map(|commit| Made::parse(&commit.message))
    }

    /// How many commits of ours stand on top of the last one by somebody else.
    pub(super) fn count_on_top(&self) -> usize {
        self.commits.iter().rev().take_while(|commit| commit.by_us).count()
    }

    /// How many commits of ours there are.
    pub(super) fn count_all(&self) -> usize {
        self.commits.iter().filter(|commit| commit.by_us).count()
    }
}

/// The paths whose entries a fix needs: those of its files, and the folders around them.
pub fn paths_to_read(verdict: &Verdict, choice: &FixChoice) -> BTreeSet<RepoPath> {
    let paths: BTreeSet<&RepoPath> = wishes(verdict, choice).iter().map(|wish| wish.path).collect();
    let named = paths.into_iter().filter(|path| is_committable(path));
    named.flat_map(|path| folders(path).chain([path.clone()])).collect()
}
