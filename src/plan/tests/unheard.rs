//! What a rule said before that waits now or cannot run.

use super::apply::apply;
use super::sample::*;
use crate::model::*;
use crate::plan::*;

fn said(rule: &str, line: Option<u32>) -> Finding {
    let at = line.map(|line| ("src/a.py", line));
    Finding { rule: rule.into(), ..finding(Severity::Warn, at, &format!("{rule} says {line:?}")) }
}

/// Two rules with a comment each, one of them in the summary too.
fn published() -> Published {
    let both = verdict(vec![said("slow", None), said("slow", Some(11)), said("quick", Some(12))]);
    let mut published = Published::default();
    apply(&comments(&both, &published), &mut published);
    assert_eq!((published.comments.len(), published.summaries.len()), (2, 1));
    published
}

fn comments(verdict: &Verdict, published: &Published) -> Vec<Operation> {
    let operations = build(verdict, &snapshot(), published, &input("r")).operations;
    let is_check = |it: &Operation| matches!(it, Operation::CreateCheck(_) | Operation::UpdateCheck { .. });
    operations.into_iter().filter(|it| !is_check(it)).collect()
}

/// What becomes of all that when nothing is found and the rules came to this.
fn after(rules: Vec<RuleOutcome>, faults: Vec<Fault>) -> Vec<Operation> {
    comments(&Verdict { rules, faults, ..verdict(vec![]) }, &published())
}

fn delete(at: usize) -> Operation {
    Operation::DeleteReviewComment { id: published().comments[at].id }
}

#[test]
fn what_a_rule_said_stays_while_it_waits_or_cannot_run() {
    let waits = RuleOutcome {
        waits: Some(Waiting { what: "a report".into(), until: Timestamp(9_000) }),
        ..outcome("slow", RuleState::Skipped)
    };
    let quick = || outcome("quick", RuleState::Ran);
    assert_eq!(after(vec![waits, quick()], vec![]), [delete(1)]);
    let lacks_its_report = RuleOutcome { unreported: true, ..outcome("slow", RuleState::Ran) };
    assert_eq!(after(vec![lacks_its_report, quick()], vec![]), [delete(1)]);
    let fault = |rule: &str| Fault { rule: rule.into(), ..Fault::of_dangerfile("boom".into()) };
    assert_eq!(after(vec![outcome("slow", RuleState::Faulted), quick()], vec![fault("slow")]), [delete(1)]);
    // A rule whose name begins like it is another one.
    let others = after(vec![outcome("slo", RuleState::Faulted), outcome("slow", RuleState::Ran), quick()], vec![]);
    assert_eq!(others.len(), 3, "{others:?}");
    assert!(matches!(others[2], Operation::UpdateSummary { .. }));
}

#[test]
fn where_the_dangerfile_does_not_run_nothing_is_settled_but_by_rules_that_did() {
    let broken = || vec![Fault::of_dangerfile("`dangerfile.lua` cannot be read: it is too large.".into())];
    assert_eq!(after(vec![outcome("dangerfile", RuleState::Faulted)], broken()), []);
    // The organisation's does not load, and the repository's rules ran.
    assert_eq!(after(vec![outcome("quick", RuleState::Ran)], broken()), [delete(1)]);
}

#[test]
fn a_rule_that_is_gone_or_does_not_apply_is_settled() {
    for rules in [vec![], vec![outcome("slow", RuleState::Skipped), outcome("quick", RuleState::Shadow)]] {
        let operations = after(rules, vec![]);
        assert_eq!(operations[..2], [delete(0), delete(1)], "in the order of their fingerprints");
        assert!(matches!(operations[2], Operation::UpdateSummary { .. }));
    }
}

#[test]
fn comments_that_stay_take_their_places_of_the_review() {
    let settings = Settings { max_inline_comments: 2, ..Settings::default() };
    let rules = vec![outcome("slow", RuleState::Faulted), outcome("quick", RuleState::Ran)];
    let findings = vec![said("quick", Some(12)), said("quick", Some(13))];
    let operations = comments(&Verdict { rules, settings, ..verdict(findings) }, &published());
    let [Operation::UpdateSummary { body, .. }] = operations.as_slice() else { panic!("{operations:?}") };
    assert!(body.contains("**line 13:**"), "{body}");
}
