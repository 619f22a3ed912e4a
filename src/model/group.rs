//! A merge group: the commit that a merge queue would merge, and the pull requests in it.

use super::{CommitId, PullNumber, Verdict};
use serde::{Deserialize, Serialize};

/// A pull request of a merge group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedPull {
    /// Which.
    pub number: PullNumber,
    /// Its head in the queue.
    pub head: CommitId,
    /// The login of its author.
    pub author: String,
    /// What was said of it at that head; `None` when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Box<Verdict>>,
}
