//! The section of the summary comment for rules that the pull request brings.

use super::check::{fault_item, render_title, skipped_line, spoken};
use super::escape::code_span;
use super::limit::MESSAGE_BYTES;
use super::list;
use crate::model::{Finding, Preview};

/// At most `bytes` of Markdown.
pub(in crate::plan) fn render_preview(preview: &Preview, bytes: usize) -> String {
    let Preview { dangerfile, first, verdict } = preview;
    let title = render_title(verdict);
    let who_judges = if *first {
        "There are no rules on the base yet, so none of this counts."
    } else {
        "None of this counts: the rules of the base judge."
    };
    let of = code_span(dangerfile.as_str());
    let mut first = format!(
        "### Preview of the changed rules: {title}\n\nThis is what the rules of this pull request ({of}) say of it. {who_judges}\n"
    );
    if !verdict.faults.is_empty() {
        first.push('\n');
    }
    for fault in &verdict.faults {
        let item = fault_item(fault, MESSAGE_BYTES.min(bytes / 4));
        if first.len() + item.len() < bytes / 2 {
            first.push_str(&item);
        }
    }
    let last = skipped_line(verdict, bytes / 4);
    let findings: Vec<&Finding> = spoken(verdict).collect();
    let room = bytes.saturating_sub(last.len() + 100);
    let mut text = list::pages(first, findings, MESSAGE_BYTES.min(bytes / 4), room, 1).concat();
    text.push_str(&last);
    text.trim_end().to_owned()
}
