//! Generated verdicts over generated histories.

use super::apply::apply;
use super::damaged::any_permission;
use super::sample::*;
use crate::model::*;
use crate::plan::*;
use proptest::prelude::*;

fn any_finding() -> impl Strategy<Value = Finding> {
    let severity = prop::sample::select(vec![Severity::Fail, Severity::Warn, Severity::Message, Severity::Markdown]);
    let place = prop::option::of((prop::sample::select(vec!["src/a.py", "src/old.py", "other"]), 8_u32..16, 0_u32..3));
    let texts = vec!["a", "b", "c <b> @d", "```\nx", "long 😀"];
    (severity, place, prop::sample::select(texts), any::<bool>(), prop::option::of("[a-z`]{0,5}")).prop_map(
        |(severity, place, message, left, suggestion)| {
            let mut finding = finding(severity, place.map(|(path, line, _)| (path, line)), message);
            if let (Some(at), Some((_, line, more))) = (finding.place.as_mut(), place) {
                at.side = if left { Side::Left } else { Side::Right };
                at.end_line = (more > 0).then_some(line + more);
            }
            finding.suggestion = suggestion;
            finding
        },
    )
}

pub(super) fn any_verdict() -> impl Strategy<Value = Verdict> {
    let speak = prop::sample::select(vec![SummaryComment::Always, SummaryComment::Findings, SummaryComment::Never]);
    (prop::collection::vec(any_finding(), 0..12), 0_usize..6, speak).prop_map(|(findings, limit, speak)| {
        let mut verdict = verdict(findings);
        verdict.settings.max_inline_comments = limit;
        verdict.settings.summary_comment = speak;
        verdict
    })
}

proptest! {
    #[test]
    fn planning_against_the_applied_state_yields_nothing(
        history in prop::collection::vec((any_verdict(), any::<u8>(), any::<bool>()), 1..4),
        may_resolve in any_permission(),
    ) {
        let input = |run: &str| PlanInput { may_resolve, ..input(run) };
        let mut published = Published::default();
        for (run, (verdict, touched, starts)) in history.iter().enumerate() {
            let now = input(&format!("run{run}"));
            if *starts {
                apply(build_started(&published, &verdict.head, &now).as_slice(), &mut published);
            }
            apply(&build(verdict, &snapshot(), &published, &now).operations, &mut published);
            let again = build(verdict, &snapshot(), &published, &input("again"));
            prop_assert_eq!(again.operations, vec![]);
            // People answer and resolve between two runs.
            for (n, comment) in published.comments.iter_mut().enumerate() {
                comment.answered |= touched >> (n % 8) & 1 == 1;
                comment.resolved |= touched >> ((n + 3) % 8) & 1 == 1;
            }
            let after = build(verdict, &snapshot(), &published, &input("after"));
            prop_assert_eq!(after.operations, vec![]);
        }
    }

    #[test]
    fn so_does_planning_for_a_token(history in prop::collection::vec(any_verdict(), 1..4)) {
        let mut published = Published::default();
        let plan = |verdict: &Verdict, published: &Published, run: &str| {
            build_for_token(verdict, &snapshot(), published, &input(run), Some("deckhand/local")).operations
        };
        for (run, verdict) in history.iter().enumerate() {
            apply(&plan(verdict, &published, &format!("run{run}")), &mut published);
            prop_assert_eq!(plan(verdict, &published, "again"), vec![]);
            prop_assert!(published.checks.is_empty(), "the check is the app's");
        }
    }
}
