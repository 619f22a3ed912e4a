//! Tests that say less than before: skipped, focused, with fewer assertions, gone.

use super::lines::{CodeLines, Piece, code_lines};
use super::review::ChangedFile;
use super::vocabulary::{assertions, find_focus, find_sign, skips_of};
use crate::analysis::code::{Language, TokenKind};
use crate::diff::{Hunk, Line, LineKind};
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
    /// The same of tests that were not there before.
    born_skipped: Vec<(u32, &'static str)>,
    /// Those that say when they end.
    excused: Vec<(u32, &'static str)>,
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
    /// Whether tests that stay may run again: none is skipped in another place, and none goes.
    pub(super) fn may_run_again(&self) -> bool {
        let skips = self.skips.len() + self.born_skipped.len() + self.excused.len();
        skips == 0 && self.tests_removed.is_empty()
    }

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
        let mut measures = begins_benchmark(hunk.heading, language).unwrap_or(false);
        let (mut removed, mut added, mut gone, mut instead) = (0, 0, 0, 0);
        let tests_gone = hunk.lines.iter().filter(|line| line.kind == LineKind::Removed).any(|line| {
            line.old.and_then(|at| old.get(at)).is_some_and(|code| is_test_definition(code.tokens, language))
        });
        for (index, line) in hunk.lines.iter().enumerate() {
            if let Some(begun) = begins_benchmark(line.text, language) {
                measures = begun;
            }
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
                            || sign.name == "test.skip" && asks_first(&new, number, at)
                            || sign.may_be_conditional && is_conditional(&new, number, at);
                        let skips = if says_when(hunk, index) {
                            &mut delta.excused
                        } else if !tests_gone && is_born(hunk, index, &new, language) {
                            &mut delta.born_skipped
                        } else {
                            &mut delta.skips
                        };
                        if !conditional {
                            skips.push((number, sign.name));
                        }
                    }
                    if let Some(focus) = find_focus(code.tokens, language) {
                        delta.focuses.push((number, focus.name));
                    }
                }
                LineKind::Removed => {
                    let Some((number, code)) = line.old.and_then(|at| Some((at, old.get(at)?))) else { continue };
                    delta.lines_removed += 1;
                    let count = if measures { 0 } else { assertions(code.tokens, language) };
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

/// Whether a function begins here that measures, and asserts nothing by it; `None` where none begins.
fn begins_benchmark(line: &str, language: Language) -> Option<bool> {
    let name = line.trim_start().strip_prefix("func ").filter(|_| language == Language::Go)?;
    Some(name.to_ascii_lowercase().starts_with("benchmark"))
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

/// Whether `test.skip(` at `at` asks something before it skips, as Playwright's does: its first argument is no title.
fn asks_first(lines: &CodeLines<'_>, number: u32, at: usize) -> bool {
    let Some(line) = lines.get(number) else { return false };
    let behind = &line.tokens[at..];
    let arrow = behind.windows(2).any(|two| two[0].is("=") && two[1].is(">"));
    let has_body = arrow || behind.iter().any(|token| token.is("function"));
    let first = match behind {
        [_, _, _, open, first, ..] if open.is("(") => Some(*first),
        [_, _, _, open] if open.is("(") => lines.get(number + 1).and_then(|line| line.tokens.first().copied()),
        _ => None,
    };
    !has_body && first.is_some_and(|first| first.kind != TokenKind::Text && !first.is("`") && !first.is(")"))
}

/// So many lines of comments before a skip, or of its arguments behind it, speak of it.
const BESIDE: usize = 5;

/// Words that say when something comes back, or that it is there to be compiled.
const COMES_BACK: [&str; 9] =
    ["until ", "once ", "unskip", "un-skip", "re-enable", "reenable", "will be enabled", "turn on ", "only compil"];

/// Whether what stands beside the skip at `index` says when it ends, or names the issue that decides it.
fn says_when(hunk: &Hunk<'_>, index: usize) -> bool {
    let there = |line: &&Line<'_>| line.kind != LineKind::Removed;
    let is_comment = |line: &&Line<'_>| {
        let text = line.text.trim_start();
        ["//", "/*", "*", "--"].iter().any(|sign| text.starts_with(sign))
            || text.starts_with('#') && !text.starts_with("#[")
    };
    let opens = |line: &&Line<'_>| line.text.trim_end().ends_with(['(', ',', '\\', '[']);
    let before = hunk.lines[..index].iter().rev().filter(there).take(BESIDE).take_while(is_comment);
    let from_here: Vec<&Line<'_>> = hunk.lines[index..].iter().filter(there).take(BESIDE).collect();
    let behind = from_here.iter().take_while(|line| opens(line)).count();
    before.chain(from_here.into_iter().take(behind + 1)).any(|line| {
        let text = line.text.to_ascii_lowercase();
        let numbered = text.match_indices('#').any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
        numbered || text.contains("://") || COMES_BACK.iter().any(|words| text.contains(words))
    })
}

/// Whether the test that the line at `index` skips comes with it: its definition, on this line or near it, is new.
fn is_born(hunk: &Hunk<'_>, index: usize, new: &CodeLines<'_>, language: Language) -> bool {
    // What a test calls can skip it too: a function of its own, at the top of the file.
    let begins = |line: &Line<'_>, tokens: &[Piece<'_>]| {
        let at_top = matches!(language, Language::Go | Language::Python) && !line.text.starts_with([' ', '\t']);
        let function = tokens[0].is("func") || tokens[0].is("def") || tokens.get(1).is_some_and(|word| word.is("def"));
        at_top && function || is_test_definition(tokens, language)
    };
    let defines = |line: &&Line<'_>| line.new.and_then(|at| new.get(at)).is_some_and(|code| begins(line, code.tokens));
    let there = |line: &&Line<'_>| line.kind != LineKind::Removed;
    let near = |lines: &mut dyn Iterator<Item = &Line<'_>>| {
        lines.filter(there).take(BESIDE).find(defines).map(|line| line.kind == LineKind::Added)
    };
    let here = hunk.lines[index].text.trim_start();
    let (before, behind) = (&hunk.lines[..index], &hunk.lines[index..]);
    // In Rust an attribute beside it makes it a test.
    if language == Language::Rust {
        let beside = |line: &&Line<'_>| ["#[", "//"].iter().any(|sign| line.text.trim_start().starts_with(sign));
        let before = before.iter().rev().take(BESIDE).take_while(beside);
        let attributes = before.chain(behind.iter().take(BESIDE).take_while(beside));
        return attributes.filter(there).find(defines).map(|line| line.kind == LineKind::Added) == Some(true);
    }
    // Behind an attribute, before a statement.
    if here.starts_with(['@', '#', '[']) || defines(&&hunk.lines[index]) {
        return near(&mut behind.iter()) == Some(true);
    }
    match near(&mut before.iter().rev()) {
        Some(is_new) => is_new,
        // One of the cases of a new test, whose definition comes where they end.
        None => {
            let inside = hunk.lines[index].new.and_then(|at| new.get(at)).is_some_and(|code| code.depth > 0);
            let added = behind.iter().filter(there).take(CASES).take_while(|line| line.kind == LineKind::Added);
            inside && added.into_iter().any(|line| defines(&line))
        }
    }
}

/// The cases of one test take at most so many lines.
const CASES: usize = 60;

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
/// that tests may go with it. `source_changes`: they get other code, so that tests may say something else of it. `strict`: a
/// skip is one, whatever stands beside it.
pub(super) fn find_weaker(
    files: &[(&ChangedFile<'_>, Delta)],
    strict: bool,
    source_shrinks: bool,
    source_changes: bool,
    has_replacement: &dyn Fn(&str) -> bool,
) -> Vec<Weaker> {
    let mut found = Vec::new();
    let removed_skips: usize = files.iter().map(|(_, delta)| delta.skips_removed).sum();
    let net_asserts = sum(files, |delta| delta.asserted) < sum(files, |delta| delta.unasserted);
    let tests_added = sum(files, |delta| delta.tests_added);
    let tests_removed = sum(files, |delta| delta.tests_removed.len());
    // A test that is new and does not run makes no test weaker, unless it is all that comes with other code.
    let born = sum(files, |delta| delta.born_skipped.len());
    let counts_born = strict || source_changes && tests_added <= born;
    let counted = |delta: &Delta| {
        let born: &[_] = if counts_born { &delta.born_skipped } else { &[] };
        let excused: &[_] = if strict { &delta.excused } else { &[] };
        let mut skips = [&delta.skips, born, excused].concat();
        skips.sort_unstable();
        skips
    };
    let added_skips = sum(files, |delta| counted(delta).len());
    for (file, delta) in files {
        let path = file.path.to_owned();
        let is_gone = file.status == ChangeStatus::Removed;
        let skips = counted(delta);
        if let ([(line, name), ..], true) =
            (skips.as_slice(), added_skips > removed_skips && skips.len() > delta.skips_removed)
        {
            found.push(Weaker {
                kind: WeakerKind::Skipped,
                path: path.clone(),
                line: Some(*line),
                name,
                count: skips.len() - delta.skips_removed,
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
            let seen = delta(path, &format!("@@ -1,0 +2,1 @@\n+{line}\n"));
            assert_eq!([seen.skips, seen.born_skipped].concat(), [(2, name)], "{path} {line}");
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
            find_weaker(&[(&file, delta)], false, false, false, &|_| false).len()
        };
        assert_eq!((weaker(0), weaker(1), weaker(8)), (1, 1, 0));
        let typed = delta("a.test-d.ts", "@@ -1 +1,2 @@\n-expectError(f(1))\n+// @ts-expect-error no\n+f(1)\n");
        assert_eq!((typed.asserted, typed.unasserted), (1, 1));
    }

    #[test]
    fn a_skip_that_says_when_it_ends_is_none() {
        let skips = |path: &str, lines: &str| {
            let old = lines.lines().filter(|line| line.starts_with(' ')).count();
            let seen = delta(path, &format!("@@ -1,{old} +1,{} @@\n{lines}", lines.lines().count()));
            seen.skips.len() + seen.born_skipped.len()
        };
        for (path, lines) in [
            ("a_test.go", "+\tt.Skip(\"golang/go#64235\")\n"),
            ("a_test.go", "+\tt.Skip() // until the parser reads it\n"),
            ("a.test.ts", "+// Back when https://example.com/1 is mended.\n+it.skip('a', () => {\n"),
            ("test_a.py", "+@pytest.mark.xfail(\n+    reason='see #12',\n+)\n"),
            ("a.rs", " // Re-enable with the new parser.\n+#[ignore]\n"),
            ("a.spec.ts", "+test.skip(isOld(), 'no workers')\n"),
            ("a.spec.ts", "+test.skip(\n+  isOld(),\n+)\n"),
        ] {
            assert_eq!(skips(path, lines), 0, "{path} {lines}");
        }
        for (path, lines) in [
            ("a_test.go", "+\tt.Skip(\"TODO: broken\")\n"),
            ("test_a.py", "+# Flaky.\n+@pytest.mark.skip\n"),
            ("test_a.py", "+x = 1 # see #12\n \n+@pytest.mark.skip\n"),
            ("a.spec.ts", "+test.skip('a', () => {\n"),
            ("a.spec.ts", "+test.skip(title, () => {\n"),
        ] {
            assert_eq!(skips(path, lines), 1, "{path} {lines}");
        }
    }

    #[test]
    fn a_test_that_comes_skipped_is_told_from_one_that_stays() {
        let seen = |path: &str, patch: &str| {
            let seen = delta(path, patch);
            (seen.skips.len(), seen.born_skipped.len())
        };
        for (path, patch) in [
            ("a.test.ts", "@@ -1,0 +1,2 @@\n+it.skip('a', () => {\n+})\n"),
            ("test_a.py", "@@ -1,0 +1,2 @@\n+@pytest.mark.skip\n+def test_a():\n"),
            ("a_test.go", "@@ -1,0 +1,2 @@\n+func TestA(t *testing.T) {\n+\tt.Skip(\"no\")\n"),
            ("a.rs", "@@ -1,0 +1,3 @@\n+#[ignore]\n+#[test]\n+fn a() {}\n"),
        ] {
            assert_eq!(seen(path, patch), (0, 1), "{path}");
        }
        for (path, patch) in [
            ("a.test.ts", "@@ -1 +1 @@\n-it('a', () => {\n+it.skip('a', () => {\n"),
            ("test_a.py", "@@ -1 +1,2 @@\n+@pytest.mark.skip\n def test_a():\n"),
            ("a_test.go", "@@ -1 +1,2 @@\n func TestA(t *testing.T) {\n+\tt.Skip(\"no\")\n"),
        ] {
            assert_eq!(seen(path, patch), (1, 0), "{path}");
        }
    }

    #[test]
    fn a_new_test_is_known_by_its_attributes_and_behind_its_cases() {
        let seen = delta("a.rs", "@@ -1,0 +1,3 @@\n+#[ignore] // only compilation is checked\n+#[test]\n+fn a() {}\n");
        assert_eq!((seen.skips.len(), seen.born_skipped.len(), seen.excused.len()), (0, 0, 1));
        let other = delta("a.rs", "@@ -1,0 +1,3 @@\n+#[tokio::test]\n+#[ignore] // slow\n+async fn a() {}\n");
        assert_eq!((other.skips.len(), other.born_skipped.len()), (0, 1));
        let case = "@@ -1,0 +1,5 @@\n+@pytest.mark.parametrize('a', [\n+    pytest.param(1,\n+        marks=pytest.mark.xfail(reason='no')),\n+])\n+def test_a(a):\n";
        let case = delta("test_a.py", case);
        assert_eq!((case.skips.len(), case.born_skipped.len()), (0, 1));
        let stays = delta("a.rs", "@@ -1,2 +1,3 @@\n+#[ignore] // slow\n #[test]\n fn a() {}\n");
        assert_eq!((stays.skips.len(), stays.born_skipped.len()), (1, 0));
    }

    #[test]
    fn a_benchmark_asserts_nothing() {
        let patch = "@@ -1,4 +1,2 @@\n func BenchmarkA(b *testing.B) {\n-if x {\n-\tb.Fatal(\"x\")\n }\n";
        assert_eq!(delta("a_test.go", patch).unasserted, 0);
        assert_eq!(delta("a_test.go", &patch.replace("BenchmarkA(b", "TestA(t").replace("b.F", "t.F")).unasserted, 1);
        let gone = "@@ -1,2 +0,0 @@\n-func benchmarkA(b *testing.B) {\n-\tb.Fatal(\"x\")\n";
        assert_eq!(delta("a_test.go", gone).unasserted, 0);
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
