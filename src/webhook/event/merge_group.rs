//! `merge_group`: a merge queue asks for checks of the commit that it would merge.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::CommitId;
use crate::webhook::{JobSpec, RepositoryRef};
use serde::Deserialize;

/// `checks_requested`. Known, but it builds no job yet: nothing judges merge groups so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeGroupEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// The commit to check.
    pub head: CommitId,
    /// The branch it would land on, without `refs/heads/`.
    pub base: String,
}

impl MergeGroupEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            merge_group: Group,
        }
        #[derive(Deserialize)]
        struct Group {
            head_sha: CommitId,
            base_ref: String,
        }
        if action != Some("checks_requested") {
            return Err(Unread::Other);
        }
        let payload: Payload = read(body)?;
        let Group { head_sha, base_ref } = payload.merge_group;
        let base = base_ref.strip_prefix("refs/heads/").unwrap_or(&base_ref).to_owned();
        Ok(MergeGroupEvent { repository: payload.repository.seen_through(payload.installation)?, head: head_sha, base })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        Vec::new()
    }
}
