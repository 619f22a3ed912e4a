//! A change taken back.

use super::{Hunk, LineKind};

/// The text of a file before a change, out of the one after it and all its hunks. `None` when they do not fit.
pub fn text_before(head: &str, hunks: &[Hunk<'_>]) -> Option<String> {
    let lines: Vec<&str> = head.split('\n').collect();
    let mut base: Vec<&str> = Vec::with_capacity(lines.len());
    let mut at = 0usize;
    for hunk in hunks {
        let start = usize::try_from(hunk.new_start).ok()?;
        let start = if hunk.new_lines == 0 { start } else { start.checked_sub(1)? };
        base.extend(lines.get(at..start)?);
        for line in &hunk.lines {
            if line.kind != LineKind::Added {
                base.push(line.text);
            }
        }
        let end = start + usize::try_from(hunk.new_lines).ok()?;
        let new = hunk.lines.iter().filter(|line| line.kind != LineKind::Removed).map(|line| line.text);
        let plain = |line: &str| line.trim_end_matches('\r').to_owned();
        if !new.map(plain).eq(lines.get(start..end)?.iter().map(|line| plain(line))) {
            return None;
        }
        at = end;
    }
    base.extend(lines.get(at..)?);
    Some(base.join("\n"))
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
    fn one_that_does_not_fit_is_not() {
        assert_eq!(undone("x\n", "@@ -1,1 +1,1 @@\n-a\n+b\n"), None);
        assert_eq!(undone("b\n", "@@ -7,1 +7,1 @@\n-a\n+b\n"), None);
    }
}
