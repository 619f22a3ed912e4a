//! `pull_request_review`: somebody said yes or no, and rules may count that.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::{PullNumber, Timestamp};
use crate::webhook::{Cause, JobSpec, RepositoryRef, Work};
use serde::Deserialize;

/// A review that was submitted, edited or dismissed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequestReviewEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// The pull request.
    pub number: PullNumber,
    /// Whether it only comments and a program wrote it, as our own reviews do: nothing is judged for those.
    pub is_remark_of_a_program: bool,
    /// When the pull request changed by it.
    pub changed_at: Option<Timestamp>,
}

impl PullRequestReviewEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            pull_request: Pull,
            review: Review,
        }
        #[derive(Deserialize)]
        struct Pull {
            number: PullNumber,
            #[serde(default)]
            updated_at: Option<String>,
        }
        #[derive(Deserialize)]
        struct Review {
            state: String,
            #[serde(default)]
            user: Option<User>,
        }
        #[derive(Deserialize)]
        struct User {
            #[serde(default, rename = "type")]
            kind: String,
        }
        if !matches!(action, Some("submitted" | "edited" | "dismissed")) {
            return Err(Unread::Other);
        }
        let payload: Payload = read(body)?;
        let review = payload.review;
        let is_program = review.user.is_some_and(|user| user.kind == "Bot");
        Ok(PullRequestReviewEvent {
            repository: payload.repository.seen_through(payload.installation)?,
            number: payload.pull_request.number,
            is_remark_of_a_program: is_program && review.state.eq_ignore_ascii_case("commented"),
            changed_at: payload.pull_request.updated_at.as_deref().and_then(Timestamp::parse_rfc3339),
        })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        if self.is_remark_of_a_program {
            return Vec::new();
        }
        let (number, changed_at) = (self.number, self.changed_at);
        vec![self.repository.job(Work::ReviewPull { number, cause: Cause::Reviewed, changed_at })]
    }
}
