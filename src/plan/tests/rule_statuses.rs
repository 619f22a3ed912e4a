//! Commit statuses of single rules.

use super::apply::apply;
use super::sample::*;
use crate::model::*;
use crate::plan::*;

/// A verdict of a ruleset with a status for each of these rules.
fn per_rule(rules: &[(&str, RuleState)], findings: Vec<Finding>) -> Verdict {
    let mut verdict = verdict(findings);
    verdict.settings.statuses = StatusMode::PerRule;
    verdict.rules = rules.iter().map(|(name, state)| outcome(name, *state)).collect();
    verdict
}

fn of(rule: &str, severity: Severity, blocking: bool) -> Finding {
    Finding { rule: rule.into(), blocking, ..finding(severity, None, rule) }
}

fn fault(rule: &str, message: &str) -> Fault {
    Fault {
        rule: rule.into(),
        blocking: true,
        message: message.into(),
        mistake: false,
        of_organisation: false,
        path: None,
        line: None,
        overridden: None,
    }
}

/// The statuses that are set: name, state and words.
fn set(
    verdict: &Verdict,
    published: &Published,
    siblings: &[(u64, Option<&Verdict>)],
    required: &[&str],
) -> Vec<String> {
    let siblings =
        siblings.iter().map(|(number, verdict)| Sibling { number: PullNumber(*number), verdict: verdict.cloned() });
    let required = Some(required.iter().map(|it| (*it).to_owned()).collect());
    let input = PlanInput { siblings: siblings.collect(), required_statuses: required, quiet: true, ..input("r") };
    let plan = build(verdict, &snapshot(), published, &input);
    let status = |operation: &Operation| match operation {
        Operation::SetStatus(it) => Some(format!("{} {}: {}", it.context, it.state.as_str(), it.description)),
        _ => None,
    };
    plan.operations.iter().filter_map(status).collect()
}

#[test]
fn every_blocking_rule_says_its_part() {
    let mut verdict = per_rule(
        &[
            ("dangerfile", RuleState::Ran),
            ("bad", RuleState::Ran),
            ("broken", RuleState::Faulted),
            ("elsewhere", RuleState::Skipped),
            ("hm", RuleState::Ran),
            ("soft", RuleState::Ran),
            ("soft-but-told", RuleState::Ran),
            ("untold", RuleState::Ran),
        ],
        vec![of("bad", Severity::Fail, true), of("bad", Severity::Warn, false), of("hm", Severity::Warn, false)],
    );
    for rule in &mut verdict.rules {
        rule.blocking = !rule.name.starts_with("soft");
        rule.statuses = match rule.name.as_str() {
            "soft-but-told" => Some(StatusMode::PerRule),
            "untold" => Some(StatusMode::None),
            _ => None,
        };
    }
    verdict.faults.push(fault("broken", "attempt to index nil\nand more"));
    assert_eq!(
        set(&verdict, &Published::default(), &[], &[]),
        [
            "deckhand/bad failure: 1 problem, 1 warning",
            "deckhand/broken failure: could not run: attempt to index nil",
            "deckhand/dangerfile success: no problems",
            "deckhand/elsewhere success: does not apply",
            "deckhand/hm success: 1 warning",
            "deckhand/soft-but-told success: no problems",
        ]
    );
}

#[test]
fn nothing_is_set_where_nobody_asked_or_nothing_changed() {
    let verdict = per_rule(&[("a", RuleState::Ran)], vec![]);
    let off = build(&verdict, &snapshot(), &Published::default(), &input("r"));
    assert!(!off.operations.iter().any(|it| matches!(it, Operation::SetStatus(_))));
    let mut published = Published::default();
    let on = PlanInput { required_statuses: Some(Vec::new()), ..input("r") };
    apply(&build(&verdict, &snapshot(), &published, &on).operations, &mut published);
    assert_eq!(published.statuses.len(), 1);
    let again = PlanInput { run: "again".into(), details_url: Some("http://x/runs/again".into()), ..on };
    assert_eq!(build(&verdict, &snapshot(), &published, &again).operations, [], "a new link is no change");
}

#[test]
fn a_name_without_a_rule_fails_while_it_stands_or_is_required() {
    let mut published = Published::default();
    let old = per_rule(&[("a", RuleState::Ran), ("b", RuleState::Ran)], vec![]);
    let on = PlanInput { required_statuses: Some(Vec::new()), ..input("r") };
    apply(&build(&old, &snapshot(), &published, &on).operations, &mut published);
    let mut new = per_rule(&[("a", RuleState::Ran), ("soft", RuleState::Ran)], vec![]);
    new.rules[1].blocking = false;
    let required = ["deckhand", "deckhand/local", "ci/build", "deckhand/c", "deckhand/soft", "deckhand (release)/a"];
    assert_eq!(
        set(&new, &published, &[], &required),
        [
            "deckhand/b failure: no rule b",
            "deckhand/c failure: no rule c",
            "deckhand/soft failure: no rule soft: the one there has no status",
        ]
    );
    let mut off = verdict(vec![]);
    off.rules = new.rules.clone();
    assert_eq!(set(&off, &published, &[], &[]).len(), 2, "the setting was taken back");
}

#[test]
fn a_ruleset_that_does_not_load_turns_nothing_green() {
    let mut published = Published::default();
    let good = per_rule(&[("a", RuleState::Ran)], vec![]);
    let on = PlanInput { required_statuses: Some(Vec::new()), ..input("r") };
    apply(&build(&good, &snapshot(), &published, &on).operations, &mut published);
    let mut broken = verdict(vec![]);
    broken.conclusion = Conclusion::Failure;
    broken.faults.push(fault("dangerfile", "syntax"));
    assert_eq!(
        set(&broken, &published, &[], &["deckhand/b"]),
        [
            "deckhand/a failure: no rule a: the dangerfile could not run",
            "deckhand/b failure: no rule b: the dangerfile could not run",
        ]
    );
}

#[test]
fn f48_the_worst_of_all_with_this_head_is_said() {
    let good = per_rule(&[("a", RuleState::Ran), ("b", RuleState::Ran)], vec![]);
    let bad = per_rule(&[("a", RuleState::Ran), ("b", RuleState::Skipped)], vec![of("a", Severity::Fail, true)]);
    let both = [
        "deckhand/a failure: #7: no problems; #9: 1 problem",
        "deckhand/b success: #7: no problems; #9: does not apply",
    ];
    assert_eq!(set(&good, &Published::default(), &[(9, Some(&bad))], &[]), both);
    let good_twice = ["deckhand/a success: no problems", "deckhand/b success: no problems"];
    assert_eq!(set(&good, &Published::default(), &[(9, Some(&good))], &[]), good_twice);
    let waiting = set(&good, &Published::default(), &[(9, None)], &[]);
    assert_eq!(waiting[0], "deckhand/a pending: #7: no problems; #9: not judged yet");
}

#[test]
fn what_waits_is_pending_and_what_advises_is_green() {
    let mut verdict = per_rule(&[("a", RuleState::Ran), ("b", RuleState::Ran)], vec![of("a", Severity::Fail, true)]);
    verdict.conclusion = Conclusion::Pending;
    verdict.rules[1].state = RuleState::Skipped;
    verdict.rules[1].waits = Some(Waiting { what: "a coverage report".into(), until: Timestamp(36_900_000) });
    let none = Published::default();
    assert_eq!(
        set(&verdict, &none, &[], &[]),
        ["deckhand/a failure: 1 problem", "deckhand/b pending: waiting for a coverage report, until 10:15 UTC"]
    );
    verdict.conclusion = Conclusion::Neutral;
    assert_eq!(
        set(&verdict, &none, &[], &[]),
        ["deckhand/a success: 1 problem", "deckhand/b success: waiting for a coverage report, until 10:15 UTC"]
    );
}

#[test]
fn f40_a_description_fits_into_githubs_limit() {
    let mut verdict = per_rule(&[("a", RuleState::Faulted)], vec![]);
    verdict.faults.push(fault("a", &"ü\u{202e}".repeat(300)));
    let said = set(&verdict, &Published::default(), &[], &[]).remove(0);
    let description = said.strip_prefix("deckhand/a failure: ").expect("the one status");
    assert!(description.chars().count() <= 140 && !description.contains('\u{202e}'), "{description}");
}

#[test]
fn what_a_person_let_pass_blocks_no_status() {
    let decision = || Some(Overridden { by: "mona".into(), at: Timestamp(0), reason: "known".into() });
    let mut verdict = per_rule(&[("bad", RuleState::Ran), ("broken", RuleState::Faulted)], vec![]);
    verdict.findings.push(Finding { overridden: decision(), ..of("bad", Severity::Fail, false) });
    verdict.faults.push(Fault { overridden: decision(), blocking: false, ..fault("broken", "no answer") });
    let passed = ["deckhand/bad success: 1 overridden", "deckhand/broken success: could not run, overridden"];
    assert_eq!(set(&verdict, &Published::default(), &[], &[]), passed);

    let mut verdict = per_rule(&[], vec![]);
    verdict.faults.push(fault("dangerfile", "no answer"));
    let required = ["deckhand/bad"];
    let lost = ["deckhand/bad failure: no rule bad: the dangerfile could not run"];
    assert_eq!(set(&verdict, &Published::default(), &[], &required), lost);
    verdict.faults[0].overridden = decision();
    let passed = ["deckhand/bad success: could not run, overridden"];
    assert_eq!(set(&verdict, &Published::default(), &[], &required), passed);
}
