//! Comments and review threads, and the lines of the diff that they speak of.

use super::{HunkView, LineView, PatchView, PullView, ReviewView, TimelineEntry};
use crate::model::Side;

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
    /// The lines of the diff when the comment was written, ending with the commented ones, with the numbers they had then.
    /// Shown when the thread is outdated or `files` does not show its line; may be empty otherwise.
    pub context: Vec<LineView>,
    /// The line is not in the diff any more: then `line` is the one it was written on, and the files page shows the thread above the diff.
    pub outdated: bool,
    /// Whether somebody resolved it.
    pub resolved: bool,
    /// The comments, the oldest first.
    pub comments: Vec<CommentView>,
}

impl PullView {
    /// The lines that a thread speaks of, on its side. Empty when they are unknown.
    pub fn commented_lines<'a>(&'a self, thread: &'a ThreadView) -> Vec<&'a LineView> {
        let Some(last) = thread.line else { return Vec::new() };
        let wanted = thread.start_line.unwrap_or(last)..=last;
        let on_side = |line: &&LineView| line.number(thread.side).is_some_and(|number| wanted.contains(&number));
        let current: Vec<&LineView> = self.hunks(thread).iter().flat_map(|hunk| &hunk.lines).filter(on_side).collect();
        if current.is_empty() { thread.context.iter().filter(on_side).collect() } else { current }
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
        let current = self.hunks(thread).iter().find_map(|hunk| cut(&hunk.lines));
        current.or_else(|| cut(&thread.context)).unwrap_or(&thread.context)
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

    /// The hunks in which the thread's line is to be found by its number: none when it is outdated.
    fn hunks(&self, thread: &ThreadView) -> &[HunkView] {
        let file = self.files.iter().find(|file| file.path == thread.path && !thread.outdated);
        match file.map(|file| &file.patch) {
            Some(PatchView::Hunks(hunks)) => hunks,
            Some(PatchView::Absent(_)) | None => &[],
        }
    }
}
