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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    const TEXT: &str = "@@ -3,3 +3,4 @@\n a\n-b\n+B\n+C\n c\n@@ -10,0 +12,2 @@\n+x\n+y\n@@ -20,2 +22,0 @@\n-p\n-q\n";

    #[test]
    fn old_lines_find_their_new_place() {
        let hunks = parse_hunks(TEXT);
        let mapped = |line| map_line(&hunks, line);
        assert_eq!([mapped(1), mapped(3), mapped(4), mapped(5), mapped(6)], [Some(1), Some(3), None, Some(6), Some(7)]);
        assert_eq!([mapped(10), mapped(11), mapped(19)], [Some(11), Some(14), Some(22)]);
        assert_eq!([mapped(20), mapped(21), mapped(22)], [None, None, Some(23)]);
        assert_eq!([mapped(0), map_line(&[], 7)], [None, Some(7)]);
    }

    #[test]
    fn comments_stay_inside_one_hunk() {
        let hunks = parse_hunks(TEXT);
        assert!(is_commentable(&hunks, Side::Right, 3, 6));
        assert!(is_commentable(&hunks, Side::Left, 5, 5), "context counts on the old side too");
        assert!(is_commentable(&hunks, Side::Left, 20, 21));
        for (side, start, end) in [
            (Side::Right, 6, 7),
            (Side::Right, 6, 12),
            (Side::Left, 10, 10),
            (Side::Right, 23, 23),
            (Side::Right, 5, 4),
        ] {
            assert!(!is_commentable(&hunks, side, start, end), "{side:?} {start} {end}");
        }
        assert!(!is_commentable(&hunks, Side::Left, 0, 0));
    }
}
