//! Whatever the rules say, GitHub takes it: every text of every operation is within its limit in bytes.

use super::sample::*;
use crate::model::*;
use crate::plan::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Text that grows when it is made harmless, made of few pieces and long.
fn any_text() -> impl Strategy<Value = String> {
    let pieces =
        vec!["@a", "<b ", "`", "\n", "\u{1f980}", "<details>", "</details>", "\u{e9}", "x ", "\u{202e}", "~~~\n"];
    let part = (prop::sample::select(pieces), prop_oneof![0_usize..20, 0_usize..40_000]);
    prop::collection::vec(part, 0..4)
        .prop_map(|parts| parts.into_iter().map(|(piece, count)| piece.repeat(count)).collect())
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let severity = prop::sample::select(vec![Severity::Fail, Severity::Warn, Severity::Message, Severity::Markdown]);
    let path = prop::sample::select(vec!["src/a.py".to_owned(), "\u{1f980}".repeat(60), "d/".repeat(2_000) + "x"]);
    let texts = (any_text(), prop::option::of(any_text()), prop::option::of(any_text()));
    (severity, prop::option::of((path, 10_u32..15)), any_rule_name(), texts, any::<bool>()).prop_map(
        |(severity, at, rule, (message, suggestion, reason), fixed)| {
            let mut finding = finding(severity, at.as_ref().map(|(path, line)| (path.as_str(), *line)), &message);
            finding.suggestion = suggestion;
            finding.rule = rule;
            if let Some((path, _)) = at.filter(|_| fixed) {
                finding.fix = BTreeMap::from([(path.as_str().into(), "x".to_owned())]);
            }
            finding.overridden =
                reason.map(|reason| Overridden { by: "mona".into(), at: Timestamp(0), reason: reason + "x" });
            finding
        },
    )
}

fn any_rule_name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z-]{1,60}", "[ab]"]
}

fn any_rule() -> impl Strategy<Value = RuleOutcome> {
    let states = vec![RuleState::Ran, RuleState::Skipped, RuleState::Shadow, RuleState::Faulted];
    let told = (prop::option::of(any_text()), prop::option::of(any_text()));
    (any_rule_name(), prop::sample::select(states), told).prop_map(|(name, state, (reason, waits))| RuleOutcome {
        name,
        blocking: true,
        state,
        reason,
        statuses: None,
        waits: waits.map(|what| Waiting { what, until: Timestamp(0) }),
        unreported: false,
        steps: 0,
        millis: 0,
    })
}

fn any_effect() -> impl Strategy<Value = Effect> {
    (any_rule_name(), any_text()).prop_map(|(rule, text)| Effect {
        kind: "comment".to_owned(),
        rule,
        arguments: BTreeMap::from([("text".to_owned(), text.into())]),
    })
}

fn any_fault() -> impl Strategy<Value = Fault> {
    ("[a-z]{1,300}", any_text()).prop_map(|(rule, message)| Fault {
        mistake: false,
        of_organisation: false,
        rule,
        blocking: true,
        message,
        path: None,
        line: None,
        overridden: None,
    })
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    let more = (prop::collection::vec(any_rule(), 0..30), prop::collection::vec(any_effect(), 0..10));
    let preview = (any::<bool>(), prop::option::of(any_judgement()));
    (any_judgement(), more, preview).prop_map(|(mut verdict, (rules, effects), (first, preview))| {
        (verdict.rules, verdict.effects) = (rules, effects);
        verdict.settings.statuses = StatusMode::PerRule;
        let preview = preview.map(|verdict| Preview { dangerfile: "dangerfile.lua".into(), first, verdict });
        verdict.preview = preview.map(Box::new);
        verdict
    })
}

fn any_judgement() -> impl Strategy<Value = Verdict> {
    let (findings, faults) = (prop::collection::vec(any_finding(), 0..30), prop::collection::vec(any_fault(), 0..10));
    (findings, faults, prop::collection::vec(any_text(), 0..3), 0_usize..40).prop_map(
        |(findings, faults, notes, most)| {
            let mut verdict = verdict(findings);
            (verdict.faults, verdict.notes) = (faults, notes);
            verdict.settings.max_inline_comments = most;
            verdict
        },
    )
}

fn hold_check(check: &CheckRun) -> Result<(), TestCaseError> {
    prop_assert!(check.summary.len() <= 65_535, "summary: {}", check.summary.len());
    prop_assert!(!check.summary.trim().is_empty() && check.text.len() <= 65_535, "text: {}", check.text.len());
    prop_assert!(!check.title.is_empty() && check.title.len() <= 255);
    prop_assert!(check.annotations.len() <= 1_000 && check.actions.len() <= 3);
    for button in &check.actions {
        prop_assert!(button.label.len() <= 20 && button.description.len() <= 40 && button.identifier.len() <= 20);
    }
    for mark in &check.annotations {
        prop_assert!(mark.message.len() <= 64 * 1024 && !mark.message.trim().is_empty() && mark.title.len() <= 255);
    }
    Ok(())
}

fn hold_body(body: &str) -> Result<(), TestCaseError> {
    prop_assert!(body.len() <= 65_536 && !body.trim().is_empty(), "body: {}", body.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn f40_no_text_exceeds_githubs_limit(
        verdict in any_verdict(),
        others in prop::collection::vec(prop::option::of(any_verdict()), 0..4),
    ) {
        let siblings = others.into_iter().enumerate().map(|(at, verdict)| Sibling { number: PullNumber(at as u64 + 20), verdict });
        let hands = Some(Hands { workflows: false });
        let required = Some(vec![format!("deckhand/{}", "gone".repeat(50))]);
        let siblings = siblings.collect();
        let input = PlanInput { siblings, hands, required_statuses: required, ..input("run") };
        let operations = build(&verdict, &snapshot(), &Published::default(), &input).operations;
        prop_assert!(!operations.is_empty());
        for operation in &operations {
            match operation {
                Operation::CreateCheck(check) | Operation::UpdateCheck { check, .. } => hold_check(check)?,
                Operation::CreateReview { comments, .. } => {
                    for comment in comments {
                        hold_body(&comment.body)?;
                    }
                }
                Operation::CreateSummary { body, .. }
                | Operation::UpdateSummary { body, .. }
                | Operation::UpdateReviewComment { body, .. }
                | Operation::CreateReply { body, .. } => hold_body(body)?,
                Operation::SetStatus(status) => {
                    prop_assert!(status.description.len() <= 140 && !status.description.is_empty());
                }
                Operation::DeleteSummary { .. }
                | Operation::DeleteReviewComment { .. }
                | Operation::ResolveThread { .. }
                | Operation::ReopenThread { .. }
                | Operation::CreateCommit(_)
                | Operation::React { .. } => {}
            }
        }
    }
}
