//! Places in the text of a failure: `path:line` and what else the traces of languages and tools write.

use super::builder::severity;
use crate::model::LintSeverity;
use percent_encoding::percent_decode_str;

/// So much of a failure's text is looked through for places.
const MAX_TEXT: usize = 20_000;

/// So many places of a text are tried: the first and the last, as the nearest to the failure stands first or last.
const MAX_SPOTS: usize = 20;

/// The places of a text, in its order.
pub(super) fn places(text: &str) -> Vec<(String, u64)> {
    let end = (0..=text.len().min(MAX_TEXT)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut found = Vec::new();
    for line in text[..end].lines() {
        match frame(line.trim()) {
            Some(place) => found.push(place),
            None => found.extend(line.split(is_separator).filter_map(place)),
        }
    }
    if found.len() > MAX_SPOTS {
        found.drain(MAX_SPOTS / 2..found.len() - MAX_SPOTS / 2);
    }
    found
}

/// A result that a compiler writes in a line: `src/a.py:3:1: error: No. [rule]`.
pub(super) struct CompilerLine<'t> {
    pub(super) path: String,
    pub(super) line: u64,
    pub(super) column: Option<u64>,
    pub(super) severity: LintSeverity,
    pub(super) message: &'t str,
    pub(super) rule: &'t str,
}

/// The results of a text that has nothing but lines of a compiler.
pub(super) fn compiler_lines(text: &str) -> Vec<CompilerLine<'_>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(compiler_line).collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn compiler_line(text: &str) -> Option<CompilerLine<'_>> {
    let (before, said) = text.split_once(": ")?;
    let (word, message) = said.split_once(": ")?;
    let severity = severity(word)?;
    let (path, line) = place(before)?;
    let column = before.rsplit_once(':').filter(|(rest, _)| place(rest).is_some());
    let column = column.and_then(|(_, digits)| digits.parse().ok());
    let rule = message.trim_end().strip_suffix(']').and_then(|rest| rest.rsplit_once(" ["));
    let (message, rule) = rule.unwrap_or((message, ""));
    Some(CompilerLine { path, line, column, severity, message: message.trim(), rule })
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'' | ',' | '[' | ']')
}

/// A frame of a trace that says where its path begins and ends, which may hold blanks: of Python, .NET or JavaScript.
fn frame(line: &str) -> Option<(String, u64)> {
    if let Some((path, rest)) = line.strip_prefix("File \"").and_then(|rest| rest.split_once("\", line ")) {
        return named(path, leading_number(rest)?);
    }
    if let Some((before, rest)) = line.rsplit_once(":line ") {
        return named(before.rsplit_once(" in ")?.1, leading_number(rest)?);
    }
    let called = line.strip_prefix("at ")?;
    place(called.strip_suffix(')').and_then(|rest| rest.rsplit_once('('))?.1)
}

/// `path:line`, with more behind it or not; of an address the path.
fn place(word: &str) -> Option<(String, u64)> {
    let (scheme, rest) = word.split_once("://").unwrap_or(("", word));
    let rest = match scheme {
        "http" | "https" => &rest[rest.find('/')?..],
        _ => rest,
    };
    // A drive's colon is followed by no number.
    let number_at = |at: usize| {
        let digits = leading_number(&rest[at + 1..])?;
        let behind = rest[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit()).chars().next();
        behind.is_none_or(|c| c != '/' && c != '\\' && !c.is_alphanumeric()).then_some((at, digits))
    };
    let (at, line) = rest.match_indices(':').take(8).find_map(|(at, _)| number_at(at))?;
    let path = &rest[..at];
    if scheme.is_empty() {
        return named(path, line);
    }
    let path = path.split('?').next().unwrap_or(path);
    let path = percent_decode_str(path).decode_utf8_lossy();
    if scheme.starts_with("http") { named(&path, line) } else { named(&format!("{scheme}://{path}"), line) }
}

fn named(path: &str, line: u64) -> Option<(String, u64)> {
    let name = path.rsplit(['/', '\\']).next()?;
    let is_file = name.contains('.') && !name.starts_with('.');
    (is_file && line > 0).then(|| (path.to_owned(), line))
}

fn leading_number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = places(text).iter().map(|(path, line)| format!("{path} {line}")).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn traces_of_many_languages_name_their_places() {
        check("tests/test_shop.py:10: AssertionError", &["tests/test_shop.py 10"]);
        check("at Context.<anonymous> (file:///w/my%20app/a.test.mjs:6:10)", &["file:///w/my app/a.test.mjs 6"]);
        check("at file:///w/test/a.test.mjs:6:10", &["file:///w/test/a.test.mjs 6"]);
        check("at Object.check (/w/my app/h.js:2:13)", &["/w/my app/h.js 2"]);
        check("at eval (webpack:///./src/a.js?3f2a:5:3)", &["webpack:///./src/a.js 5"]);
        check("at f (http://localhost:9876/base/src/a.js?4711:5:3)", &["/base/src/a.js 5"]);
        check("at com.acme.FooTest.bar(FooTest.java:5)", &["FooTest.java 5"]);
        check("at app//com.acme.BarTest.a(BarTest.kt:3)", &["BarTest.kt 3"]);
        check("at node:internal/test_runner/test:796:25", &[]);
        check("   at A.B() in /home/r/my shop/Tests/FooTests.cs:line 3", &["/home/r/my shop/Tests/FooTests.cs 3"]);
        check("at A.B() in C:\\s\\FooTests.cs:line 3", &["C:\\s\\FooTests.cs 3"]);
        check("C:\\s\\a.py:3: no", &["C:\\s\\a.py 3"]);
        check("  File \"/w/my app/test_p.py\", line 3, in test_p\n    assert x == 2", &["/w/my app/test_p.py 3"]);
        check("at 12:30:45 nothing.happened: 3 of 4", &[]);
    }

    #[test]
    fn a_long_trace_keeps_both_ends() {
        let text: String = (1..=30).map(|line| format!("File \"a.py\", line {line}, in f\n")).collect();
        let lines: Vec<u64> = places(&text).into_iter().map(|(_, line)| line).collect();
        assert_eq!((lines.len(), lines[0], lines[9], lines[10], lines[19]), (20, 1, 10, 21, 30));
    }

    #[test]
    fn only_a_text_of_nothing_else_is_a_compilers() {
        let lines = compiler_lines("a.py:3: error: No.  [return-value]\na.py:4:7: note: See\n");
        let seen: Vec<_> = lines.iter().map(|it| (it.line, it.column, it.rule, it.message)).collect();
        assert_eq!(seen, [(3, None, "return-value", "No."), (4, Some(7), "", "See")]);
        assert!(compiler_lines("a.py:3: error: No.\nFound 1 error").is_empty());
        assert!(compiler_lines("tests/a.py:3: AssertionError").is_empty());
    }
}
