//! A check that should have been concluded: it fails, and says why nobody knows better.

use super::check::{CONCLUDED_UNJUDGED, numbers_of};
use super::render::{CHECK_BYTES, cut, neutralise};
use super::{CheckRun, CheckStatus, Operation};
use crate::model::{Conclusion, Timestamp};

/// The write that concludes check run `id`, which was last written as `check`. The next review replaces what it says.
pub fn build_overdue(id: u64, check: &CheckRun, operation: &str, reason: &str, now: Timestamp) -> Operation {
    let numbers = numbers_of(&check.external_id);
    let summary = format!("This commit could not be judged in time: {}.\n", neutralise(reason.trim_end_matches('.')));
    let check = CheckRun {
        external_id: format!("{CONCLUDED_UNJUDGED}:{operation}:{numbers}"),
        status: CheckStatus::Completed { conclusion: Conclusion::Failure, completed_at: now },
        awaited_until: None,
        title: "Not judged in time".to_owned(),
        summary: cut(&summary, CHECK_BYTES),
        text: String::new(),
        annotations: Vec::new(),
        actions: Vec::new(),
        ..check.clone()
    };
    Operation::UpdateCheck { id, check }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CommitId;

    #[test]
    fn an_overdue_check_fails_with_the_reason() {
        let head = CommitId::new(&"a".repeat(40)).expect("a commit");
        let open = CheckRun {
            name: "deckhand".to_owned(),
            head,
            external_id: "deckhand:v1:-:-:run.started:3+7".to_owned(),
            details_url: None,
            status: CheckStatus::InProgress,
            awaited_until: None,
            started_at: Timestamp(0),
            title: "Judging".to_owned(),
            summary: "x".to_owned(),
            text: String::new(),
            annotations: Vec::new(),
            actions: Vec::new(),
        };
        let operation = build_overdue(5, &open, "run.overdue", "ask @octo/all.", Timestamp(1));
        let Operation::UpdateCheck { id: 5, check } = operation else { panic!("an update") };
        assert_eq!(check.external_id, "deckhand:v1:-:-:run.overdue:3+7");
        assert!(matches!(check.status, CheckStatus::Completed { conclusion: Conclusion::Failure, .. }));
        assert!(!check.summary.contains("@octo"), "nobody is notified: {}", check.summary);
    }
}
