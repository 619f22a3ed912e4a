//! A diff written by hand: a file's section may lack git's header lines, which are made from its `---` and `+++` lines.

use std::fmt::Write;

/// The whole diff, and for each of its lines the line of `text` that it stands for, counted from 0.
pub(super) fn complete(text: &str) -> (String, Vec<usize>) {
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    let mut out = String::with_capacity(text.len() + 200);
    let mut sources = Vec::with_capacity(lines.len());
    // The names of the `diff --git` line that waits for its `---` line.
    let mut open: Option<&str> = None;
    let mut left = Lines::default();
    for (number, line) in lines.iter().enumerate() {
        if left.take(line) {
            out.push_str(line);
        } else {
            let new = lines.get(number + 1).and_then(|next| next.strip_prefix("+++ "));
            if let (Some(old), Some(new)) = (line.strip_prefix("--- "), new) {
                // Another file than that of the section: a section of its own.
                if !open.take().is_some_and(|names| is_about(names, old, new)) {
                    let made = header(old, new);
                    sources.extend(made.lines().map(|_| number));
                    out.push_str(&made);
                }
            } else if let Some(names) = line.strip_prefix("diff --git ") {
                open = Some(names.trim_end_matches('\r'));
            } else if line.starts_with("@@ ") {
                left = Lines::promised(line);
            }
            out.push_str(line);
        }
        out.push('\n');
        sources.push(number);
    }
    (out, sources)
}

/// The lines that a hunk still has to come, by side.
#[derive(Default)]
struct Lines {
    old: u32,
    new: u32,
}

impl Lines {
    /// What `@@ -1,2 +1,3 @@` promises.
    fn promised(header: &str) -> Self {
        let count = |range: &str| match range.split_once(',') {
            Some((_, count)) => count.parse().unwrap_or_default(),
            None => 1,
        };
        let side = |sign| header.split(' ').find_map(|word| word.strip_prefix(sign)).map(count).unwrap_or_default();
        Lines { old: side('-'), new: side('+') }
    }

    /// Whether the line is of the hunk: a removed `-- x` looks like a name.
    fn take(&mut self, line: &str) -> bool {
        if self.old == 0 && self.new == 0 {
            return false;
        }
        let (old, new) = match line.as_bytes().first() {
            None | Some(b' ') => (1, 1),
            Some(b'-') => (1, 0),
            Some(b'+') => (0, 1),
            Some(b'\\') => (0, 0),
            // Not what was promised: the parser will say so.
            Some(_) => (self.old, self.new),
        };
        (self.old, self.new) = (self.old.saturating_sub(old), self.new.saturating_sub(new));
        matches!(line.as_bytes().first(), None | Some(b' ' | b'-' | b'+' | b'\\'))
    }
}

/// Whether the names of a `diff --git` line are those of a `---` and a `+++` line.
fn is_about(names: &str, old: &str, new: &str) -> bool {
    match (name(old), name(new)) {
        (NOTHING, new) => names.strip_suffix(new).is_some_and(|rest| rest.ends_with(' ')),
        (old, NOTHING) => names.strip_prefix(old).is_some_and(|rest| rest.starts_with(' ')),
        (old, new) => names.strip_prefix(old).and_then(|rest| rest.strip_prefix(' ')) == Some(new),
    }
}

/// What stands for the name of a file that is not there.
const NOTHING: &str = "/dev/null";

/// A name ends at a tab; other tools put a time behind it.
fn name(side: &str) -> &str {
    side.split(['\t', '\r']).next().unwrap_or(side)
}

/// Git's lines above a `---` and a `+++` line with these names.
fn header(old: &str, new: &str) -> String {
    let (old, new) = (name(old), name(new));
    let old_path = old.strip_prefix("a/").unwrap_or(old);
    let new_path = new.strip_prefix("b/").unwrap_or(new);
    let (from, to) = match (old, new) {
        (NOTHING, _) => (new_path, new_path),
        (_, NOTHING) => (old_path, old_path),
        _ => (old_path, new_path),
    };
    let mut out = format!("diff --git a/{from} b/{to}\n");
    match (old, new) {
        (NOTHING, _) => out.push_str("new file mode 100644\n"),
        (_, NOTHING) => out.push_str("deleted file mode 100644\n"),
        _ if from != to => {
            let _ = writeln!(out, "rename from {from}\nrename to {to}");
        }
        _ => {}
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_patch_set;

    const MOVED: &str =
        "diff --git a/m/1.sql b/old/1.sql\nsimilarity index 100%\nrename from m/1.sql\nrename to old/1.sql\n";
    const PLAIN: &str = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1,2 +1,2 @@\n a\n--- b\n+++ c\n";
    const GONE: &str = "diff --git a/g b/g\ndeleted file mode 100644\n--- a/g\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";

    #[track_caller]
    fn read(text: &str) -> Vec<(String, u32, u32)> {
        let set = parse_patch_set(complete(text).0.as_bytes());
        assert_eq!(set.problems, [], "{text}");
        set.files.iter().map(|it| (it.path.to_string(), it.additions, it.deletions)).collect()
    }

    #[test]
    fn sections_with_and_without_gits_lines_stand_in_any_order() {
        let moved = ("old/1.sql".to_owned(), 0, 0);
        let plain = ("src/a.py".to_owned(), 1, 1);
        let gone = ("g".to_owned(), 0, 1);
        assert_eq!(read(&format!("{MOVED}{PLAIN}")), [moved.clone(), plain.clone()]);
        assert_eq!(read(&format!("{PLAIN}{MOVED}")), [plain.clone(), moved.clone()]);
        assert_eq!(read(&format!("{PLAIN}{GONE}{MOVED}{PLAIN}")), [plain.clone(), gone, moved.clone(), plain.clone()]);
        let edited = format!("{MOVED}--- a/m/1.sql\n+++ b/old/1.sql\n@@ -1 +1 @@\n-x\n+y\n");
        assert_eq!(read(&format!("{edited}{PLAIN}")), [("old/1.sql".to_owned(), 1, 1), plain]);
    }

    #[test]
    fn each_line_knows_where_it_came_from() {
        let (whole, sources) = complete(&format!("{MOVED}{PLAIN}"));
        let at = |text: &str| whole.lines().position(|line| line == text).map(|line| sources[line]);
        assert_eq!((at("rename to old/1.sql"), at("--- a/src/a.py"), at("+++ c")), (Some(3), Some(4), Some(9)));
        assert_eq!(whole.lines().count(), sources.len());
    }
}
