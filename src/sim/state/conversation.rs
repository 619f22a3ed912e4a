//! What is said under a pull request: comments, reviews, comments on lines, reactions.

/// A comment in the conversation.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Comment {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) number: u64,
    pub(in crate::sim) author: String,
    /// The app that wrote it.
    pub(in crate::sim) app: Option<u64>,
    pub(in crate::sim) body: String,
    /// Why it was hidden: `OUTDATED`, `RESOLVED`, ...
    pub(in crate::sim) minimized: Option<String>,
    pub(in crate::sim) created_at: String,
    pub(in crate::sim) updated_at: String,
    /// Whether its words were changed after it was written.
    pub(in crate::sim) edited: bool,
}

/// A person's or an app's sign under a comment.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Reaction {
    pub(in crate::sim) id: u64,
    /// The comment, in the conversation or on a line.
    pub(in crate::sim) subject: u64,
    pub(in crate::sim) author: String,
    pub(in crate::sim) content: String,
    pub(in crate::sim) created_at: String,
}

/// A submitted review.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Review {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) number: u64,
    pub(in crate::sim) author: String,
    pub(in crate::sim) body: String,
    /// `COMMENTED`, `APPROVED`, `CHANGES_REQUESTED`.
    pub(in crate::sim) state: &'static str,
    pub(in crate::sim) commit: String,
    pub(in crate::sim) submitted_at: String,
}

/// A comment on a line of the diff. Each that answers nobody opens a thread of its own.
#[derive(Clone, Debug)]
pub(in crate::sim) struct ReviewComment {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) number: u64,
    pub(in crate::sim) review: u64,
    pub(in crate::sim) author: String,
    pub(in crate::sim) app: Option<u64>,
    pub(in crate::sim) body: String,
    pub(in crate::sim) path: String,
    /// The commit on which it stands now, and the one on which it was written.
    pub(in crate::sim) commit: String,
    pub(in crate::sim) original_commit: String,
    /// `LEFT` or `RIGHT`.
    pub(in crate::sim) side: String,
    pub(in crate::sim) start_side: Option<String>,
    /// Gone when the line left the diff: the comment is outdated.
    pub(in crate::sim) line: Option<u64>,
    pub(in crate::sim) start_line: Option<u64>,
    pub(in crate::sim) original_line: u64,
    pub(in crate::sim) original_start_line: Option<u64>,
    pub(in crate::sim) hunk: String,
    pub(in crate::sim) reply_to: Option<u64>,
    /// Of the thread; kept on its first comment.
    pub(in crate::sim) resolved: bool,
    /// Who did that last.
    pub(in crate::sim) resolved_by: Option<String>,
    pub(in crate::sim) minimized: Option<String>,
    pub(in crate::sim) created_at: String,
    pub(in crate::sim) updated_at: String,
    /// Whether its words were changed after it was written.
    pub(in crate::sim) edited: bool,
}
