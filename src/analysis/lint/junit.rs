//! JUnit's XML: failed tests and errors. The format has no place for a line; writers put it into attributes, into the
//! name of the suite, or only into the failure's text, so that every one of these is tried in turn.

use super::builder::{Builder, cut, range};
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
    let at = range(ColumnKind::Characters, (case.line, case.column), (None, None));
    let mut spots = Vec::new();
    let mut add = |path: Option<&str>, range: Option<LintRange>| {
        if let Some(path) = path.filter(|path| !path.trim().is_empty()) {
            spots.push(Spot { path: path.to_owned(), range });
        }
    };
    let (suite_name, suite_file) = suite.map_or(("", None), |(name, file)| (name.as_str(), file.as_deref()));
    add(case.file.as_deref(), at);
    add(suite_file, at);
    add(Some(suite_name).filter(|name| is_path(name)), at);
    // Where the text says where, innermost last: the last place is the nearest to the assertion in Python, the first in
    // other languages; the first that is a file of the repository counts.
    for (path, line) in places(&failure.text).into_iter().chain(places(&failure.message)) {
        add(Some(path), range(ColumnKind::Characters, (Some(line), None), (None, None)));
    }
    for ending in ["py", "java", "kt", "php", "rb", "ts", "js"] {
        if !case.class.is_empty() && !case.class.contains('/') {
            add(Some(&format!("{}.{ending}", case.class.replace(['.', '\\'], "/"))), at);
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
    Diagnostic {
        spots,
        tool: tool.to_owned(),
        rule,
        url: None,
        severity: LintSeverity::Error,
        message,
        edits: Vec::new(),
        fatal: false,
    }
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
