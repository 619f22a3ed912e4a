//! `status`: somebody set a commit status.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::CommitId;
use crate::webhook::{JobSpec, RepositoryRef, Work};
use serde::Deserialize;

/// A commit status that was set. It has no action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// The commit.
    pub head: CommitId,
}

impl StatusEvent {
    pub(super) fn read(_action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            sha: CommitId,
        }
        let payload: Payload = read(body)?;
        Ok(StatusEvent { repository: payload.repository.seen_through(payload.installation)?, head: payload.sha })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        vec![self.repository.job(Work::ReviewReported { head: self.head.clone() })]
    }
}
