//! A change taken back, or made.

use super::{Hunk, LineKind};

/// The text of a file before a change, out of the one after it and all its hunks. `None` when they do not fit.
pub fn text_before(head: &str, hunks: &[Hunk<'_>]) -> Option<String> {
    exchange(head, hunks, LineKind::Added, LineKind::Removed)
}

/// The text of a file after a change, out of the one before it and all its hunks. `None` when they do not fit.
pub fn text_after(base: &str, hunks: &[Hunk<'_>]) -> Option<String> {
    exchange(base, hunks, LineKind::Removed, LineKind::Added)
}

/// Lines of the one kind, which the text has, for those of the other.
fn exchange(text: &str, hunks: &[Hunk<'_>], from: LineKind, to: LineKind) -> Option<String> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut out: Vec<&str> = Vec::with_capacity(lines.len());
    let mut at = 0usize;
    for hunk in hunks {
        let (start, count) = match from {
            LineKind::Removed => (hunk.old_start, hunk.old_lines),
            LineKind::Added | LineKind::Context => (hunk.new_start, hunk.new_lines),
        };
        let start = usize::try_from(start).ok()?;
        let start = if count == 0 { start } else { start.checked_sub(1)? };
        out.extend(lines.get(at..start)?);
        out.extend(hunk.lines.iter().filter(|line| line.kind != from).map(|line| line.text));
        let end = start + usize::try_from(count).ok()?;
        let shown = hunk.lines.iter().filter(|line| line.kind != to).map(|line| line.text);
        let plain = |line: &str| line.trim_end_matches('\r').to_owned();
        if !shown.map(plain).eq(lines.get(start..end)?.iter().map(|line| plain(line))) {
            return None;
        }
        at = end;
    }
    out.extend(lines.get(at..)?);
    Some(out.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    fn undone(head: &str, patch: &str) -> Option<String> {
        text_before(head, &parse_hunks(patch))
    }

    #[test]
    fn a_change_is_taken_back() {
        let patch = "@@ -1,3 +1,2 @@\n-a\n b\n c\n@@ -9,1 +8,2 @@\n i\n+j\n";
        assert_eq!(undone("b\nc\nd\ne\nf\ng\nh\ni\nj\n", patch).as_deref(), Some("a\nb\nc\nd\ne\nf\ng\nh\ni\n"));
        assert_eq!(undone("", "@@ -1,2 +0,0 @@\n-a\n-b\n").as_deref(), Some("a\nb\n"));
        assert_eq!(undone("a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n").as_deref(), Some(""));
    }

    #[test]
    fn a_change_is_made() {
        let patch = "@@ -1,3 +1,2 @@\n-a\n b\n c\n@@ -9,1 +8,2 @@\n i\n+j\n";
        let made = text_after("a\nb\nc\nd\ne\nf\ng\nh\ni\n", &parse_hunks(patch));
        assert_eq!(made.as_deref(), Some("b\nc\nd\ne\nf\ng\nh\ni\nj\n"));
        assert_eq!(text_after("x\n", &parse_hunks("@@ -1,1 +1,1 @@\n-a\n+b\n")), None);
    }

    #[test]
    fn one_that_does_not_fit_is_not() {
        assert_eq!(undone("x\n", "@@ -1,1 +1,1 @@\n-a\n+b\n"), None);
        assert_eq!(undone("b\n", "@@ -7,1 +7,1 @@\n-a\n+b\n"), None);
    }
}
