//! Repositories and the rows of their lists.

use super::CheckState;

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
