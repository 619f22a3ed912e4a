//! Reviewdog's own formats: `rdjson`, one document, and `rdjsonl`, one diagnostic a line.
//!
//! Format: reviewdog's `proto/rdf/reviewdog.proto`. Columns should count bytes; a range without columns is whole lines.

use super::builder::{Builder, columns_of, range, severity};
use super::error::LintError;
use super::json::lenient;
use super::report::{Diagnostic, LintFormat, LintReport, Spot};
use crate::model::{ColumnKind, LintEdit, LintRange, LintSeverity};
use serde::Deserialize;
use serde_json::Value;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    diagnostics: Vec<Wire>,
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
    path: String,
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
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Code {
    value: String,
    url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Suggestion {
    range: Option<Range>,
    text: String,
}

pub(super) fn parse_rdjson(text: &str) -> Result<LintReport, LintError> {
    let document: Document = serde_json::from_str(text).map_err(|error| damaged(&error, 0))?;
    let mut builder = Builder::default();
    let overall = level(&document.severity);
    builder.name_tool(&document.source.name);
    for wire in document.diagnostics {
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
        // The first is the linter's choice; the others are alternatives to it.
        let edit = |it: &Suggestion| {
            Some(LintEdit { range: it.range.as_ref()?.read_exactly(columns)?, text: it.text.clone() })
        };
        Diagnostic {
            spots: vec![Spot { path: self.location.path, range: place }],
            tool,
            rule: self.code.value,
            url: self.code.url,
            severity: level(&self.severity).or(overall).unwrap_or(LintSeverity::Warning),
            message: self.message,
            edits: self.suggestions.first().and_then(edit).into_iter().collect(),
            fatal: false,
        }
    }
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
