//! `merge_group`: a merge queue asks for checks of the commit that it would merge, or does not want it any more.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::{CommitId, PullNumber};
use crate::webhook::{Cause, JobSpec, MergeGroup, RepositoryRef, Work};
use serde::Deserialize;

/// Under this name GitHub keeps the branches of merge groups.
pub(super) const QUEUE: &str = "gh-readonly-queue/";

/// `checks_requested`, or `destroyed`.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeGroupEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// What is to be merged.
    pub group: MergeGroup,
    /// Why it is not to be merged any more, in GitHub's word: `merged`, `invalidated`, `dequeued`.
    pub ended: Option<String>,
}

impl MergeGroupEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            merge_group: Group,
            #[serde(default)]
            reason: Option<String>,
        }
        #[derive(Deserialize)]
        struct Group {
            head_sha: CommitId,
            #[serde(default)]
            head_ref: String,
            base_sha: CommitId,
            base_ref: String,
        }
        let ends = match action {
            Some("checks_requested") => false,
            Some("destroyed") => true,
            _ => return Err(Unread::Other),
        };
        let payload: Payload = read(body)?;
        let Group { head_sha, head_ref, base_sha, base_ref } = payload.merge_group;
        let base = base_ref.strip_prefix("refs/heads/").unwrap_or(&base_ref).to_owned();
        let number = read_number(&head_ref, &base);
        Ok(MergeGroupEvent {
            repository: payload.repository.seen_through(payload.installation)?,
            group: MergeGroup { head: head_sha, base_sha, base, number },
            ended: ends.then(|| payload.reason.unwrap_or_else(|| "destroyed".to_owned())),
        })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        let (group, ended) = (self.group.clone(), self.ended.clone());
        vec![self.repository.job(Work::ReviewGroup { group, ended, cause: Cause::Queued })]
    }
}

/// `refs/heads/gh-readonly-queue/main/pr-7-<commit>` is named after number 7.
fn read_number(head_ref: &str, base: &str) -> Option<PullNumber> {
    let name = head_ref.strip_prefix("refs/heads/").unwrap_or(head_ref);
    let own = name.strip_prefix(QUEUE)?.strip_prefix(base)?.strip_prefix("/pr-")?;
    let (number, _) = own.split_once('-')?;
    number.parse().ok().map(PullNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_branch_tells_the_pull_request() {
        let read = |name: &str| read_number(name, "release/1").map(|it| it.0);
        assert_eq!(read("refs/heads/gh-readonly-queue/release/1/pr-104-929f82"), Some(104));
        assert_eq!(read("gh-readonly-queue/release/1/pr-7-0a"), Some(7));
        for other in ["", "refs/heads/main", "gh-readonly-queue/main/pr-7-0a", "gh-readonly-queue/release/1/pr-x-0a"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
