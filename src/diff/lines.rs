//! Arithmetic between the old and the new side of a file, from its hunks.

use super::hunk::{Hunk, LineKind};
use crate::model::Side;

/// Whether GitHub takes a review comment on the lines `start..=end` of that side: all of them in one hunk.
/// Context lines count on both sides.
pub fn is_commentable(hunks: &[Hunk<'_>], side: Side, start: u32, end: u32) -> bool {
    start >= 1
        && start <= end
        && hunks.iter().any(|hunk| {
            let (first, lines) = match side {
                Side::Left => (hunk.old_start, hunk.old_lines),
                Side::Right => (hunk.new_start, hunk.new_lines),
            };
            start >= first && u64::from(end) < u64::from(first) + u64::from(lines)
        })
}

/// Where a line of the old side stands on the new side; `None` when it was removed, or its number has no place in `u32`.
pub fn map_line(hunks: &[Hunk<'_>], old_line: u32) -> Option<u32> {
    let mut shift = 0i64;
    for hunk in hunks {
        let first = first_line(hunk.old_start, hunk.old_lines);
        let after = first + i64::from(hunk.old_lines);
        if i64::from(old_line) < first {
            break;
        }
        if i64::from(old_line) < after {
            let line = hunk.lines.iter().find(|line| line.old == Some(old_line))?;
            return if line.kind == LineKind::Context { line.new } else { None };
        }
        shift = first_line(hunk.new_start, hunk.new_lines) + i64::from(hunk.new_lines) - after;
    }
    u32::try_from(i64::from(old_line) + shift).ok().filter(|&line| line >= 1 && old_line >= 1)
}

/// An empty side names the line before the hunk.
fn first_line(start: u32, lines: u32) -> i64 {
    i64::from(start) + i64::from(lines == 0)
}
