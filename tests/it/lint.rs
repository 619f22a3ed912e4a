//! Real, odd and hostile reports of linters: the corpus of the fuzz targets `lint_*`, with the same checks.

use deckhand::analysis::coverage::{Places, Tree};
use deckhand::analysis::lint::{
    LintError, LintFormat, LintReport, MAX_EDITS, MAX_LINE, NamedLint, apply_edits, combine, is_lint_report, read,
};
use deckhand::analysis::testing::{ChangedFile, review};
use deckhand::diff::parse_hunks;
use deckhand::model::{ChangeStatus, RepoPath};
use std::collections::{BTreeMap, BTreeSet};

fn corpus(target: &str) -> BTreeMap<String, Vec<u8>> {
    let directory = format!("{}/tests/data/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let paths = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())).collect()
}

/// What holds for every report, however it came about.
fn check(name: &str, bytes: &[u8]) -> Result<LintReport, LintError> {
    let result = read(bytes);
    match &result {
        Ok(report) => {
            assert!(is_lint_report(bytes), "{name}");
            for result in &report.results {
                assert!(!result.spots.is_empty() && !result.message.is_empty(), "{name}: {result:?}");
                assert!(result.edits.len() <= MAX_EDITS, "{name}");
                for range in result.spots.iter().filter_map(|spot| spot.range) {
                    assert!(range.line >= 1 && range.line <= range.end_line, "{name}: {range:?}");
                    assert!(range.end_line <= MAX_LINE, "{name}: {range:?}");
                }
            }
        }
        Err(error) => {
            let words = error.to_string();
            assert!(words.starts_with("is ") || words.starts_with("has "), "{name}: {words}");
            assert!(!words.contains("::") && words.len() < 400, "{name}: {words}");
        }
    }
    result
}

/// Each result in a line: `path:line tool rule severity`.
fn shown(name: &str, report: LintReport) -> Vec<String> {
    let tree = Tree::new(["src/shop.py", "src/cart.js", "src/A.java", "tests/test_shop.py", "a.py"].map(RepoPath::new));
    let named = NamedLint { name: name.to_owned(), beside: None, flag: None, report };
    let facts = combine(vec![named], &tree, &Places::default(), &BTreeSet::new());
    let line = |it: &deckhand::model::LintResult| {
        let at = it.range.map(|range| format!(":{}", range.line)).unwrap_or_default();
        format!("{}{at} {} {} {}", it.path, it.tool, it.rule, it.severity.as_str())
    };
    facts.results.iter().map(line).collect()
}

#[test]
fn every_input_is_a_report_or_words() {
    let mut unreadable = BTreeMap::new();
    for target in ["lint_json", "lint_xml"] {
        for (name, bytes) in corpus(target) {
            if let Err(error) = check(&name, &bytes) {
                unreadable.insert(name.clone(), error.to_string().split([';', ',', ':']).next().unwrap().to_owned());
            }
        }
    }
    insta::assert_debug_snapshot!(unreadable);
}

#[test]
fn formats_are_told_apart_and_agree() {
    let json = corpus("lint_json");
    let xml = corpus("lint_xml");
    let of = |name: &str| check(name, json.get(name).or_else(|| xml.get(name)).unwrap()).unwrap();
    let formats = [
        ("eslint.sarif", LintFormat::Sarif),
        ("ruff.sarif", LintFormat::Sarif),
        ("ruff.rdjson", LintFormat::Rdjson),
        ("ruff.rdjsonl", LintFormat::Rdjsonl),
        ("checkstyle.xml", LintFormat::Checkstyle),
        ("ruff.junit.xml", LintFormat::Junit),
        ("pytest.junit.xml", LintFormat::Junit),
    ];
    let mut all = BTreeMap::new();
    for (name, format) in formats {
        let report = of(name);
        assert_eq!(report.format, format, "{name}");
        all.insert(name, shown(name, report));
    }
    insta::assert_debug_snapshot!(all);
}

#[test]
fn coverage_reports_are_no_linters() {
    for target in ["coverage_json", "coverage_xml", "coverage_lcov", "coverage_go"] {
        for (name, bytes) in corpus(target) {
            assert!(!is_lint_report(&bytes), "{name}");
        }
    }
}

#[test]
fn fixes_of_a_real_linter_mend_its_lines() {
    let text =
        "import os\nimport sys\nfrom typing import List\n\n\ndef total(prices: List[int]) -> int:\n    unused = 1\n";
    let mut mended = Vec::new();
    for name in ["ruff.sarif", "ruff.rdjson"] {
        let report = check(name, &corpus("lint_json")[name]).unwrap();
        let fixes = report.results.iter().filter_map(|it| Some((it.rule.clone(), apply_edits(text, &it.edits)?)));
        mended.push(
            fixes.map(|(rule, new)| format!("{rule} {}-{} {:?}", new.line, new.end_line, new.text)).collect::<Vec<_>>(),
        );
    }
    assert!(mended[0].contains(&"F401 1-1 \"\"".to_owned()), "{mended:?}");
    assert!(mended[0].contains(&"UP006 6-6 \"def total(prices: list[int]) -> int:\"".to_owned()), "{mended:?}");
}

/// As ruff writes it for `GREETING = "éé"; y: List[int] = []`, in both formats.
#[test]
fn signs_before_a_fix_do_not_move_it() {
    let rdjson = r#"{"source":{"name":"TOOL"},"diagnostics":[{"message":"m","code":{"value":"UP006"},
      "location":{"path":"a.py","range":{"start":{"line":1,"column":21},"end":{"line":1,"column":25}}},
      "suggestions":[{"range":{"start":{"line":1,"column":21},"end":{"line":1,"column":25}},"text":"list"}]}]}"#;
    let region = r#"{"startLine":1,"startColumn":21,"endLine":1,"endColumn":25}"#;
    let place = r#""artifactLocation":{"uri":"a.py"}"#;
    let sarif = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"TOOL"}}}},"results":[{{"message":{{"text":"m"}},
          "locations":[{{"physicalLocation":{{{place},"region":{region}}}}}],
          "fixes":[{{"artifactChanges":[{{{place},"replacements":[{{"deletedRegion":{region},"insertedContent":{{"text":"list"}}}}]}}]}}]}}]}}]}}"#
    );
    for signs in ["éé", "😀😀", "ab"] {
        let text = format!("GREETING = \"{signs}\"; y: List[int] = []\n");
        for report in [rdjson, &sarif] {
            let fixed = |tool: &str| {
                let report = check(signs, report.replace("TOOL", tool).as_bytes()).unwrap();
                apply_edits(&text, &report.results[0].edits).map(|new| new.text)
            };
            let right = format!("GREETING = \"{signs}\"; y: list[int] = []");
            assert_eq!(fixed("ruff"), Some(right.clone()));
            // Who may count otherwise gets no suggestion.
            assert_eq!(fixed("other"), Some(right).filter(|_| signs.is_ascii()));
        }
    }
}

#[test]
fn any_patch_can_be_asked_for_its_tests() {
    let mut asked = 0;
    for (_, bytes) in corpus("leftovers") {
        let patch = String::from_utf8_lossy(&bytes);
        for path in ["a.js", "a.py", "a.rb", "a.rs", "a.php", "a.ex", "a.go", "a.vue", "a.c", "a.java", "a.zig"] {
            for (text, is_test) in [(None, false), (Some(&*patch), false), (None, true)] {
                let hunks = parse_hunks(&patch);
                let lines: BTreeSet<u32> = hunks.iter().flat_map(|it| &it.lines).filter_map(|line| line.new).collect();
                let status = ChangeStatus::Modified;
                let file = ChangedFile { path, status, hunks, text, is_test, is_source: !is_test, hits: None };
                for untested in review(&[file], Some(&[]), true).untested.iter().flatten() {
                    assert!(lines.contains(&untested.line), "{path}: {untested:?}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 0);
}
