//! What others say about the head commit: commit statuses and check runs.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// The newest commit status of a context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadStatus {
    /// Who reports, such as `ci/build`.
    pub context: String,
    /// `error`, `failure`, `pending` or `success`.
    pub state: String,
    /// In one line; empty when nobody said.
    pub description: String,
    /// Where to read on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_url: Option<String>,
    /// When it was first reported.
    pub created_at: Timestamp,
    /// When it was reported last.
    pub updated_at: Timestamp,
}

/// The newest check run of a name and app. Those of this app are never facts: it must not wait for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadCheckRun {
    /// GitHub's number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `queued`, `in_progress`, `completed`, ...
    pub status: String,
    /// `success`, `failure`, ...; `None` until it is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<String>,
    /// The app's name in addresses, such as `github-actions`; empty when GitHub does not say.
    pub app: String,
    /// The title of its output; empty when there is none.
    pub title: String,
    /// Where to read on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details_url: Option<String>,
    /// Its page on GitHub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html_url: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
}
