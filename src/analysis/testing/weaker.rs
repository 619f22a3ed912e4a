//! Tests that say less than before: skipped, focused, with fewer assertions, gone.

use super::lines::{CodeLines, Piece, code_lines};
use super::review::ChangedFile;
use super::vocabulary::{assertions, find_sign, focuses_of, skips_of};
use crate::analysis::code::Language;
use crate::diff::{Hunk, LineKind};
use crate::model::ChangeStatus;

/// In what way tests got weaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakerKind {
    /// Tests are skipped that ran before.
    Skipped,
    /// One test is run instead of all.
    Focused,
    /// Assertions are gone from tests that stay.
    FewerAssertions,
    /// Tests are gone from a file that stays.
    FewerTests,
    /// The file is gone, and its tests with it.
    Deleted,
}

impl WeakerKind {
    /// Its name in data.
    pub fn as_str(self) -> &'static str {
        match self {
            WeakerKind::Skipped => "skipped",
            WeakerKind::Focused => "focused",
            WeakerKind::FewerAssertions => "fewer_assertions",
            WeakerKind::FewerTests => "fewer_tests",
            WeakerKind::Deleted => "deleted",
        }
    }
}

/// One place where tests got weaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weaker {
    /// How.
    pub kind: WeakerKind,
    /// The test file.
    pub path: String,
    /// The first line of it; of [`WeakerKind::Skipped`] and [`WeakerKind::Focused`] on the new side, of the others on the
    /// old one.
    pub line: Option<u32>,
    /// What skips or focuses, as people write it; empty for the others.
    pub name: &'static str,
    /// How many.
    pub count: usize,
}

/// What one test file's change does to its tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Delta {
    skips: Vec<(u32, &'static str)>,
    skips_removed: usize,
    focuses: Vec<(u32, &'static str)>,
    /// Places inside tests that stay, with how many assertions fewer.
    lost: Vec<(u32, usize)>,
    asserted: usize,
    unasserted: usize,
    pub(super) tests_added: usize,
    tests_removed: Vec<u32>,
    /// Changed lines with code.
    lines_added: usize,
    lines_removed: usize,
}

/// A test file that gets so many lines may say in them what others said before.
const REWRITTEN: usize = 8;

impl Delta {
    /// Whether the file loses too few lines for so many assertions or tests: they are written in another way.
    fn is_rewritten(&self, lost: usize) -> bool {
        self.lines_added >= REWRITTEN && self.lines_removed < self.lines_added + lost
    }
}

/// So many assertions fewer are a loss even where others were added.
const MANY: usize = 3;

/// Reads one test file's hunks.
pub(super) fn read_delta(path: &str, hunks: &[Hunk<'_>]) -> Delta {
    let mut delta = Delta::default();
    let Some(language) = Language::of(path) else { return delta };
    for hunk in hunks {
        let side = |other| {
            hunk.lines.iter().filter(|line| line.kind != other).map(|line| line.text).collect::<Vec<_>>().join("\n")
        };
        let (old, new) = (side(LineKind::Added), side(LineKind::Removed));
        let old = code_lines(&old, language, hunk.old_start.max(1));
        let new = code_lines(&new, language, hunk.new_start.max(1));
        let mut lost = Vec::new();
        let (mut removed, mut added, mut gone, mut instead) = (0, 0, 0, 0);
        for line in &hunk.lines {
            match line.kind {
                LineKind::Added => {
                    added += usize::from(expects_error(line.text));
                    let Some((number, code)) = line.new.and_then(|at| Some((at, new.get(at)?))) else { continue };
                    delta.lines_added += 1;
                    instead += 1;
                    added += assertions(code.tokens, language);
                    delta.tests_added += usize::from(is_test_definition(code.tokens, language));
                    if let Some((at, sign)) = find_sign(code.tokens, skips_of(language)) {
                        let conditional = is_chosen(code.tokens, at)
                            || sign.name == "@pytest.mark.xfail" && has_condition(&new, number, at)
                            || sign.may_be_conditional && is_conditional(&new, number, at);
                        if !conditional {
                            delta.skips.push((number, sign.name));
                        }
                    }
                    if let Some((_, sign)) = find_sign(code.tokens, focuses_of(language)) {
                        delta.focuses.push((number, sign.name));
                    }
                }
                LineKind::Removed => {
                    let Some((number, code)) = line.old.and_then(|at| Some((at, old.get(at)?))) else { continue };
                    delta.lines_removed += 1;
                    let count = assertions(code.tokens, language);
                    removed += count;
                    if count > 0 {
                        lost.push((number, count));
                    }
                    if is_test_definition(code.tokens, language) {
                        delta.tests_removed.push(number);
                        gone += 1;
                    }
                    delta.skips_removed += usize::from(find_sign(code.tokens, skips_of(language)).is_some());
                }
                LineKind::Context => {}
            }
        }
        delta.asserted += added;
        delta.unasserted += removed;
        // With a test that is gone, its assertions are gone too. Where more lines came, they say it in another way; one
        // assertion in the place of two is mostly a better one.
        if removed > 0 && gone == 0 && instead <= removed && (added == 0 || removed >= added + MANY) {
            delta.lost.push((lost.first().map_or(0, |(number, _)| *number), removed - added));
        }
    }
    delta
}

/// Whether `mark.xfail(` at `at` names a condition first, on its line or on the next one, and not only a reason.
fn has_condition(lines: &CodeLines<'_>, number: u32, at: usize) -> bool {
    const NAMED: [&str; 4] = ["reason", "raises", "strict", "run"];
    let Some(line) = lines.get(number) else { return false };
    let behind = line.tokens.iter().skip(at).skip_while(|token| !token.is("(")).nth(1).copied();
    let opens = line.tokens.last().is_some_and(|token| token.is("("));
    let next = || lines.get(number + 1).and_then(|line| line.tokens.first().copied());
    let first = behind.or_else(|| if opens { next() } else { None });
    first.is_some_and(|first| first.is_word() && !NAMED.contains(&first.text))
}

/// Tests of types assert in a comment that the next line is wrong; one that goes may as well have come right.
fn expects_error(text: &str) -> bool {
    text.contains("@ts-expect-error")
}

/// Whether the line at `number` stands under an `if`, or has one of its own before or behind what begins at `at`.
fn is_conditional(lines: &CodeLines<'_>, number: u32, at: usize) -> bool {
    const WORDS: [&str; 10] = ["if", "unless", "elif", "else", "elsif", "except", "rescue", "case", "catch", "switch"];
    let has = |tokens: &[Piece<'_>]| tokens.iter().any(|token| WORDS.contains(&token.text));
    let Some(line) = lines.get(number) else { return false };
    let under = lines.before(number).is_some_and(|line| {
        line.tokens.first().is_some_and(|token| WORDS.contains(&token.text) || token.is("}")) && has(line.tokens)
    });
    under || has(&line.tokens[..at]) || has(&line.tokens[at..])
}

/// Whether what begins at `at` is one of two: `works ? it : it.skip`, also over several lines.
fn is_chosen(tokens: &[Piece<'_>], at: usize) -> bool {
    tokens[..at].iter().any(|token| token.is("?")) || at > 0 && tokens[0].is(":")
}

/// Whether the line begins a test.
fn is_test_definition(tokens: &[Piece<'_>], language: Language) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let behind = |keyword: &str| tokens.iter().position(|token| token.text == keyword).map_or("", |at| word(at + 1));
    match language {
        Language::Python => behind("def").starts_with("test"),
        Language::JavaScript | Language::Dart => {
            // `(works ? it : it.skip)("...`
            let chosen = tokens
                .windows(3)
                .any(|three| ["it", "test", "skip"].contains(&three[0].text) && three[1].is(")") && three[2].is("("));
            matches!(word(0), "it" | "test") && matches!(word(1), "(" | ".") || word(0) == "(" && chosen
        }
        Language::Go => behind("func").starts_with("Test"),
        Language::Rust => {
            word(0) == "#"
                && tokens.iter().any(|token| token.text == "test" || token.text == "rstest")
                && !tokens.iter().any(|token| token.text == "cfg")
        }
        Language::Java | Language::Kotlin | Language::Scala => {
            word(0) == "@" && matches!(word(1), "Test" | "ParameterizedTest")
        }
        Language::CSharp => word(0) == "[" && matches!(word(1), "Fact" | "Test" | "Theory" | "TestMethod"),
        Language::Ruby => {
            matches!(word(0), "it" | "specify" | "test" | "should") && tokens.len() > 1
                || behind("def").starts_with("test_")
        }
        Language::Php => behind("function").starts_with("test") || matches!(word(0), "it" | "test") && word(1) == "(",
        Language::Elixir => word(0) == "test" && tokens.len() > 1,
        Language::Swift => behind("func").starts_with("test") || word(0) == "@" && word(1) == "Test",
        Language::C => word(0).starts_with("TEST") && word(1) == "(",
        Language::Lua => word(0) == "it" && word(1) == "(",
        Language::Plain => false,
    }
}

/// Where the tests of a whole pull request got weaker. `source_shrinks`: its sources lose more code than they gain, so
/// that tests may go with it. `source_changes`: they get other code, so that tests may say something else of it.
pub(super) fn find_weaker(
    files: &[(&ChangedFile<'_>, Delta)],
    source_shrinks: bool,
    source_changes: bool,
    has_replacement: &dyn Fn(&str) -> bool,
) -> Vec<Weaker> {
    let mut found = Vec::new();
    let removed_skips: usize = files.iter().map(|(_, delta)| delta.skips_removed).sum();
    let added_skips: usize = files.iter().map(|(_, delta)| delta.skips.len()).sum();
    let net_asserts = sum(files, |delta| delta.asserted) < sum(files, |delta| delta.unasserted);
    let tests_added = sum(files, |delta| delta.tests_added);
    let tests_removed = sum(files, |delta| delta.tests_removed.len());
    for (file, delta) in files {
        let path = file.path.to_owned();
        let is_gone = file.status == ChangeStatus::Removed;
        if let ([(line, name), ..], true) =
            (delta.skips.as_slice(), added_skips > removed_skips && delta.skips.len() > delta.skips_removed)
        {
            found.push(Weaker {
                kind: WeakerKind::Skipped,
                path: path.clone(),
                line: Some(*line),
                name,
                count: delta.skips.len() - delta.skips_removed,
            });
        }
        if let [(line, name), ..] = delta.focuses.as_slice() {
            found.push(Weaker {
                kind: WeakerKind::Focused,
                path: path.clone(),
                line: Some(*line),
                name,
                count: delta.focuses.len(),
            });
        }
        if is_gone {
            let count = delta.tests_removed.len();
            let moved = tests_added >= count.max(1) || tests_added * 2 >= tests_removed.max(1);
            if count + delta.unasserted > 0 && !moved && !source_shrinks && !has_replacement(file.path) {
                found.push(Weaker { kind: WeakerKind::Deleted, path, line: None, name: "", count });
            }
            continue;
        }
        let lost: usize = delta.lost.iter().map(|(_, count)| count).sum();
        let tests_lost = delta.tests_removed.len().saturating_sub(delta.tests_added);
        if tests_lost > 0 && tests_removed > tests_added && !source_shrinks && !delta.is_rewritten(0) && !source_changes
        {
            let line = delta.tests_removed.first().copied();
            found.push(Weaker { kind: WeakerKind::FewerTests, path, line, name: "", count: tests_lost });
        } else if lost > 0
            && delta.unasserted > delta.asserted
            && net_asserts
            && !source_shrinks
            && delta.tests_added <= delta.tests_removed.len()
            && !delta.is_rewritten(delta.unasserted - delta.asserted)
        {
            let line = delta.lost.first().map(|(line, _)| *line).filter(|line| *line > 0);
            found.push(Weaker {
                kind: WeakerKind::FewerAssertions,
                path,
                line,
                name: "",
                count: delta.unasserted - delta.asserted,
            });
        }
    }
    found
}

fn sum(files: &[(&ChangedFile<'_>, Delta)], of: impl Fn(&Delta) -> usize) -> usize {
    files.iter().map(|(_, delta)| of(delta)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    fn delta(path: &str, patch: &str) -> Delta {
        read_delta(path, &parse_hunks(patch))
    }

    #[test]
    fn skips_of_many_languages_are_seen() {
        for (path, line, name) in [
            ("test_a.py", "@pytest.mark.skip(reason='x')", "@pytest.mark.skip"),
            ("a.test.ts", "it.skip('a', () => {", "it.skip"),
            ("a.test.ts", "xit('a', () => {", "xit"),
            ("a_test.go", "t.Skip(\"later\")", "t.Skip"),
            ("a.rs", "#[ignore]", "#[ignore]"),
            ("ATest.java", "@Disabled(\"x\")", "@Disabled"),
            ("ATest.kt", "@Ignore", "@Ignore"),
            ("ATests.cs", "[Fact(Skip = \"x\")]", "Skip ="),
            ("a_spec.rb", "pending 'x'", "pending"),
            ("a_spec.rb", "xit 'x' do", "xit"),
            ("ATest.php", "$this->markTestSkipped('x');", "markTestSkipped"),
            ("a_test.exs", "@tag :skip", "@tag :skip"),
            ("ATests.swift", "throw XCTSkip(\"x\")", "XCTSkip"),
            ("a_test.cc", "GTEST_SKIP() << 1;", "GTEST_SKIP"),
        ] {
            let skips = delta(path, &format!("@@ -1,0 +2,1 @@\n+{line}\n")).skips;
            assert_eq!(skips, [(2, name)], "{path} {line}");
        }
    }

    #[test]
    fn a_skip_under_a_condition_is_none() {
        assert_eq!(
            delta("a_test.go", "@@ -1,0 +1,3 @@\n+if runtime.GOOS == \"windows\" {\n+\tt.Skip(\"x\")\n+}\n").skips,
            []
        );
        assert_eq!(delta("test_a.py", "@@ -1,0 +1,2 @@\n+if x:\n+    pytest.skip('no')\n").skips, []);
        assert_eq!(delta("test_a.py", "@@ -1,0 +1,1 @@\n+@pytest.mark.skipif(x, reason='y')\n").skips, []);
        assert_eq!(delta("test_a.py", "@@ -1,0 +1,2 @@\n+@pytest.mark.xfail(\n+    x, reason='y')\n").skips, []);
        assert_eq!(delta("test_a.py", "@@ -1,0 +1,1 @@\n+@pytest.mark.xfail(reason='y')\n").skips.len(), 1);
        assert_eq!(delta("a_spec.rb", "@@ -1,0 +1,1 @@\n+skip 'x' if RUBY_VERSION < '3'\n").skips, []);
        assert_eq!(delta("a.test.ts", "@@ -1,0 +1,1 @@\n+// it.skip('a')\n").skips, []);
        assert_eq!(delta("a.test.ts", "@@ -1,0 +1,1 @@\n+const when = works ? it : it.skip\n").skips, []);
        assert_eq!(delta("a.test.ts", "@@ -1,0 +1,3 @@\n+const when = works\n+  ? it\n+  : it.skip\n").skips, []);
    }

    #[test]
    fn tests_that_are_written_in_another_way_lose_nothing() {
        let weaker = |added: usize| {
            let rows: String = (0..added).map(|it| format!("+    (f({it}), {it}),\n")).collect();
            let patch = format!(
                "@@ -1,5 +1,{} @@\n-def test_a():\n-    assert f(1)\n-def test_b():\n-    assert f(2)\n{rows} def test_c():\n",
                added + 1
            );
            let hunks = parse_hunks(&patch);
            let delta = read_delta("test_a.py", &hunks);
            let file = ChangedFile {
                path: "test_a.py",
                status: ChangeStatus::Modified,
                hunks: Vec::new(),
                text: None,
                is_test: true,
                is_source: false,
                hits: None,
            };
            find_weaker(&[(&file, delta)], false, false, &|_| false).len()
        };
        assert_eq!((weaker(0), weaker(1), weaker(8)), (1, 1, 0));
        let typed = delta("a.test-d.ts", "@@ -1 +1,2 @@\n-expectError(f(1))\n+// @ts-expect-error no\n+f(1)\n");
        assert_eq!((typed.asserted, typed.unasserted), (1, 1));
    }

    #[test]
    fn assertions_that_go_from_a_test_that_stays_are_lost() {
        let seen = delta("test_a.py", "@@ -1,3 +1,2 @@\n def test_a():\n-    assert a\n     assert b\n");
        assert_eq!((seen.lost, seen.unasserted), (vec![(2, 1)], 1));
        let seen = delta("test_a.py", "@@ -1,2 +0,0 @@\n-def test_a():\n-    assert a\n");
        assert_eq!((seen.lost, seen.tests_removed), (vec![], vec![1]));
        let seen = delta("a_test.go", "@@ -1,3 +1,1 @@\n x()\n-if a != b {\n-\tt.Errorf(\"x\")\n");
        assert_eq!(seen.lost, [(3, 1)]);
    }
}
