//! What this app has already written on a pull request, read back from GitHub.

use super::{CheckRun, CheckStatus, CommitStatus};
use crate::model::Conclusion;
use serde::{Deserialize, Serialize};

/// Everything of ours that is visible on the pull request and its head commit. Foreign comments never get here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The newest check runs of this app on the head, one per name.
    pub checks: Vec<PublishedCheck>,
    /// Conversation comments by this app's identity that carry our summary marker, oldest first.
    pub summaries: Vec<PublishedComment>,
    /// Conversation comments by this app's identity that answer commands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replies: Vec<PublishedComment>,
    /// First comments of review threads, by this app's identity and with our marker.
    pub comments: Vec<PublishedReviewComment>,
    /// The newest commit status of each context on the head: for an app those that it set itself, for a token whoever
    /// set them; empty when nobody asked for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<CommitStatus>,
}

impl Published {
    /// Takes note of a check run that was just written, so that a plan need not read it back.
    pub fn note_check(&mut self, id: u64, check: &CheckRun) {
        self.checks.retain(|other| other.name != check.name);
        self.checks.push(PublishedCheck::written(id, check));
    }
}

/// A check run of this app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedCheck {
    /// GitHub's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What we set.
    pub external_id: String,
    /// `None` while it is not completed, and when GitHub ended it in a way of its own (`stale`, `cancelled`).
    pub conclusion: Option<Conclusion>,
    /// How many annotations it has; an unfinished one with some was interrupted between two chunks.
    pub annotations: usize,
}

impl PublishedCheck {
    /// As GitHub shows a check run that was just written whole.
    pub fn written(id: u64, check: &CheckRun) -> Self {
        PublishedCheck {
            id,
            name: check.name.clone(),
            external_id: check.external_id.clone(),
            conclusion: match check.status {
                CheckStatus::InProgress => None,
                CheckStatus::Completed { conclusion, .. } => Some(conclusion),
            },
            annotations: check.annotations.len(),
        }
    }
}

/// A conversation comment of this app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedComment {
    /// GitHub's id.
    pub id: u64,
    /// Its text.
    pub body: String,
}

/// A review comment of this app that opens a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedReviewComment {
    /// GitHub's id of the comment.
    pub id: u64,
    /// GraphQL node id of its thread.
    pub thread: String,
    /// The file under which it stands.
    #[serde(default)]
    pub path: String,
    /// Its text.
    pub body: String,
    /// Whether the thread is resolved.
    pub resolved: bool,
    /// Whether it was this app that resolved it, and no person.
    #[serde(default)]
    pub resolved_by_us: bool,
    /// Whether anybody else wrote into the thread.
    pub answered: bool,
}
