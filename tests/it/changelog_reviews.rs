//! Changelogs in pull requests: where entries belong, what moves them there, and what a draft takes the place of.

use crate::changelog::{Files, TODAY, change, drafted, judge};
use deckhand::analysis::changelog::{
    Author, Question, Review, Sheet, draft, habits_of, read_document, read_pull_title, review,
};
use deckhand::model::Side;
use std::collections::BTreeMap;

/// The review of a changed changelog beside changed code.
fn reviewed(path: &'static str, text: &str, patch: &str) -> Review {
    let files = Files(BTreeMap::from([((Side::Right, path), text)]), vec![path.to_owned()]);
    let changes = [change("src/a.py", "@@ -1 +1 @@\n-x = 1\n+x = 2\n"), change(path, patch)];
    let question = Question {
        changes: &changes,
        title: "Fix a crash",
        body: "",
        author: Author { number: None, login: "ada", repository: None },
        today: TODAY,
        path: None,
        is_path: &|_| false,
        may_need: &|path| path.ends_with(".py"),
    };
    review(&question, &files).unwrap()
}

fn kinds_of(found: &Review) -> Vec<(u32, &'static str)> {
    found.problems.iter().map(|it| (it.line, it.kind.as_str())).collect()
}

#[test]
fn entries_that_are_moved_leave_no_empty_section() {
    let opening = "# Changelog\n\n## [Unreleased]\n\n";
    let old = "## [1.0.0] - 2026-01-02\n\n### Added\n\n- All of it is there.\n";
    let text = format!(
        "{opening}{old}\n### Fixed\n\n- A crash of the parser.\n- Another of the printer.\n\n### Security\n\n- A hole is closed.\n"
    );
    let patch = "@@ -9 +9,10 @@\n - All of it is there.\n+\n+### Fixed\n+\n+- A crash of the parser.\n+- Another of the printer.\n+\n+### Security\n+\n+- A hole is closed.\n";
    let found = reviewed("CHANGELOG.md", &text, patch);
    assert_eq!(kinds_of(&found), [(13, "released"), (14, "released"), (18, "released")]);
    let moved =
        "### Fixed\n\n- A crash of the parser.\n- Another of the printer.\n\n### Security\n\n- A hole is closed.\n\n";
    assert_eq!(found.problems[0].fix.as_deref(), Some(format!("{opening}{moved}{old}").as_str()));
    assert_eq!(found.problems[1].fix, None, "one fix moves all");
}

#[test]
fn a_version_below_what_comes_next_is_out() {
    let text = "# Changelog\n\n## Unreleased\n\n## 1.1.0\n\n- All of it is there.\n- A crash of the parser.\n\n## 1.0.0\n\n- Some.\n";
    let patch = "@@ -7 +7,2 @@\n - All of it is there.\n+- A crash of the parser.\n";
    assert_eq!(kinds_of(&reviewed("CHANGELOG.md", text, patch)), [(8, "released")]);
    // Of which only candidates are told is not.
    let text = text.replace("- All of it is there.", "").replace("parser.\n", "parser.\n\n### rc.1\n\n- Something.\n");
    let patch = "@@ -7 +7,2 @@\n \n+- A crash of the parser.\n";
    assert_eq!(kinds_of(&reviewed("CHANGELOG.md", &text, patch)), []);
    // The heading that becomes a version makes a release.
    let text = "# Changelog\n\n## 1.1.0\n\n- All of it is there.\n\n## 1.0.0\n\n- Some.\n";
    let found = reviewed("CHANGELOG.md", text, "@@ -3 +3 @@\n-## Unreleased\n+## 1.1.0\n");
    assert!(found.release && found.missing.is_empty());
}

#[test]
fn a_section_as_high_as_its_release_is_one_of_it() {
    let old = "## [1.0.0] - 2026-01-02\n\n### Added\n\n- All of it is there.\n";
    let text = format!("# Changelog\n\n## [Unreleased]\n\n## Fixed\n\n- A crash.\n\n{old}");
    let patch = "@@ -4 +4,4 @@\n \n+## Fixed\n+\n+- A crash.\n+\n";
    let found = reviewed("CHANGELOG.md", &text, patch);
    assert_eq!(kinds_of(&found), [(5, "section-name")]);
    assert_eq!(found.problems[0].suggestion.as_deref(), Some("### Fixed"));
    assert_eq!(found.entries[0].section.as_deref(), Some("Fixed"));
    let (_, under, new) = drafted("CHANGELOG.md", &text, "fix: a crash of the printer");
    assert_eq!(under.as_deref(), Some("[Unreleased] / Fixed"));
    assert!(new.contains("## Fixed\n\n- A crash.\n- A crash of the printer"), "{new}");
    // A chapter of the file is none.
    let text = format!("# Changelog\n\n{old}\n## Security\n\nWrite to us.\n");
    assert_eq!(judge("CHANGELOG.md", &text), []);
}

#[test]
fn an_entry_takes_the_place_of_a_line_that_says_nothing() {
    let old = "## 1.0.0 - 2026-01-02\n\n### Fixed\n\n- All of it.\n";
    let author = Author { number: None, login: "ada", repository: None };
    for line in ["Nothing changed yet.", "- No changes yet", "TBD", "*   Nothing yet.", "_No unreleased changes._"] {
        let text = format!("# Changes\n\n## Unreleased\n\n{line}\n\n{old}");
        let document = read_document("CHANGELOG.md", Sheet::unchanged(&text), TODAY);
        let title = read_pull_title("Fix a crash", "");
        let drafted = draft("CHANGELOG.md", &document, &text, &habits_of(&document), &title, author);
        let wanted = format!("# Changes\n\n## Unreleased\n\n### Fixed\n\n- Fix a crash.\n\n{old}");
        assert_eq!((drafted.text.as_str(), drafted.after), (wanted.as_str(), None), "{line}");
        // Alone it tells of nothing.
        let patch = format!("@@ -4 +4,2 @@\n \n+{line}\n");
        let found = reviewed("CHANGELOG.md", &text, &patch);
        assert_eq!((found.entries.len(), found.missing.len()), (0, 1), "{line}");
    }
}

#[test]
fn a_numbered_list_goes_on_counting() {
    for (list, next) in [("1. One.\n2. Two.", "3. "), ("1. One.\n1. Two.", "1. "), ("1) One.", "2) ")] {
        let text = format!("# Changes\n\n## Unreleased\n\n{list}\n\n## 1.0.0\n\n1. All of it.\n");
        let (inserted, _, _) = drafted("CHANGELOG.md", &text, "Fix a crash");
        assert!(inserted.starts_with(&format!("{next}Fix a crash")), "{inserted}");
    }
    let empty = "# Changes\n\n## Unreleased\n\n## 1.0.0\n\n1. All of it.\n2. More.\n";
    assert!(drafted("CHANGELOG.md", empty, "Fix a crash").0.contains("1. Fix a crash"));
}

#[test]
fn lines_that_are_written_anew_are_no_new_entries() {
    let old = "- A long entry about the search for names, which goes on and on.";
    let text = "# Changes\n\n## Unreleased\n\n## 1.0.0 - 2026-01-02\n\n- A long entry about the search\n  for names, which goes on and on.\n- See https://example.org/new/1\n";
    let patch = format!(
        "@@ -7,2 +7,3 @@\n-{old}\n-- See https://example.com/old/1\n+- A long entry about the search\n+  for names, which goes on and on.\n+- See https://example.org/new/1\n"
    );
    assert_eq!(kinds_of(&reviewed("CHANGELOG.md", text, &patch)), []);
}

#[test]
fn links_that_a_file_gave_up_are_not_asked_for() {
    let text = |new: &str| {
        format!(
            "# Changelog\n\nAs [Keep a Changelog](https://keepachangelog.com/) says.\n\n{new}## [2.0.0] - 2026-01-02\n\n### Added\n\n- More.\n\n## [1.0.0] - 2025-01-02\n\n### Added\n\n- All.\n\n[Unreleased]: https://x.org/compare/v0.9.0...HEAD\n[0.9.0]: https://x.org/compare/v0.8.0...v0.9.0\n"
        )
    };
    let new = "## [2.1.0] - 2026-05-02\n\n### Fixed\n\n- A crash.\n\n";
    let patch = format!("@@ -4 +4,7 @@\n \n{}", new.lines().map(|line| format!("+{line}\n")).collect::<String>());
    assert_eq!(kinds_of(&reviewed("CHANGELOG.md", &text(new), &patch)), []);
}
