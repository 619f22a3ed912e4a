//! What the web pages of the simulation show, as plain data: the simulated state fills these values, the pages and the
//! text rendering only read them. Times are ready-made texts; bodies are Markdown as people wrote it.

mod check;
mod file;

pub use check::{AnnotationLevel, AnnotationView, CheckState, CheckView, StatusState, StatusView};
pub use file::{FileStatus, FileView, HunkView, LineView, PatchView};

use crate::model::Side;

/// A repository, for the front page and the head of every other page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepositoryView {
    /// Login of the owner.
    pub owner: String,
    /// Name without the owner.
    pub name: String,
    /// One line, possibly empty.
    pub description: String,
    /// How many pull requests are open.
    pub open_pulls: usize,
}

/// A pull request as one row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullSummaryView {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Login of its author.
    pub author: String,
    /// Open, draft, merged or closed.
    pub state: PullStateView,
    /// Name of the base branch.
    pub base: String,
    /// Its labels.
    pub labels: Vec<LabelView>,
    /// When it was opened, as people read it.
    pub created: String,
    /// How many comments it has, review comments included.
    pub comments: usize,
    /// The states of all checks of its head; the row shows the worst.
    pub checks: Vec<CheckState>,
}

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

/// Where a pull request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullStateView {
    /// Open and ready for review.
    Open,
    /// Open, but not ready.
    Draft,
    /// Closed by merging.
    Merged,
    /// Closed without merging.
    Closed,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelView {
    /// Its name.
    pub name: String,
    /// Six hexadecimal digits; anything else is shown without colour.
    pub color: String,
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

/// A comment on the conversation or in a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommentView {
    /// Its id, the target of links.
    pub id: u64,
    /// Login of its author, without `[bot]`.
    pub author: String,
    /// Whether an app wrote it.
    pub is_bot: bool,
    /// Markdown.
    pub body: String,
    /// When it was written, as people read it.
    pub time: String,
    /// Whether it was changed since.
    pub edited: bool,
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

/// Comments on one place of the diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadView {
    /// The file.
    pub path: String,
    /// The side that `line` and `start_line` count on.
    pub side: Side,
    /// The commented line, the last of several; `None` when the comment is on the whole file.
    pub line: Option<u32>,
    /// The first of several lines.
    pub start_line: Option<u32>,
    /// The lines of the diff when the comment was written, ending with the commented ones. When empty they are taken from `files`.
    pub context: Vec<LineView>,
    /// The line is not in the diff any more: then `line` is the one it was written on, and the files page shows the thread above the diff.
    pub outdated: bool,
    /// Whether somebody resolved it.
    pub resolved: bool,
    /// The comments, the oldest first.
    pub comments: Vec<CommentView>,
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

    /// The lines that a thread speaks of, on its side. Empty when they are unknown.
    pub fn commented_lines<'a>(&'a self, thread: &'a ThreadView) -> Vec<&'a LineView> {
        let Some(last) = thread.line else { return Vec::new() };
        let wanted = thread.start_line.unwrap_or(last)..=last;
        let on_side = |line: &&LineView| line.number(thread.side).is_some_and(|number| wanted.contains(&number));
        let kept: Vec<&LineView> = thread.context.iter().filter(on_side).collect();
        if !kept.is_empty() || thread.outdated {
            return kept;
        }
        self.hunks(&thread.path).iter().flat_map(|hunk| &hunk.lines).filter(on_side).collect()
    }

    /// The lines shown above a thread: the commented ones with up to three before them.
    pub fn context_lines<'a>(&'a self, thread: &'a ThreadView) -> &'a [LineView] {
        /// Lines shown above the first commented one.
        const ABOVE: usize = 3;
        let Some(last) = thread.line else { return &[] };
        let first = thread.start_line.unwrap_or(last);
        let cut = |lines: &'a [LineView]| {
            let at = |wanted| lines.iter().position(|line| line.number(thread.side) == Some(wanted));
            let end = at(last)?;
            let begin = at(first).unwrap_or(end).min(end).saturating_sub(ABOVE);
            Some(&lines[begin..=end])
        };
        if !thread.context.is_empty() {
            return cut(&thread.context).unwrap_or(&thread.context);
        }
        self.hunks(&thread.path).iter().find_map(|hunk| cut(&hunk.lines)).unwrap_or(&[])
    }

    /// The threads that a review began.
    pub fn threads_of<'a>(&'a self, review: &'a ReviewView) -> impl Iterator<Item = &'a ThreadView> {
        self.threads
            .iter()
            .filter(|thread| thread.comments.first().is_some_and(|comment| review.comments.contains(&comment.id)))
    }

    /// The threads that belong to no review of the timeline.
    pub fn loose_threads(&self) -> impl Iterator<Item = &ThreadView> {
        self.threads.iter().filter(|thread| {
            let first = thread.comments.first().map(|comment| comment.id);
            !self.timeline.iter().any(|entry| match entry {
                TimelineEntry::Review(review) => first.is_some_and(|id| review.comments.contains(&id)),
                TimelineEntry::Commit(_) | TimelineEntry::Comment(_) | TimelineEntry::Note { .. } => false,
            })
        })
    }

    fn hunks(&self, path: &str) -> &[HunkView] {
        self.files
            .iter()
            .find(|file| file.path == path)
            .map(|file| match &file.patch {
                PatchView::Hunks(hunks) => hunks.as_slice(),
                PatchView::Absent(_) => &[],
            })
            .unwrap_or_default()
    }
}
