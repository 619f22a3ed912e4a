//! A pull request and its commits, as GitHub tells them.

use super::{CommitId, PullNumber, RepoName, Timestamp};
use serde::{Deserialize, Serialize};

/// The facts of a pull request that rules may read. GitHub's null texts are empty strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// Its number; 0 in a local run.
    pub number: PullNumber,
    /// Title.
    pub title: String,
    /// Description in Markdown.
    pub body: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// Open or closed.
    pub state: PullState,
    /// Whether it was merged.
    pub merged: bool,
    /// Who opened it.
    pub user: User,
    /// `OWNER`, `MEMBER`, `COLLABORATOR`, `CONTRIBUTOR`, `FIRST_TIME_CONTRIBUTOR`, `NONE`, ...
    pub author_association: String,
    /// Its labels, in GitHub's order.
    pub labels: Vec<Label>,
    /// Title of its milestone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<String>,
    /// Where it wants to go.
    pub base: Ref,
    /// What it proposes.
    pub head: Ref,
    /// Web page.
    pub html_url: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When anything about it changed last.
    pub updated_at: Timestamp,
}

/// Open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PullState {
    /// Still proposed.
    Open,
    /// Closed or merged.
    Closed,
}

/// A branch of a repository at a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ref {
    /// The branch's name, without `refs/heads/`.
    #[serde(rename = "ref")]
    pub name: String,
    /// The commit it points to.
    pub sha: CommitId,
    /// The repository; `None` when a fork was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoName>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its login name; `ghost` for a deleted account.
    pub login: String,
    /// `User`, `Bot`, `Organization`, ...
    #[serde(rename = "type")]
    pub kind: String,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
}

/// That somebody set a label which the pull request still carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labeling {
    /// The label.
    pub label: String,
    /// The login of whoever set it last.
    pub actor: String,
    /// Whether they may write to the repository now.
    pub can_write: bool,
}

/// A commit of the pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Its id.
    pub sha: CommitId,
    /// The whole message.
    pub message: String,
    /// Who wrote it.
    pub author: Author,
    /// Ids of its parents.
    pub parents: Vec<CommitId>,
}

/// The author that a commit names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// The GitHub account, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// When it was written.
    pub date: Timestamp,
}
