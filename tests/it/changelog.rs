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

pub(crate) const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();

fn data(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)).unwrap()
}

/// All problems of a changelog of which every line is new.
pub(crate) fn judge(path: &str, text: &str) -> Vec<Problem> {
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
pub(crate) fn drafted(path: &str, text: &str, title: &str) -> (String, Option<String>, String) {
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
fn a_section_that_the_file_never_had_is_begun() {
    let opening = "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.0.0/).\n\n";
    let old = "## [1.0.0] - 2025-11-02\n\n### Added\n\n- Names.\n- More.\n\n### Fixed\n\n- Bug.\n";
    let pending = format!("{opening}## [Unreleased]\n\n{old}");
    for (title, section) in [("Remove the old api", "Removed"), ("Deprecate x", "Deprecated"), ("Rework it", "Changed")]
    {
        let (inserted, under, text) = drafted("CHANGELOG.md", &pending, title);
        assert!(inserted.contains(&format!("\n### {section}\n\n- ")), "{inserted}");
        assert_eq!(under.as_deref(), Some(format!("[Unreleased] / {section}").as_str()));
        let added: String = inserted.lines().map(|line| format!("+{line}\n")).collect();
        let patch = format!("@@ -5,0 +6,{} @@\n{added}", inserted.lines().count());
        let document = read_document("CHANGELOG.md", Sheet::new(Some(&text), &parse_hunks(&patch)), TODAY);
        let problems = check_entries("CHANGELOG.md", &document, &habits_of(&document), None, false);
        assert!(problems.is_empty(), "{problems:?}");
        // Without a pending release it is begun too.
        let (inserted, ..) = drafted("CHANGELOG.md", &format!("{opening}{old}"), title);
        assert!(inserted.starts_with(&format!("## [Unreleased]\n\n### {section}\n\n- ")), "{inserted}");
    }
    let first = drafted("CHANGELOG.md", opening, "Fix the crash").0;
    assert!(first.contains("## Unreleased\n\n### Fixed\n\n- Fix the crash"), "{first}");
    // Who lists without sections goes on so.
    let bare = format!("{opening}## [Unreleased]\n\n## [1.0.0] - 2025-11-02\n\n- Names.\n");
    assert!(!drafted("CHANGELOG.md", &bare, "Fix the crash").0.contains("###"));
}

#[test]
fn a_file_that_keeps_to_six_sections_gets_no_seventh() {
    let old = |name: &str| format!("## [1.0.0] - 2025-11-02\n\n### {name}\n\n- Names.\n");
    let found = |name: &str, old: &str| {
        let opening =
            "# Changelog\n\nAs [Keep a Changelog](https://keepachangelog.com/en/1.0.0/) says.\n\n## [Unreleased]\n\n";
        let text = format!("{opening}### {name}\n\n- More.\n\n{old}");
        let patch = format!("@@ -6,0 +7,4 @@\n+### {name}\n+\n+- More.\n+\n");
        let document = read_document("CHANGELOG.md", Sheet::new(Some(&text), &parse_hunks(&patch)), TODAY);
        lint("CHANGELOG.md", &document).iter().map(|it| format!("{} {}", it.line, it.kind.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(found("Features", &old("Added")), ["7 section-name"]);
    assert_eq!(found("Fixed", &old("Added")), [""; 0]);
    // Others have others, and a new file has no habit.
    assert_eq!(found("Features", &old("Dependencies")), [""; 0]);
    assert_eq!(found("Features", ""), [""; 0]);
}

#[test]
fn a_placeholder_that_goes_does_not_change_the_style() {
    let entry = "* [#6](https://github.com/o/r/pull/6): Added z - [@al](https://github.com/al).";
    let text =
        format!("### 1.1.0 (Next)\n\n{entry}\n\n### 1.0.0 (2025/01/02)\n\n* Old - [@al](https://github.com/al).\n");
    let patch = format!(
        "@@ -1,5 +1,5 @@\n ### 1.1.0 (Next)\n \n-* Your contribution here.\n+{entry}\n \n ### 1.0.0 (2025/01/02)\n"
    );
    let document = read_document("CHANGELOG.md", Sheet::new(Some(&text), &parse_hunks(&patch)), TODAY);
    assert_eq!(document.style.as_str(), "intridea");
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
pub(crate) struct Files<'a>(pub(crate) BTreeMap<(Side, &'static str), &'a str>, pub(crate) Vec<String>);

impl FolderSource for Files<'_> {
    fn names(&self, folder: &str) -> Names<'_> {
        if folder.is_empty() { Names::Known(&self.1) } else { Names::None }
    }
}

impl FileSource for Files<'_> {
    fn text(&self, side: Side, path: &str) -> Text<'_> {
        self.0
            .iter()
            .find(|((at, name), _)| *at == side && *name == path)
            .map_or(Text::Absent, |(_, text)| Text::Known(text))
    }
}

pub(crate) fn change(path: &str, patch: &str) -> FileChange {
    FileChange::new(RepoPath::new(path), ChangeStatus::Modified, Patch::Text(patch.to_owned()))
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

/// Changelogs in the manner of real projects, in which a draft once was a finding, stood in the wrong place or broke
/// something; each with a title and with pieces that the new text has.
const ROUND: [(&str, &str, &str, &[&str]); 16] = [
    (
        // mypy
        "CHANGELOG.md",
        "# Mypy Release Notes\n\n## Next Release\n\n## Mypy 2.3\n\n- Make it safe (Jukka L, PR [21705](https://github.com/python/mypy/pull/21705))\n- Fix a leak (Ivan L, PR [21688](https://github.com/python/mypy/pull/21688))\n- Use less (Ivan L, PR [21683](https://github.com/python/mypy/pull/21683))\n- Read it (Jukka L, PR [21679](https://github.com/python/mypy/pull/21679))\n- Write it (Jukka L, PR [21684](https://github.com/python/mypy/pull/21684))\n",
        "Fix a crash",
        &["## Next Release\n\n- Fix a crash ([#4711](https://github.com/octo/hello/pull/4711))\n\n## Mypy 2.3"],
    ),
    (
        // helix
        "CHANGELOG.md",
        "<!--\n# YY.0M (YYYY-0M-0D)\n\nFixes:\n-->\n\n# 25.07 (2025-07-15)\n\nFeatures:\n\n* Add a picker ([#11285](https://github.com/h/h/pull/11285), [d4aed40](https://github.com/h/h/commit/d4aed40))\n* Add a tree ([#13056](https://github.com/h/h/pull/13056), [#13443](https://github.com/h/h/pull/13443))\n\nFixes:\n\n* Use it ([#13429](https://github.com/h/h/pull/13429))\n* Read it ([#13430](https://github.com/h/h/pull/13430))\n",
        "Fix a crash",
        &["-->\n\n# Unreleased\n\nFixes:\n\n* Fix a crash ([#4711](https://github.com/h/h/pull/4711))\n\n# 25.07"],
    ),
    (
        // tower
        "CHANGELOG.md",
        "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.0.0/).\n\n# Unreleased\n\n### Changed\n\n- **builder**: Remove a bound ([#851])\n\n# 0.5.3\n\n### Added\n\n- **builder**: Add a helper ([#804])\n\n### Fixed\n\n- **retry**: Check the jitter ([#843])\n\n[#804]: https://github.com/t/t/pull/804\n[#843]: https://github.com/t/t/pull/843\n\n# 0.5.2\n\n### Fixed\n\n- **retry**: Read it ([#777])\n\n[#777]: https://github.com/t/t/pull/777\n",
        "Fix a crash",
        &["### Fixed\n\n- Fix a crash ([#4711])\n\n[#4711]: https://github.com/t/t/pull/4711\n\n# 0.5.3"],
    ),
    (
        // tower after a release
        "CHANGELOG.md",
        "# Changelog\n\n# 0.5.3 - 2025-01-02\n\n### Added\n\n- Add a helper ([#804])\n\n[#804]: https://github.com/t/t/pull/804\n\n# 0.5.2 - 2025-01-01\n\n### Fixed\n\n- Check it ([#700])\n\n[#700]: https://github.com/t/t/pull/700\n",
        "Fix a crash",
        &[
            "# Unreleased\n\n### Fixed\n\n- Fix a crash ([#4711])\n\n[#4711]: https://github.com/t/t/pull/4711\n\n# 0.5.3",
        ],
    ),
    (
        // filelock
        "changelog.rst",
        "###########\n Changelog\n###########\n\n.. towncrier release notes start\n\n*********************\n 3.32.3 (2025-08-13)\n*********************\n\n- The hook prints no more. :pr:`701`\n- It waits. :pr:`700`\n\n*********************\n 3.32.2 (2025-07-29)\n*********************\n\n- A lease ends. :pr:`691`\n",
        "Fix a crash",
        &[
            ".. towncrier release notes start\n\n************\n Unreleased\n************\n\n- Fix a crash. :pr:`4711`\n\n*********************\n 3.32.3",
        ],
    ),
    (
        "CHANGES.rst",
        "Changes\n=======\n\n.. _v1-1-0:\n\n1.1.0 (2025-08-13)\n------------------\n\n- The hook prints no more.\n\n.. _v1-0-0:\n\n1.0.0 (2025-07-13)\n------------------\n\n- All.\n",
        "Fix a crash",
        &["=======\n\nUnreleased\n----------\n\n- Fix a crash (#4711).\n\n.. _v1-1-0:"],
    ),
    (
        // opentelemetry-go
        "CHANGELOG.md",
        "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.0.0/).\n\n## [Unreleased]\n\n### Fixed\n\n- Prevent a panic. (#8792)\n\n<!-- Released section -->\n<!-- Don't change this section unless doing release -->\n\n## [1.45.0] - 2025-08-03\n\n### Added\n\n- Add metrics. (#7124)\n",
        "Fix a crash",
        &["- Prevent a panic. (#8792)\n- Fix a crash. (#4711)\n\n<!-- Released section -->"],
    ),
    (
        // clap
        "CHANGELOG.md",
        "# Change Log\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/).\n\n## 5.0.0 - TBD\n\n### Breaking Changes\n\n- It is exhaustive\n\n### Features\n\n- *(derive)* Group values\n\n<!-- next-header -->\n## [Unreleased] - ReleaseDate\n\n## [4.6.6] - 2025-08-06\n\n### Fixes\n\n- *(help)* Mark names\n",
        "Fix a crash",
        &["- *(derive)* Group values\n\n### Fixes\n\n- Fix a crash\n\n<!-- next-header -->"],
    ),
    (
        // mio
        "CHANGELOG.md",
        "# 1.2.2\n\n* Add support for Solaris using event ports\n  (https://github.com/tokio-rs/mio/pull/1962).\n* Add support for NuttX\n  (https://github.com/tokio-rs/mio/pull/1966).\n\n# 1.2.1\n\n* Add support for n3ds\n  (https://github.com/tokio-rs/mio/pull/1951).\n* Fixed a race condition in pipes\n  (https://github.com/tokio-rs/mio/pull/1954).\n* Fixed a casting issue\n  (https://github.com/tokio-rs/mio/pull/1948).\n\n# 1.2.0\n\n* Add support for more\n  (https://github.com/tokio-rs/mio/pull/1931).\n",
        "Add a poll",
        &["# Unreleased\n\n* Add a poll (https://github.com/tokio-rs/mio/pull/4711).\n\n# 1.2.2"],
    ),
    (
        // textual
        "CHANGELOG.md",
        "# Change Log\n\nThe format is based on [Keep a Changelog](http://keepachangelog.com/).\n\n## [8.2.8] - 2025-06-30\n\n### Fixed\n\n- Fixed keys https://github.com/o/t/pull/6592\n- Fixed a click https://github.com/o/t/pull/6598\n\n### Changed\n\n- Paste is an alias https://github.com/o/t/pull/6594\n\n## [0.1.8] - 2022-05-19\n\n### Added\n\n- Added keys https://github.com/o/t/pull/6544\n- Added more https://github.com/o/t/pull/6545\n\n[0.1.8]: https://github.com/o/t/compare/v0.1.7...v0.1.8\n",
        "Fix a crash",
        &["## Unreleased\n\n### Fixed\n\n- Fixed a crash https://github.com/o/t/pull/4711\n\n## [8.2.8]"],
    ),
    (
        // badger
        "CHANGELOG.md",
        "# Changelog\n\nThe format is based on [Keep a Changelog](http://keepachangelog.com/en/1.0.0/).\n\n## [4.9.1] - 2025-02-04\n\n**Fixed**\n\n- fix(aix): add a lock (#2115)\n\n[4.9.1]: https://github.com/d/b/compare/v4.9.0...v4.9.1\n",
        "Fix a crash",
        &[
            "## [Unreleased]\n\n**Fixed**\n\n- ",
            "\n\n[Unreleased]: https://github.com/d/b/compare/v4.9.1...HEAD\n[4.9.1]: ",
        ],
    ),
    (
        // jj
        "CHANGELOG.md",
        "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.0.0/).\n\n## [Unreleased]\n\n### Breaking changes\n\n### New features\n\n* A new command.\n\n### Fixed bugs\n\n* The pager exits cleanly.\n\n## [0.44.0] - 2025-08-05\n\n### Fixed bugs\n\n* A conflict is read.\n",
        "Fix a crash",
        &["* The pager exits cleanly.\n* Fix a crash.\n"],
    ),
    (
        // prism
        "CHANGELOG.md",
        "# Changelog\n\nThe format is based on [Keep a Changelog](http://keepachangelog.com/en/1.0.0/).\n\n## [Unreleased]\n\n### Changed\n\n- Rename a node.\n\n## [1.9.0] - 2025-01-27\n\n### Fixed\n\n- Work on the layer.\n",
        "Fix a crash",
        &["### Fixed\n\n- Fix a crash (#4711).\n\n## [1.9.0]"],
    ),
    (
        // elixir
        "CHANGELOG.md",
        "# Changelog for Elixir v1.21\n\n## v1.21.0-dev\n\n### 1. Enhancements\n\n#### Elixir\n\n  * [Kernel] Add it\n\n### 2. Bug fixes\n\n#### Elixir\n\n  * [Kernel] Read it\n\n## v1.20\n\nThe notes can be found in the v1.20 branch.\n",
        "Fix a crash",
        &["  * [Kernel] Read it\n  * Fix a crash (#4711)\n"],
    ),
    (
        // rails, with a beta and without one
        "CHANGELOG.md",
        "*   Deprecate it.\n\n    *Ada Lovelace*\n\n*   Add it.\n\n    *Grace Hopper*\n\n## Rails 8.1.0.beta1 (September 04, 2025) ##\n\n*   Fix it.\n\n    *Grace Hopper*\n",
        "Fix a crash",
        &["*   Fix a crash"],
    ),
    (
        // sidekiq
        "Changes.md",
        "# Sidekiq Changes\n\n8.1.5\n----------\n\n- Fix an edge case [#7010]\n\n4.2.7\n-----------\n\n- Add new integration testing to verify code loading\n  in development and production modes [#3241]\n- Fix delayed extensions [#3227]\n",
        "Fix a crash",
        &["# Sidekiq Changes\n\n8.1.5\n----------\n\n- Fix an edge case [#7010]\n- Fix a crash [#4711]"],
    ),
];

#[test]
fn a_draft_that_is_applied_has_no_finding() {
    for (path, old, title, pieces) in ROUND {
        let (_, _, new) = drafted(path, old, title);
        for piece in pieces {
            assert!(new.contains(piece), "{piece}\n---\n{new}");
        }
        let mut rest = old.lines().peekable();
        let marked = |line: &str| match rest.next_if_eq(&line) {
            Some(_) => format!(" {line}\n"),
            None => format!("+{line}\n"),
        };
        let lines: String = new.lines().map(marked).collect();
        let patch = format!("@@ -1,{} +1,{} @@\n{lines}", old.lines().count(), new.lines().count());
        let changes = [change("src/a.py", "@@ -1 +1 @@\n-x = 1\n+x = 2\n"), change(path, &patch)];
        let files = Files(BTreeMap::from([((Side::Right, path), new.as_str())]), vec![path.to_owned()]);
        let question = Question {
            changes: &changes,
            title,
            body: "",
            author: Author { number: Some(4711), login: "ada", repository: Some("octo/hello") },
            today: TODAY,
            path: None,
            is_path: &|_| false,
            may_need: &|path| path.ends_with(".py"),
        };
        let found = review(&question, &files).unwrap();
        assert_eq!((found.problems, found.missing, found.release), (vec![], vec![], false), "{new}");
        assert_eq!(found.entries.iter().map(|entry| entry.released).collect::<Vec<_>>(), [false], "{new}");
    }
}

#[test]
fn a_section_of_another_kind_takes_no_entry() {
    let of = |text: &str, title: &str| drafted("CHANGELOG.md", text, title).1.unwrap();
    let text = "## Unreleased\n\n### Deprecated features\n\n- Names.\n\n### Documentation fixes\n\n- A page.\n\n### Changes\n\n- Some.\n";
    assert_eq!(of(text, "Fix a crash"), "Unreleased / Changes");
    assert_eq!(of(text, "Deprecate the list"), "Unreleased / Deprecated features");
    let text = "## Unreleased\n\n### What's new\n\n- Names.\n\n### Bug fixes and more\n\n- A page.\n";
    assert_eq!(of(text, "Fix a crash"), "Unreleased / Bug fixes and more");
    assert_eq!(of(text, "Add a search"), "Unreleased / What's new");
}
