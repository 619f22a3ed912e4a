//! `pull_request`: something about a pull request changed that its judgement may depend on.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::{PullNumber, Timestamp};
use crate::webhook::{Cause, JobSpec, RepositoryRef, Work};
use serde::Deserialize;

/// A pull request that was opened, moved, edited, labelled or closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequestEvent {
    /// Where it proposes to.
    pub repository: RepositoryRef,
    /// Which.
    pub number: PullNumber,
    /// What happened.
    pub cause: Cause,
    /// When it changed.
    pub changed_at: Option<Timestamp>,
}

impl PullRequestEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            pull_request: Pull,
        }
        #[derive(Deserialize)]
        struct Pull {
            number: PullNumber,
            #[serde(default)]
            updated_at: Option<String>,
        }
        let cause = match action {
            Some("opened") => Cause::Opened,
            Some("synchronize") => Cause::Synchronize,
            Some("reopened") => Cause::Reopened,
            Some("edited") => Cause::Edited,
            Some("assigned" | "unassigned" | "review_requested" | "review_request_removed") => Cause::Edited,
            Some("milestoned" | "demilestoned" | "locked" | "unlocked") => Cause::Edited,
            Some("labeled") => Cause::Labeled,
            Some("unlabeled") => Cause::Unlabeled,
            Some("ready_for_review") => Cause::ReadyForReview,
            Some("converted_to_draft") => Cause::ConvertedToDraft,
            Some("closed") => Cause::Closed,
            _ => return Err(Unread::Other),
        };
        let payload: Payload = read(body)?;
        Ok(PullRequestEvent {
            repository: payload.repository.seen_through(payload.installation)?,
            number: payload.pull_request.number,
            cause,
            changed_at: payload.pull_request.updated_at.as_deref().and_then(Timestamp::parse_rfc3339),
        })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        vec![self.repository.job(Work::ReviewPull {
            number: self.number,
            cause: self.cause,
            changed_at: self.changed_at,
        })]
    }
}
