//! A commit status: the verdict in one line, for those who are no app and cannot write a check.

use super::render::render_status_line;
use super::{CommitStatus, Operation, Published, StatusState};
use crate::model::{Conclusion, Verdict};

/// The write that brings the status of this context to the verdict; `None` when the newest one says it already.
pub(super) fn plan_status(verdict: &Verdict, published: &Published, context: &str) -> Option<Operation> {
    let state = match verdict.conclusion {
        // A status knows no `neutral`: an advisory ruleset blocks nothing.
        Conclusion::Success | Conclusion::Neutral => StatusState::Success,
        Conclusion::Failure => StatusState::Failure,
        Conclusion::Pending => StatusState::Pending,
    };
    let status = CommitStatus {
        head: verdict.head.clone(),
        context: context.to_owned(),
        state,
        description: render_status_line(verdict),
        target_url: None,
    };
    (!published.statuses.contains(&status)).then_some(Operation::SetStatus(status))
}
