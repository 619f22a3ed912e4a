//! Everything that a verdict says, in one text: for a job summary or wherever there is no check and no review.

use super::check::{fault_item, notes, render_title, skipped_line, spoken, waiting_items};
use super::escape::code_span;
use super::limit::{COMMENT_BYTES, MESSAGE_BYTES, REPORT_BYTES, cut_short};
use super::list;
use crate::model::{Conclusion, Effect, Finding, Verdict};

/// So many effects are listed.
const MAX_EFFECTS: usize = 50;
/// Of the arguments of an effect so much is shown.
const EFFECT_BYTES: usize = 300;

/// A verdict as Markdown of at most 65,000 bytes: title, faults, findings and reports grouped by file, effects, rules
/// that did not run. Foreign text inside notifies nobody and opens no HTML.
pub fn render_whole(verdict: &Verdict) -> String {
    let mut first = format!("### {} {}\n", sign(verdict.conclusion), render_title(verdict));
    let notes = notes(verdict, COMMENT_BYTES / 8);
    if !notes.is_empty() {
        first.push('\n');
        first.push_str(notes.trim_end());
        first.push('\n');
    }
    let waiting = waiting_items(verdict);
    if !verdict.faults.is_empty() || !waiting.is_empty() {
        first.push('\n');
    }
    for fault in &verdict.faults {
        let item = fault_item(fault, MESSAGE_BYTES);
        if first.len() + item.len() < COMMENT_BYTES / 2 {
            first.push_str(&item);
        }
    }
    if first.len() + waiting.len() < COMMENT_BYTES / 2 {
        first.push_str(&waiting);
    }
    let findings: Vec<&Finding> = spoken(verdict).collect();
    if findings.is_empty() && verdict.faults.is_empty() && waiting.is_empty() {
        first.push_str("\nThe rules have nothing to say about this change.\n");
    }
    let last = format!("{}{}", effects(&verdict.effects), skipped_line(verdict, COMMENT_BYTES / 4));
    let room = COMMENT_BYTES.saturating_sub(last.len() + 100);
    let mut text = list::pages(first, findings, REPORT_BYTES, room, 1).concat();
    text.push_str(&last);
    format!("{}\n", text.trim_end())
}

fn sign(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Success => "✅",
        Conclusion::Failure => "❌",
        Conclusion::Pending => "⏳",
        Conclusion::Neutral => "ℹ️",
    }
}

/// What the rules ask the robot to do.
fn effects(effects: &[Effect]) -> String {
    if effects.is_empty() {
        return String::new();
    }
    let mut out = "\nOn GitHub the robot would:\n\n".to_owned();
    for Effect { kind, arguments, .. } in effects.iter().take(MAX_EFFECTS) {
        let arguments: Vec<String> = arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let line = cut_short(&format!("{kind} {}", arguments.join(" ")), EFFECT_BYTES);
        out.push_str(&format!("- {}\n", code_span(line.trim_end())));
    }
    if effects.len() > MAX_EFFECTS {
        out.push_str(&format!("- … and {} more\n", effects.len() - MAX_EFFECTS));
    }
    out
}
