//! Whatever stands on the page, and wherever a plan was cut off: the next plan ends at the same page.

use super::apply::apply;
use super::converges::any_verdict;
use super::sample::*;
use crate::model::*;
use crate::plan::marker::{parse_finding_marker, with_finding_marker, with_summary_marker, without_marker};
use crate::plan::*;
use proptest::prelude::*;

/// Fingerprints of what [`any_verdict`] finds, and one of something settled.
fn any_fingerprint() -> impl Strategy<Value = Fingerprint> {
    prop::sample::select(vec!["a", "b", "c <b> @d", "settled"])
        .prop_map(|message| finding(Severity::Warn, None, message).fingerprint)
}

/// A text of ours as people, an older version or GitHub may have left it.
fn any_body() -> impl Strategy<Value = String> {
    let texts = vec!["a", "", "edited by a person", "<!-- deckhand:v1 finding=ff op=evil body=00 -->\n> quoted"];
    (prop::sample::select(texts), any_fingerprint(), 0_u8..8, 0_usize..100).prop_map(
        |(text, fingerprint, damage, at)| {
            let whole = with_finding_marker(text, None, &fingerprint, "old.1");
            let summary = with_summary_marker(text, None, "old.2");
            match damage {
                0 => text.to_owned(),
                1 => whole.chars().take(at).collect(),
                2 => whole.replace("v1", "v9"),
                3 => whole.replace("body=", "bodi="),
                4 => format!("{whole}{whole}"),
                5 => summary,
                6 => whole.replace(text, "changed"),
                _ => whole,
            }
        },
    )
}

fn any_check() -> impl Strategy<Value = PublishedCheck> {
    let ids = vec![
        "",
        "deckhand:v1:-:-:old.started:7",
        "deckhand:v1:-:-:old.overdue:7",
        "deckhand:v1:00:ff:old.0:7",
        "junk:::",
    ];
    let conclusions = vec![None, Some(Conclusion::Success), Some(Conclusion::Failure), Some(Conclusion::Neutral)];
    let names = vec!["deckhand", "deckhand (release)", "else"];
    (prop::sample::select(ids), prop::sample::select(conclusions), prop::sample::select(names), 0_usize..120).prop_map(
        |(id, conclusion, name, annotations)| PublishedCheck {
            id: 900,
            name: name.to_owned(),
            external_id: id.to_owned(),
            conclusion,
            annotations,
        },
    )
}

fn any_published() -> impl Strategy<Value = Published> {
    let comment = (any_body(), 0_u8..3, any::<bool>());
    let (comments, summaries) = (prop::collection::vec(comment, 0..8), prop::collection::vec(any_body(), 0..3));
    (comments, summaries, prop::option::of(any_check())).prop_map(|(comments, summaries, check)| Published {
        checks: Vec::from_iter(check),
        summaries: summaries.into_iter().zip(100..).map(|(body, id)| PublishedComment { id, body }).collect(),
        comments: comments
            .into_iter()
            .zip(200..)
            .map(|((body, resolved, answered), id)| PublishedReviewComment {
                id,
                thread: format!("T{id}"),
                path: "src/a.py".into(),
                body,
                resolved: resolved > 0,
                resolved_by_us: resolved == 2,
                answered,
            })
            .collect(),
        ..Published::default()
    })
}

/// Whether threads may be resolved.
pub(super) fn any_permission() -> impl Strategy<Value = Option<bool>> {
    prop::sample::select(vec![Some(true), Some(false), None])
}

/// What a person sees, and what the next plan goes by: no ids, no names of operations. Sorted.
fn page(published: &Published) -> Vec<String> {
    let check = |it: &PublishedCheck| {
        let fields: Vec<&str> = it.external_id.split(':').collect();
        let meant = fields.get(2..4).unwrap_or_default();
        format!("check {} {:?} {meant:?} {:?}", it.name, it.conclusion, fields.get(5))
    };
    let comment = |it: &PublishedReviewComment| {
        let finding = parse_finding_marker(&it.body).map(|marker| marker.finding);
        format!("comment {finding:?} {} {}", it.resolved, without_marker(&it.body))
    };
    let mut all: Vec<String> = published.checks.iter().map(check).collect();
    all.extend(published.summaries.iter().map(|it| format!("summary {}", without_marker(&it.body))));
    all.extend(published.comments.iter().map(comment));
    all.sort();
    all
}

proptest! {
    #[test]
    fn planning_after_applying_is_empty_whatever_stood_there(
        verdict in any_verdict(),
        before in any_published(),
        may_resolve in any_permission(),
    ) {
        let input = |run: &str| PlanInput { may_resolve, ..input(run) };
        let mut published = before.clone();
        apply(&build(&verdict, &snapshot(), &before, &input("run")).operations, &mut published);
        prop_assert_eq!(build(&verdict, &snapshot(), &published, &input("again")).operations, vec![]);
        // What is not ours by its marker is nobody's to change.
        for foreign in before.comments.iter().filter(|it| parse_finding_marker(&it.body).is_none()) {
            prop_assert!(published.comments.contains(foreign), "{foreign:?}");
        }
    }

    #[test]
    fn whatever_part_of_a_plan_was_applied_the_rest_leads_to_the_same_page(
        verdict in any_verdict(),
        before in any_published(),
        starts in any::<bool>(),
        may_resolve in any_permission(),
    ) {
        let input = |run: &str| PlanInput { may_resolve, ..input(run) };
        let mut begun = before;
        if starts {
            apply(build_started(&begun, &verdict.head, &input("run")).as_slice(), &mut begun);
        }
        let plan = build(&verdict, &snapshot(), &begun, &input("run")).operations;
        let mut whole = begun.clone();
        apply(&plan, &mut whole);
        for applied in 0..plan.len() {
            let mut published = begun.clone();
            apply(&plan[..applied], &mut published);
            apply(&build(&verdict, &snapshot(), &published, &input("resumed")).operations, &mut published);
            prop_assert_eq!(page(&published), page(&whole), "after {} of {:#?}", applied, &plan);
        }
    }
}
