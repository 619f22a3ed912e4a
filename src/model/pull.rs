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
    /// Its milestone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<Milestone>,
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
    /// What few rules ask for.
    #[serde(default)]
    pub details: PullDetails,
}

/// The rest of a pull request's record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullDetails {
    /// Whether its conversation is locked.
    pub locked: bool,
    /// Who is assigned; GitHub allows ten.
    pub assignees: Vec<User>,
    /// Added lines, by GitHub's count.
    pub additions: u32,
    /// Removed lines, by GitHub's count.
    pub deletions: u32,
    /// How many files are changed.
    pub changed_files: u32,
    /// How many commits it has.
    pub commits: u32,
    /// Whether maintainers may push to its branch.
    pub maintainer_can_modify: bool,
    /// Whether the repository that it wants to go to is a fork.
    pub base_is_fork: bool,
    /// Whether the repository that it comes from is a fork; false when that was deleted.
    pub head_is_fork: bool,
}

/// A milestone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Its number in the repository.
    pub number: u64,
    /// Title.
    pub title: String,
    /// Description; empty when there is none.
    pub description: String,
    /// `open` or `closed`.
    pub state: String,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Timestamp>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Six hexadecimal digits.
    #[serde(default)]
    pub color: String,
    /// What it stands for; empty when nobody said.
    #[serde(default)]
    pub description: String,
}

impl Label {
    /// A label of which only the name is known.
    pub fn named(name: &str) -> Self {
        Label { name: name.to_owned(), ..Label::default() }
    }
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
    /// Who put it there, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committer: Option<Author>,
    /// Ids of its parents.
    pub parents: Vec<CommitId>,
    /// What GitHub says of its signature; `None` where GitHub was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
}

/// What GitHub says of a commit's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Whether it is the committer's.
    pub verified: bool,
    /// Why, in GitHub's word: `valid`, `unsigned`, `unknown_key`, ...
    #[serde(default)]
    pub reason: String,
}

/// The author, or the committer, that a commit names.
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
