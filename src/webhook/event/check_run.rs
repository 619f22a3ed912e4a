//! `check_run`: a person asked for our check again.

use super::payload::{InstallationPart, PullPart, RepositoryPart, Unread, pulls_into, read, rerequested_jobs};
use crate::model::{CommitId, PullNumber};
use crate::webhook::{JobSpec, RepositoryRef};
use serde::Deserialize;

/// `rerequested`: GitHub sends it only to the app whose check it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRunEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// The commit of the check.
    pub head: CommitId,
    /// Open pull requests with that head; empty when it comes from a fork.
    pub pulls: Vec<PullNumber>,
}

impl CheckRunEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            check_run: Run,
        }
        #[derive(Deserialize)]
        struct Run {
            head_sha: CommitId,
            #[serde(default)]
            pull_requests: Option<Vec<PullPart>>,
        }
        if action != Some("rerequested") {
            return Err(Unread::Other);
        }
        let payload: Payload = read(body)?;
        let repository = payload.repository.seen_through(payload.installation)?;
        let pulls = pulls_into(&repository, payload.check_run.pull_requests.unwrap_or_default());
        Ok(CheckRunEvent { repository, head: payload.check_run.head_sha, pulls })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        rerequested_jobs(&self.repository, &self.head, &self.pulls)
    }
}
