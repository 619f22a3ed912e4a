//! `workflow_run`: a workflow of GitHub Actions ended, and may have kept reports.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::CommitId;
use crate::webhook::{JobSpec, RepositoryRef, Work};
use serde::Deserialize;

/// `completed`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowRunEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// GitHub's id of the run.
    pub run: u64,
    /// What it was started for: of a pull request, its head.
    pub head: CommitId,
}

impl WorkflowRunEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            workflow_run: Run,
        }
        #[derive(Deserialize)]
        struct Run {
            id: u64,
            head_sha: CommitId,
        }
        if action != Some("completed") {
            return Err(Unread::Other);
        }
        let payload: Payload = read(body)?;
        let repository = payload.repository.seen_through(payload.installation)?;
        Ok(WorkflowRunEvent { repository, run: payload.workflow_run.id, head: payload.workflow_run.head_sha })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        vec![self.repository.job(Work::HeedWorkflow { run: self.run, head: self.head.clone() })]
    }
}
