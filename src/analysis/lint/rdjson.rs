//! Reviewdog's own formats: `rdjson`, one document, and `rdjsonl`, one diagnostic a line.
//!
//! Format: reviewdog's `proto/rdf/reviewdog.proto`. Columns should count bytes; a range without columns is whole lines.

use super::builder::{Builder, columns_of, range, severity};
use super::error::LintError;
use super::json::lenient;
use super::report::{Diagnostic, LintFormat, LintReport, MAX_EDITS, Spot};
use crate::model::{ColumnKind, LintEdit, LintRange, LintSeverity};
use serde::Deserialize;
use serde_json::Value;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    diagnostics: Option<Vec<Wire>>,
    #[serde(deserialize_with = "lenient")]
    source: Source,
    severity: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    #[serde(deserialize_with = "lenient")]
    message: String,
    #[serde(deserialize_with = "lenient")]
    location: Location,
    severity: Value,
    #[serde(deserialize_with = "lenient")]
    source: Source,
    #[serde(deserialize_with = "lenient")]
    code: Code,
    #[serde(deserialize_with = "lenient")]
    suggestions: Vec<Suggestion>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location {
    #[serde(deserialize_with = "lenient")]
    path: String,
    #[serde(deserialize_with = "lenient")]
    range: Option<Range>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Range {
    start: Option<Position>,
    end: Option<Position>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Position {
    line: Option<u64>,
    column: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Source {
    #[serde(deserialize_with = "lenient")]
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Code {
    #[serde(deserialize_with = "lenient")]
    value: String,
    #[serde(deserialize_with = "lenient")]
    url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Suggestion {
    range: Option<Range>,
    #[serde(deserialize_with = "lenient")]
    text: Option<String>,
}

pub(super) fn parse_rdjson(text: &str) -> Result<LintReport, LintError> {
    let document: Document = serde_json::from_str(text).map_err(|error| damaged(&error, 0))?;
    let mut builder = Builder::default();
    let overall = level(&document.severity);
    builder.name_tool(&document.source.name);
    for wire in document.diagnostics.into_iter().flatten() {
        builder.add(wire.read(&document.source.name, overall))?;
    }
    Ok(builder.finish(LintFormat::Rdjson))
}

pub(super) fn parse_rdjsonl(text: &str) -> Result<LintReport, LintError> {
    let mut builder = Builder::default();
    for (before, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let wire: Wire = serde_json::from_str(line).map_err(|error| damaged(&error, before))?;
        builder.add(wire.read("", None))?;
    }
    Ok(builder.finish(LintFormat::Rdjsonl))
}

impl Wire {
    fn read(self, tool: &str, overall: Option<LintSeverity>) -> Diagnostic {
        let tool = if self.source.name.is_empty() { tool.to_owned() } else { self.source.name };
        let columns = columns_of(&tool, ColumnKind::Bytes);
        let place = self.location.range.as_ref().and_then(|range| range.read(columns));
        let edits = fix(&tool, &self.suggestions, columns);
        Diagnostic {
            spots: vec![Spot { path: self.location.path, range: place }],
            tool,
            rule: self.code.value,
            url: self.code.url,
            severity: level(&self.severity).or(overall).unwrap_or(LintSeverity::Warning),
            message: self.message,
            edits,
            fatal: false,
        }
    }
}

/// The edits that mend it: ruff writes one suggestion for each edit of its fix, others write alternatives, of which the
/// first is their choice. Suggestions for places apart from each other are no alternatives. Some of a fix are no fix.
fn fix(tool: &str, suggestions: &[Suggestion], columns: ColumnKind) -> Vec<LintEdit> {
    let edit = |it: &Suggestion| {
        // What is empty is left out.
        let text = it.text.clone().unwrap_or_default();
        Some(LintEdit { range: it.range.as_ref()?.read_exactly(columns)?, text })
    };
    let most = suggestions.len().min(MAX_EDITS + 1);
    let edits: Option<Vec<LintEdit>> = suggestions[..most].iter().map(edit).collect();
    let Some(mut edits) = edits else { return Vec::new() };
    if tool.eq_ignore_ascii_case("ruff") || edits.len() < 2 {
        return edits;
    }
    let begin = |edit: &LintEdit| (edit.range.line, edit.range.column.unwrap_or(1));
    let end = |edit: &LintEdit| (edit.range.end_line, edit.range.end_column.unwrap_or(u32::MAX));
    let are_apart = |one: &LintEdit, other: &LintEdit| end(one) <= begin(other) && begin(one) != begin(other);
    let is_rival = |other: &LintEdit| !are_apart(&edits[0], other) && !are_apart(other, &edits[0]);
    if edits[1..].iter().all(is_rival) {
        edits.truncate(1);
    } else if edits
        .iter()
        .enumerate()
        .any(|(at, one)| edits[at + 1..].iter().any(|other| !are_apart(one, other) && !are_apart(other, one)))
    {
        // Alternatives to parts of a fix: nobody knows which belong together.
        edits.clear();
    }
    edits
}

impl Range {
    fn read(&self, columns: ColumnKind) -> Option<LintRange> {
        let at = |position: &Option<Position>| position.as_ref().map_or((None, None), |it| (it.line, it.column));
        let (start, mut end) = (at(&self.start), at(&self.end));
        // An end at the first column of a line leaves that line out.
        if let ((Some(first), Some(_)), (Some(last), Some(1))) = (start, end)
            && last > first
        {
            end = (Some(last - 1), None);
        }
        range(columns, start, end)
    }

    /// As an edit needs it: the end as it is; without an end nothing is replaced.
    fn read_exactly(&self, columns: ColumnKind) -> Option<LintRange> {
        let start = self.start.as_ref()?;
        let nowhere = (start.line, start.column);
        let end = self.end.as_ref().map_or(nowhere, |it| (it.line, it.column));
        range(columns, (start.line, start.column), end)
    }
}

/// A word, or a number of the enumeration.
fn level(value: &Value) -> Option<LintSeverity> {
    match value {
        Value::String(word) => severity(word),
        Value::Number(number) => match number.as_u64()? {
            1 => Some(LintSeverity::Error),
            2 => Some(LintSeverity::Warning),
            3 => Some(LintSeverity::Info),
            _ => None,
        },
        _ => None,
    }
}

/// The parser's error, `before` lines further down.
pub(super) fn damaged(error: &serde_json::Error, before: usize) -> LintError {
    let line = before + error.line().max(1);
    if error.is_eof() {
        return LintError::Truncated { line };
    }
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    if words.contains("recursion limit") {
        return LintError::TooDeep { line };
    }
    let what = if error.is_syntax() { words.to_owned() } else { "it is not built as this format is".to_owned() };
    LintError::Damaged { line, what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::lint::{apply_edits, read};

    fn position(line: u32, column: u32) -> String {
        format!(r#"{{"line":{line},"column":{column}}}"#)
    }

    /// A report of one result with suggestions `(line, column, end_column, text)`.
    fn report(tool: &str, suggestions: &[(u32, u32, u32, &str)]) -> LintReport {
        let suggestion = |(line, column, end, text): &(u32, u32, u32, &str)| {
            let (start, end) = (position(*line, *column), position(*line, *end));
            format!(r#"{{"range":{{"start":{start},"end":{end}}},"text":"{text}"}}"#)
        };
        let all: Vec<String> = suggestions.iter().map(suggestion).collect();
        let text = format!(
            r#"{{"source":{{"name":"{tool}"}},"diagnostics":[{{"message":"m","location":{{"path":"a.py"}},"suggestions":[{}]}}]}}"#,
            all.join(",")
        );
        read(text.as_bytes()).expect("reads")
    }

    #[track_caller]
    fn mended(tool: &str, suggestions: &[(u32, u32, u32, &str)]) -> Option<String> {
        apply_edits("c = dict()\n", &report(tool, suggestions).results[0].edits).map(|new| new.text)
    }

    #[test]
    fn suggestions_apart_from_each_other_are_one_fix() {
        let both = [(1, 5, 10, "{"), (1, 10, 11, "}")];
        assert_eq!(mended("ruff", &both).as_deref(), Some("c = {}"));
        assert_eq!(mended("other", &both).as_deref(), Some("c = {}"));
        assert_eq!(mended("other", &[(1, 5, 11, "{}"), (1, 5, 11, "set()")]).as_deref(), Some("c = {}"));
        assert_eq!(mended("other", &[(1, 1, 11, "c: dict = {}"), (1, 5, 11, "{}")]).as_deref(), Some("c: dict = {}"));
        // An alternative to a part of a fix.
        assert_eq!(mended("other", &[(1, 5, 10, "{"), (1, 10, 11, "}"), (1, 5, 10, "[")]), None);
        // Of a fix all, or nothing.
        assert_eq!(mended("ruff", &[(1, 5, 10, "{"), (9, 1, 2, "}")]), None);
    }

    #[test]
    fn what_is_empty_may_be_left_out() {
        let seen = |text: &str| read(text.as_bytes()).map(|it| (it.format, it.results.len(), it.tools));
        let golint = || vec!["golint".to_owned()];
        assert_eq!(seen(r#"{"source":{"name":"golint"}}"#), Ok((LintFormat::Rdjson, 0, golint())));
        assert_eq!(
            seen(r#"{"source":{"name":"golint"},"diagnostics":null,"severity":"UNKNOWN_SEVERITY"}"#),
            Ok((LintFormat::Rdjson, 0, golint()))
        );
        let line = r#"{"location":{"path":"a.py","range":{"start":{"line":3}}},"suggestions":[{"range":{"start":{"line":3},"end":{"line":3}}}],"original_output":"x"}"#;
        assert_eq!(seen(line), Ok((LintFormat::Rdjsonl, 1, vec![])));
        assert_eq!(read(line.as_bytes()).expect("reads").results[0].message, "no message");
        assert!(read(br#"{"source":{"name":"x"},"coverage":1}"#).is_err());
    }
}
