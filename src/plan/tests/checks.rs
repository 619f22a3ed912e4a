//! When the check is created, updated and left alone, and what it says.

use super::apply::apply;
use super::sample::*;
use crate::model::*;
use crate::plan::*;

fn plan(verdict: &Verdict, published: &Published) -> Vec<Operation> {
    let input = PlanInput { quiet: true, ..input("r") };
    build(verdict, &snapshot(), published, &input).operations
}

#[test]
fn the_check_that_announced_the_review_is_concluded() {
    let mut published = Published::default();
    let started = build_started(&published, &commit('a'), &input("r")).expect("no check yet");
    apply(&[started], &mut published);
    assert_eq!(build_started(&published, &commit('a'), &input("r")), None);
    let operations = plan(&verdict(vec![finding(Severity::Fail, Some(("src/a.py", 11)), "no")]), &published);
    let [Operation::UpdateCheck { id: 1, check }] = operations.as_slice() else { panic!("{operations:?}") };
    assert_eq!(check.title, "1 problem");
    assert_eq!(check.annotations.len(), 1);
    assert_eq!(check.status, CheckStatus::Completed { conclusion: Conclusion::Failure, completed_at: Timestamp(1000) });
}

#[test]
fn changed_annotations_make_a_new_run_and_changed_words_an_update() {
    let mut published = Published::default();
    let first = verdict(vec![finding(Severity::Warn, Some(("src/a.py", 11)), "a")]);
    apply(&plan(&first, &published), &mut published);
    assert_eq!(plan(&first, &published), []);

    let mut words = first.clone();
    words.findings.push(finding(Severity::Warn, None, "b"));
    let operations = plan(&words, &published);
    let [Operation::UpdateCheck { check, .. }] = operations.as_slice() else { panic!("{operations:?}") };
    assert!(check.annotations.is_empty(), "GitHub would append them a second time");

    let marks = verdict(vec![finding(Severity::Warn, Some(("src/a.py", 12)), "a")]);
    assert!(matches!(plan(&marks, &published).as_slice(), [Operation::CreateCheck(_)]));
}

#[test]
fn a_run_that_is_completed_does_not_wait_again() {
    let mut published = Published::default();
    let passed = verdict(vec![]);
    apply(&plan(&passed, &published), &mut published);
    let failed = Verdict { conclusion: Conclusion::Failure, ..passed.clone() };
    assert!(matches!(plan(&failed, &published).as_slice(), [Operation::UpdateCheck { id: 1, .. }]));
    let waits = Verdict { conclusion: Conclusion::Pending, ..passed.clone() };
    assert!(matches!(plan(&waits, &published).as_slice(), [Operation::CreateCheck(_)]));
    apply(&plan(&waits, &published), &mut published);
    assert!(matches!(plan(&passed, &published).as_slice(), [Operation::UpdateCheck { id: 2, .. }]));
}

#[test]
fn an_interrupted_run_is_replaced_or_finished() {
    let all = verdict((0..60).map(|n| finding(Severity::Warn, Some(("src/a.py", n + 1)), "a")).collect());
    let mut published = Published::default();
    apply(&plan(&all, &published), &mut published);
    published.checks[0].annotations = 50;
    published.checks[0].conclusion = None;
    assert!(matches!(plan(&all, &published).as_slice(), [Operation::CreateCheck(_)]));
}

#[test]
fn titles_are_verdicts() {
    let with = |findings, faults: usize| {
        let mut verdict = verdict(findings);
        let fault = Fault {
            rule: "x".into(),
            blocking: true,
            mistake: false,
            of_organisation: false,
            message: "m".into(),
            path: None,
            line: None,
            overridden: None,
        };
        verdict.faults = vec![fault; faults];
        render_title(&verdict)
    };
    let f = |severity| finding(severity, None, "m");
    assert_eq!(with(vec![], 0), "No problems");
    assert_eq!(with(vec![f(Severity::Message)], 0), "No problems");
    assert_eq!(with(vec![f(Severity::Fail), f(Severity::Fail), f(Severity::Warn)], 0), "2 problems, 1 warning");
    assert_eq!(with(vec![], 1), "1 fault: rule x could not run");
}

#[test]
fn the_summary_names_faults_first_then_files_then_what_was_skipped() {
    let mut verdict = verdict(vec![
        finding(Severity::Warn, None, "Please describe."),
        finding(Severity::Warn, Some(("src/a.py", 3)), "hm"),
        finding(Severity::Fail, Some(("src/a.py", 9)), "no\nreally"),
    ]);
    verdict.faults.push(Fault {
        mistake: false,
        of_organisation: false,
        rule: "x".into(),
        blocking: true,
        message: "attempt to index nil".into(),
        path: Some("dangerfile.lua".into()),
        line: Some(12),
        overridden: None,
    });
    let skipped = outcome("y", RuleState::Skipped);
    verdict.rules.push(RuleOutcome { reason: Some("no such files".into()), ..skipped });
    let operations = plan(&verdict, &Published::default());
    let [Operation::CreateCheck(check)] = operations.as_slice() else { panic!("{operations:?}") };
    insta::assert_snapshot!(check.summary, @r"
    - 💥 **Rule `x` could not run** at `dangerfile.lua:12`

      attempt to index nil

    - ⚠️ Please describe. <sub>`some-rule`</sub>

    **`src/a.py`**

    - ❌ **line 9:** no
      really

      <sub>`some-rule`</sub>
    - ⚠️ **line 3:** hm <sub>`some-rule`</sub>

    Skipped: `y` (no such files)
    ");
}

#[test]
fn limits_hold_in_bytes_and_the_rest_goes_into_the_text() {
    let many: Vec<Finding> =
        (0..1_200).map(|n| finding(Severity::Warn, Some(("src/a.py", n + 1)), &"😀".repeat(40))).collect();
    let operations = plan(&verdict(many), &Published::default());
    let [Operation::CreateCheck(check)] = operations.as_slice() else { panic!("one check") };
    assert!(check.summary.len() <= 65_535 && check.summary.len() > 60_000);
    assert!(check.text.len() <= 65_535 && check.text.contains("more finding"));
    assert_eq!(check.annotations.len(), 1_000);
}

#[test]
fn shadow_rules_stay_silent() {
    let mut verdict = verdict(vec![finding(Severity::Warn, Some(("src/a.py", 11)), "a")]);
    verdict.rules.push(outcome("some-rule", RuleState::Shadow));
    let operations = build(&verdict, &snapshot(), &Published::default(), &input("r")).operations;
    let [Operation::CreateCheck(check)] = operations.as_slice() else { panic!("{operations:?}") };
    assert_eq!((check.title.as_str(), check.annotations.len()), ("No problems", 0));
}

#[test]
fn effects_are_named_and_not_carried_out() {
    let mut verdict = verdict(Vec::new());
    let effect = |kind: &str| Effect { kind: kind.into(), rule: "triage".into(), arguments: Default::default() };
    verdict.effects = vec![effect("add_labels"), effect("merge"), effect("add_labels")];
    let operations = plan(&verdict, &Published::default());
    let [Operation::CreateCheck(check)] = operations.as_slice() else { panic!("{operations:?}") };
    let expected = "Asked of the robot, which this version does not carry out yet: \
                    `robot.add_labels` × 2 (`triage`), `robot.merge` (`triage`)";
    assert!(check.summary.contains(expected), "{}", check.summary);
}

#[test]
fn a_run_that_was_concluded_without_a_verdict_is_the_one_that_says_it_later() {
    let mut published = Published::default();
    let started = build_started(&published, &commit('a'), &input("r")).expect("no check yet");
    let Operation::CreateCheck(check) = &started else { panic!("{started:?}") };
    let overdue = build_overdue(1, check, "r.overdue", "GitHub does not answer", Timestamp(900));
    apply(&[started, overdue], &mut published);
    let said = verdict(vec![finding(Severity::Fail, Some(("src/a.py", 11)), "no")]);
    let operations = plan(&said, &published);
    assert!(matches!(operations.as_slice(), [Operation::UpdateCheck { id: 1, .. }]), "{operations:?}");
    apply(&operations, &mut published);
    assert_eq!(plan(&said, &published), [], "and that stands");
}
