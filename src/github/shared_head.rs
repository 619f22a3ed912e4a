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

/// Others at the same head, by number.
pub(super) struct Sharing {
    pub(super) open: Vec<OpenPull>,
    /// Those that were closed at it, or merged.
    pub(super) closed: Vec<PullNumber>,
}

/// Those of the lists that are of this repository, at this head, and not `number` itself.
///
/// # Errors
/// `TooLarge` when a list goes on: a check must not be green for somebody who was not looked at.
pub(super) fn find_sharing(
    lists: impl IntoIterator<Item = Page<WireSharing>>,
    repository: Option<u64>,
    number: PullNumber,
    head: &CommitId,
) -> Result<Sharing, CallError> {
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for list in lists {
        let (pulls, more) = list.into_parts();
        if more.is_some() {
            return Err(CallError::TooLarge("list of pull requests with this commit".to_owned()));
        }
        let sharing = pulls.into_iter().filter(|pull| {
            pull.number != number && pull.head_ref_oid == head.as_str() && pull.repository.database_id == repository
        });
        for pull in sharing {
            if pull.state == "OPEN" {
                open.push(OpenPull { number: pull.number, base: pull.base_ref_name, head: head.clone() });
            } else {
                closed.push(pull.number);
            }
        }
    }
    open.sort_by_key(|pull| pull.number);
    open.dedup_by_key(|pull| pull.number);
    closed.retain(|number| !open.iter().any(|pull| pull.number == *number));
    Ok(Sharing { open, closed })
}
