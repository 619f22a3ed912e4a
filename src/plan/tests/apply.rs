//! What GitHub would show after a plan was carried out.

use crate::plan::{CheckStatus, Operation, Published, PublishedComment, PublishedReviewComment};

pub(super) fn apply(operations: &[Operation], published: &mut Published) {
    for operation in operations {
        let id = 1 + published
            .checks
            .iter()
            .map(|c| c.id)
            .chain(published.summaries.iter().map(|c| c.id))
            .chain(published.replies.iter().map(|c| c.id))
            .chain(published.comments.iter().map(|c| c.id))
            .max()
            .unwrap_or(0);
        match operation {
            Operation::CreateCheck(check) => published.note_check(id, check),
            Operation::UpdateCheck { id, check } => {
                let now = published.checks.iter_mut().find(|now| now.id == *id).expect("an existing check");
                let reopens = now.conclusion.is_some() && check.status == CheckStatus::InProgress;
                assert!(!reopens, "GitHub takes no status of a completed run back");
                now.external_id = check.external_id.clone();
                now.conclusion = conclusion(check.status);
                now.annotations += check.annotations.len();
            }
            Operation::CreateSummary { body, .. } => {
                published.summaries.push(PublishedComment { id, body: body.clone() });
            }
            Operation::UpdateSummary { id, body } => {
                published.summaries.iter_mut().find(|now| now.id == *id).expect("an existing comment").body =
                    body.clone();
            }
            Operation::DeleteSummary { id } => published.summaries.retain(|now| now.id != *id),
            Operation::CreateReview { comments, .. } => {
                assert!(!comments.is_empty(), "a review needs comments");
                for (n, comment) in comments.iter().enumerate() {
                    let id = id + n as u64;
                    published.comments.push(PublishedReviewComment {
                        id,
                        thread: format!("T{id}"),
                        path: comment.path.clone(),
                        body: comment.body.clone(),
                        resolved: false,
                        resolved_by_us: false,
                        answered: false,
                    });
                }
            }
            Operation::UpdateReviewComment { id, body } => {
                published.comments.iter_mut().find(|now| now.id == *id).expect("an existing comment").body =
                    body.clone();
            }
            Operation::DeleteReviewComment { id } => {
                let before = published.comments.len();
                published.comments.retain(|now| now.id != *id);
                assert_eq!(published.comments.len() + 1, before, "deleted once");
            }
            Operation::ResolveThread { thread } => {
                let now = published.comments.iter_mut().find(|now| now.thread == *thread).expect("a thread");
                assert!(!now.resolved, "it was open");
                (now.resolved, now.resolved_by_us) = (true, true);
            }
            Operation::ReopenThread { thread } => {
                let now = published.comments.iter_mut().find(|now| now.thread == *thread).expect("a thread");
                assert!(now.resolved_by_us, "nobody opens what a person resolved");
                (now.resolved, now.resolved_by_us) = (false, false);
            }
            Operation::React { .. } | Operation::CreateCommit(_) => {}
            Operation::CreateReply { body, .. } => published.replies.push(PublishedComment { id, body: body.clone() }),
            Operation::SetStatus(status) => {
                published.statuses.retain(|now| now.context != status.context);
                published.statuses.push(status.clone());
            }
        }
    }
}

fn conclusion(status: CheckStatus) -> Option<crate::model::Conclusion> {
    match status {
        CheckStatus::InProgress => None,
        CheckStatus::Completed { conclusion, .. } => Some(conclusion),
    }
}
