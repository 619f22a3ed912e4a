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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_numbered_on_both_sides() {
        let hunks =
            parse_hunks("@@ -3,2 +7,3 @@ fn main() {\n a\n-b\n+c\r\n+d\u{85}\u{c}e\rf\n\\ No newline at end of file");
        let [hunk] = hunks.as_slice() else { panic!("one hunk: {hunks:?}") };
        assert_eq!(hunk.heading, "fn main() {");
        let seen: Vec<_> = hunk.lines.iter().map(|line| (line.kind, line.old, line.new, line.text)).collect();
        assert_eq!(
            seen,
            [
                (LineKind::Context, Some(3), Some(7), "a"),
                (LineKind::Removed, Some(4), None, "b"),
                (LineKind::Added, None, Some(8), "c\r"),
                (LineKind::Added, None, Some(9), "d\u{85}\u{c}e\rf"),
            ]
        );
    }

    #[test]
    fn lines_that_look_like_headers_are_lines() {
        let text = "@@ -1,2 +1,2 @@\n--- a/x\n-@@ -1 +1 @@\n+++ b/x\n+diff --git a/x b/x";
        assert_eq!(count_lines(text), (2, 2));
        assert!(is_whole(text));
    }

    #[test]
    fn reading_stops_at_damage_and_says_so() {
        for bad in
            ["", "x", "@@ -1 +1 @@", "@@ -1,2 +1 @@\n-a\n+b", "@@ -1 +1 @@\n-a\n+b\n+c", "@@ -4294967295,2 +1 @@\n"]
        {
            assert!(!is_whole(bad), "{bad:?}");
        }
        assert_eq!(parse_hunks("@@ -1 +1 @@\n-a\n+b\n@@ -9,4 +9 @@\n-a\n").len(), 1);
        assert!(is_whole("@@ -1,2 +1,1 @@\n\n-a"), "a stripped empty context line is one");
    }

    fn change() -> impl Strategy<Value = Vec<(u8, String)>> {
        let line = (prop::sample::select(vec![b' ', b'+', b'-']), "[^\n]{0,12}");
        prop::collection::vec(line, 1..30)
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[@\\-+ 0-9,\\\\a\n\r]{0,200}") {
            let hunks = parse_hunks(&text);
            for hunk in &hunks {
                prop_assert!(hunk.lines.len() <= text.len());
            }
            prop_assert_eq!(is_whole(&text), is_whole(&text) && !hunks.is_empty());
        }

        #[test]
        fn what_is_rendered_is_read_again(lines in change(), old in 1u32..1000, new in 1u32..1000) {
            let count = |skipped: u8| u32::try_from(lines.iter().filter(|line| line.0 != skipped).count()).expect("a good sample");
            let mut text = format!("@@ -{old},{} +{new},{} @@\n", count(b'+'), count(b'-'));
            for (prefix, line) in &lines {
                text.push(char::from(*prefix));
                text.push_str(line);
                text.push('\n');
            }
            prop_assert!(is_whole(&text));
            let hunks = parse_hunks(&text);
            let read: Vec<&str> = hunks[0].lines.iter().map(|line| line.text).collect();
            let written: Vec<&str> = lines.iter().map(|line| line.1.as_str()).collect();
            prop_assert_eq!(read, written);
            let set = crate::diff::parse_patch_set(format!("diff --git a/x b/x\n--- a/x\n+++ b/x\n{text}").as_bytes());
            prop_assert!(set.problems.is_empty());
            let crate::model::Patch::Text(kept) = &set.files[0].patch else { panic!("a text") };
            prop_assert_eq!(parse_hunks(kept), hunks);
            prop_assert_eq!((set.files[0].additions, set.files[0].deletions), count_lines(&text));
        }
    }
}
