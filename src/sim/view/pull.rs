//! One pull request with all that its pages show.

use super::{CheckView, CommentView, FileView, LabelView, PullStateView, StatusView, ThreadView};

/// Everything that the pages of one pull request show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullView {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its description, Markdown.
    pub body: String,
    /// Login of its author.
    pub author: String,
    /// Open, draft, merged or closed.
    pub state: PullStateView,
    /// Name of the base branch.
    pub base: String,
    /// Commit of the base, 40 hexadecimal digits.
    pub base_sha: String,
    /// Name of the head branch.
    pub head: String,
    /// Commit of the head, 40 hexadecimal digits.
    pub head_sha: String,
    /// Its labels.
    pub labels: Vec<LabelView>,
    /// When it was opened, as people read it.
    pub created: String,
    /// The commits that it brings, the oldest first.
    pub commits: Vec<CommitView>,
    /// What happened, the oldest first; the description is not part of it.
    pub timeline: Vec<TimelineEntry>,
    /// All review threads. Those whose first comment belongs to a review of the timeline are shown there.
    pub threads: Vec<ThreadView>,
    /// The changed files in the order of the diff.
    pub files: Vec<FileView>,
    /// The current check runs of the head, the newest of each name.
    pub checks: Vec<CheckView>,
    /// The current commit statuses of the head.
    pub statuses: Vec<StatusView>,
    /// Whether it may be merged, and the reason.
    pub merge: MergeView,
    /// Paths of the head branch that the pages offer for editing.
    pub editable: Vec<String>,
    /// An app was told of the newest push and has not answered yet: the pages reload although no check is there to wait for.
    /// Whoever sets it must end it after a while.
    pub awaiting: bool,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitView {
    /// 40 hexadecimal digits.
    pub sha: String,
    /// First line of the message.
    pub subject: String,
    /// Who wrote it: a login or a name.
    pub author: String,
}

/// One thing that happened on a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimelineEntry {
    /// A commit arrived on the head branch.
    Commit(CommitView),
    /// Somebody wrote a comment.
    Comment(CommentView),
    /// Somebody submitted a review.
    Review(ReviewView),
    /// Anything else in one sentence after the login: `added the label bug`.
    Note {
        /// Login of who did it.
        author: String,
        /// What was done, plain text.
        text: String,
    },
}

/// A submitted review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewView {
    /// Its id.
    pub id: u64,
    /// Login of its author, without `[bot]`.
    pub author: String,
    /// Whether an app wrote it.
    pub is_bot: bool,
    /// Markdown, often empty.
    pub body: String,
    /// When it was submitted, as people read it.
    pub time: String,
    /// Ids of the comments that it brought.
    pub comments: Vec<u64>,
}

/// What the box at the end of the conversation says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeView {
    /// Whether the merge button would be active.
    pub can_merge: bool,
    /// Why, in one sentence: `Required check deckhand has not passed.`
    pub text: String,
}

impl PullView {
    /// Whether somebody is still at work on the head: the pages then reload by themselves.
    pub fn is_running(&self) -> bool {
        self.awaiting || self.checks.iter().any(|check| check.state.is_running())
    }
}
