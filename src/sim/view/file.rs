//! Changed files as the pages show them.

use crate::diff::{LineKind, parse_hunks};
use crate::model::Side;

/// A changed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Its path on the new side; of a deleted file on the old one.
    pub path: String,
    /// The path before a rename or copy.
    pub old_path: Option<String>,
    /// What happened to it.
    pub status: FileStatus,
    /// Added lines.
    pub additions: u32,
    /// Removed lines.
    pub deletions: u32,
    /// The change itself.
    pub patch: PatchView,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileStatus {
    /// New.
    Added,
    /// Changed in place.
    Modified,
    /// Gone.
    Removed,
    /// Under a new name.
    Renamed,
    /// A copy of another.
    Copied,
}

impl FileStatus {
    /// From the word of the API; anything unknown counts as modified.
    pub fn parse(word: &str) -> Self {
        [Self::Added, Self::Removed, Self::Renamed, Self::Copied]
            .into_iter()
            .find(|status| status.word() == word)
            .unwrap_or(Self::Modified)
    }

    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Copied => "copied",
        }
    }
}

/// The hunks of a file, or why there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatchView {
    /// The hunks in order.
    Hunks(Vec<HunkView>),
    /// Why there are none, in one sentence: `Binary file.`
    Absent(String),
}

impl PatchView {
    /// From the hunks of one file as text, as the list of files gives them under `patch`.
    pub fn parse(text: &str) -> Self {
        let hunks = parse_hunks(text);
        if hunks.is_empty() {
            return Self::Absent("No lines changed.".to_owned());
        }
        Self::Hunks(hunks.iter().map(HunkView::from_hunk).collect())
    }
}

/// A run of changed lines with the context around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HunkView {
    /// `@@ -1,2 +1,3 @@ heading`
    pub header: String,
    /// The lines in order.
    pub lines: Vec<LineView>,
}

impl HunkView {
    fn from_hunk(hunk: &crate::diff::Hunk<'_>) -> Self {
        let crate::diff::Hunk { old_start, old_lines, new_start, new_lines, heading, .. } = hunk;
        let header = format!("@@ -{old_start},{old_lines} +{new_start},{new_lines} @@ {heading}");
        let lines = hunk.lines.iter().map(|line| LineView {
            kind: line.kind,
            old: line.old,
            new: line.new,
            text: line.text.to_owned(),
        });
        Self { header: header.trim_end().to_owned(), lines: lines.collect() }
    }
}

/// One line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineView {
    /// Added, removed or context.
    pub kind: LineKind,
    /// Its number on the old side, counted from 1; `None` for an added line.
    pub old: Option<u32>,
    /// Its number on the new side, counted from 1; `None` for a removed line.
    pub new: Option<u32>,
    /// The text without sign and newline.
    pub text: String,
}

impl LineView {
    /// Its number on a side.
    pub fn number(&self, side: Side) -> Option<u32> {
        match side {
            Side::Left => self.old,
            Side::Right => self.new,
        }
    }

    /// The sign before it in a unified diff.
    pub fn sign(&self) -> char {
        match self.kind {
            LineKind::Added => '+',
            LineKind::Removed => '-',
            LineKind::Context => ' ',
        }
    }
}
