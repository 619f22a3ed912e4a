//! The `pr` block: header lines, then a unified diff.

use super::case::{Block, CaseProblem};
use super::reports::{self, Reports};
use crate::diff::parse_patch_set;
use crate::model::FileChange;
use std::fmt::Write;

/// What a case says about its pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pull {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) labels: Vec<String>,
    pub(super) author: String,
    pub(super) draft: bool,
    /// Bytes of files of the head whose content the diff does not hold.
    pub(super) sizes: Vec<(String, u64)>,
    pub(super) changes: Vec<FileChange>,
    pub(super) reports: Reports,
}

const HEADERS: [&str; 6] = ["title", "body", "labels", "author", "draft", "sizes"];

/// Reads header lines up to the diff. A value goes on over indented lines.
pub(super) fn parse_pull(block: &Block) -> Result<Pull, CaseProblem> {
    let mut pull = Pull { author: "octocat".to_owned(), ..Pull::default() };
    let mut last: Option<&str> = None;
    let mut diff_line = block.line;
    let mut rest = block.text.as_str();
    while !rest.is_empty() && !["diff ", "--- "].iter().any(|start| rest.starts_with(start)) {
        let (text, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if text.starts_with(char::is_whitespace) && last == Some("body") {
            pull.body.push('\n');
            pull.body.push_str(text.trim());
        } else if !text.trim().is_empty() {
            last = Some(read_header(&mut pull, text).map_err(|message| CaseProblem::new(diff_line, message))?);
        } else if last == Some("body") && after.starts_with(char::is_whitespace) {
            pull.body.push('\n');
        }
        rest = after;
        diff_line += 1;
    }
    pull.body = pull.body.trim().to_owned();
    pull.changes = parse_diff(rest, diff_line)?;
    Ok(pull)
}

fn read_header<'a>(pull: &mut Pull, text: &'a str) -> Result<&'a str, String> {
    let expected = || {
        let names: Vec<&str> = HEADERS.iter().chain(&reports::HEADERS).copied().collect();
        format!("expected {}: or a diff, not \"{text}\"", names.join(":, "))
    };
    let (name, value) = text.split_once(':').ok_or_else(expected)?;
    let value = value.trim();
    match name {
        "title" => pull.title = value.to_owned(),
        "body" => pull.body = value.to_owned(),
        "labels" => {
            pull.labels =
                value.split(',').map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()).collect();
        }
        "author" => pull.author = value.trim_start_matches('@').to_owned(),
        "draft" => {
            pull.draft = value.parse().map_err(|_| format!("draft is true or false, not \"{value}\""))?;
        }
        "sizes" => {
            let size = |item: &str| {
                let (path, bytes) = item.trim().rsplit_once(' ')?;
                Some((path.to_owned(), bytes.parse().ok()?))
            };
            let wrong =
                || format!("sizes is a list of paths with bytes, as in `a.png 2048, b.png 10`, not \"{value}\"");
            pull.sizes = value.split(',').map(size).collect::<Option<_>>().ok_or_else(wrong)?;
        }
        name if reports::HEADERS.contains(&name) => pull.reports.read(name, value)?,
        _ => return Err(expected()),
    }
    Ok(name)
}

fn parse_diff(text: &str, line: usize) -> Result<Vec<FileChange>, CaseProblem> {
    let (patch, added) = complete(text);
    let set = parse_patch_set(patch.as_bytes());
    match set.problems.into_iter().next() {
        None => Ok(set.files),
        // Without added header lines the patch's own line numbers lead to the place.
        Some(problem) if added => Err(CaseProblem::new(line, format!("the diff cannot be read: {}", problem.damage))),
        Some(problem) => {
            Err(CaseProblem::new(line + problem.line - 1, format!("the diff cannot be read: {}", problem.damage)))
        }
    }
}

/// A diff written by hand may lack git's header lines: they are made from its `---` and `+++` lines.
fn complete(text: &str) -> (String, bool) {
    if text.is_empty() || text.starts_with("diff --git ") || text.contains("\ndiff --git ") {
        return (text.to_owned(), false);
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::with_capacity(text.len() + 200);
    for (number, line) in lines.iter().enumerate() {
        let next = lines.get(number + 1).and_then(|next| next.strip_prefix("+++ "));
        if let (Some(old), Some(new)) = (line.strip_prefix("--- "), next) {
            let old_path = old.strip_prefix("a/").unwrap_or(old);
            let new_path = new.strip_prefix("b/").unwrap_or(new);
            let (from, to) = match (old, new) {
                ("/dev/null", _) => (new_path, new_path),
                (_, "/dev/null") => (old_path, old_path),
                _ => (old_path, new_path),
            };
            let _ = writeln!(out, "diff --git a/{from} b/{to}");
            match (old, new) {
                ("/dev/null", _) => out.push_str("new file mode 100644\n"),
                (_, "/dev/null") => out.push_str("deleted file mode 100644\n"),
                _ if from != to => {
                    let _ = writeln!(out, "rename from {from}\nrename to {to}");
                }
                _ => {}
            }
        }
        out.push_str(line);
        out.push('\n');
    }
    (out, true)
}

#[cfg(test)]
mod tests {
    use super::super::texts::whole_text;
    use super::*;
    use crate::model::{ChangeStatus, FileText};

    fn parse(text: &str) -> Result<Pull, CaseProblem> {
        parse_pull(&Block { line: 1, text: text.to_owned() })
    }

    #[test]
    fn headers_and_a_diff_are_read() {
        let pull = parse(
            "title: Add a thing\nbody: First\n  second\nlabels: bug, help wanted\nauthor: @ada\ndraft: true\n\n\
             diff --git a/a.txt b/a.txt\nnew file mode 100644\n--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n",
        )
        .expect("parses");
        assert_eq!((pull.title.as_str(), pull.body.as_str()), ("Add a thing", "First\nsecond"));
        assert_eq!(
            (pull.labels.join("|").as_str(), pull.author.as_str(), pull.draft),
            ("bug|help wanted", "ada", true)
        );
        assert_eq!(pull.changes.len(), 1);
        assert_eq!(whole_text(&pull.changes[0]), Some(FileText::Text("one\ntwo\n".to_owned())));
    }

    #[test]
    fn a_diff_by_hand_needs_no_git_lines() {
        let pull =
            parse("--- a/a b.txt\n+++ b/a b.txt\n@@ -1 +1 @@\n-x\n+y\n--- /dev/null\n+++ b/n.txt\n@@ -0,0 +1 @@\n+n\n")
                .expect("parses");
        let seen: Vec<_> = pull.changes.iter().map(|change| (change.path.as_str(), change.status)).collect();
        assert_eq!(seen, [("a b.txt", ChangeStatus::Modified), ("n.txt", ChangeStatus::Added)]);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        assert_eq!(parse("title: x\nlabel: y\n").expect_err("misspelt").line, 2);
        assert_eq!(parse("draft: maybe\n").expect_err("no truth value").line, 1);
        let damaged = "title: x\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,5 +1,5 @@\n-x\n+y\n";
        assert!(parse(damaged).expect_err("cut").line >= 5);
    }
}
