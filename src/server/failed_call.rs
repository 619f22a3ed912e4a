//! What a failed call means for the job: wait, try again, give up, or nothing left to do.

use super::passes::JudgingError;
use super::work::JobError;
use crate::github::CallError;
use crate::publish::PublishError;
use std::time::Duration;

/// So many attempts wait for an API that is behind its events, or for a review that runs; then what is not there is gone.
const PATIENT_ATTEMPTS: u32 = 4;
/// Between looks at an API that is behind.
const BEHIND: Duration = Duration::from_secs(5);
/// Between looks for the end of a review.
const JUDGING: Duration = Duration::from_secs(10);

/// A call that failed on the way to a verdict.
pub(super) fn after_call(error: CallError) -> JobError {
    let reason = error.to_string();
    match error {
        CallError::SecondaryLimit { retry_after } | CallError::Paced { retry_after } => {
            JobError::RetryAfter { reason, after: retry_after }
        }
        CallError::RateLimited { until } => JobError::RetryAt { reason, at: until },
        CallError::Forbidden(_) => JobError::Fatal {
            reason: format!("{reason}; `deckhand doctor` on the server says which permission is missing"),
        },
        CallError::Moved => JobError::Renamed { reason },
        // A token may be unknown for a while after it was given, and a key is mended by a restart: neither needs the jobs
        // to be woken by hand.
        CallError::Unauthorized(_)
        | CallError::NotFound(_)
        | CallError::Invalid(_)
        | CallError::Conflict(_)
        | CallError::TooLarge(_)
        | CallError::HeadMoved
        | CallError::Behind(_)
        | CallError::Server(_)
        | CallError::Network(_)
        | CallError::Timeout(_)
        | CallError::Malformed(_)
        | CallError::Budget(_) => JobError::Retry { reason, after: None },
    }
}

/// Rules that did not come to their end.
pub(super) fn after_judging(error: JudgingError) -> JobError {
    match error {
        JudgingError::Call(error) => after_call(error),
        JudgingError::Judge(error) => error.into(),
        JudgingError::Kept(_) => JobError::Retry { reason: error.to_string(), after: None },
        JudgingError::Circle => JobError::Fatal { reason: error.to_string() },
    }
}

/// What a job is about does not exist, or not yet.
pub(super) fn not_there(what: String, attempt: u32) -> JobError {
    let reason = format!("GitHub has no {what}");
    if attempt < PATIENT_ATTEMPTS { JobError::Retry { reason, after: Some(BEHIND) } } else { JobError::Gone { reason } }
}

/// What the API says is older than the event that brought the job here. After some attempts it is as true as it gets.
pub(super) fn not_caught_up(attempt: u32) -> Result<(), JobError> {
    if attempt >= PATIENT_ATTEMPTS {
        return Ok(());
    }
    let reason = "GitHub's API does not know yet what its event says".to_owned();
    Err(JobError::Retry { reason, after: Some(BEHIND) })
}

/// Somebody wants something of a verdict that is not there: the review may be running. After some attempts it is not.
pub(super) fn not_judged_yet(attempt: u32) -> Result<(), JobError> {
    if attempt >= PATIENT_ATTEMPTS {
        return Ok(());
    }
    let reason = "the newest commit is still being judged".to_owned();
    Err(JobError::Retry { reason, after: Some(JUDGING) })
}

/// A plan that was not carried out.
pub(super) fn after_publish(error: PublishError) -> JobError {
    match error {
        PublishError::Call(error) | PublishError::Unclear(error) => after_call(error),
        PublishError::Store(error) => error.into(),
    }
}
