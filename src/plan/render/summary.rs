//! The summary comment: what has no place in the diff, reports, and what did not fit inline.

use super::check::render_title;
use super::limit::{COMMENT_BYTES, REPORT_BYTES};
use super::list;
use super::preview::render_preview;
use crate::model::{Finding, SummaryComment, Verdict};

/// What there is to say. `overflow` counts those of the findings that were left out of the review for its limit.
pub(in crate::plan) fn render_summary(verdict: &Verdict, findings: &[&Finding], overflow: usize) -> String {
    let Some(preview) = &verdict.preview else { return render_own(verdict, findings, overflow, COMMENT_BYTES) };
    if preview.first || (findings.is_empty() && verdict.settings.summary_comment != SummaryComment::Always) {
        return render_preview(preview, COMMENT_BYTES - 500);
    }
    let own = render_own(verdict, findings, overflow, COMMENT_BYTES / 2);
    format!("{own}\n\n{}", render_preview(preview, COMMENT_BYTES / 2 - 500))
}

/// What the rules of the base say.
fn render_own(verdict: &Verdict, findings: &[&Finding], overflow: usize, bytes: usize) -> String {
    let mut first = format!("### {}\n", render_title(verdict));
    if overflow > 0 {
        first.push_str("\nSome findings are listed here to keep the review short.\n");
    }
    // 500 bytes for the marker and the line that counts what was left out.
    list::pages(first, findings.iter().copied(), REPORT_BYTES, bytes - 500, 1).concat().trim_end().to_owned()
}

/// What a comment says that has nothing left to say.
pub(in crate::plan) fn render_nothing_left() -> String {
    "✅ Nothing left to say here: what stood in this comment is settled.".to_owned()
}
