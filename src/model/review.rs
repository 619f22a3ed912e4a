//! What people were asked and what they said: reviews, and requests for them.

use super::{CommitId, Timestamp, User};
use serde::{Deserialize, Serialize};

/// A submitted review. Those that this app wrote itself are never facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// GitHub's number.
    pub id: u64,
    /// Who wrote it.
    pub user: User,
    /// What the author is to the repository, as in [`super::PullRequest`].
    pub author_association: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `DISMISSED`.
    pub state: String,
    /// Text in Markdown; often empty.
    pub body: String,
    /// The head that it was about; `None` when that commit is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// Web page.
    pub html_url: String,
}

/// Who was asked for a review and has not given one yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedReviewers {
    /// People and bots.
    pub users: Vec<User>,
    /// Teams.
    pub teams: Vec<Team>,
}

/// A team of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Name for people.
    pub name: String,
    /// Name in addresses and mentions.
    pub slug: String,
}
