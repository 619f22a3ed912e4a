//! Which results a diff lets through, as reviewdog's filter modes do.

use crate::diff::{LineKind, is_whole, parse_hunks};
use crate::model::{ChangeStatus, FileChange, LintRange, LintResult, Patch, RepoPath};
use std::collections::{BTreeMap, BTreeSet};

/// How near to the diff a result is; each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// On an added line: any line of its range is one.
    Added,
    /// On a line that the diff shows.
    Context,
    /// In a changed file.
    File,
    /// Anywhere.
    All,
}

impl Reach {
    /// Its name in options.
    pub fn as_str(self) -> &'static str {
        match self {
            Reach::Added => "added",
            Reach::Context => "context",
            Reach::File => "file",
            Reach::All => "all",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Reach::Added, Reach::Context, Reach::File, Reach::All].into_iter().find(|reach| reach.as_str() == name)
    }
}

/// The lines of a diff, on the new side.
#[derive(Debug, Default)]
pub struct LineFilter<'a> {
    files: BTreeMap<&'a RepoPath, Shown>,
}

#[derive(Debug, Default)]
struct Shown {
    added: BTreeSet<u32>,
    all: BTreeSet<u32>,
    is_cut: bool,
}

impl<'a> LineFilter<'a> {
    /// Of these changes.
    pub fn new(changes: &'a [FileChange]) -> Self {
        let mut files: BTreeMap<&RepoPath, Shown> = BTreeMap::new();
        for change in changes.iter().filter(|change| change.status != ChangeStatus::Removed) {
            let shown = files.entry(&change.path).or_default();
            let text = match &change.patch {
                Patch::Text(text) if is_whole(text) => text,
                Patch::Empty | Patch::Binary => continue,
                Patch::Text(_) | Patch::Truncated => {
                    shown.is_cut = true;
                    continue;
                }
            };
            for line in parse_hunks(text).iter().flat_map(|hunk| &hunk.lines) {
                let Some(number) = line.new else { continue };
                shown.all.insert(number);
                if line.kind == LineKind::Added {
                    shown.added.insert(number);
                }
            }
        }
        LineFilter { files }
    }

    /// How near a result is. One for which the linter could not read its file is as near as any line of that file is.
    pub fn reach_of(&self, result: &LintResult) -> Reach {
        let here = self.reach(&result.path, result.range.as_ref());
        match self.files.get(&result.path) {
            Some(shown) if result.fatal && !shown.added.is_empty() => Reach::Added,
            Some(shown) if result.fatal && !shown.all.is_empty() => here.min(Reach::Context),
            _ => here,
        }
    }

    /// How near a place is. One without a line is only ever in its file.
    fn reach(&self, path: &RepoPath, range: Option<&LintRange>) -> Reach {
        let Some(shown) = self.files.get(path) else { return Reach::All };
        let Some(range) = range else { return Reach::File };
        let lines = range.line..=range.end_line.max(range.line);
        if shown.added.range(lines.clone()).next().is_some() {
            Reach::Added
        } else if shown.all.range(lines).next().is_some() {
            Reach::Context
        } else {
            Reach::File
        }
    }

    /// Whether the diff of this file was cut, so that nothing tells which of its lines it shows.
    pub fn is_cut(&self, path: &RepoPath) -> bool {
        self.files.get(path).is_some_and(|shown| shown.is_cut)
    }

    /// Whether the diff shows all of these lines, so that a suggestion can be made for them.
    pub fn shows(&self, path: &RepoPath, first: u32, last: u32) -> bool {
        self.files.get(path).is_some_and(|shown| {
            last >= first && shown.all.range(first..=last).count() as u64 == u64::from(last - first) + 1
        })
    }
}
