//! The built-in rules as users meet them: cases and examples that run, pages and tables that match the metadata,
//! the example dangerfile, the reference of the dangerfile.

use deckhand::analysis::migrations::Framework;
use deckhand::cli::cases::{Block, Case, CaseResult, parse_cases, run_case, run_case_with};
use deckhand::lua::{API, ApiState, OptionKind, OptionSpec, ROBOT, builtin_rules, rule_metadata, type_definitions};
use deckhand::model::RepoPath;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

const UPDATE: &str = "UPDATE_DOCS=1 cargo test --test it";

/// The sections of a rule's page, in their order.
const SECTIONS: [&str; 5] = ["Why", "Flagged", "Not flagged", "Options", "Limits"];

// ---- Cases and examples ----

#[test]
fn migration_safety_takes_every_framework_by_its_name() {
    let metadata = rule_metadata("migration_safety").unwrap();
    let framework = metadata.options.iter().find(|option| option.name == "framework").unwrap();
    let names = Framework::ALL.iter().map(|framework| framework.as_str().to_owned()).collect();
    assert_eq!(framework.kind, OptionKind::Choice(names));
}

#[test]
fn feature_flag_says_where_it_stopped_counting() {
    for (files, more) in [(20, ", as do 19 other lines."), (21, ", as do at least 19 other lines.")] {
        let mut text = "# feature_flag\n\n## A flag that goes\n\n```pr\n--- a/config/feature_flags.yml\n\
            +++ b/config/feature_flags.yml\n@@ -1,2 +1,1 @@\n-new_checkout: true\n dark_mode: false\n```\n\n\
            ```file config/feature_flags.yml\ndark_mode: false\n```\n"
            .to_owned();
        for file in 0..files {
            write!(text, "\n```file app/cart{file:02}.rb\nFlipper.enabled?(:new_checkout)\n```\n").unwrap();
        }
        write!(text, "\n```findings\napp/cart00.rb:1 warn feature_flag\n  {more}\n```\n").unwrap();
        check_all("generated", &parse_cases(&text).unwrap(), "feature_flag");
    }
}

#[test]
fn every_case_of_every_rule_passes() {
    for rule in builtin_rules() {
        let cases = parse_cases(rule.cases).unwrap_or_else(|problem| panic!("{}.cases.md: {problem}", rule.name));
        assert!(cases.len() >= 8, "{} has {} cases", rule.name, cases.len());
        check_all(&format!("rules/{}.cases.md", rule.name), &cases, rule.name);
    }
}

#[test]
fn every_case_passes_with_crlf_line_ends() {
    for rule in builtin_rules() {
        let mut cases = parse_cases(rule.cases).unwrap();
        cases.iter_mut().filter_map(|case| case.pr.as_mut()).for_each(|pr| pr.text = with_crlf(&pr.text));
        check_all(&format!("rules/{}.cases.md with CRLF", rule.name), &cases, rule.name);
    }
}

#[test]
fn every_example_of_a_page_passes() {
    for rule in builtin_rules() {
        let cases = parse_cases(rule.page).unwrap_or_else(|problem| panic!("{}.md: {problem}", rule.name));
        let path = format!("rules/{}.md", rule.name);
        check_all(&path, &cases, rule.name);
        let find = |name: &str| cases.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("{path}: {name}"));
        assert!(
            !find("Flagged").findings.text.trim().is_empty(),
            "{path}: the example under \"Flagged\" finds nothing"
        );
        assert!(find("Not flagged").findings.text.trim().is_empty(), "{path}: \"Not flagged\" finds something");
    }
}

#[test]
fn every_rule_runs_with_no_options_and_is_silent_on_a_good_pull_request() {
    let diff = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1,2 @@\n x = 1\n+y = 2\n\
                --- a/tests/test_a.py\n+++ b/tests/test_a.py\n@@ -1 +1,2 @@\n import a\n+assert a.y == 2\n\
                --- a/CHANGELOG.md\n+++ b/CHANGELOG.md\n@@ -1 +1,2 @@\n # Changes\n+- Added y.\n";
    let good = format!("title: Add y\nbody: The parser needs a second value.\n\n{diff}");
    for rule in builtin_rules() {
        check(rule.name, &format!("use(\"{}\")", rule.name), &good, "");
        check(
            rule.name,
            &format!("use(\"{}\")", rule.name),
            "title: Nothing\nbody: There is no change at all here.\n",
            "",
        );
    }
}

#[test]
fn every_rule_takes_the_common_options() {
    for rule in builtin_rules() {
        for severity in ["fail", "warn", "message"] {
            let name = rule.name;
            let lua =
                format!("use(\"{name}\", {{ severity = \"{severity}\", paths = \"src/**\", skip_label = \"x\" }})");
            check(name, &lua, "title: Nothing\nbody: There is no change at all here.\n", "");
        }
    }
}

#[test]
fn a_pull_request_is_large_from_the_401st_line() {
    let adding = |count: usize| {
        let lines = "+x\n".repeat(count);
        format!("--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,{count} @@\n{lines}")
    };
    check("400", "use(\"pr_size\")", &adding(400), "");
    check(
        "401",
        "use(\"pr_size\")",
        &adding(401),
        "- warn pr_size\n  changes 401 lines in `a.py`, more than the 400\n",
    );
}

#[test]
fn a_description_of_comment_signs_does_not_spend_the_budget() {
    let body = format!("title: T\nbody: {}\n", "<!--".repeat(15_000));
    check("signs", "use(\"pr_description\")", &body, "- warn pr_description\n  The description is empty.\n");
}

// ---- Pages and tables ----

#[test]
fn a_page_says_what_why_and_the_limits() {
    for rule in builtin_rules() {
        let path = format!("rules/{}.md", rule.name);
        let metadata = rule_metadata(rule.name).unwrap();
        let opening = format!("# {}\n\n{}\n", rule.name, metadata.summary);
        assert!(rule.page.starts_with(&opening), "{path} begins with its name and the summary of the metadata");
        let headings = headings(rule.page, "## ");
        assert_eq!(headings, SECTIONS, "{path}");
    }
}

#[test]
fn option_tables_match_the_metadata() {
    for rule in builtin_rules() {
        let metadata = rule_metadata(rule.name).unwrap();
        hold(&format!("rules/{}.md", rule.name), "options", &render_options(&metadata.all_options()));
    }
}

#[test]
fn the_list_of_rules_matches_the_metadata() {
    let mut table = "| rule | severity | what it wants |\n|---|---|---|\n".to_owned();
    for rule in builtin_rules() {
        let metadata = rule_metadata(rule.name).unwrap();
        let (name, severity) = (rule.name, metadata.severity.as_str());
        writeln!(table, "| [`{name}`]({name}.md) | {severity} | {} |", metadata.summary).unwrap();
    }
    hold("rules/README.md", "rules", &table);
}

#[test]
fn the_reference_names_the_whole_api() {
    let full = |namespace: &str, name: &str| {
        if namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") }
    };
    let mut text = "| name | type | meaning |\n|---|---|---|\n".to_owned();
    for item in API.iter().filter(|item| item.state == ApiState::Built) {
        let (name, signature) = (full(item.namespace, item.name), item.signature.replace('|', "\\|"));
        writeln!(text, "| `{name}` | `{signature}` | {} |", item.doc).unwrap();
    }
    let later = API.iter().filter(|item| item.state == ApiState::Later);
    let later: Vec<String> = later.map(|item| format!("`{}`", full(item.namespace, item.name))).collect();
    writeln!(text, "\nNot built yet, and an error that says so: {}.", later.join(", ")).unwrap();
    hold("docs/dangerfile.md", "api", &text);
}

#[test]
fn the_reference_has_every_type() {
    let mut text = "| type | field | takes | meaning |\n|---|---|---|---|\n".to_owned();
    for definition in type_definitions() {
        for (index, (field, signature, doc)) in definition.fields.iter().enumerate() {
            let name = if index == 0 { format!("`{}`", definition.name) } else { String::new() };
            writeln!(text, "| {name} | `{field}` | `{}` | {doc} |", signature.replace('|', "\\|")).unwrap();
        }
    }
    hold("docs/dangerfile.md", "types", &text);
}

#[test]
fn the_reference_has_the_whole_robot() {
    let mut text = "| function | argument | takes | meaning |\n|---|---|---|---|\n".to_owned();
    for call in ROBOT {
        writeln!(text, "| `robot.{}` | | | {} |", call.name, call.doc).unwrap();
        for argument in call.arguments {
            let first = if call.main == Some(argument.name) { ", may stand alone" } else { "" };
            let needed = if argument.required { " (needed)" } else { "" };
            let takes = argument.takes.describe().replace('|', "\\|");
            writeln!(text, "| | `{}`{needed}{first} | {takes} | {} |", argument.name, argument.doc).unwrap();
        }
    }
    hold("docs/dangerfile.md", "robot", &text);
}

fn render_options(options: &[OptionSpec]) -> String {
    let mut table = "| option | takes | default | meaning |\n|---|---|---|---|\n".to_owned();
    for option in options {
        let default = option.default.as_ref().map(render_default).unwrap_or_default();
        let kind = option.kind.describe();
        writeln!(table, "| `{}` | {kind} | {default} | {} |", option.name, option.doc).unwrap();
    }
    table
}

fn render_default(value: &Json) -> String {
    match value {
        Json::Array(items) => items.iter().map(render_default).collect::<Vec<_>>().join(", "),
        other => format!("`{}`", other.to_string().replace('|', "\\|")),
    }
}

/// Compares what stands between `<!-- name -->` and `<!-- /name -->` with `expected`, or writes it there.
pub(crate) fn hold(path: &str, name: &str, expected: &str) {
    // Tests run side by side, and some write to the same page.
    static PAGES: Mutex<()> = Mutex::new(());
    let _page = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(&file).unwrap();
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let from = text.find(&begin).unwrap_or_else(|| panic!("{path} has no line {begin}")) + begin.len();
    let to = text[from..].find(&end).unwrap_or_else(|| panic!("{path} has no line {end}")) + from;
    let expected = format!("\n{}\n\n", expected.trim());
    if text[from..to] == expected {
        return;
    }
    assert!(std::env::var_os("UPDATE_DOCS").is_some(), "{path}: the table \"{name}\" is stale; run `{UPDATE}`");
    std::fs::write(&file, format!("{}{expected}{}", &text[..from], &text[to..])).unwrap();
}

// ---- The example and the reference ----

#[test]
fn the_example_dangerfile_runs() {
    let lua = include_str!("../../dangerfile.example.lua");
    let good = "title: Add y\nbody: The parser needs a second value.\n\n\
                --- /dev/null\n+++ b/docs/a.md\n@@ -0,0 +1 @@\n+Hello\n";
    check("quiet", lua, good, "");
    let bad = "title: WIP: Add y\n\n\
               --- /dev/null\n+++ b/src/a.py\n@@ -0,0 +1,3 @@\n+<<<<<<< HEAD\n+    print(y)\n+    return x + y\n\
               --- /dev/null\n+++ b/api/v1/users.yaml\n@@ -0,0 +1 @@\n+get: {}\n";
    let findings = "- fail work_in_progress\n- fail changelog\n- warn pr_description\n- warn commit_messages\n- fail schema-with-docs\n  \
                    `api/v1/users.yaml` changes the API\n\
                    src/a.py:1 fail conflict_markers\nsrc/a.py:2 warn no-print\nsrc/a.py:3 warn missing_tests\n";
    check("loud", lua, bad, findings);
    for rule in builtin_rules() {
        assert!(lua.contains(&format!("use(\"{}\"", rule.name)), "the example lacks {}", rule.name);
    }
}

#[test]
fn the_examples_of_the_reference_run() {
    let page = include_str!("../../docs/dangerfile.md");
    let quiet = "title: Release\nbody: The first release of all.\nlabels: release\n\
                 reviews: bob APPROVED\ncheck_runs: build success, unit tests skipped\n\n\
                 --- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1,2 @@\n x = 1\n+y = 2\n\
                 --- /dev/null\n+++ b/notes/1.md\n@@ -0,0 +1 @@\n+First.\n\
                 --- a/CHANGELOG.md\n+++ b/CHANGELOG.md\n@@ -1 +1,2 @@\n # Changes\n+- First.\n";
    let blocks = fenced_blocks(page);
    let scripts: Vec<_> = blocks.iter().filter(|(info, _)| info == "lua").collect();
    assert!(scripts.len() >= 4);
    for (_, script) in scripts {
        check(script, script, quiet, "");
    }
    // The case tests the rule of the page's first example, as a file of its own.
    let first = &blocks.iter().find(|(info, _)| info == "lua").unwrap().1;
    let rule = &first[first.find("rule(").unwrap()..first.find("\nif ").unwrap()];
    let sources = |path: &RepoPath| (path.as_str() == "rules/no_print.lua").then(|| rule.to_owned());
    let examples: Vec<_> = blocks.iter().filter(|(info, _)| info == "markdown").collect();
    assert_eq!(examples.len(), 2);
    for (_, example) in examples {
        let cases = parse_cases(example).unwrap();
        assert_eq!(cases.len(), 1);
        assert_passed("the case of the reference", 1, &run_case_with(&cases[0], "", &sources));
    }
}

#[test]
fn the_gates_of_the_reference_let_nothing_pass_that_nobody_said() {
    let page = include_str!("../../docs/dangerfile.md");
    let blocks = fenced_blocks(page);
    let script = |part: &str| &blocks.iter().find(|(info, text)| info == "lua" && text.contains(part)).unwrap().1;
    let all_green = script("rule(\"all-green\"");
    let one = "- fail all-green\n  `build`\n";
    let both = "- fail all-green\n  `build`\n- fail all-green\n  `unit tests`\n";
    for (pr, findings) in [
        ("", both),
        ("check_runs: lint success\n", both),
        ("check_runs: build in_progress, unit tests success\n", one),
        ("check_runs: build failure, unit tests success\n", one),
        ("check_runs: build success, unit tests skipped\n", ""),
    ] {
        check(pr, all_green, pr, findings);
    }
    let approved = script("rule(\"approved\"");
    let of_head = approved.replace("#approvers()", "#approvers(true)");
    for (reviews, any, newest) in [
        ("", false, false),
        ("bob APPROVED", true, true),
        ("bob APPROVED, bob COMMENTED", true, true),
        ("bob APPROVED, bob CHANGES_REQUESTED", false, false),
        ("bob CHANGES_REQUESTED, bob APPROVED", true, true),
        ("bob APPROVED, bob DISMISSED", false, false),
        ("eve NONE APPROVED, octocat APPROVED", false, false),
        ("bob APPROVED earlier", true, false),
    ] {
        let findings = |passes: bool| if passes { "" } else { "- fail approved\n" };
        check(reviews, approved, &format!("reviews: {reviews}\n"), findings(any));
        check(reviews, &of_head, &format!("reviews: {reviews}\n"), findings(newest));
    }
}

// ---- Helpers ----

#[track_caller]
fn check(name: &str, lua: &str, pr: &str, findings: &str) {
    let block = |text: &str| Block { line: 1, text: text.to_owned() };
    let case = Case {
        name: name.to_owned(),
        line: 1,
        pr: Some(block(pr)),
        files: Vec::new(),
        bases: Vec::new(),
        commits: Vec::new(),
        // The tests ran what the samples add to this file.
        reports: vec![("lcov.info".to_owned(), block("SF:src/a.py\nDA:1,1\nDA:2,1\nend_of_record\n"))],
        lua: Some(block(lua)),
        findings: block(findings),
        effects: None,
        others: Vec::new(),
    };
    assert_passed(name, 1, &run_case(&case, ""));
}

fn check_all(path: &str, cases: &[Case], rule: &str) {
    for case in cases {
        assert_passed(&format!("{path} \"{}\"", case.name), case.line, &run_case(case, &format!("use(\"{rule}\")")));
    }
}

#[track_caller]
fn assert_passed(name: &str, line: usize, result: &CaseResult) {
    match result {
        CaseResult::Passed => {}
        CaseResult::Failed(difference) => panic!("{name} (line {line}): expected -, found +\n{difference}"),
        CaseResult::Broken(problem) => panic!("{name} (line {}): {problem}", problem.line),
    }
}

/// The same pull request with CR before the line feed of every line of its files. A diff without git's header lines
/// gets them, because the completion of such diffs goes by lines and drops the CR.
fn with_crlf(pr: &str) -> String {
    let complete = pr.contains("diff --git ");
    let lines: Vec<&str> = pr.lines().collect();
    let mut in_hunk = false;
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let new = lines.get(index + 1).and_then(|next| next.strip_prefix("+++ "));
        if let (Some(old), Some(new), false) = (line.strip_prefix("--- "), new, complete) {
            let (old, new) = (old.trim_start_matches("a/"), new.trim_start_matches("b/"));
            let path = if new == "/dev/null" { old } else { new };
            writeln!(out, "diff --git a/{path} b/{path}").unwrap();
            out.push_str(if old == "/dev/null" { "new file mode 100644\n" } else { "" });
            out.push_str(if new == "/dev/null" { "deleted file mode 100644\n" } else { "" });
        }
        in_hunk = line.starts_with("@@ ") || (in_hunk && !line.starts_with("diff ") && !line.starts_with("--- "));
        out.push_str(line);
        out.push_str(if in_hunk && line.starts_with(['+', '-', ' ']) { "\r\n" } else { "\n" });
    }
    out
}

fn headings<'a>(text: &'a str, level: &str) -> Vec<&'a str> {
    let mut inside = false;
    let outside = text.lines().filter(|line| {
        inside ^= line.starts_with("```");
        !inside
    });
    outside.filter_map(|line| line.strip_prefix(level)).collect()
}

/// Fenced blocks: the word after the fence, and the text.
fn fenced_blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                inside = true;
                blocks.push((info.to_string(), String::new()));
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(piece) if inside => blocks.last_mut().unwrap().1.push_str(&piece),
            _ => {}
        }
    }
    blocks
}
