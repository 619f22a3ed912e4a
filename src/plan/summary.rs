//! The one summary comment: written when something has no other place, edited in place, never posted twice.

use super::marker::{digest, parse_summary_marker, with_summary_marker};
use super::render::{render_nothing_left, render_summary};
use super::unheard::Unheard;
use super::{Operation, Published};
use crate::model::{Finding, PullNumber, SummaryComment, Verdict};

/// The text that the comment shall have; `None` when there is nothing to say.
pub(super) fn wanted(verdict: &Verdict, findings: &[&Finding], overflow: usize) -> Option<String> {
    let speak = match verdict.settings.summary_comment {
        SummaryComment::Always => true,
        SummaryComment::Findings => !findings.is_empty() || verdict.preview.is_some(),
        SummaryComment::Never => false,
    };
    speak.then(|| render_summary(verdict, findings, overflow))
}

/// The writes that bring the comment there; `next` gives the id of each. With nothing to say, a comment in which rules
/// have a word that were not heard this time is left as it is.
pub(super) fn plan_summary(
    (wanted, unheard): (Option<String>, &Unheard<'_>),
    published: &Published,
    number: PullNumber,
    rest: Option<&str>,
    mut next: impl FnMut() -> String,
) -> Vec<Operation> {
    let Some((oldest, twice)) = published.summaries.split_first() else {
        return wanted
            .map(|text| Operation::CreateSummary { number, body: with_summary_marker(&text, rest, &next()) })
            .into_iter()
            .collect();
    };
    let stays = wanted.is_none() && unheard.has_words_in(&oldest.body);
    let text = wanted.unwrap_or_else(render_nothing_left);
    let same = parse_summary_marker(&oldest.body).is_some_and(|marker| marker.body == digest(&text));
    let mut operations = Vec::new();
    if !same && !stays {
        operations.push(Operation::UpdateSummary { id: oldest.id, body: with_summary_marker(&text, rest, &next()) });
    }
    for comment in twice {
        next();
        operations.push(Operation::DeleteSummary { id: comment.id });
    }
    operations
}
