//! `pull_request`: something about a pull request changed that its judgement may depend on.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::PullNumber;
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
    pub action: PullAction,
}

/// The actions that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullAction {
    /// It is to be judged.
    Changed(Cause),
    /// Closed or merged: nothing to do, and nothing wrong.
    Closed,
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
        }
        let action = match action {
            Some("opened") => PullAction::Changed(Cause::Opened),
            Some("synchronize") => PullAction::Changed(Cause::Synchronize),
            Some("reopened") => PullAction::Changed(Cause::Reopened),
            Some("edited") => PullAction::Changed(Cause::Edited),
            Some("assigned" | "unassigned" | "review_requested" | "review_request_removed") => {
                PullAction::Changed(Cause::Edited)
            }
            Some("milestoned" | "demilestoned" | "locked" | "unlocked") => PullAction::Changed(Cause::Edited),
            Some("labeled") => PullAction::Changed(Cause::Labeled),
            Some("unlabeled") => PullAction::Changed(Cause::Unlabeled),
            Some("ready_for_review") => PullAction::Changed(Cause::ReadyForReview),
            Some("converted_to_draft") => PullAction::Changed(Cause::ConvertedToDraft),
            Some("closed") => PullAction::Closed,
            _ => return Err(Unread::Other),
        };
        let payload: Payload = read(body)?;
        Ok(PullRequestEvent {
            repository: payload.repository.seen_through(payload.installation)?,
            number: payload.pull_request.number,
            action,
        })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        match self.action {
            PullAction::Changed(cause) => vec![self.repository.job(Work::ReviewPull { number: self.number, cause })],
            PullAction::Closed => Vec::new(),
        }
    }
}
