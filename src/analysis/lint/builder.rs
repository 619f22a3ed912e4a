//! Collects results; holds the limits, so that no parser has to.

use super::error::LintError;
use super::report::{Diagnostic, LintFormat, LintReport, MAX_EDITS, MAX_LINE, MAX_RESULTS};
use super::unreadable::says_unreadable;
use crate::model::{ColumnKind, LintEdit, LintRange, LintSeverity};
use std::collections::BTreeSet;

/// What a test is called that is no linter's.
pub(super) const TEST: &str = "test";

/// A longer path is no path.
const MAX_PATH_BYTES: usize = 4096;

/// A message is cut after so many characters.
const MAX_MESSAGE: usize = 1000;

/// A name of a tool or a rule is cut after so many characters.
const MAX_NAME: usize = 120;

/// Of so many tools the names are kept.
const MAX_TOOLS: usize = 100;

/// So many failures of a linter are told one by one.
const MAX_FAILURES: usize = 20;

/// A longer replacement is no fix that fits a comment.
const MAX_EDIT_BYTES: usize = 20_000;

#[derive(Debug, Default)]
pub(super) struct Builder {
    results: Vec<Diagnostic>,
    skipped: usize,
    first_skipped: Option<String>,
    tools: BTreeSet<String>,
    failures: Vec<String>,
    more_failures: usize,
}

impl Builder {
    /// Adds a result, tidied. One without a usable path is passed over, and counted.
    pub(super) fn add(&mut self, mut result: Diagnostic) -> Result<(), LintError> {
        result.spots.retain(|spot| {
            !spot.path.trim().is_empty() && spot.path.len() <= MAX_PATH_BYTES && !spot.path.contains('\0')
        });
        result.message = tidy_message(without_rule(&result.message, &result.rule));
        if result.spots.is_empty() {
            self.skip(|| format!("`{}` names no file", cut(&result.message, 60)));
            return Ok(());
        }
        if self.results.len() >= MAX_RESULTS {
            return Err(LintError::TooMany { limit: MAX_RESULTS });
        }
        self.name_tool(&result.tool);
        result.tool = cut(&one_line(&result.tool), MAX_NAME);
        result.rule = cut(&one_line(&result.rule), MAX_NAME);
        if result.message.is_empty() {
            result.message = if result.rule.is_empty() { "no message".to_owned() } else { result.rule.clone() };
        }
        result.url = result.url.filter(|url| is_address(url));
        result.edits = tidy_edits(result.edits);
        // A test is called what its author likes, and says nothing of how a linter reads files.
        result.fatal |= result.tool != TEST && says_unreadable(&result.rule, &result.message);
        self.results.push(result);
        Ok(())
    }

    /// Remembers a tool that ran, whether it has anything to say or not.
    pub(super) fn name_tool(&mut self, name: &str) {
        if self.tools.len() < MAX_TOOLS && !name.trim().is_empty() && !self.tools.contains(name) {
            self.tools.insert(cut(&one_line(name), MAX_NAME));
        }
    }

    /// Counts something that was passed over; the first is named.
    pub(super) fn skip(&mut self, what: impl FnOnce() -> String) {
        self.skipped += 1;
        self.first_skipped.get_or_insert_with(what);
    }

    /// Remembers that a linter could not judge everything, and what it says of that.
    pub(super) fn fail(&mut self, tool: &str, what: &str) {
        let who = if tool.trim().is_empty() { "the linter" } else { tool };
        let who = cut(&one_line(who), MAX_NAME);
        let failure = format!("{who} could not judge everything: {}", tidy_message(what).trim_end_matches('.'));
        if self.failures.contains(&failure) {
            return;
        }
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(failure);
        } else {
            self.more_failures += 1;
        }
    }

    pub(super) fn finish(mut self, format: LintFormat) -> LintReport {
        let mut notes = Vec::new();
        if let Some(first) = self.first_skipped {
            let (what, were) = if self.skipped == 1 { ("result", "was") } else { ("results", "were") };
            notes.push(format!("{} {what} could not be read and {were} left out (first: {first})", self.skipped));
        }
        if self.more_failures > 0 {
            self.failures.push(format!("{} more failures of linters are not listed", self.more_failures));
        }
        let tools = self.tools.into_iter().collect();
        LintReport { format, tools, results: self.results, notes, failures: self.failures }
    }
}

/// A place from what a report says: 0 and nothing are unknown. `None` without a line, or with an absurd one.
pub(super) fn range(
    columns: ColumnKind,
    (line, column): (Option<u64>, Option<u64>),
    (end_line, end_column): (Option<u64>, Option<u64>),
) -> Option<LintRange> {
    let number = |value: Option<u64>| {
        value.and_then(|value| u32::try_from(value).ok()).filter(|value| (1..=MAX_LINE).contains(value))
    };
    let line = number(line)?;
    let last = number(end_line).filter(|last| *last >= line);
    let (column, end_column) = (number(column), number(end_column));
    let backwards =
        last.is_none_or(|last| last == line) && end_column.zip(column).is_some_and(|(end, start)| end < start);
    Some(LintRange {
        line,
        column,
        end_line: last.unwrap_or(line),
        end_column: end_column.filter(|_| !backwards),
        columns,
    })
}

/// What a linter counts as a column. Formats say it, and linters do otherwise: ruff counts characters in rdjson and in
/// SARIF, where it does not say so. `documented` is believed of those that are known to keep to it; of any other a column is
/// only known where all that it could count comes to the same.
pub(super) fn columns_of(tool: &str, documented: ColumnKind) -> ColumnKind {
    match tool.to_ascii_lowercase().as_str() {
        "ruff" => ColumnKind::Characters,
        "eslint" => documented,
        _ => ColumnKind::Unknown,
    }
}

/// A linter's word for how serious something is.
pub(super) fn severity(word: &str) -> Option<LintSeverity> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "error" | "fatal" | "e" | "blocker" | "critical" | "failure" => LintSeverity::Error,
        "warning" | "warn" | "w" | "major" | "minor" => LintSeverity::Warning,
        "info" | "note" | "information" | "hint" | "style" | "suggestion" | "i" | "none" | "refactor"
        | "convention" => LintSeverity::Info,
        _ => return None,
    })
}

/// Edits in order. Those that overlap, are too many or too long, are no fix.
fn tidy_edits(mut edits: Vec<LintEdit>) -> Vec<LintEdit> {
    let size: usize = edits.iter().map(|edit| edit.text.len()).sum();
    if edits.len() > MAX_EDITS || size > MAX_EDIT_BYTES {
        return Vec::new();
    }
    edits.sort_by_key(|edit| (edit.range.line, edit.range.column, edit.range.end_line, edit.range.end_column));
    let begin = |range: &LintRange| (range.line, range.column.unwrap_or(1));
    let end = |range: &LintRange| (range.end_line, range.end_column.unwrap_or(u32::MAX));
    let overlaps = edits.windows(2).any(|pair| end(&pair[0].range) > begin(&pair[1].range));
    if overlaps { Vec::new() } else { edits }
}

/// A message without the rule in brackets at its end, which is said beside it.
fn without_rule<'m>(message: &'m str, rule: &str) -> &'m str {
    let trimmed = message.trim_end();
    let rest =
        trimmed.strip_suffix(')').and_then(|rest| rest.strip_suffix(rule)).and_then(|rest| rest.strip_suffix('('));
    rest.map(str::trim_end).filter(|rest| !rule.is_empty() && !rest.is_empty()).unwrap_or(message)
}

fn tidy_message(text: &str) -> String {
    cut(text.trim(), MAX_MESSAGE)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}...", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

fn is_address(url: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '(' | ')' | '[' | ']' | '\\');
    (url.starts_with("https://") || url.starts_with("http://")) && url.len() <= 500 && url.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_not_said_twice() {
        assert_eq!(without_rule("Unexpected var. (no-var)", "no-var"), "Unexpected var.");
        assert_eq!(without_rule("Unexpected var. (prefer-const)", "no-var"), "Unexpected var. (prefer-const)");
        assert_eq!(without_rule("(no-var)", "no-var"), "(no-var)");
        assert_eq!(without_rule("call f()", ""), "call f()");
    }
}
