//! The page for people who know Danger: every line of its tables runs, and no name of Danger's is forgotten.

use crate::sample::judge;
use deckhand::lua::{API, ApiState, find_builtin};

const PAGE: &str = include_str!("../../docs/coming-from-danger.md");

/// What danger-js offers (its `DangerDSL`, `GitDSL`, `GitHubDSL` and `GitHubUtilsDSL`).
const DANGER_JS: [&str; 38] = [
    "danger.git.modified_files",
    "danger.git.created_files",
    "danger.git.deleted_files",
    "danger.git.commits",
    "danger.git.base",
    "danger.git.head",
    "danger.git.fileMatch",
    "danger.git.diffForFile",
    "danger.git.structuredDiffForFile",
    "danger.git.JSONPatchForFile",
    "danger.git.JSONDiffForFile",
    "danger.git.linesOfCode",
    "danger.github.issue",
    "danger.github.pr",
    "danger.github.thisPR",
    "danger.github.commits",
    "danger.github.reviews",
    "danger.github.requested_reviewers",
    "danger.github.api",
    "danger.github.setSummaryMarkdown",
    "danger.github.utils.fileLinks",
    "danger.github.utils.fileContents",
    "danger.github.utils.createUpdatedIssueWithID",
    "danger.github.utils.createOrAddLabel",
    "danger.github.utils.createOrUpdatePR",
    "danger.gitlab",
    "danger.bitbucket_server",
    "danger.bitbucket_cloud",
    "danger.utils.href",
    "danger.utils.sentence",
    "message(",
    "warn(",
    "fail(",
    "markdown(",
    "schedule(",
    "results",
    "danger pr",
    "danger local",
];

/// What danger for Ruby offers (its core plugins for messages, git, GitHub and itself).
const DANGER_RUBY: [&str; 33] = [
    "message \"",
    "warn \"",
    "fail \"",
    "failure \"",
    "markdown \"",
    "status_report",
    "violation_report",
    "git.added_files",
    "git.deleted_files",
    "git.modified_files",
    "git.renamed_files",
    "git.lines_of_code",
    "git.deletions",
    "git.insertions",
    "git.commits",
    "git.diff_for_file",
    "git.info_for_file",
    "git.changed_lines",
    "github.pr_title",
    "github.pr_body",
    "github.pr_author",
    "github.pr_labels",
    "github.branch_for_base",
    "github.branch_for_head",
    "github.base_commit",
    "github.head_commit",
    "github.pr_json",
    "github.api",
    "github.html_link",
    "github.dismiss_out_of_range_messages",
    "danger.import_plugin",
    "danger.import_dangerfile",
    "danger.scm_provider",
];

/// The last cells of a table's rows, as code.
fn rows(name: &str) -> Vec<&'static str> {
    cells(name).into_iter().map(|[_, _, code]| code).collect()
}

/// A table's rows: what danger-js has, what Ruby has, and the code.
fn cells(name: &str) -> Vec<[&'static str; 3]> {
    let (begin, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let from = PAGE.find(&begin).unwrap() + begin.len();
    let table = &PAGE[from..from + PAGE[from..].find(&end).unwrap()];
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let inside = row.strip_prefix('|').and_then(|row| row.strip_suffix('|')).unwrap();
        let cells: Vec<&str> = inside.split('|').collect();
        assert_eq!(cells.len(), 3, "{row}");
        let code = cells[2].trim().strip_prefix('`').and_then(|code| code.strip_suffix('`'));
        [cells[0].trim(), cells[1].trim(), code.unwrap_or_else(|| panic!("no code: {row}"))]
    })
    .collect()
}

/// An expression must have a value; a statement must say or ask something, or set something up.
fn run_row(code: &str) {
    let expression = judge(&format!("local function value() return {code} end"));
    if expression.faults.is_empty() && !code.contains("robot.") && !is_report(code) {
        let verdict = judge(&format!("local value = {code}\nassert(value ~= nil, 'nothing')"));
        assert_eq!(verdict.faults, [], "{code}");
        return;
    }
    let verdict = judge(code);
    assert_eq!(verdict.faults, [], "{code}");
    let said = verdict.findings.len() + verdict.effects.len() + verdict.log.len();
    assert!(said > 0 || verdict.rules.len() > 1, "{code} does nothing");
}

fn is_report(code: &str) -> bool {
    ["message(", "warn(", "fail(", "markdown(", "print(", "use(", "rule("].iter().any(|call| code.starts_with(call))
}

#[test]
fn every_row_runs() {
    let rows = rows("rows");
    assert!(rows.len() > 50, "{}", rows.len());
    for code in rows {
        run_row(code);
    }
}

/// Ruby's list is `@git.diff.stats[:files].keys`: every file of the diff. danger-js's has no new and no deleted files.
#[test]
fn the_modified_files_of_ruby_and_of_danger_js_are_not_the_same_list() {
    let mut rows_of_ruby = 0;
    for [js, ruby, code] in cells("rows") {
        let is_whole = |part: &str| {
            !["diff_for_file", "info_for_file", " - git."].iter().any(|other| part.contains(other))
                && part.contains("git.modified_files")
        };
        if is_whole(ruby) {
            rows_of_ruby += 1;
            let all = code.contains("danger.git.changed_files") || code.contains(").any");
            assert!(all && !code.contains("modified"), "{ruby} is {code}");
        }
        if js.contains("danger.git.modified_files") {
            assert!(ruby.is_empty() || ruby.contains(" - git.deleted_files"), "{js} is not {ruby}");
        }
        assert!(ruby.is_empty() || cells("rows").iter().filter(|row| row[1] == ruby).count() == 1, "{ruby} has two");
    }
    assert!(rows_of_ruby >= 6, "{rows_of_ruby}");
    // The rows of Ruby see the new file and the deleted one of the sample.
    for (path, pattern) in [("docs/new page.md", "docs/**"), ("old.txt", "*.txt")] {
        let lua = format!(
            "if table.find(danger.git.changed_files, {path:?}) then message('listed') end\n\
             if #danger.git.match({pattern:?}).any > 0 then message('matched') end"
        );
        let said: Vec<String> = judge(&lua).findings.into_iter().map(|finding| finding.message).collect();
        assert_eq!(said, ["listed", "matched"], "{path}");
    }
}

/// `grep(/lib/)` wants files in a directory, which a pattern names with its slash.
#[test]
fn a_directory_is_matched_by_its_slash() {
    let said = judge("message(table.concat(danger.git.match('docs/').any, ' '))").findings;
    assert_eq!(said.len(), 1);
    assert!(said[0].message.contains("docs/new page.md"), "{}", said[0].message);
}

#[test]
fn plugins_are_answered_with_the_rule_of_their_row() {
    let from = PAGE.find("<!-- plugins -->").unwrap();
    let table = &PAGE[from..from + PAGE[from..].find("<!-- /plugins -->").unwrap()];
    let mut plugins = 0;
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let (names, rule) = row.trim_matches(['|', ' ']).split_once(" | ").unwrap();
        for name in names.split(", ").map(|name| name.trim_matches('`')) {
            plugins += 1;
            let faults = judge(&format!("{name}.check()")).faults;
            assert!(faults.len() == 1 && faults[0].message.contains(rule.trim_matches('`')), "{name}: {faults:?}");
        }
        let built_in = rule.split('"').nth(1).unwrap();
        assert!(find_builtin(built_in).is_some(), "{rule}");
    }
    assert!(plugins > 20, "{plugins}");
}

#[test]
fn every_fact_of_git_and_github_has_a_row() {
    let rows = rows("rows").join("\n");
    let facts = API.iter().filter(|item| item.namespace.starts_with("danger.g") && item.state == ApiState::Built);
    // Danger has no counterpart of these.
    let ours = ["danger.git.file_size", "danger.git.removed_lines"];
    for name in
        facts.map(|item| format!("{}.{}", item.namespace, item.name)).filter(|name| !ours.contains(&name.as_str()))
    {
        assert!(rows.contains(&name), "{name}");
    }
}

#[test]
fn no_name_of_dangers_is_forgotten() {
    for name in DANGER_JS.iter().chain(&DANGER_RUBY) {
        assert!(PAGE.contains(name), "the page lacks {name}");
    }
}

#[test]
fn the_whole_file_runs() {
    let begin = PAGE.find("```lua\n").unwrap() + 7;
    let lua = &PAGE[begin..begin + PAGE[begin..].find("```").unwrap()];
    let verdict = judge(lua);
    assert_eq!(verdict.faults, []);
    let said: Vec<_> = verdict
        .findings
        .iter()
        .map(|finding| {
            (finding.severity.as_str(), finding.message.as_str(), finding.place.as_ref().and_then(|p| p.line))
        })
        .collect();
    assert_eq!(
        said,
        [
            ("warn", "Work in progress.", None),
            ("message", "New dependencies: zod", None),
            ("warn", "Leftover print", Some(3)),
        ]
    );
}
