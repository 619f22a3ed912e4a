//! Review comments: new findings are posted in one review, known ones stay, settled ones go.

use super::marker::{digest, parse_finding_marker, with_finding_marker, without_marker};
use super::place::{Diff, Spot};
use super::render::{is_settled, render_comment, render_settled};
use super::unheard::Unheard;
use super::{Operation, Published, PublishedReviewComment, ReviewComment};
use crate::model::{CommitId, Finding, Fingerprint, PullNumber, Side};
use std::collections::BTreeMap;

/// What shall happen in the diff, and what is left for the summary.
pub(super) struct Inline<'a> {
    /// Comments to post, in the order of the verdict; the marker lacks only the operation's id.
    pub(super) fresh: Vec<Fresh>,
    /// Comments to edit, delete and resolve.
    pub(super) changes: Vec<Change>,
    /// Findings without a place in the diff, and those above the limit, in the order of the verdict.
    pub(super) elsewhere: Vec<&'a Finding>,
    /// How many of those are above the limit.
    pub(super) overflow: usize,
}

/// A comment that is not there yet.
pub(super) struct Fresh {
    finding: Fingerprint,
    spot: Spot,
    text: String,
}

/// A change of a comment that exists.
pub(super) enum Change {
    /// The same finding in other words.
    Edit { id: u64, text: String, finding: Fingerprint },
    /// Nobody answered.
    Delete { id: u64 },
    /// Somebody answered.
    Resolve { thread: String },
    /// We resolved it, and it is found again.
    Reopen { thread: String },
}

/// Matches findings with the comments that exist, one comment for each, and places the rest. `may_resolve` says whether
/// threads may be resolved and opened again, when that is known.
pub(super) fn sort_out<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    unheard: &Unheard<'_>,
    diff: &Diff<'_>,
    published: &Published,
    (limit, may_resolve): (usize, Option<bool>),
) -> Inline<'a> {
    let may_open = may_resolve != Some(false);
    let mut known = known_comments(published, may_open);
    let placed: Vec<Placed<'a>> = findings
        .enumerate()
        .map(|(order, finding)| {
            let spot = diff.spot(finding);
            let text = spot.as_ref().map(|spot| render_comment(finding, spot.side == Side::Right));
            Placed { order, finding, spot, text }
        })
        .collect();
    let mut changes = Vec::new();
    let (mut elsewhere, mut candidates) = (Vec::new(), Vec::new());
    let mut kept = 0;
    // Findings that share a fingerprint: what is said already in these words stays where it is, then those that have
    // a place in the diff take a comment over, then the others.
    let mut rest = Vec::new();
    for placed in placed {
        let Some(comment) = take_same(&mut known, &placed, may_open) else {
            rest.push(placed);
            continue;
        };
        kept += 1;
        changes.extend(reopen(comment, may_open));
    }
    let mut taken = take_over(&mut known, &rest, may_open);
    let (inside, outside): (Vec<_>, Vec<_>) = rest.into_iter().partition(|it| it.spot.is_some());
    for Placed { order, finding, spot, text } in inside.into_iter().chain(outside) {
        if let Some(comment) = taken.get_mut(&finding.fingerprint).and_then(Vec::pop) {
            kept += 1;
            changes.extend(reopen(comment, may_open));
            // What a person resolved is left as it was when they did. A comment whose lines left the diff keeps its words:
            // its suggestion was made for the old lines.
            if let Some(text) = text.filter(|text| will_be_open(comment, may_open) && !says(comment, text)) {
                changes.push(Change::Edit { id: comment.id, text, finding: finding.fingerprint.clone() });
            }
            continue;
        }
        match spot.zip(text) {
            Some((spot, text)) => candidates.push((order, finding, spot, text)),
            None => elsewhere.push((order, finding)),
        }
    }
    // What is left is settled, but for what nobody looked at again.
    for comments in known.values_mut() {
        comments.retain(|comment| {
            let stays = diff.may_hold(&comment.path) && unheard.wrote(&comment.body);
            let is_open = !comment.resolved && !is_settled(without_marker(&comment.body));
            kept += usize::from(stays && is_open);
            !stays
        });
    }
    candidates.sort_by_key(|(order, finding, ..)| (std::cmp::Reverse(finding.severity), *order));
    let above = candidates.split_off(limit.saturating_sub(kept).min(candidates.len()));
    let overflow = above.len();
    elsewhere.extend(above.into_iter().map(|(order, finding, ..)| (order, finding)));
    elsewhere.sort_by_key(|(order, _)| *order);
    candidates.sort_by_key(|(order, ..)| *order);
    let settled =
        known.into_iter().flat_map(|(finding, comments)| comments.into_iter().map(move |it| (finding.clone(), it)));
    changes.extend(settled.filter_map(|(finding, comment)| farewell(finding, comment, may_resolve)));
    Inline {
        fresh: candidates
            .into_iter()
            .map(|(_, finding, spot, text)| Fresh { finding: finding.fingerprint.clone(), spot, text })
            .collect(),
        changes,
        elsewhere: elsewhere.into_iter().map(|(_, finding)| finding).collect(),
        overflow,
    }
}

/// The review with the new comments.
pub(super) fn review(
    fresh: Vec<Fresh>,
    number: PullNumber,
    head: CommitId,
    rest: Option<&str>,
    operation: &str,
) -> Operation {
    let comments = fresh
        .into_iter()
        .map(|Fresh { finding, spot, text }| ReviewComment {
            body: with_finding_marker(&text, rest, &finding, operation),
            path: spot.path,
            side: spot.side,
            start_line: spot.start_line,
            line: spot.line,
        })
        .collect();
    Operation::CreateReview { number, head, comments }
}

struct Placed<'a> {
    order: usize,
    finding: &'a Finding,
    spot: Option<Spot>,
    text: Option<String>,
}

type Known<'a> = BTreeMap<Fingerprint, Vec<&'a PublishedReviewComment>>;

/// Takes the comment that says exactly this finding in exactly these words, when there is one: rather one that need not be
/// opened again.
fn take_same<'a>(known: &mut Known<'a>, placed: &Placed<'_>, may_open: bool) -> Option<&'a PublishedReviewComment> {
    let text = placed.text.as_ref()?;
    let comments = known.get_mut(&placed.finding.fingerprint)?;
    let stands = comments.iter().rposition(|it| !it.resolved_by_us && says(it, text));
    let same = stands.or_else(|| comments.iter().rposition(|it| may_open && says(it, text)));
    same.map(|at| comments.remove(at))
}

/// Takes as many comments as there are findings in other words. Those that we resolved come last: where a person resolved the
/// conversation of one of several equal findings, and the other is gone, that one is not opened in its place.
fn take_over<'a>(known: &mut Known<'a>, findings: &[Placed<'_>], may_open: bool) -> Known<'a> {
    let mut taken = Known::new();
    for placed in findings {
        let Some(comments) = known.get_mut(&placed.finding.fingerprint) else { continue };
        let best = (0..comments.len()).max_by_key(|at| {
            let comment = comments[*at];
            (!comment.resolved, !comment.resolved_by_us, *at)
        });
        if let Some(best) = best {
            taken.entry(placed.finding.fingerprint.clone()).or_default().push(comments.remove(best));
        }
    }
    taken.values_mut().for_each(|same| sort_for_matching(same, may_open));
    taken
}

/// Opens the thread of a finding that is there again, when it was we who resolved it.
fn reopen(comment: &PublishedReviewComment, may_open: bool) -> Option<Change> {
    (comment.resolved_by_us && may_open).then(|| Change::Reopen { thread: comment.thread.clone() })
}

/// Whether the thread of a comment whose finding is there is open once the plan is carried out.
fn will_be_open(comment: &PublishedReviewComment, may_open: bool) -> bool {
    !comment.resolved || comment.resolved_by_us && may_open
}

/// Whether a comment of ours has exactly these words, as we wrote them.
fn says(comment: &PublishedReviewComment, text: &str) -> bool {
    parse_finding_marker(&comment.body).is_some_and(|marker| marker.body == digest(text))
}

/// Comments by fingerprint; of several with one, the last of the list is matched first: those that are open or will be
/// opened again, those that people resolved, those that people answered, then the oldest. Whatever a plan opens, resolves or
/// deletes changes nothing in the order of the others, so that a plan that was carried out in part leads to the same page.
fn known_comments(published: &Published, may_open: bool) -> Known<'_> {
    let mut known = Known::new();
    for comment in &published.comments {
        if let Some(marker) = parse_finding_marker(&comment.body) {
            known.entry(marker.finding).or_default().push(comment);
        }
    }
    known.values_mut().for_each(|same| sort_for_matching(same, may_open));
    known
}

fn sort_for_matching(same: &mut [&PublishedReviewComment], may_open: bool) {
    same.sort_by_key(|comment| {
        let open = will_be_open(comment, may_open);
        (open, open || !comment.resolved_by_us, comment.answered, std::cmp::Reverse(comment.id))
    });
}

/// What becomes of a comment whose finding is no more. Where threads cannot be resolved, the comment says that it is
/// settled, once.
fn farewell(finding: Fingerprint, comment: &PublishedReviewComment, may_resolve: Option<bool>) -> Option<Change> {
    if comment.resolved {
        return None;
    }
    if !comment.answered {
        return Some(Change::Delete { id: comment.id });
    }
    let said = is_settled(without_marker(&comment.body));
    match may_resolve {
        Some(true) => Some(Change::Resolve { thread: comment.thread.clone() }),
        Some(false) | None if said => None,
        None => Some(Change::Resolve { thread: comment.thread.clone() }),
        Some(false) => {
            let text = render_settled(without_marker(&comment.body));
            Some(Change::Edit { id: comment.id, text, finding })
        }
    }
}
