//! One operation, at most once: recorded, performed, and after an unclear answer read back before it is written again.

use super::PublishError;
use super::outbox::{Known, Outbox};
use crate::github::{ANNOTATIONS_AT_ONCE, Answer, CallError, RepoClient};
use crate::model::CommitId;
use crate::plan::Operation;
use std::time::Duration;

/// GitHub shows a write to its readers a little later; "absent" needs two reads so far apart.
pub(super) const BETWEEN_READS: Duration = Duration::from_secs(10);
/// How often an operation is sent in one go.
const MAX_SENDS: usize = 2;

/// Carries out one operation under an id that no other operation has.
///
/// # Errors
/// When the call failed; an operation whose outcome is unclear stays in the outbox, to be settled first next time.
pub async fn carry_out_one(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    head: &CommitId,
    id: &str,
    operation: &Operation,
) -> Result<Answer, PublishError> {
    let known = begin_one(outbox, client, head, id, operation).await?;
    carry_out_begun(outbox, client, id, operation, known).await
}

/// Records an operation that is about to be sent.
pub(super) async fn begin_one(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    head: &CommitId,
    id: &str,
    operation: &Operation,
) -> Result<Known, PublishError> {
    let begun = outbox.begin(head, &[(id.to_owned(), operation)], client.timing().now()).await?;
    Ok(begun.into_iter().next().expect("one answer for one operation"))
}

/// The same for an operation that is recorded already.
pub(super) async fn carry_out_begun(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    id: &str,
    operation: &Operation,
    known: Known,
) -> Result<Answer, PublishError> {
    let mut sent = match known {
        Known::Answered(answer) => return Ok(answer),
        Known::New => 0,
        Known::Unclear => 1,
    };
    let mut unclear = sent > 0;
    loop {
        if unclear && let Some(answer) = look_for(client, operation).await.map_err(PublishError::Unclear)? {
            return finish(outbox, client, id, operation, answer).await;
        }
        sent += 1;
        match client.perform(operation).await {
            Ok(answer) => {
                outbox.complete(id, operation, &answer, client.timing().now()).await?;
                return Ok(answer);
            }
            Err(error) if error.is_unclear() && sent < MAX_SENDS => {
                tracing::warn!(operation = id, %error, "GitHub's answer is unclear; reading back before writing again.");
                unclear = true;
            }
            // The branch may have moved by this very operation, sent before without an answer.
            Err(error @ CallError::Conflict(_)) if matches!(operation, Operation::CreateCommit(_)) => {
                if let Some(answer) = client.read_back(operation).await.map_err(PublishError::Unclear)? {
                    return finish(outbox, client, id, operation, answer).await;
                }
                outbox.abandon(id).await?;
                return Err(error.into());
            }
            Err(error) => {
                if !error.is_unclear() && !may_have_begun(operation, &error) {
                    outbox.abandon(id).await?;
                }
                return Err(error.into());
            }
        }
    }
}

/// Whether a part of it may be there although GitHub refused: a check whose annotations need several requests, stopped
/// between two of them. The next attempt finds it and sends the rest.
fn may_have_begun(operation: &Operation, error: &CallError) -> bool {
    let (Operation::CreateCheck(check) | Operation::UpdateCheck { check, .. }) = operation else { return false };
    check.annotations.len() > ANNOTATIONS_AT_ONCE && (error.is_temporary() || matches!(error, CallError::Budget(_)))
}

/// Completes what was found, and sends what is missing of it.
pub(super) async fn finish(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    id: &str,
    operation: &Operation,
    found: Answer,
) -> Result<Answer, PublishError> {
    let answer = match found.rest(operation) {
        Some(rest) => client.perform(&rest).await?,
        None => found,
    };
    outbox.complete(id, operation, &answer, client.timing().now()).await?;
    Ok(answer)
}

/// Reads back; `None` only when the operation is certainly not there, or when writing it again changes nothing. The same
/// holds of annotations that a check lacks: they would be sent once more.
pub(super) async fn look_for(client: &RepoClient, operation: &Operation) -> Result<Option<Answer>, CallError> {
    let seen = client.read_back(operation).await?;
    let certain = match &seen {
        Some(answer) => !lacks_annotations(answer, operation),
        None => is_repeatable(operation),
    };
    if certain {
        return Ok(seen);
    }
    client.timing().pause(BETWEEN_READS).await;
    Ok(client.read_back(operation).await?.or(seen))
}

fn lacks_annotations(answer: &Answer, operation: &Operation) -> bool {
    matches!(answer.rest(operation), Some(Operation::UpdateCheck { check, .. }) if !check.annotations.is_empty())
}

/// Whether doing it twice is the same as doing it once.
fn is_repeatable(operation: &Operation) -> bool {
    match operation {
        Operation::CreateCheck(_) | Operation::CreateSummary { .. } | Operation::CreateReview { .. } => false,
        // The newest counts, so that a second one changes nothing that people see; but a commit has room for 1,000.
        Operation::SetStatus(_) => false,
        Operation::CreateReply { .. } => false,
        // A second one is refused, because the branch moved.
        Operation::CreateCommit(_) => false,
        Operation::React { .. } => true,
        Operation::UpdateCheck { check, .. } => check.annotations.is_empty(),
        Operation::UpdateSummary { .. } | Operation::DeleteSummary { .. } => true,
        Operation::UpdateReviewComment { .. } | Operation::DeleteReviewComment { .. } => true,
        Operation::ResolveThread { .. } | Operation::ReopenThread { .. } => true,
    }
}
