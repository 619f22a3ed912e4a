//! Open pull requests that have one head commit.
//!
//! GitHub lists the open pull requests of a commit only while the commit is not on the default branch; the list of the
//! head's branch closes that gap for pull requests from one branch into several.

use super::CallError;
use super::list::OpenPull;
use super::wire::Page;
use crate::model::{CommitId, PullNumber};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireSharing {
    number: PullNumber,
    state: String,
    head_ref_oid: String,
    base_ref_name: String,
    repository: WireId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireId {
    database_id: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireHeadRef {
    associated_pull_requests: Page<WireSharing>,
}

impl WireHeadRef {
    pub(super) fn into_page(self) -> Page<WireSharing> {
        self.associated_pull_requests
    }
}

/// Those of the lists that are open, of this repository, at this head, and not `number` itself; by number.
///
/// # Errors
/// `TooLarge` when a list goes on: a check must not be green for somebody who was not looked at.
pub(super) fn find_sharing(
    lists: impl IntoIterator<Item = Page<WireSharing>>,
    repository: Option<u64>,
    number: PullNumber,
    head: &CommitId,
) -> Result<Vec<OpenPull>, CallError> {
    let mut found = Vec::new();
    for list in lists {
        let (pulls, more) = list.into_parts();
        if more.is_some() {
            return Err(CallError::TooLarge("list of pull requests with this commit".to_owned()));
        }
        let sharing = pulls.into_iter().filter(|pull| {
            pull.state == "OPEN"
                && pull.number != number
                && pull.head_ref_oid == head.as_str()
                && pull.repository.database_id == repository
        });
        found.extend(sharing.map(|pull| OpenPull {
            number: pull.number,
            base: pull.base_ref_name,
            head: head.clone(),
        }));
    }
    found.sort_by_key(|pull| pull.number);
    found.dedup_by_key(|pull| pull.number);
    Ok(found)
}
