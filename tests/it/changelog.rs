//! The changelog analysis against the verdicts of other tools, on hostile texts, and on the manners of real projects.

use chrono::NaiveDate;
use deckhand::analysis::changelog::{
    Author, Document, FolderSource, Names, Problem, Question, Sheet, Towncrier, check_entries, draft, habits_of, lint,
    read_changeset, read_document, read_pull_title, review,
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

// ---- Drafts, in the manner of real projects ----

/// The draft for a title in a file that nothing else changed.
fn drafted(path: &str, text: &str, title: &str) -> (String, Option<String>, String) {
    let document = read_document(path, Sheet::unchanged(text), TODAY);
    let author = Author { number: Some(4711), login: "ada", repository: Some("octo/hello") };
    let title = read_pull_title(title, "");
    let draft = draft(path, &document, text, &habits_of(&document), &title, author);
    // What was there stays, line by line and in its order. A lone CR at the end is the end of its line from then on.
    let bare = |text: &str| text.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect::<Vec<_>>();
    let longer = bare(&draft.text);
    let mut rest = longer.iter();
    assert!(bare(text).iter().all(|line| rest.any(|other| other == line)), "{path}: {}", draft.text);
    (draft.inserted.clone(), draft.under.clone(), draft.text)
}

#[test]
fn a_draft_is_written_as_the_others_are() {
    for (path, text, title, inserted, under) in [
        (
            "CHANGELOG.md",
            "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A search (#12).\n\n### Fixed\n\n- A crash (#11).\n\n## [1.0.0] - 2026-01-02\n\n### Added\n\n- All (#1).\n- Of (#2).\n- It (#3).\n",
            "fix: crash on empty input (#4711)",
            "- Crash on empty input (#4711).",
            "[Unreleased] / Fixed",
        ),
        (
            "CHANGES.rst",
            "Version 3.2.0\n-------------\n\nUnreleased\n\n-   Drop support for Python 3.9. :pr:`5730`\n-   All teardown callbacks are called, even if any raise an error, which is told in a\n    long line. :pr:`5928`\n\n\nVersion 3.1.0\n-------------\n\nReleased 2024-11-13\n\n-   Provide a configuration. :issue:`5504`\n-   Support it. :issue:`5505`\n-   Flask. :issue:`5506`\n",
            "Add a session context",
            "-   Add a session context. :pr:`4711`",
            "Version 3.2.0",
        ),
        (
            "axum/CHANGELOG.md",
            "# Changelog\n\n# Unreleased\n\n- **breaking:** Router fallbacks are merged ([#3158])\n- **added:** `MethodRouter::method_filter` ([#3586])\n\n[#3158]: https://github.com/tokio-rs/axum/pull/3158\n[#3586]: https://github.com/tokio-rs/axum/pull/3586\n\n# 0.8.0\n\n- **fixed:** Paths ([#1])\n",
            "axum: Fix the router",
            "- **fixed:** Fix the router ([#4711])",
            "Unreleased",
        ),
        (
            "CHANGELOG.md",
            "## Unreleased\n\n## 4.2.1 / 2025-10-10\n\n* Fix: Revert it ([#2124](https://github.com/sinatra/sinatra/pull/2124))\n* New: Add a setting ([#2089](https://github.com/sinatra/sinatra/pull/2089))\n* Fix: Avoid a crash ([#2078](https://github.com/sinatra/sinatra/pull/2078))\n",
            "Support Rack 4",
            "\n* New: Support Rack 4 ([#4711](https://github.com/sinatra/sinatra/pull/4711))",
            "Unreleased",
        ),
        (
            "CHANGELOG.md",
            "### 0.7.1 (Next)\n\n* [#12](https://github.com/o/r/pull/12): Added a thing - [@ann](https://github.com/ann).\n* Your contribution here.\n\n### 0.7.0 (2026/01/02)\n\n* [#11](https://github.com/o/r/pull/11): Fixed it - [@bob](https://github.com/bob).\n",
            "Fix the parser",
            "* [#4711](https://github.com/octo/hello/pull/4711): Fixed the parser - [@ada](https://github.com/ada).",
            "0.7.1 (Next)",
        ),
        (
            "CHANGELOG.md",
            "# v10.3.0\n\n## Features\n\n- One, see #1 (@ann).\n\n# v10.2.0\n\n## Bugfixes\n\n- Two, see #2 (@bob).\n\n# v10.1.0\n\n## Bugfixes\n\n- Three, see #3 (@bob).\n",
            "Fix a race",
            "# Unreleased\n\n## Bugfixes\n\n- Fix a race, see #4711 (@ada).\n",
            "Unreleased / Bugfixes",
        ),
        (
            "CHANGELOG.md",
            "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-02\n\n### Added\n\n- All.\n\n### Fixed\n\n- Some.\n",
            "fix: a crash",
            "\n### Fixed\n\n- A crash (#4711).",
            "[Unreleased] / Fixed",
        ),
    ] {
        let (said, stands, _) = drafted(path, text, title);
        assert_eq!((said.as_str(), stands.as_deref()), (inserted, Some(under)), "{title}\n{text}");
    }
    let (_, _, text) = drafted(
        "CHANGELOG.md",
        "# Unreleased\n\n- **added:** A ([#1])\n- **added:** B ([#2])\n- **fixed:** C ([#3])\n\n[#1]: https://x.org/o/r/pull/1\n[#2]: https://x.org/o/r/pull/2\n[#3]: https://x.org/o/r/issues/3\n",
        "Add D",
    );
    assert!(text.ends_with("[#3]: https://x.org/o/r/issues/3\n[#4711]: https://x.org/o/r/pull/4711\n"), "{text}");
}

#[test]
fn lines_that_stay_keep_their_ends() {
    let text = "## Unreleased\n\n- A thing\r\n- Another thing\n\n## 1.0.0\n\n- All\n";
    let (inserted, _, longer) = drafted("CHANGELOG.md", text, "Add more");
    assert_eq!(longer.replacen(&format!("{inserted}\n"), "", 1), text, "{longer:?}");
    let windows = text.replace("\r\n", "\n").replace('\n', "\r\n");
    let (inserted, _, longer) = drafted("CHANGELOG.md", &windows, "Add more");
    assert_eq!(longer.replacen(&format!("{inserted}\r\n"), "", 1), windows, "{longer:?}");
}

// ---- Any text at all ----

/// What every text is held to: lines exist, the same text has no problem, a draft keeps what was there.
pub(crate) fn hold_text(path: &str, text: &str) -> usize {
    let document: Document<'_> = read_document(path, Sheet::unchanged(text), TODAY);
    assert_eq!(lint(path, &document), [], "{path}: nothing is new");
    assert_eq!(check_entries(path, &document, &habits_of(&document), Some(7), false), [], "{path}: nothing is new");
    let lines = u32::try_from(text.lines().count()).unwrap();
    let problems = judge(path, text);
    assert!(problems.iter().all(|it| it.line >= 1 && it.line <= it.end_line && it.end_line <= lines), "{path}");
    drafted(path, text, "feat: Add `x` (#7)");
    read_changeset(text);
    Towncrier::read(text);
    problems.len()
}

#[test]
fn odd_texts_are_read() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus/changelog");
    let mut found = 0;
    let mut files = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let text = String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()).into_owned();
        for path in ["CHANGELOG.md", "CHANGES.rst", "NEWS", "CHANGELOG.adoc", "CHANGES.org"] {
            found += hold_text(path, &text);
        }
        files += 1;
    }
    assert!(files >= 5 && found > 0, "{files} files, {found} problems");
}

#[test]
fn large_and_hostile_texts_end_soon() {
    let began = Instant::now();
    for piece in [
        "## 1.0.0\n",
        "## 1.0.0 - 2026-01-01\n### Added\n- x\n",
        "- a new entry that is long enough to be told\n",
        "[a]: b\n",
        "[",
        "# ",
        "=\n===\n",
        "```\n",
        "<!--\n",
        "**a:** ",
        "1.",
        "#1 ",
        "@a ",
        "- x\n  - y\n\n",
        "\u{1f680}",
        "x\n---\n",
        "### Fixed\n",
        "Bug fixes:\n\n",
    ] {
        let text = piece.repeat(100_000 / piece.len());
        for path in ["CHANGELOG.md", "CHANGES.rst", "NEWS"] {
            judge(path, &text);
        }
        read_pull_title(&text, &text);
        read_changeset(&text);
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

// ---- A whole change ----

/// Texts of files at the head and the base, and the names in the root.
struct Files(BTreeMap<(Side, &'static str), &'static str>, Vec<String>);

impl FolderSource for Files {
    fn names(&self, folder: &str) -> Names<'_> {
        if folder.is_empty() { Names::Known(&self.1) } else { Names::None }
    }
}

impl FileSource for Files {
    fn text(&self, side: Side, path: &str) -> Text<'_> {
        self.0
            .iter()
            .find(|((at, name), _)| *at == side && *name == path)
            .map_or(Text::Absent, |(_, text)| Text::Known(text))
    }
}

fn change(path: &str, patch: &str) -> FileChange {
    FileChange {
        path: RepoPath::new(path),
        old_path: None,
        status: ChangeStatus::Modified,
        old_mode: None,
        new_mode: None,
        additions: 1,
        deletions: 1,
        patch: Patch::Text(patch.to_owned()),
    }
}

#[test]
fn an_entry_that_a_merge_put_into_a_release_can_be_moved() {
    let text = "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- One.\n\n## [1.0.0] - 2026-01-02\n\n### Fixed\n\n- Two of them were wrong.\n- A crash of the parser.\n";
    let files = Files(BTreeMap::from([((Side::Right, "CHANGELOG.md"), text)]), vec!["CHANGELOG.md".to_owned()]);
    let changes = [
        change("src/a.py", "@@ -1 +1 @@\n-x = 1\n+x = 2\n"),
        change("CHANGELOG.md", "@@ -13 +13,2 @@\n - Two of them were wrong.\n+- A crash of the parser.\n"),
    ];
    let question = Question {
        changes: &changes,
        title: "Fix a crash",
        body: "",
        author: Author { number: Some(7), login: "ada", repository: None },
        today: TODAY,
        path: None,
        is_path: &|_| false,
        may_need: &|path| path.ends_with(".py"),
    };
    let found = review(&question, &files).unwrap();
    assert_eq!(found.problems.iter().map(|it| (it.line, it.kind.as_str())).collect::<Vec<_>>(), [(14, "released")]);
    assert_eq!(found.missing.len(), 1, "it is told where nobody looks");
    let fixed = found.problems[0].fix.clone().unwrap();
    assert!(
        fixed.contains("- One.\n- A crash of the parser.\n\n## [1.0.0]")
            && fixed.ends_with("- Two of them were wrong.\n"),
        "{fixed}"
    );
}
