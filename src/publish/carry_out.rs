//! A whole plan: what does not depend on each other goes out side by side.

use super::once::carry_out_begun;
use super::outbox::{Known, Outbox};
use super::review::post_review;
use super::{PublishError, Report};
use crate::github::{Answer, CallError, RepoClient};
use crate::plan::{Operation, Plan};
use crate::store::StoreError;

/// Five lanes: the check, commit statuses, the comments in the diff, the summary, answers to commands. Inside a lane one write follows the
/// other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    Check,
    Status,
    Diff,
    Summary,
    Talk,
}

impl Lane {
    /// Whether it writes comments on the pull request. What is bound to a commit is right whatever the head is by now.
    fn comments(self) -> bool {
        matches!(self, Lane::Diff | Lane::Summary | Lane::Talk)
    }
}

/// An operation of a plan that the outbox knows.
struct Begun<'a> {
    index: usize,
    id: String,
    operation: &'a Operation,
    known: Known,
}

/// Carries a plan out. A lane that fails does not stop the others.
///
/// # Errors
/// The first failure, a lost lease before all others. What was done stays done and recorded.
pub async fn carry_out(outbox: &Outbox<'_>, client: &RepoClient, plan: &Plan) -> Result<Report, PublishError> {
    if plan.operations.is_empty() {
        return Ok(Report::default());
    }
    // What is asked before has a limit of its own: a plan is as long as it is, and a second one would begin with asking.
    let client = &client.clone().with_counter(client.counter().apart(budget(plan)));
    // Comments that may not be wanted any more are recorded once that is known; all others together, in one go.
    let doubtful = |operation: &Operation| plan.recheck_head.is_some() && lane_of(operation).comments();
    let certain = begin(outbox, client, plan, |operation| !doubtful(operation)).await?;
    let (certain, gates): (Vec<_>, Vec<_>) = certain.into_iter().partition(|it| lane_of(it.operation).comments());
    let (checks, statuses) = gates.into_iter().partition(|it| lane_of(it.operation) == Lane::Check);
    let checks = run_lane(outbox, client, checks);
    let statuses = run_lane(outbox, client, statuses);
    let comments = async {
        let comments = match plan.recheck_head {
            None => certain,
            Some(number) if client.fetch_head(number).await? == plan.head => {
                begin(outbox, client, plan, doubtful).await?
            }
            Some(_) => return Ok(vec![Ok(Report { head_moved: true, ..Report::default() })]),
        };
        let (diff, rest): (Vec<_>, Vec<_>) = comments.into_iter().partition(|it| lane_of(it.operation) == Lane::Diff);
        let (summary, talk) = rest.into_iter().partition(|it| lane_of(it.operation) == Lane::Summary);
        let lane = |begun| run_lane(outbox, client, begun);
        let (diff, summary, talk) = futures_util::join!(lane(diff), lane(summary), lane(talk));
        Ok::<_, PublishError>(vec![diff, summary, talk])
    };
    let (checks, statuses, comments) = futures_util::join!(checks, statuses, comments);
    merge([checks, statuses].into_iter().chain(comments.unwrap_or_else(|error| vec![Err(error)])))
}

/// Requests that a plan may take: each write, tried again and looked for.
fn budget(plan: &Plan) -> u32 {
    let writes = plan.operations.iter().map(|operation| match operation {
        Operation::CreateReview { comments, .. } => 1 + comments.len(),
        Operation::CreateCheck(check) | Operation::UpdateCheck { check, .. } => 1 + check.annotations.len(),
        _ => 1,
    });
    u32::try_from(4 * writes.sum::<usize>() + 4).unwrap_or(u32::MAX)
}

fn merge(lanes: impl Iterator<Item = Result<Report, PublishError>>) -> Result<Report, PublishError> {
    let mut report = Report::default();
    let mut failures = Vec::new();
    for lane in lanes {
        match lane {
            Ok(part) => report.merge(part),
            Err(error) => failures.push(error),
        }
    }
    report.done.sort_by_key(|(index, _)| *index);
    failures.sort_by_key(|error| !matches!(error, PublishError::Store(StoreError::LeaseLost(_))));
    failures.into_iter().next().map_or(Ok(report), Err)
}

/// Records those operations of the plan that are wanted.
async fn begin<'a>(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    plan: &'a Plan,
    wanted: impl Fn(&Operation) -> bool,
) -> Result<Vec<Begun<'a>>, PublishError> {
    let wanted: Vec<(usize, &Operation)> =
        plan.operations.iter().enumerate().filter(|(_, operation)| wanted(operation)).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let named: Vec<_> = wanted.iter().map(|(index, operation)| (plan.operation_id(*index), *operation)).collect();
    let known = outbox.begin(&plan.head, &named, client.timing().now()).await?;
    let begun = wanted.into_iter().zip(named).zip(known);
    Ok(begun.map(|(((index, operation), (id, _)), known)| Begun { index, id, operation, known }).collect())
}

async fn run_lane(outbox: &Outbox<'_>, client: &RepoClient, lane: Vec<Begun<'_>>) -> Result<Report, PublishError> {
    let mut report = Report::default();
    let mut lane = lane.into_iter();
    while let Some(Begun { index, id, operation, known }) = lane.next() {
        let resolves = matches!(operation, Operation::ResolveThread { .. });
        // Where one is not allowed, none is.
        if resolves && report.unresolved > 0 && matches!(known, Known::New) {
            outbox.abandon(&id).await?;
            report.unresolved += 1;
            continue;
        }
        let result = match operation {
            Operation::CreateReview { number, head, comments } => {
                let whose = (*number, head);
                let posted = post_review(outbox, client, (&id, known), whose, comments, &mut report).await;
                posted.map(|comments| Answer::Review { comments })
            }
            _ => carry_out_begun(outbox, client, &id, operation, known).await,
        };
        match result {
            // GitHub took none of it.
            Ok(Answer::Review { comments: 0 }) => {}
            Ok(answer) => report.done.push((index, answer)),
            // A status that may not be set stays as it is: branch protection that asks for it goes on asking.
            Err(PublishError::Call(CallError::Forbidden(reason))) if lane_of(operation) == Lane::Status => {
                tracing::warn!(operation = id, reason, "GitHub does not let us set a commit status.");
                report.unset.push(reason);
                // Nor the others.
                for unsent in lane.by_ref().filter(|it| matches!(it.known, Known::New)) {
                    outbox.abandon(&unsent.id).await?;
                }
            }
            // The comment itself can say that it is settled.
            Err(PublishError::Call(CallError::Forbidden(reason))) if resolves => {
                tracing::warn!(operation = id, reason, "GitHub does not let us resolve a thread.");
                report.unresolved += 1;
            }
            // Without the permission for comments the check alone speaks.
            Err(PublishError::Call(CallError::Forbidden(reason))) if lane_of(operation).comments() => {
                tracing::warn!(operation = id, reason, "GitHub does not let us comment.");
                report.forbidden.push(reason);
            }
            Err(PublishError::Call(CallError::NotFound(_))) if changes_a_comment(operation) => report.gone += 1,
            // One text that GitHub does not take costs no other.
            Err(PublishError::Call(CallError::Invalid(reason)))
                if matches!(lane_of(operation), Lane::Diff | Lane::Summary) =>
            {
                tracing::warn!(operation = id, reason, "GitHub refuses a comment.");
                report.forbidden.push(reason);
            }
            Err(error) => {
                // What was recorded and certainly not sent need not be looked for.
                for unsent in lane.filter(|it| matches!(it.known, Known::New)) {
                    outbox.abandon(&unsent.id).await?;
                }
                return Err(error);
            }
        }
    }
    Ok(report)
}

fn lane_of(operation: &Operation) -> Lane {
    match operation {
        Operation::CreateCheck(_) | Operation::UpdateCheck { .. } => Lane::Check,
        Operation::SetStatus(_) => Lane::Status,
        Operation::CreateSummary { .. } | Operation::UpdateSummary { .. } | Operation::DeleteSummary { .. } => {
            Lane::Summary
        }
        Operation::CreateReview { .. } | Operation::UpdateReviewComment { .. } => Lane::Diff,
        Operation::DeleteReviewComment { .. } => Lane::Diff,
        Operation::ResolveThread { .. } | Operation::ReopenThread { .. } => Lane::Diff,
        Operation::React { .. } | Operation::CreateReply { .. } => Lane::Talk,
        // On behalf of a command or a button.
        Operation::CreateCommit(_) => Lane::Talk,
    }
}

fn changes_a_comment(operation: &Operation) -> bool {
    match operation {
        Operation::UpdateSummary { .. } | Operation::UpdateReviewComment { .. } => true,
        Operation::ResolveThread { .. } | Operation::ReopenThread { .. } => true,
        // The comment that it stands under.
        Operation::React { .. } => true,
        Operation::CreateReply { .. } => false,
        Operation::CreateCheck(_) | Operation::UpdateCheck { .. } | Operation::CreateSummary { .. } => false,
        Operation::DeleteSummary { .. } | Operation::DeleteReviewComment { .. } => false,
        Operation::CreateReview { .. } | Operation::SetStatus(_) | Operation::CreateCommit(_) => false,
    }
}
