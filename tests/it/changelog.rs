//! The changelog analysis against the verdicts of other tools, on hostile texts, and on the manners of real projects.

use chrono::NaiveDate;
use deckhand::analysis::changelog::{
    Author, Document, Problem, Question, Sheet, Towncrier, check_entries, draft, habits_of, lint, read_changeset,
    read_document, read_pull_title, review,
};
use deckhand::analysis::lockfile::{FileSource, Text};
use deckhand::diff::parse_hunks;
use deckhand::model::{ChangeStatus, FileChange, Patch, RepoPath, Side};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();

fn data(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)).unwrap()
}

/// All problems of a changelog of which every line is new.
fn judge(path: &str, text: &str) -> Vec<Problem> {
    let lines = text.lines().count();
    let patch = format!("@@ -0,0 +1,{lines} @@\n{}", text.lines().map(|line| format!("+{line}\n")).collect::<String>());
    let document = read_document(path, Sheet::new(Some(text), &parse_hunks(&patch)), TODAY);
    let mut problems = lint(path, &document);
    problems.extend(check_entries(path, &document, &habits_of(&document), None, false));
    problems.sort_by_key(|problem| (problem.line, problem.kind));
    problems
}

// ---- Oracles ----

/// Where we say otherwise than the tool that knows the file's style, the page `rules/changelog.md` says why.
const BETTER: [(&str, &[&str]); 2] = [
    // kacl-cli takes `[YANKED]`, which Keep a Changelog asks for, for a link without an address.
    ("yanked", &[]),
    // 1.1.0 dated a year before 1.0.0, which it follows.
    ("dates_not_descending", &["6 date-order"]),
];

#[test]
fn verdicts_agree_with_those_of_other_tools() {
    let expected: Json = serde_json::from_str(&data("changelog/expected.json")).unwrap();
    let expected = expected.as_object().unwrap();
    assert_eq!(expected.len(), 15);
    let mut disagreements = Vec::new();
    for (name, verdicts) in expected {
        let text = data(&format!("changelog/files/{name}.md"));
        let found: Vec<String> =
            judge("CHANGELOG.md", &text).iter().map(|it| format!("{} {}", it.line, it.kind.as_str())).collect();
        if let Some((_, ours)) = BETTER.iter().find(|(better, _)| better == name) {
            assert_eq!(found, *ours, "{name}");
            continue;
        }
        let valid = if name.starts_with("intridea") {
            let intridea = &verdicts["danger_changelog"]["intridea"];
            intridea["bad"].as_array().unwrap().is_empty() && intridea["failures"].as_array().unwrap().is_empty()
        } else {
            verdicts["kacl_cli_0.7.7"]["valid"].as_bool().unwrap()
        };
        if valid != found.is_empty() {
            disagreements.push(format!("{name}: {found:?}"));
        }
    }
    assert!(disagreements.is_empty(), "{disagreements:#?}");
}

#[test]
fn problems_stand_on_their_lines_and_are_of_their_kind() {
    for (name, found) in [
        ("two_h1", "6 title"),
        ("bad_date", "8 date"),
        ("bad_semver", "8 version"),
        ("same_version_twice", "10 same-version"),
        ("items_outside_section", "7 no-section"),
        ("link_unused", "10 unused-link"),
        ("intridea_no_author", "3 form"),
        ("intridea_trailing_space", "3 form"),
    ] {
        let said = judge("CHANGELOG.md", &data(&format!("changelog/files/{name}.md")));
        let said: Vec<String> = said.iter().map(|it| format!("{} {}", it.line, it.kind.as_str())).collect();
        assert_eq!(said, [found], "{name}");
    }
}
