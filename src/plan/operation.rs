//! The writes a plan consists of. Each names the commit that it means.

use crate::model::{CommitId, Conclusion, PullNumber, RepoName, RepoPath, Side, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ordered writes for one head of one pull request. Empty when nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The commit that was judged.
    pub head: CommitId,
    /// The run that made the plan; the n-th operation is known to the outbox and to markers as `<run>.<n>`.
    pub run: String,
    /// The pull request whose head the publisher reads again before it writes comments; `None` when the facts are fresh enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck_head: Option<PullNumber>,
    /// The writes. They do not depend on each other.
    pub operations: Vec<Operation>,
}

impl Plan {
    /// The id of the n-th operation, which is also in the marker or `external_id` that it writes.
    pub fn operation_id(&self, index: usize) -> String {
        operation_id(&self.run, index)
    }
}

pub(super) fn operation_id(run: &str, index: usize) -> String {
    format!("{run}.{index}")
}

/// One write on GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Creates a check run; read back by its `external_id`.
    CreateCheck(CheckRun),
    /// Changes a check run of ours.
    UpdateCheck {
        /// GitHub's id of the check run.
        id: u64,
        /// What it shall say. Annotations are appended by GitHub, never replaced.
        check: CheckRun,
    },
    /// Writes the summary comment; read back by the marker in its body.
    CreateSummary {
        /// The pull request.
        number: PullNumber,
        /// Markdown with the marker.
        body: String,
    },
    /// Edits the summary comment in place.
    UpdateSummary {
        /// GitHub's id of the comment.
        id: u64,
        /// Markdown with the marker.
        body: String,
    },
    /// Removes a summary comment of ours that is there twice.
    DeleteSummary {
        /// GitHub's id of the comment.
        id: u64,
    },
    /// Posts one review (`event: COMMENT`) with its comments; read back by the markers in them.
    CreateReview {
        /// The pull request.
        number: PullNumber,
        /// The commit whose lines are meant.
        head: CommitId,
        /// At least one.
        comments: Vec<ReviewComment>,
    },
    /// Edits a review comment of ours in place: the same finding, said in other words.
    UpdateReviewComment {
        /// GitHub's id of the comment.
        id: u64,
        /// Markdown with the marker.
        body: String,
    },
    /// Deletes a review comment of ours that nobody answered.
    DeleteReviewComment {
        /// GitHub's id of the comment.
        id: u64,
    },
    /// Resolves the thread of a review comment of ours that somebody answered.
    ResolveThread {
        /// GraphQL node id of the thread.
        thread: String,
    },
    /// Opens the thread of a review comment of ours again that we resolved: what it says was found once more.
    ReopenThread {
        /// GraphQL node id of the thread.
        thread: String,
    },
    /// Puts a sign under a comment of the conversation; doing it twice is doing it once.
    React {
        /// GitHub's id of the comment.
        comment: u64,
        /// The sign.
        sign: Sign,
    },
    /// Answers a command in the conversation; read back by the marker in its body.
    CreateReply {
        /// The pull request.
        number: PullNumber,
        /// Markdown with the marker.
        body: String,
    },
    /// Sets a commit status; read back by its context and words.
    SetStatus(CommitStatus),
    /// Commits files to the branch of a pull request, on top of exactly that head; read back by the last line of its
    /// message.
    CreateCommit(NewCommit),
}

/// A commit of whole files. GitHub makes it at once or not at all, and only while the branch points to `parent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCommit {
    /// The pull request.
    pub number: PullNumber,
    /// Where the branch lives: the pull request's repository, or a fork of it.
    pub repository: RepoName,
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The head that it is made for.
    pub parent: CommitId,
    /// The first line of the message.
    pub headline: String,
    /// The rest of the message; its last line carries the operation's id.
    pub body: String,
    /// The files that are made or replaced, as ordinary files.
    pub files: BTreeMap<RepoPath, String>,
}

/// The state a check run shall have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRun {
    /// Its name, which branch protection knows.
    pub name: String,
    /// The commit it belongs to.
    pub head: CommitId,
    /// Ours to choose; carries the digests by which an unchanged check is recognised.
    pub external_id: String,
    /// The page behind *Details*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details_url: Option<String>,
    /// Running or concluded.
    pub status: CheckStatus,
    /// Until when it may stay in progress because something is awaited; `None` when it shall be concluded soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaited_until: Option<Timestamp>,
    /// When the review began.
    pub started_at: Timestamp,
    /// One phrase: the verdict.
    pub title: String,
    /// Markdown, at most 65,535 bytes.
    pub summary: String,
    /// Markdown below the summary, at most 65,535 bytes; empty for none.
    pub text: String,
    /// At most 1,000; sent in chunks of 50.
    pub annotations: Vec<Annotation>,
    /// Buttons, at most three; only on a check that is concluded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<CheckAction>,
}

/// A button on a check. GitHub tells us when somebody presses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAction {
    /// What it shows; at most 20 characters.
    pub label: String,
    /// What it does; at most 40 characters.
    pub description: String,
    /// What we hear when it is pressed; at most 20 characters.
    pub identifier: String,
}

/// Running or concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// `in_progress`
    InProgress,
    /// `completed`
    Completed {
        /// Never `Pending`.
        conclusion: Conclusion,
        /// When the review ended.
        completed_at: Timestamp,
    },
}

/// What a commit status shall say. On GitHub the newest of a context counts, and none is ever taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitStatus {
    /// The commit it belongs to.
    pub head: CommitId,
    /// Its name, such as `deckhand/local`.
    pub context: String,
    /// What it says.
    pub state: StatusState,
    /// One line, at most 140 characters.
    pub description: String,
    /// The page behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_url: Option<String>,
}

/// Our signs under a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sign {
    /// 👍: done.
    #[serde(rename = "+1")]
    Done,
    /// 😕: not done; an answer says why.
    #[serde(rename = "confused")]
    Confused,
}

impl Sign {
    /// The word on GitHub.
    pub fn as_str(self) -> &'static str {
        match self {
            Sign::Done => "+1",
            Sign::Confused => "confused",
        }
    }
}

/// GitHub's states of a commit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusState {
    /// Nothing blocks.
    Success,
    /// Something blocks.
    Failure,
    /// Something is awaited.
    Pending,
    /// Whoever sets it could not do its work; never set by us.
    Error,
}

impl StatusState {
    /// The word on GitHub.
    pub fn as_str(self) -> &'static str {
        match self {
            StatusState::Success => "success",
            StatusState::Failure => "failure",
            StatusState::Pending => "pending",
            StatusState::Error => "error",
        }
    }
}

/// A mark on lines of a file, shown by GitHub beside the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// The file.
    pub path: String,
    /// First line, from 1.
    pub start_line: u32,
    /// Last line.
    pub end_line: u32,
    /// How loud.
    pub level: AnnotationLevel,
    /// At most 255 characters.
    pub title: String,
    /// At most 64 KB.
    pub message: String,
}

/// GitHub's annotation levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnnotationLevel {
    /// For `message`.
    Notice,
    /// For `warn`.
    Warning,
    /// For `fail`.
    Failure,
}

/// A new comment on lines of the diff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewComment {
    /// The file.
    pub path: String,
    /// Old or new side.
    pub side: Side,
    /// First line, when there is more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_line: Option<u32>,
    /// The (last) line.
    pub line: u32,
    /// Markdown with the marker.
    pub body: String,
}
