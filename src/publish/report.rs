//! What became of a plan.

use crate::github::Answer;
use crate::plan::Spot;

/// What was done, and what GitHub would not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "what GitHub refused is said elsewhere, or `leave` says that it need not be"]
pub struct Report {
    /// Operations that are done, by their index in the plan, with what GitHub said.
    pub done: Vec<(usize, Answer)>,
    /// Lines of the diff on which GitHub takes no comment. Planning again with them in
    /// [`crate::plan::PlanInput::refused`] puts them into the summary.
    pub refused: Vec<Spot>,
    /// Comments that the app may not write or resolve: GitHub's reasons. The check says the same things.
    pub forbidden: Vec<String>,
    /// Threads that we may not resolve. Planning again with [`crate::plan::PlanInput::may_resolve`] denied has their
    /// comments say that they are settled.
    pub unresolved: usize,
    /// Commit statuses that we may not set: GitHub's reasons.
    pub unset: Vec<String>,
    /// Comments that somebody removed between reading and writing; the next review sees it.
    pub gone: usize,
    /// The pull request has another head by now: its comments were left alone, the check of the old head was written.
    pub head_moved: bool,
}

/// What GitHub refused of a plan, so that another one has to say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Troubles {
    /// Lines of the diff on which it takes no comment: [`Report::refused`].
    pub refused: Vec<Spot>,
    /// Whether it does not let us set statuses: a check that says nothing of it leaves the branch waiting.
    pub statuses: bool,
    /// Whether it does not let us resolve threads.
    pub resolving: bool,
}

impl Report {
    /// What another plan has to say; `None` where nothing is left to be said.
    pub fn troubles(&self) -> Option<Troubles> {
        let troubles = Troubles {
            refused: self.refused.clone(),
            statuses: !self.unset.is_empty(),
            resolving: self.unresolved > 0,
        };
        let any = !troubles.refused.is_empty() || troubles.statuses || troubles.resolving;
        any.then_some(troubles)
    }

    /// For writes of which nothing need be said elsewhere: what GitHub refused stands in the log.
    pub fn leave(self) {}

    pub(super) fn merge(&mut self, other: Report) {
        self.done.extend(other.done);
        self.refused.extend(other.refused);
        self.forbidden.extend(other.forbidden);
        self.unset.extend(other.unset);
        self.unresolved += other.unresolved;
        self.gone += other.gone;
        self.head_moved |= other.head_moved;
    }
}
