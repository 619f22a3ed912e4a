//! A review of which GitHub refuses a comment: the others are posted, the refused ones are named.

use super::once::{carry_out_begun, carry_out_one};
use super::outbox::{Known, Outbox};
use super::{PublishError, Report};
use crate::github::{Answer, CallError, RepoClient};
use crate::model::{CommitId, PullNumber};
use crate::plan::{Operation, ReviewComment, with_operation};

/// A refusal that speaks of no line may mean one comment or all of them. After so many it is all: more than it takes to
/// find one comment among hundreds.
const MAX_UNNAMED: usize = 12;

/// Posts a review; when it is refused, its halves, and so on. GitHub does not say which comment it means.
pub(super) async fn post_review(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    (id, known): (&str, Known),
    (number, head): (PullNumber, &CommitId),
    comments: &[ReviewComment],
    report: &mut Report,
) -> Result<usize, PublishError> {
    let (mut posted, mut unnamed) = (0, 0);
    let mut first = Some(known);
    let mut waiting = vec![(id.to_owned(), comments.to_vec())];
    while let Some((id, comments)) = waiting.pop() {
        if unnamed >= MAX_UNNAMED {
            report.refused.extend(comments.iter().map(ReviewComment::spot));
            continue;
        }
        let review = Operation::CreateReview { number, head: head.clone(), comments };
        let result = match first.take() {
            Some(known) => carry_out_begun(outbox, client, &id, &review, known).await,
            None => carry_out_one(outbox, client, head, &id, &review).await,
        };
        let Operation::CreateReview { mut comments, .. } = review else { unreachable!("it was built as a review") };
        match result {
            Ok(Answer::Review { comments }) => posted += comments,
            Ok(_) => posted += comments.len(),
            Err(PublishError::Call(CallError::Invalid(reason))) => {
                unnamed += usize::from(!names_a_line(&reason));
                if comments.len() == 1 {
                    tracing::warn!(operation = id, reason, "GitHub refuses a comment.");
                    report.refused.extend(comments.iter().map(ReviewComment::spot));
                    continue;
                }
                let second = comments.split_off(comments.len() / 2);
                waiting.push(renamed(format!("{id}b"), second));
                waiting.push(renamed(format!("{id}a"), comments));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(posted)
}

/// The half's own id stands in its markers, so that reading back finds this half and not the other.
fn renamed(id: String, mut comments: Vec<ReviewComment>) -> (String, Vec<ReviewComment>) {
    for comment in &mut comments {
        comment.body = with_operation(&comment.body, &id);
    }
    (id, comments)
}

/// Any other refusal may be the same for every half.
fn names_a_line(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    ["line", "path", "diff", "hunk", "position"].iter().any(|word| reason.contains(word))
}
