//! A review comment: sign and word, the message, a committable suggestion, and the rule's name in small print.

use super::escape::{code_span, longest_run};
use super::limit::{COMMENT_BYTES, REPORT_BYTES, cut};
use super::words::{flows, message, passed, sign, word};
use crate::model::{Finding, suggested_lines};

/// The text of a review comment without its marker. A suggestion is shown when the caller says that GitHub would take it.
pub(in crate::plan) fn render_comment(finding: &Finding, may_suggest: bool) -> String {
    let text = message(finding, REPORT_BYTES);
    let head = format!("{} **{}", sign(finding), word(finding));
    let last = format!("\n\n<sub>{}{}</sub>", code_span(&finding.rule), passed(finding));
    let mut body = if flows(&text) { format!("{head}:** {text}") } else { format!("{head}**\n\n{text}") };
    if let Some(suggestion) = finding.suggestion.as_ref().filter(|_| may_suggest) {
        let block = fenced(suggestion);
        // A cut suggestion would be committed cut; none is better.
        if body.len() + block.len() + last.len() < COMMENT_BYTES - 1_000 {
            body.push_str(&block);
        }
    }
    body + &last
}

/// How a comment begins whose finding is no more, where its thread cannot be resolved.
const SETTLED: &str = "✅ **Settled:** this is not found any more.";

/// What a comment says then: that, and below it what it said before, to which people answered.
pub(in crate::plan) fn render_settled(before: &str) -> String {
    format!("{SETTLED}\n\n{}", cut(before, COMMENT_BYTES - 1_000))
}

/// Whether a comment says that it is settled.
pub(in crate::plan) fn is_settled(text: &str) -> bool {
    text.starts_with(SETTLED)
}

/// A suggestion fence that its content cannot close. For GitHub an empty one removes the lines, and one with a blank line
/// puts that there.
fn fenced(suggestion: &str) -> String {
    let fence = "`".repeat(longest_run(suggestion, '`').max(2) + 1);
    format!("\n\n{fence}suggestion\n{}{fence}", suggested_lines(suggestion))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_stays_in_its_fence() {
        assert_eq!(fenced("x"), "\n\n```suggestion\nx\n```");
        assert_eq!(fenced(""), "\n\n```suggestion\n```");
        assert_eq!(fenced("\n"), "\n\n```suggestion\n\n```");
        assert_eq!(fenced("````"), "\n\n`````suggestion\n````\n`````");
    }
}
