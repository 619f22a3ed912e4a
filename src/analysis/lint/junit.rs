//! JUnit's XML: failed tests and errors. The format has no place for a line; writers put it into attributes, into the
//! name of the suite, or only into the failure's text, so that every one of these is tried in turn.

use super::builder::{Builder, TEST, cut, range, severity};
use super::error::LintError;
use super::report::{Diagnostic, Spot};
use super::trace::{CompilerLine, compiler_lines, places};
use super::xml::{Attributes, Elements};
use crate::model::{ColumnKind, LintRange, LintSeverity};

/// So much of a failure's text is kept; a compiler writes all its results into one.
const MAX_KEPT_TEXT: usize = 4 << 20;

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
    /// What kind of failure; linters write how serious it is.
    kind: String,
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
                let (message, kind) = (attributes.text("message"), attributes.text("type"));
                self.failure = Some(Failure { message, text: String::new(), kind });
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
                    let results = compiler_lines(&failure.text);
                    for result in &results {
                        builder.add(of_compiler(result, suite))?;
                    }
                    if results.is_empty() {
                        builder.add(diagnostic(case, suite, &failure))?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(failure) = &mut self.failure
            && failure.text.len() < MAX_KEPT_TEXT
        {
            failure.text.push_str(text);
        }
    }
}

/// A compiler in a test's clothes, as mypy: one test that holds all its results.
fn of_compiler(line: &CompilerLine<'_>, suite: Option<&(String, Option<String>)>) -> Diagnostic {
    let at = range(ColumnKind::Characters, (Some(line.line), line.column), (None, None));
    Diagnostic {
        spots: vec![Spot { path: line.path.clone(), range: at }],
        tool: suite.map(|(name, _)| name.clone()).filter(|name| !is_path(name)).unwrap_or_default(),
        rule: line.rule.to_owned(),
        url: None,
        severity: line.severity,
        message: line.message.to_owned(),
        edits: Vec::new(),
        fatal: false,
    }
}

fn diagnostic(case: &Case, suite: Option<&(String, Option<String>)>, failure: &Failure) -> Diagnostic {
    let (suite_name, suite_file) = suite.map_or(("", None), |(name, file)| (name.as_str(), file.as_deref()));
    let linter = linter_of(case, suite_name);
    let stated = stated(&failure.text).or_else(|| stated(&failure.message));
    let stated = stated.or_else(|| linter.as_ref()?.stated()).unwrap_or_default();
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
    let found: Vec<(String, u64)> = places(&failure.text).into_iter().chain(places(&failure.message)).collect();
    let line = |line: u64| range(ColumnKind::Characters, (Some(line), None), (None, None));
    // The attributes say where the test begins; the text may say where in it it failed.
    for file in &own {
        if let Some((_, number)) = found.iter().find(|(path, _)| is_same_file(path, file)) {
            add(file, line(*number));
        }
    }
    own.iter().for_each(|file| add(file, at));
    // A trace may name no more than `FooTest.java`, which the class makes a path.
    let of_class = files_of_class(&case.class);
    for file in &of_class {
        if let Some((_, number)) = found.iter().find(|(path, _)| is_same_file(path, file)) {
            add(file, line(*number));
        }
    }
    // Where the text says where, innermost last: the last place is the nearest to the assertion in Python, the first in
    // other languages; the first that is a file of the repository counts.
    found.iter().for_each(|(path, number)| add(path, line(*number)));
    of_class.iter().for_each(|file| add(file, at));
    let first = failure.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let said = if failure.message.trim().is_empty() { first } else { failure.message.trim() };
    let said = cut(said.lines().next().unwrap_or_default(), 300);
    let (rule, message) = match linter {
        // A linter in a test's clothes: its "test" is the rule.
        Some(linter) => (linter.rule.to_owned(), said),
        None => (String::new(), format!("{}: {said}", if case.name.is_empty() { "a test failed" } else { &case.name })),
    };
    let tool = if rule.is_empty() { TEST } else { "" };
    let severity_of = |rule: &str| stated.severity.or_else(|| severity(&failure.kind)).filter(|_| !rule.is_empty());
    let severity = severity_of(&rule).unwrap_or(LintSeverity::Error);
    Diagnostic { spots, tool: tool.to_owned(), rule, url: None, severity, message, edits: Vec::new(), fatal: false }
}

/// A linter in a test's clothes.
struct Linter<'c> {
    rule: &'c str,
    /// What the name says of the place: `3:5`.
    at: Option<&'c str>,
}

impl Linter<'_> {
    fn stated(&self) -> Option<Stated> {
        let (line, column) = self.at?.split_once(':')?;
        Some(Stated { line: line.parse().ok(), column: column.parse().ok(), severity: None })
    }
}

/// Linters name their test after the rule, `org.eslint.no-var` or `org.ruff.F401`, or after rule and place, as in
/// `PEAR.Commenting.FileComment.Missing at /w/a.php (2:1)`.
fn linter_of<'c>(case: &'c Case, suite: &str) -> Option<Linter<'c>> {
    if !is_path(suite) {
        return None;
    }
    if let Some(rule) = case.name.strip_prefix("org.") {
        return Some(Linter { rule: rule.split_once('.').map_or(rule, |(_, rule)| rule), at: None });
    }
    let (rule, place) = case.name.split_once(" at ")?;
    let at = place.strip_prefix(suite)?.trim().strip_prefix('(')?.strip_suffix(')')?;
    Some(Linter { rule, at: Some(at) })
}

/// The files that a class may stand in; a class inside of another stands where that does.
fn files_of_class(class: &str) -> Vec<String> {
    let class = class.split('$').next().unwrap_or(class);
    if class.is_empty() || class.contains('/') {
        return Vec::new();
    }
    let path = class.replace(['.', '\\'], "/");
    ["py", "java", "kt", "php", "rb", "ts", "js"].iter().map(|ending| format!("{path}.{ending}")).collect()
}

fn is_path(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().and_then(|last| last.rsplit_once('.'));
    name.contains(['/', '\\']) && last.is_some_and(|(_, ending)| !ending.is_empty() && !ending.contains(' '))
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

    #[test]
    fn a_linters_path_may_hold_blanks_and_its_name_the_place() {
        let eslint = "<failure message=\"No.\">line 7, col 5, Error - No. (no-var)</failure>";
        assert_eq!(
            first("name=\"/w/my app/b.js\"", "name=\"org.eslint.no-var\"", eslint),
            "/w/my app/b.js:7 error No."
        );
        let phpcs = "name=\"PEAR.Commenting.FileComment.Missing at /w/my app/a.php (2:1)\"";
        let failure = "<failure type=\"warning\" message=\"Missing.\"/>";
        assert_eq!(first("name=\"/w/my app/a.php\"", phpcs, failure), "/w/my app/a.php:2 warning Missing.");
    }

    #[test]
    fn a_class_makes_a_path_of_what_the_trace_names() {
        let text = "<failure message=\"no\">at org.junit.Assert.fail(Assert.java:9)\n\tat com.acme.FooTest$In.bar(FooTest.java:5)</failure>";
        let case = "name=\"bar\" classname=\"com.acme.FooTest$In\"";
        assert_eq!(first("name=\"com.acme.FooTest\"", case, text), "com/acme/FooTest.java:5 error bar: no");
        let native = "<failure message=\"no\">  File \"/w/tests/test_p.py\", line 3, in test_p</failure>";
        assert_eq!(
            first("name=\"pytest\"", "name=\"test_p\" classname=\"tests.test_p\"", native),
            "tests/test_p.py:3 error test_p: no"
        );
    }

    #[test]
    fn a_compiler_in_a_tests_clothes_has_many_results() {
        let text = r#"<testsuite name="mypy"><testcase classname="mypy" file="mypy" line="1" name="mypy-py3_11-linux">
          <failure message="mypy produced messages">py/a.py:2: error: Wrong type  [return-value]
py/b.py:4: error: Expected `)`, found newline  [syntax]</failure></testcase></testsuite>"#;
        let report = read(text.as_bytes()).expect("reads");
        let seen = |it: &super::Diagnostic| {
            (it.spots[0].path.clone(), it.spots[0].range.map(|at| at.line), it.tool.clone(), it.rule.clone())
        };
        let expected =
            |path: &str, line: u32, rule: &str| (path.to_owned(), Some(line), "mypy".to_owned(), rule.to_owned());
        let seen: Vec<_> = report.results.iter().map(seen).collect();
        assert_eq!(seen, [expected("py/a.py", 2, "return-value"), expected("py/b.py", 4, "syntax")]);
        assert_eq!(report.tools, ["mypy"]);
    }
}
