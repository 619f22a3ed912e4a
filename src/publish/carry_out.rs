//! A whole plan: what does not depend on each other goes out side by side.

use super::once::carry_out_one;
use super::outbox::Outbox;
use super::review::post_review;
use super::{PublishError, Report};
use crate::github::{Answer, CallError, RepoClient};
use crate::plan::{Operation, Plan};
use crate::store::StoreError;

/// Three lanes: the check, the comments in the diff, the summary. Inside a lane one write follows the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    Check,
    Diff,
    Summary,
}

/// Carries a plan out. A lane that fails does not stop the others.
///
/// # Errors
/// The first failure, a lost lease before all others. What was done stays done and recorded.
pub async fn carry_out(outbox: &Outbox<'_>, client: &RepoClient, plan: &Plan) -> Result<Report, PublishError> {
    let mut report = Report::default();
    if plan.operations.is_empty() {
        return Ok(report);
    }
    let checks = run_lane(outbox, client, plan, Lane::Check);
    let comments = async {
        if let Some(number) = plan.recheck_head
            && client.fetch_head(number).await? != plan.head
        {
            return Ok::<_, PublishError>(vec![Ok(Report { head_moved: true, ..Report::default() })]);
        }
        let diff = run_lane(outbox, client, plan, Lane::Diff);
        let summary = run_lane(outbox, client, plan, Lane::Summary);
        let (diff, summary) = futures_util::join!(diff, summary);
        Ok(vec![diff, summary])
    };
    let (checks, comments) = futures_util::join!(checks, comments);
    let mut failures = Vec::new();
    let lanes = match comments {
        Ok(lanes) => lanes,
        Err(error) => vec![Err(error)],
    };
    for lane in std::iter::once(checks).chain(lanes) {
        match lane {
            Ok(part) => report.merge(part),
            Err(error) => failures.push(error),
        }
    }
    report.done.sort_by_key(|(index, _)| *index);
    failures.sort_by_key(|error| !matches!(error, PublishError::Store(StoreError::LeaseLost(_))));
    failures.into_iter().next().map_or(Ok(report), Err)
}

async fn run_lane(outbox: &Outbox<'_>, client: &RepoClient, plan: &Plan, lane: Lane) -> Result<Report, PublishError> {
    let mut report = Report::default();
    for (index, operation) in plan.operations.iter().enumerate().filter(|(_, operation)| lane_of(operation) == lane) {
        let id = plan.operation_id(index);
        let result = match operation {
            Operation::CreateReview { number, head, comments } => {
                let whose = (*number, head);
                let posted = post_review(outbox, client, &id, whose, comments, &mut report).await;
                posted.map(|comments| Answer::Review { comments })
            }
            _ => carry_out_one(outbox, client, &plan.head, &id, operation).await,
        };
        match result {
            Ok(answer) => report.done.push((index, answer)),
            // Without the permission for comments the check alone speaks.
            Err(PublishError::Call(CallError::Forbidden(reason))) if lane != Lane::Check => {
                tracing::warn!(operation = id, reason, "GitHub does not let us comment.");
                report.forbidden.push(reason);
            }
            Err(PublishError::Call(CallError::NotFound(_))) if changes_a_comment(operation) => report.gone += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(report)
}

fn lane_of(operation: &Operation) -> Lane {
    match operation {
        Operation::CreateCheck(_) | Operation::UpdateCheck { .. } => Lane::Check,
        Operation::CreateSummary { .. } | Operation::UpdateSummary { .. } | Operation::DeleteSummary { .. } => {
            Lane::Summary
        }
        Operation::CreateReview { .. } | Operation::UpdateReviewComment { .. } => Lane::Diff,
        Operation::DeleteReviewComment { .. } | Operation::ResolveThread { .. } => Lane::Diff,
    }
}

fn changes_a_comment(operation: &Operation) -> bool {
    match operation {
        Operation::UpdateSummary { .. } | Operation::UpdateReviewComment { .. } | Operation::ResolveThread { .. } => {
            true
        }
        Operation::CreateCheck(_) | Operation::UpdateCheck { .. } | Operation::CreateSummary { .. } => false,
        Operation::DeleteSummary { .. } | Operation::DeleteReviewComment { .. } => false,
        Operation::CreateReview { .. } => false,
    }
}
