//! Hunks with numbered lines, from the text of one file's change.

pub use super::scan::LineKind;
use super::scan::{HunkHeader, scan_header, walk_hunk};

/// A run of changed lines with the context around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// First line on the old side; with `old_lines` 0 the line after which the new ones stand.
    pub old_start: u32,
    /// Lines on the old side.
    pub old_lines: u32,
    /// First line on the new side; with `new_lines` 0 the line after which the old ones stood.
    pub new_start: u32,
    /// Lines on the new side.
    pub new_lines: u32,
    /// What git prints after the second `@@`: usually the enclosing function. Often empty.
    pub heading: &'a str,
    /// The lines in the order of the patch.
    pub lines: Vec<Line<'a>>,
}

/// One line of a hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Added, removed or context.
    pub kind: LineKind,
    /// Its number on the old side, counted from 1; `None` for an added line.
    pub old: Option<u32>,
    /// Its number on the new side, counted from 1; `None` for a removed line.
    pub new: Option<u32>,
    /// The text without prefix and newline. Only `\n` ends a line: a carriage return before it stays.
    pub text: &'a str,
}

/// Reads the hunks of one file, as [`Patch::Text`](crate::model::Patch::Text) holds them and GitHub's list of files gives them.
///
/// Never fails: it stops at the first damage and gives the whole hunks before it; [`is_whole`] tells the two apart.
pub fn parse_hunks(text: &str) -> Vec<Hunk<'_>> {
    let bytes = text.as_bytes();
    let mut hunks = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Some(header) = scan_header(bytes, at) else { break };
        let mut lines = Vec::with_capacity(expected_lines(&header, bytes.len()));
        let (mut old, mut new) = (header.old_start, header.new_start);
        let walked = walk_hunk(bytes, &header, |kind, begin, end| {
            let line = Line {
                kind,
                old: (kind != LineKind::Added).then_some(old),
                new: (kind != LineKind::Removed).then_some(new),
                text: &text[begin..end],
            };
            old += u32::from(kind != LineKind::Added);
            new += u32::from(kind != LineKind::Removed);
            lines.push(line);
        });
        let Ok(next) = walked else { break };
        hunks.push(Hunk {
            old_start: header.old_start,
            old_lines: header.old_lines,
            new_start: header.new_start,
            new_lines: header.new_lines,
            heading: &text[header.heading.0..header.heading.1],
            lines,
        });
        at = next;
    }
    hunks
}

/// Added and removed lines of one file's hunks, as far as [`parse_hunks`] reads them.
pub fn count_lines(text: &str) -> (u32, u32) {
    walk_all(text).0
}

/// Whether the text is hunks from its first byte to its last: at least one, none cut or damaged.
pub fn is_whole(text: &str) -> bool {
    !text.is_empty() && walk_all(text).1
}

fn walk_all(text: &str) -> ((u32, u32), bool) {
    let bytes = text.as_bytes();
    let (mut additions, mut deletions) = (0, 0);
    let mut at = 0;
    while at < bytes.len() {
        let Some(header) = scan_header(bytes, at) else { return ((additions, deletions), false) };
        let (mut added, mut removed) = (0, 0);
        let walked = walk_hunk(bytes, &header, |kind, _, _| {
            added += u32::from(kind == LineKind::Added);
            removed += u32::from(kind == LineKind::Removed);
        });
        let Ok(next) = walked else { return ((additions, deletions), false) };
        (additions, deletions) = (additions + added, deletions + removed);
        at = next;
    }
    ((additions, deletions), true)
}

/// A guess at the number of lines that the remaining bytes bound, so that an absurd header reserves nothing absurd.
fn expected_lines(header: &HunkHeader, length: usize) -> usize {
    let most = usize::try_from(header.old_lines.saturating_add(header.new_lines)).unwrap_or(usize::MAX);
    most.min(length.saturating_sub(header.body) / 8 + 4)
}
