//! The texts of a case's files: those that it gives, and those that follow from them and the diff.

use super::case::Case;
use super::pull::Pull;
use crate::diff::{LineKind, parse_hunks, text_after, text_before};
use crate::model::{ChangeStatus, FileChange, FileKey, FileText, Patch, RepoPath, Side, Verdict};
use std::collections::BTreeMap;

/// The files that exist: those that the case gives, those that the diff holds whole, and the other side of a changed file of
/// which one side is given. A file that the diff changes and whose text nothing tells is [`FileText::Cut`], so that no rule
/// takes it for a file that is not there.
pub(super) fn collect_texts(case: &Case, pull: &Pull) -> BTreeMap<FileKey, FileText> {
    let mut texts = BTreeMap::new();
    for change in &pull.changes {
        if let Some(text) = whole_text(change) {
            let side = if change.status == ChangeStatus::Added { Side::Right } else { Side::Left };
            texts.insert(FileKey { side, path: change.path.clone() }, text);
        }
    }
    for (side, files) in [(Side::Right, &case.files), (Side::Left, &case.bases)] {
        for (path, block) in files {
            texts.insert(
                FileKey { side, path: RepoPath::from_written(path.as_bytes()) },
                FileText::Text(block.text.clone()),
            );
        }
    }
    for change in &pull.changes {
        derive_sides(&mut texts, change);
    }
    texts
}

fn derive_sides(texts: &mut BTreeMap<FileKey, FileText>, change: &FileChange) {
    if matches!(change.status, ChangeStatus::Added | ChangeStatus::Removed) {
        return;
    }
    let before = FileKey { side: Side::Left, path: change.old_path().clone() };
    let after = FileKey { side: Side::Right, path: change.path.clone() };
    let derived = match (texts.get(&before), texts.get(&after)) {
        (Some(_), Some(_)) => return,
        _ if change.patch == Patch::Binary => {
            let binary = || FileText::NotText("binary".to_owned());
            texts.entry(before).or_insert_with(binary);
            texts.entry(after).or_insert_with(binary);
            return;
        }
        (None, Some(head)) => [(before, other_side(change, head, Side::Left))],
        (Some(base), None) => [(after, other_side(change, base, Side::Right))],
        (None, None) => {
            let lacking = || FileText::Cut(not_given(&change.path));
            texts.insert(before, lacking());
            texts.insert(after, lacking());
            return;
        }
    };
    texts.extend(derived);
}

/// The text on the side that the case does not give, out of the one that it gives.
fn other_side(change: &FileChange, given: &FileText, wanted: Side) -> FileText {
    let (FileText::Text(given), Patch::Text(_) | Patch::Empty) = (given, &change.patch) else {
        return FileText::Cut(not_given(&change.path));
    };
    let hunks = match &change.patch {
        Patch::Text(patch) => parse_hunks(patch),
        _ => Vec::new(),
    };
    let (text, block, path) = match wanted {
        Side::Left => (text_before(given, &hunks), "base", change.old_path()),
        Side::Right => (text_after(given, &hunks), "file", &change.path),
    };
    text.map(FileText::Text).unwrap_or_else(|| FileText::Cut(does_not_fit(path, block)))
}

fn not_given(path: &RepoPath) -> String {
    format!("which the diff changes: give its text in a block `file {path}`")
}

fn does_not_fit(path: &RepoPath, block: &str) -> String {
    format!(
        "but the text of its other side does not fit the diff: correct that block, or give a block `{block} {path}`"
    )
}

/// What the case must give, when a rule ended because it read a text that the case lacks.
pub(super) fn find_lacking(texts: &BTreeMap<FileKey, FileText>, verdict: &Verdict) -> Option<String> {
    verdict.faults.iter().find_map(|fault| {
        let read = |(key, text): (&FileKey, &FileText)| match text {
            FileText::Cut(reason) if fault.message.contains(reason.as_str()) => {
                let place = match (&fault.path, fault.line) {
                    (Some(path), Some(line)) => format!(" ({path}:{line})"),
                    _ => String::new(),
                };
                Some(format!("the rule `{}` read `{}`{place}, {reason}", fault.rule, key.path))
            }
            _ => None,
        };
        texts.iter().find_map(read)
    })
}

/// The whole text of a file that a diff adds, or removes; `None` for any other change.
pub(super) fn whole_text(change: &FileChange) -> Option<FileText> {
    let kind = match change.status {
        ChangeStatus::Added => LineKind::Added,
        ChangeStatus::Removed => LineKind::Removed,
        ChangeStatus::Modified | ChangeStatus::Renamed | ChangeStatus::Copied => return None,
    };
    match &change.patch {
        Patch::Text(patch) => {
            let mut text = String::new();
            for line in parse_hunks(patch).iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == kind) {
                text.push_str(line.text);
                text.push('\n');
            }
            if patch.trim_end().ends_with("\\ No newline at end of file") {
                text.pop();
            }
            Some(FileText::Text(text))
        }
        Patch::Empty => Some(FileText::Text(String::new())),
        Patch::Binary => Some(FileText::NotText("binary".to_owned())),
        Patch::Truncated => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CaseResult, parse_cases, run_case};

    const CHANGE: &str = "--- a/a.json\n+++ b/a.json\n@@ -1,2 +1,3 @@\n {\n+  \"new\": 1,\n   \"old\": 1\n";

    #[track_caller]
    fn run(lua: &str, diff: &str, blocks: &str, findings: &str) -> CaseResult {
        let case =
            format!("## C\n```lua\n{lua}\n```\n```pr\ntitle: T\n\n{diff}```\n{blocks}```findings\n{findings}```\n");
        run_case(&parse_cases(&case).expect("a case")[0], "")
    }

    #[test]
    fn a_rule_that_reads_a_text_which_the_case_lacks_breaks_it() {
        for lua in [
            "if danger.git.json_diff_for_file(\"a.json\").new then fail(\"new\") end",
            "local text = danger.git.file(\"a.json\")",
            "local text = danger.git.file(\"a.json\", \"base\")",
            "pcall(danger.git.diff_for_file, \"a.json\")",
            "local text = danger.github.utils.file_contents(\"a.json\")",
        ] {
            let CaseResult::Broken(problem) = run(lua, CHANGE, "", "") else { panic!("{lua} is no problem") };
            let expected = "the rule `dangerfile` read `a.json` (dangerfile.lua:1), which the diff changes: give its text in a \
                            block `file a.json`";
            assert_eq!((problem.message.as_str(), problem.line), (expected, 1), "{lua}");
        }
        let lines = "for _, line in danger.git.added_lines() do warn(line.text) end";
        assert_eq!(run(lines, CHANGE, "", "- warn dangerfile\n  new\n"), CaseResult::Passed);
    }

    #[test]
    fn one_side_and_the_diff_tell_the_other() {
        let lua = "for key in danger.git.json_diff_for_file(\"a.json\") do warn(key) end";
        let new = "- warn dangerfile\n  new\n";
        let head = "```file a.json\n{\n  \"new\": 1,\n  \"old\": 1\n}\n```\n";
        let base = "```base a.json\n{\n  \"old\": 1\n}\n```\n";
        assert_eq!(run(lua, CHANGE, head, new), CaseResult::Passed);
        assert_eq!(run(lua, CHANGE, base, new), CaseResult::Passed);
        let renamed = "diff --git a/a.json b/b.json\nsimilarity index 100%\nrename from a.json\nrename to b.json\n";
        let lua = "warn(danger.git.file(\"b.json\"))";
        assert_eq!(run(lua, renamed, base, "- warn dangerfile\n  old\n"), CaseResult::Passed);
    }

    #[test]
    fn a_side_that_does_not_fit_the_diff_tells_nothing() {
        let lua = "local text = danger.git.file(\"a.json\", \"base\")";
        let CaseResult::Broken(problem) = run(lua, CHANGE, "```file a.json\n[]\n```\n", "") else { panic!("passed") };
        assert!(problem.message.ends_with("or give a block `base a.json`"), "{problem}");
    }

    #[test]
    fn a_file_that_the_diff_leaves_alone_is_the_same_on_both_sides() {
        let lua = "warn(danger.git.file(\"b.txt\", \"base\"))\nassert(danger.git.file(\"c.txt\", \"base\") == nil)";
        assert_eq!(run(lua, CHANGE, "```file b.txt\nsame\n```\n", "- warn dangerfile\n  same\n"), CaseResult::Passed);
    }
}
