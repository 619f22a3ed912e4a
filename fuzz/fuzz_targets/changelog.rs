//! Any text is a changelog, a changeset or settings: problems stand on its lines, a text of which nothing is new has
//! none, and a draft keeps what was there. Corpus: tests/data/corpus/changelog.
#![no_main]

use deckhand::analysis::changelog::{
    Author, Sheet, Towncrier, check_entries, draft, habits_of, is_same, lint, read_changeset, read_document, read_pull_title,
};
use deckhand::diff::parse_hunks;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
    let count = text.lines().count();
    let added: String = text.lines().map(|line| format!("+{line}\n")).collect();
    let patch = format!("@@ -0,0 +1,{count} @@\n{added}");
    let hunks = parse_hunks(&patch);
    let title = read_pull_title(text.lines().next().unwrap_or_default(), text);
    for path in ["CHANGELOG.md", "CHANGES.rst", "NEWS", "CHANGELOG.adoc", "CHANGES.org"] {
        let document = read_document(path, Sheet::unchanged(text), today);
        let habits = habits_of(&document);
        assert!(lint(path, &document).is_empty());
        assert!(check_entries(path, &document, &habits, Some(7), false).is_empty());
        let author = Author { number: Some(7), login: "ada", repository: None };
        let drafted = draft(path, &document, text, &habits, &title, author);
        // A lone CR at the end becomes part of the line's end when something follows.
        let bare = |line: &'_ str| line.trim_end_matches('\r').to_owned();
        let mut rest = drafted.text.lines().map(bare);
        assert!(text.lines().map(bare).all(|line| rest.any(|other| other == line)));
        for sheet in [Sheet::new(Some(text), &hunks), Sheet::new(None, &hunks), Sheet::new(None, &parse_hunks(text))] {
            let document = read_document(path, sheet, today);
            let mut problems = lint(path, &document);
            problems.extend(check_entries(path, &document, &habits_of(&document), Some(7), false));
            assert!(problems.iter().all(|it| it.line >= 1 && it.line <= it.end_line));
        }
    }
    read_changeset(text);
    Towncrier::read(text);
    for path in ["a.py", "a.rs", "a.ex", "a.ts", "package.json", "Cargo.toml", "pyproject.toml", "a.css"] {
        assert!(is_same(path, text, text));
        is_same(path, text, "x");
    }
});
