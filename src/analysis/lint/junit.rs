//! JUnit's XML: failed tests and errors. The format has no place for a line; writers put it into attributes, into the
//! name of the suite, or only into the failure's text, so that every one of these is tried in turn.

use super::builder::{Builder, cut, range, severity};
use super::error::LintError;
use super::report::{Diagnostic, Spot};
use super::xml::{Attributes, Elements};
use crate::model::{ColumnKind, LintRange, LintSeverity};

/// So much of a failure's text is looked through and shown.
const MAX_TEXT: usize = 20_000;

/// So many places of a text are tried.
const MAX_SPOTS: usize = 20;

#[derive(Default)]
pub(super) struct Junit {
    suites: Vec<(String, Option<String>)>,
    case: Option<Case>,
    failure: Option<Failure>,
}

#[derive(Default)]
struct Case {
    name: String,
    class: String,
    file: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
}

struct Failure {
    message: String,
    text: String,
}

impl Elements for Junit {
    fn start(&mut self, name: &str, attributes: &Attributes, _builder: &mut Builder) -> Result<(), LintError> {
        let file = || attributes.get("file").or_else(|| attributes.get("filepath")).map(str::to_owned);
        match name {
            "testsuite" => self.suites.push((attributes.text("name"), file())),
            "testcase" => {
                self.case = Some(Case {
                    name: attributes.text("name"),
                    class: attributes.text("classname"),
                    file: file(),
                    line: attributes.number("line").or_else(|| attributes.number("lineno")),
                    column: attributes.number("column"),
                });
            }
            "failure" | "error" if self.case.is_some() => {
                self.failure = Some(Failure { message: attributes.text("message"), text: String::new() });
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, builder: &mut Builder) -> Result<(), LintError> {
        match name {
            "testsuite" => drop(self.suites.pop()),
            "testcase" => self.case = None,
            "failure" | "error" => {
                if let (Some(failure), Some(case)) = (self.failure.take(), &self.case) {
                    let suite = self.suites.last();
                    builder.add(diagnostic(case, suite, &failure))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(failure) = &mut self.failure
            && failure.text.len() < MAX_TEXT
        {
            failure.text.push_str(text);
        }
    }
}

fn diagnostic(case: &Case, suite: Option<&(String, Option<String>)>, failure: &Failure) -> Diagnostic {
    let (suite_name, suite_file) = suite.map_or(("", None), |(name, file)| (name.as_str(), file.as_deref()));
    let stated = stated(&failure.text).or_else(|| stated(&failure.message)).unwrap_or_default();
    // Pytest counts the lines of functions from 0.
    let of_case = case.line.map(|line| if suite_name == "pytest" { line.saturating_add(1) } else { line });
    let at = match of_case {
        Some(line) => range(ColumnKind::Characters, (Some(line), case.column), (None, None)),
        None => range(ColumnKind::Characters, (stated.line, stated.column), (None, None)),
    };
    let mut spots = Vec::new();
    let mut add = |path: &str, range: Option<LintRange>| {
        if !path.trim().is_empty() {
            spots.push(Spot { path: path.to_owned(), range });
        }
    };
    let own = [case.file.as_deref(), suite_file, Some(suite_name).filter(|name| is_path(name))];
    let own: Vec<&str> = own.into_iter().flatten().collect();
    let found: Vec<(&str, u64)> = places(&failure.text).into_iter().chain(places(&failure.message)).collect();
    let line = |line: u64| range(ColumnKind::Characters, (Some(line), None), (None, None));
    // The attributes say where the test begins; the text may say where in it it failed.
    for file in &own {
        if let Some((_, number)) = found.iter().find(|(path, _)| is_same_file(path, file)) {
            add(file, line(*number));
        }
    }
    own.iter().for_each(|file| add(file, at));
    // Where the text says where, innermost last: the last place is the nearest to the assertion in Python, the first in
    // other languages; the first that is a file of the repository counts.
    found.iter().for_each(|(path, number)| add(path, line(*number)));
    for ending in ["py", "java", "kt", "php", "rb", "ts", "js"] {
        if !case.class.is_empty() && !case.class.contains('/') {
            add(&format!("{}.{ending}", case.class.replace(['.', '\\'], "/")), at);
        }
    }
    let first = failure.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let said = if failure.message.trim().is_empty() { first } else { failure.message.trim() };
    let said = cut(said.lines().next().unwrap_or_default(), 300);
    let (rule, message) = match linter_of(case, suite_name) {
        // A linter in a test's clothes: its "test" is the rule.
        Some(rule) => (rule, said),
        None => (String::new(), format!("{}: {said}", if case.name.is_empty() { "a test failed" } else { &case.name })),
    };
    let tool = if rule.is_empty() { "test" } else { "" };
    let severity = stated.severity.filter(|_| !rule.is_empty()).unwrap_or(LintSeverity::Error);
    Diagnostic { spots, tool: tool.to_owned(), rule, url: None, severity, message, edits: Vec::new(), fatal: false }
}

/// Linters name their test after the rule, `org.eslint.no-var` or `org.ruff.F401`.
fn linter_of(case: &Case, suite: &str) -> Option<String> {
    let rule = case.name.strip_prefix("org.")?;
    is_path(suite).then(|| rule.split_once('.').map_or(rule, |(_, rule)| rule).to_owned())
}

fn is_path(name: &str) -> bool {
    name.contains(['/', '\\'])
        && !name.contains(' ')
        && name.rsplit(['/', '\\']).next().is_some_and(|last| last.contains('.'))
}

/// What a linter says in words: `line 3, col 7, Warning - ...`.
#[derive(Default)]
struct Stated {
    line: Option<u64>,
    column: Option<u64>,
    severity: Option<LintSeverity>,
}

fn stated(text: &str) -> Option<Stated> {
    let first = text.trim_start().lines().next()?;
    let mut parts = first.splitn(4, ',').map(str::trim);
    let mut number = |names: [&str; 2]| {
        let part = parts.next()?;
        let rest = names.iter().find_map(|name| part.strip_prefix(name))?;
        rest.trim_start().parse::<u64>().ok()
    };
    let line = number(["line ", "Line "])?;
    let column = number(["column ", "col "])?;
    let word = parts.next().and_then(|part| part.split_whitespace().next());
    Some(Stated { line: Some(line), column: Some(column), severity: word.and_then(severity) })
}

/// Whether one of two paths is the end of the other.
fn is_same_file(one: &str, other: &str) -> bool {
    let parts = |path: &str| path.replace('\\', "/").split('/').filter(|it| *it != ".").map(str::to_owned).collect();
    let (one, other): (Vec<String>, Vec<String>) = (parts(one), parts(other));
    one.ends_with(&other) || other.ends_with(&one)
}

/// `path:line` in a text, in its order.
fn places(text: &str) -> Vec<(&str, u64)> {
    let mut found = Vec::new();
    let end = (0..=text.len().min(MAX_TEXT)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    for word in text[..end].split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'' | ',' | '[' | ']'))
    {
        // `C:\a\b.cs:line 5` is not one word; a drive's colon is no separator.
        let from = if word.len() > 2 && word.as_bytes()[1] == b':' { 2 } else { 0 };
        let Some(rest) = word.get(from..) else { continue };
        let Some((path, after)) = rest.split_once(':') else { continue };
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        let Some(line) = digits.parse().ok().filter(|line| *line > 0) else { continue };
        let path = &word[..from + path.len()];
        let named = path.rsplit(['/', '\\']).next().is_some_and(|name| name.contains('.') && !name.starts_with('.'));
        if named && found.len() < MAX_SPOTS {
            found.push((path, line));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::analysis::lint::read;

    /// The first place, severity and message of the only result.
    #[track_caller]
    fn first(suite: &str, case: &str, failure: &str) -> String {
        let text =
            format!("<testsuites><testsuite {suite}><testcase {case}>{failure}</testcase></testsuite></testsuites>");
        let report = read(text.as_bytes()).expect("reads");
        let [only] = report.results.as_slice() else { panic!("one result: {report:#?}") };
        let at = only.spots[0].range.map(|it| format!(":{}", it.line)).unwrap_or_default();
        format!("{}{at} {} {}", only.spots[0].path, only.severity.as_str(), only.message)
    }

    #[test]
    fn a_linter_says_the_place_in_words() {
        let eslint = |text: &str| {
            let failure = format!("<failure message=\"Unexpected var.\">{text}</failure>");
            first("package=\"org.eslint\" name=\"/w/src/b.js\"", "name=\"org.eslint.no-var\"", &failure)
        };
        assert_eq!(
            eslint("line 7, col 5, Warning - Unexpected var. (no-var)"),
            "/w/src/b.js:7 warning Unexpected var."
        );
        assert_eq!(eslint("line 7, col 5, Error - Unexpected var."), "/w/src/b.js:7 error Unexpected var.");
        assert_eq!(eslint("line 0, col 0, Error - Unexpected var."), "/w/src/b.js error Unexpected var.");
        assert_eq!(eslint("lines, columns, and words"), "/w/src/b.js error Unexpected var.");
    }

    #[test]
    fn the_text_knows_better_than_the_attributes_where_a_test_failed() {
        let case = "name=\"test_b\" file=\"tests/test_shop.py\" line=\"7\"";
        let text = "<failure message=\"assert 1 == 2\">src/shop.py:3: in total\ntests/test_shop.py:10: AssertionError</failure>";
        assert_eq!(first("name=\"pytest\"", case, text), "tests/test_shop.py:10 error test_b: assert 1 == 2");
        // Without a place in the text: where the function begins, which pytest counts from 0.
        let bare = "<failure message=\"no\"/>";
        let at_top = "name=\"test_a\" file=\"tests/test_shop.py\" line=\"0\"";
        assert_eq!(first("name=\"pytest\"", at_top, bare), "tests/test_shop.py:1 error test_a: no");
        assert_eq!(first("name=\"vitest\"", case, bare), "tests/test_shop.py:7 error test_b: no");
        let no_line = "name=\"t\" file=\"/w/a.test.js\"";
        let text = "<failure message=\"no\">at Object (./a.test.js:12:5)</failure>";
        assert_eq!(first("name=\"x\"", no_line, text), "/w/a.test.js:12 error t: no");
    }
}
