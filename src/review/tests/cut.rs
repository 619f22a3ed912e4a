//! Built-in rules on facts that are not whole, or too many.

use super::{judge, snapshot};
use crate::diff::parse_patch_set;
use crate::model::*;

const INCOMPLETE: &str = "the diff of `src/a.py` is incomplete, so this rule cannot judge it";

fn result(path: &str, line: Option<u32>) -> LintResult {
    let at = |line| LintRange { line, column: None, end_line: line, end_column: None, columns: ColumnKind::Utf16 };
    LintResult {
        path: RepoPath::new(path),
        range: line.map(at),
        tool: "ruff".to_owned(),
        rule: "F401".to_owned(),
        url: None,
        severity: LintSeverity::Error,
        message: "unused".to_owned(),
        edits: Vec::new(),
        fatal: false,
    }
}

/// The verdict where the diff of `src/a.py` was cut, as git tells it of a text that is too large.
fn judge_results(lua: &str, results: Vec<LintResult>) -> Verdict {
    let mut snapshot = snapshot(lua);
    if let Some(Fact::Known(changes)) = &mut snapshot.changes {
        (changes[0].patch, changes[0].additions, changes[0].deletions) = (Patch::Truncated, 0, 0);
    }
    let source = LintSource {
        name: "ruff.sarif".to_owned(),
        flag: None,
        tools: Vec::new(),
        format: "SARIF".to_owned(),
        results: results.len(),
    };
    let facts = LintFacts { reports: vec![source], results, ..LintFacts::default() };
    snapshot.lint.insert(Vec::new(), Fact::Known(facts));
    judge(&snapshot)
}

#[track_caller]
fn check(lua: &str, results: Vec<LintResult>, faults: bool) {
    let verdict = judge_results(lua, results);
    let said: Vec<&str> = verdict.faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(said, if faults { vec![INCOMPLETE] } else { Vec::new() }, "{lua}");
}

#[test]
fn a_result_that_may_be_on_an_added_line_is_not_passed_over() {
    let here = || vec![result("src/a.py", Some(5))];
    check(r#"use("lint_report", { severity = "fail" })"#, here(), true);
    check(r#"use("lint_report", { filter = "context" })"#, here(), true);
    check("rule(\"own\", function() pcall(function() return danger.lint.results end) end)", here(), true);
    // Nothing hangs on the lines.
    check(r#"use("lint_report", { filter = "file" })"#, here(), false);
    check(r#"use("lint_report", { ignore_rules = { "F401" } })"#, here(), false);
    check(r#"use("lint_report")"#, vec![result("src/a.py", None), result("src/b.py", Some(5))], false);
}

#[test]
fn a_change_of_a_size_that_nobody_knows_is_not_small() {
    check(r#"use("pr_size")"#, Vec::new(), true);
    check(r#"use("pr_size", { ignore = { "src/**" } })"#, Vec::new(), false);
}

#[test]
fn sums_of_lines_that_nobody_counted_are_a_fault() {
    for name in ["insertions", "deletions", "lines_of_code"] {
        let lua = format!("rule(\"own\", function() pcall(function() return danger.git.{name} end) end)");
        check(&lua, Vec::new(), true);
    }
}

#[test]
fn a_migration_that_nobody_can_read_is_a_fault() {
    let cut = FileText::Cut("9 bytes too many".to_owned());
    let binary = FileText::NotText("it is binary".to_owned());
    for (path, text, expected) in [
        ("db/migrations/V1__a.sql", cut, "cannot be read whole (9 bytes too many), so this rule cannot judge it"),
        ("db/migrations/V1__a.sql", binary.clone(), "is no text (it is binary: a NUL byte, or UTF-16)"),
        ("db/migrations/plan.png", binary, ""),
    ] {
        let mut snapshot = snapshot(r#"use("migration_safety", { also = { "db/migrations/*" } })"#);
        let patch =
            format!("diff --git a/{path} b/{path}\nnew file mode 100644\nBinary files /dev/null and b/{path} differ\n");
        snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
        let file = FileKey { side: Side::Right, path: RepoPath::new(path) };
        snapshot.files.insert(file, Fact::Known(text));
        let said: Vec<String> = judge(&snapshot).faults.into_iter().map(|fault| fault.message).collect();
        match expected {
            "" => assert_eq!(said, Vec::<String>::new(), "{path}"),
            _ => assert!(said.len() == 1 && said[0].contains(expected), "{path}: {said:?}"),
        }
    }
}

#[test]
fn no_rule_is_lost_in_a_pcall() {
    for lua in [
        r#"pcall(use, "chnagelog")"#,
        r#"pcall(use, "pr_size", { max_line = 1 })"#,
        "pcall(rule, \"x\", { rollout = 50 }, function() end)",
        "pcall(settings, { foo = 1 })",
    ] {
        let verdict = judge(&snapshot(lua));
        assert_eq!((verdict.conclusion, verdict.faults.len()), (Conclusion::Failure, 1), "{lua}");
    }
}

#[test]
fn coverage_of_lines_that_nobody_has_is_a_fault() {
    let mut snapshot = snapshot("use('diff_coverage')");
    let Some(Fact::Known(changes)) = &mut snapshot.changes else { panic!("they are known") };
    changes[0].patch = Patch::Truncated;
    let lines = vec![LineHits::new(1, 0), LineHits::new(2, 1)];
    let facts = CoverageFacts {
        reports: vec![ReportFacts { name: "lcov.info".to_owned(), format: "lcov".to_owned(), files: 1, lines: 2 }],
        files: [(RepoPath::new("src/a.py"), lines)].into(),
        matched_files: 1,
        ..CoverageFacts::default()
    };
    snapshot.coverage.insert(Vec::new(), Fact::Known(facts));
    let verdict = judge(&snapshot);
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    assert_eq!(verdict.faults[0].message, INCOMPLETE);
}

#[test]
fn of_too_many_results_the_most_serious_are_told() {
    let graded = |line: u32| {
        let severity = if line <= 1_490 { LintSeverity::Warning } else { LintSeverity::Error };
        LintResult { severity, ..result("src/b.py", Some(line)) }
    };
    let verdict = judge_results(
        r#"use("lint_report", { severity = "fail", filter = "all" })"#,
        (1..=1_500).map(graded).collect(),
    );
    assert_eq!(verdict.faults, []);
    let fails = verdict.findings.iter().filter(|it| it.severity == Severity::Fail).count();
    assert_eq!((verdict.findings.len(), fails), (901, 10));
    let more = "... and 600 more results of linters, which are not listed.";
    assert!(verdict.findings.iter().any(|it| it.severity == Severity::Warn && it.message.starts_with(more)));
    let only_warnings = (1..=1_400).map(graded).collect();
    let verdict = judge_results(r#"use("lint_report", { severity = "fail", filter = "all" })"#, only_warnings);
    assert_eq!(verdict.conclusion, Conclusion::Success, "a warning never blocks: {:?}", verdict.faults);
}
