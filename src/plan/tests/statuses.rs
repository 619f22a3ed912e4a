//! Commit statuses: for whoever is no app.

use super::sample::*;
use crate::model::*;
use crate::plan::*;

fn planned(verdict: &Verdict, published: &Published) -> Vec<Operation> {
    build_for_token(verdict, &snapshot(), published, &input("run"), Some("deckhand/local")).operations
}

fn status(verdict: &Verdict) -> CommitStatus {
    match planned(verdict, &Published::default()).into_iter().next() {
        Some(Operation::SetStatus(status)) => status,
        other => panic!("a status comes first, not {other:?}"),
    }
}

#[test]
fn a_status_says_what_the_check_would() {
    let failed = status(&verdict(vec![finding(Severity::Fail, None, "a"), finding(Severity::Warn, None, "b")]));
    assert_eq!((failed.state, failed.description.as_str()), (StatusState::Failure, "1 problem, 1 warning"));
    assert_eq!((failed.head, failed.context.as_str()), (commit('a'), "deckhand/local"));
    let mut clean = verdict(Vec::new());
    assert_eq!(status(&clean).state, StatusState::Success);
    clean.conclusion = Conclusion::Neutral;
    assert_eq!(status(&clean).state, StatusState::Success);
    clean.conclusion = Conclusion::Pending;
    assert_eq!(status(&clean).state, StatusState::Pending);
}

#[test]
fn the_newest_of_the_context_decides_whether_it_is_set_again() {
    let verdict = verdict(Vec::new());
    let now = status(&verdict);
    let with = |statuses| Published { statuses, ..Published::default() };
    assert!(planned(&verdict, &with(vec![now.clone()])).is_empty());
    for other in [
        CommitStatus { context: "ci".into(), ..now.clone() },
        CommitStatus { state: StatusState::Failure, ..now.clone() },
        CommitStatus { head: commit('c'), ..now.clone() },
    ] {
        assert_eq!(planned(&verdict, &with(vec![other])), [Operation::SetStatus(now.clone())]);
    }
    let none = build_for_token(&verdict, &snapshot(), &Published::default(), &input("run"), None);
    assert!(none.operations.is_empty());
}

#[test]
fn a_long_title_fits_into_githubs_limit() {
    let mut verdict = verdict(Vec::new());
    let fault = |n: usize| Fault {
        rule: format!("ein-sehr-langer-name-für-eine-regel-{n}"),
        blocking: true,
        message: String::new(),
        mistake: false,
        of_organisation: false,
        path: None,
        line: None,
        overridden: None,
    };
    verdict.faults = (0..20).map(fault).collect();
    let description = status(&verdict).description;
    assert!(description.chars().count() <= 140 && description.ends_with('…'), "{description}");
}
