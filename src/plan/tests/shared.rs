//! A check that several pull requests share.

use super::apply::apply;
use super::sample::*;
use crate::model::*;
use crate::plan::*;

fn plan(own: (u64, &Verdict), others: &[(u64, Option<&Verdict>)], published: &Published) -> Vec<Operation> {
    let siblings =
        others.iter().map(|(number, verdict)| Sibling { number: PullNumber(*number), verdict: verdict.cloned() });
    let input = PlanInput {
        number: Some(PullNumber(own.0)),
        siblings: siblings.collect(),
        completed_at: Timestamp(own.0.cast_signed()),
        quiet: true,
        ..input(&format!("r{}", own.0))
    };
    build(own.1, &snapshot(), published, &input).operations
}

fn check(operations: &[Operation]) -> &CheckRun {
    match operations {
        [Operation::CreateCheck(check) | Operation::UpdateCheck { check, .. }] => check,
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_of_them_agree_on_what_it_says() {
    let (good, bad) = (verdict(vec![]), verdict(vec![finding(Severity::Fail, Some(("src/a.py", 11)), "no")]));
    let mut published = Published::default();
    let operations = plan((7, &good), &[(9, Some(&bad))], &published);
    assert_eq!(check(&operations).title, "#7: No problems; #9: 1 problem");
    assert!(matches!(check(&operations).status, CheckStatus::Completed { conclusion: Conclusion::Failure, .. }));
    apply(&operations, &mut published);
    assert_eq!(plan((9, &bad), &[(7, Some(&good))], &published), []);
    assert_eq!(check(&plan((9, &good), &[(7, Some(&good))], &published)).title, "#7: No problems; #9: No problems");
    assert_eq!(check(&plan((7, &good), &[], &published)).title, "No problems", "the other one left");
}

#[test]
fn nothing_is_concluded_before_all_are_judged() {
    let good = verdict(vec![]);
    let operations = plan((7, &good), &[(9, None)], &Published::default());
    assert_eq!(check(&operations).status, CheckStatus::InProgress);
    let bad = verdict(vec![finding(Severity::Fail, None, "no")]);
    let operations = plan((7, &bad), &[(9, None)], &Published::default());
    assert!(matches!(check(&operations).status, CheckStatus::Completed { conclusion: Conclusion::Failure, .. }));
}

#[test]
fn a_conclusion_without_a_word_on_this_one_is_opened_again() {
    let good = verdict(vec![]);
    let mut published = Published::default();
    apply(&plan((7, &good), &[], &published), &mut published);
    let started = |number| {
        let input = PlanInput { number: Some(PullNumber(number)), ..input("s") };
        build_started(&published, &commit('a'), &input)
    };
    assert_eq!(started(7), None);
    assert!(matches!(started(9), Some(Operation::CreateCheck(check)) if check.status == CheckStatus::InProgress));
}

#[test]
fn f40_many_long_sections_stay_within_the_limits() {
    let long = |number: usize| finding(Severity::Fail, Some(("src/a.py", 11)), &"😀".repeat(5_000 + number));
    let bad = verdict((0..30).map(long).collect());
    let others: Vec<(u64, Option<&Verdict>)> = (10..40).map(|number| (number, Some(&bad))).collect();
    let operations = plan((7, &bad), &others, &Published::default());
    let check = check(&operations);
    assert!(check.title.len() <= 255 && check.summary.len() <= 65_535 && check.text.len() <= 65_535);
    for (number, _) in others {
        assert!(check.summary.contains(&format!("### #{number}: 30 problems")), "{number}");
    }
    assert_eq!(check.annotations.len(), 30, "equal ones are said once");
}
