//! The words and signs for severities and places, the same wherever they appear.

use super::escape::{code_span, neutralise, neutralise_keeping_details, neutralise_keeping_formatting};
use super::limit;
use crate::model::{Finding, Overridden, Place, Severity, Side};

/// Of a reason so much is shown.
const REASON_BYTES: usize = 1_000;

/// A sign that is understood without reading.
pub(super) fn icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Fail => "❌",
        Severity::Warn => "⚠️",
        Severity::Message => "💬",
        Severity::Markdown => "📄",
    }
}

/// The same for a finding; one that was let pass is marked as such.
pub(super) fn sign(finding: &Finding) -> &'static str {
    if finding.overridden.is_some() { "☑️" } else { icon(finding.severity) }
}

/// The word beside the sign.
pub(super) fn word(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Fail if finding.overridden.is_some() => "Problem (overridden)",
        Severity::Fail if finding.blocking => "Problem",
        Severity::Fail => "Problem (advisory)",
        Severity::Warn => "Warning",
        Severity::Message => "Note",
        Severity::Markdown => "Report",
    }
}

/// `overridden by mona on 2026-11-25: only docs`. Nobody is notified by it.
pub(super) fn overridden(decision: &Overridden) -> String {
    let day = decision.at.to_rfc3339();
    let day = day.split('T').next().unwrap_or_default();
    let reason = neutralise(&limit::cut_short(&decision.reason, REASON_BYTES));
    format!("overridden by {} on {day}: {reason}", code_span(&decision.by))
}

/// `3 problems`, `1 problem`.
pub(in crate::plan) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `line 3`, `lines 3-5`, `old line 3`; empty for a file as a whole.
pub(super) fn lines(place: &Place) -> String {
    let old = if place.side == Side::Left { "old " } else { "" };
    match (place.line, place.end_line) {
        (None, _) => String::new(),
        (Some(first), Some(last)) if last > first => format!("{old}lines {first}-{last}"),
        (Some(first), _) => format!("{old}line {first}"),
    }
}

/// The message, harmless and not longer than `bytes`.
pub(super) fn message(finding: &Finding, bytes: usize) -> String {
    let harmless = match finding.severity {
        Severity::Markdown => neutralise_keeping_details,
        Severity::Fail | Severity::Warn | Severity::Message => neutralise_keeping_formatting,
    };
    limit::fit(finding.message.trim(), bytes, harmless)
}

/// Whether Markdown may follow other words on a line without losing a list, a heading or a fence that it begins with.
pub(super) fn flows(markdown: &str) -> bool {
    match markdown.chars().next() {
        Some('`') => !markdown.starts_with("```"),
        Some(first) => first.is_alphabetic() || matches!(first, '"' | '\'' | '“' | '('),
        None => true,
    }
}

/// One finding as an item of a list, below a heading that already says the file.
pub(super) fn list_item(finding: &Finding, bytes: usize) -> String {
    let at = match finding.place.as_ref().map(lines) {
        Some(lines) if !lines.is_empty() => format!(" **{lines}:**"),
        _ => String::new(),
    };
    let text = message(finding, bytes);
    let text = if flows(&text) { format!(" {text}") } else { format!("\n\n{text}") };
    let item = format!("{}{at}{text}", sign(finding));
    let end = if item.contains('\n') { "\n\n" } else { " " };
    let passed = passed(finding);
    format!("- {}\n", indent(&format!("{item}{end}<sub>{}{passed}</sub>", code_span(&finding.rule))))
}

/// What stands behind the rule's name when somebody let the finding pass.
pub(super) fn passed(finding: &Finding) -> String {
    finding.overridden.as_ref().map(|decision| format!(" {}", overridden(decision))).unwrap_or_default()
}

/// The lines after the first, moved in so that they stay inside a list item.
pub(super) fn indent(text: &str) -> String {
    text.replace('\n', "\n  ").replace("\n  \n", "\n\n")
}
