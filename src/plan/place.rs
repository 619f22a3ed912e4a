//! Where on GitHub a finding can be shown: on lines inside a hunk, or only in words.

use super::ReviewComment;
use crate::diff::{self, Hunk};
use crate::model::{Fact, FileChange, Finding, Patch, Side, Snapshot};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Lines of the diff on which GitHub takes a review comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// The path as the diff names it (the new one of a renamed file).
    pub path: String,
    /// Old or new side.
    pub side: Side,
    /// First line, when there is more than one.
    pub start_line: Option<u32>,
    /// The (last) line.
    pub line: u32,
}

impl ReviewComment {
    /// The lines that it is about.
    pub fn spot(&self) -> Spot {
        Spot { path: self.path.clone(), side: self.side, start_line: self.start_line, line: self.line }
    }
}

/// The changed files of a snapshot, ready to be asked about many places.
pub(super) struct Diff<'a> {
    by_path: BTreeMap<(Side, &'a str), Vec<Rc<Changed<'a>>>>,
    refused: &'a [Spot],
}

/// A changed file, whose hunks are found once.
struct Changed<'a> {
    change: &'a FileChange,
    hunks: OnceCell<Vec<Hunk<'a>>>,
}

impl Changed<'_> {
    fn is_commentable(&self, side: Side, first: u32, last: u32) -> bool {
        if self.change.hidden {
            return false;
        }
        let hunks = self.hunks.get_or_init(|| match &self.change.patch {
            Patch::Text(text) => diff::parse_hunks(text),
            Patch::Empty | Patch::Binary | Patch::Truncated => Vec::new(),
        });
        diff::is_commentable(hunks, side, first, last)
    }
}

impl<'a> Diff<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, refused: &'a [Spot]) -> Self {
        let mut by_path: BTreeMap<_, Vec<Rc<Changed<'a>>>> = BTreeMap::new();
        if let Some(Fact::Known(changes)) = &snapshot.changes {
            for change in changes {
                let changed = Rc::new(Changed { change, hunks: OnceCell::new() });
                by_path.entry((Side::Right, change.path.as_str())).or_default().push(changed.clone());
                by_path.entry((Side::Left, change.old_path().as_str())).or_default().push(changed);
            }
        }
        Diff { by_path, refused }
    }

    /// Whether a file is among the changed ones, or nobody knows which these are.
    pub(super) fn may_hold(&self, path: &str) -> bool {
        self.by_path.is_empty() || self.by_path.contains_key(&(Side::Right, path))
    }

    /// The lines of a finding, when they all lie in one hunk.
    pub(super) fn spot(&self, finding: &Finding) -> Option<Spot> {
        let place = finding.place.as_ref()?;
        let first = place.line?;
        let last = place.end_line.unwrap_or(first).max(first);
        let changes = self.by_path.get(&(place.side, place.path.as_str()))?;
        let changed = changes.iter().find(|it| it.is_commentable(place.side, first, last))?;
        let spot = Spot {
            path: changed.change.path.as_str().to_owned(),
            side: place.side,
            start_line: (last > first).then_some(first),
            line: last,
        };
        (!self.refused.contains(&spot)).then_some(spot)
    }
}
