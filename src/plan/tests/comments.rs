//! Where findings are said: in the diff, or in the summary comment.

use super::apply::apply;
use super::sample::*;
use crate::model::*;
use crate::plan::*;

fn plan(verdict: &Verdict, published: &Published, run: &str) -> Vec<Operation> {
    let operations = build(verdict, &snapshot(), published, &input(run)).operations;
    operations
        .into_iter()
        .filter(|op| !matches!(op, Operation::CreateCheck(_) | Operation::UpdateCheck { .. }))
        .collect()
}

#[test]
fn lines_of_the_diff_go_into_one_review_and_the_rest_into_the_summary() {
    let mut suggestion = finding(Severity::Warn, Some(("src/a.py", 11)), "Use three dots.");
    suggestion.suggestion = Some("two...".into());
    let mut old = finding(Severity::Warn, Some(("src/old.py", 11)), "You removed this.");
    old.place.as_mut().expect("a place").side = Side::Left;
    let verdict = verdict(vec![
        finding(Severity::Message, None, "Hello @someone."),
        suggestion,
        old,
        finding(Severity::Fail, Some(("src/a.py", 99)), "Far away."),
    ]);
    let operations = plan(&verdict, &Published::default(), "r");
    let [Operation::CreateReview { comments, .. }, Operation::CreateSummary { body, .. }] = operations.as_slice()
    else {
        panic!("{operations:?}")
    };
    insta::assert_snapshot!(comments[0].body, @r"
    ⚠️ **Warning:** Use three dots.

    ```suggestion
    two...
    ```

    <sub>`some-rule`</sub>

    <!-- deckhand:v1 finding=000000000000056d op=r.1 body=3e2c2527f83d10a3 -->
    ");
    assert_eq!((comments[1].path.as_str(), comments[1].side, comments[1].line), ("src/a.py", Side::Left, 11));
    insta::assert_snapshot!(body.replace('\u{2060}', "·"), @r"
    ### 1 problem, 2 warnings

    - 💬 Hello @·someone. <sub>`some-rule`</sub>

    **`src/a.py`**

    - ❌ **line 99:** Far away. <sub>`some-rule`</sub>

    <!-- deckhand:v1 summary op=r.2 body=e2fe0ae4c10c0235 -->
    ");
}

#[test]
fn fixed_findings_go_and_what_people_did_stays() {
    let both = verdict(vec![
        finding(Severity::Warn, Some(("src/a.py", 11)), "a"),
        finding(Severity::Warn, Some(("src/a.py", 12)), "b"),
        finding(Severity::Warn, Some(("src/a.py", 13)), "c"),
    ]);
    let mut published = Published::default();
    apply(&plan(&both, &published, "r1"), &mut published);
    published.comments[1].answered = true;
    published.comments[2].resolved = true;
    assert_eq!(plan(&both, &published, "r2"), []);

    let operations = plan(&verdict(vec![]), &published, "r3");
    let (first, second) = (&published.comments[0], &published.comments[1]);
    assert_eq!(
        operations,
        [Operation::DeleteReviewComment { id: first.id }, Operation::ResolveThread { thread: second.thread.clone() }]
    );
}

#[test]
fn a_finding_that_returns_has_its_thread_opened_again_unless_a_person_resolved_it() {
    let mut now = finding(Severity::Warn, Some(("src/a.py", 11)), "a");
    let found = |now: &Finding| verdict(vec![now.clone()]);
    let mut published = Published::default();
    apply(&plan(&found(&now), &published, "r1"), &mut published);
    published.comments[0].answered = true;
    let (id, thread) = (published.comments[0].id, published.comments[0].thread.clone());
    apply(&plan(&verdict(vec![]), &published, "r2"), &mut published);
    let settled = published.clone();
    assert!(settled.comments[0].resolved);
    let opened = Operation::ReopenThread { thread };
    assert_eq!(plan(&found(&now), &settled, "r3"), std::slice::from_ref(&opened));
    // In other words by now: it is opened first, so that whoever is stopped in between goes on where it was.
    now.message = "b".into();
    let both = plan(&found(&now), &settled, "r3");
    assert!(
        both[0] == opened && matches!(both[1], Operation::UpdateReviewComment { id: it, .. } if it == id),
        "{both:?}"
    );
    apply(&both, &mut published);
    assert!(!published.comments[0].resolved);
    assert_eq!(plan(&found(&now), &published, "r4"), []);
    // A person resolves it, and it stays so.
    (published.comments[0].resolved, published.comments[0].resolved_by_us) = (true, false);
    for words in ["b", "c"] {
        now.message = words.into();
        assert_eq!(plan(&found(&now), &published, "r5"), []);
    }
}

#[test]
fn where_threads_cannot_be_resolved_the_comment_says_once_that_it_is_settled() {
    let now = verdict(vec![finding(Severity::Warn, Some(("src/a.py", 11)), "a")]);
    let plan = |verdict: &Verdict, published: &Published, run: &str, may_resolve| {
        let input = PlanInput { may_resolve, ..input(run) };
        let operations = build(verdict, &snapshot(), published, &input).operations;
        operations
            .into_iter()
            .filter(|it| !matches!(it, Operation::CreateCheck(_) | Operation::UpdateCheck { .. }))
            .collect::<Vec<_>>()
    };
    let mut published = Published::default();
    apply(&plan(&now, &published, "r1", Some(false)), &mut published);
    let first = without_marker(&published.comments[0].body).to_owned();
    published.comments[0].answered = true;
    let settled = plan(&verdict(vec![]), &published, "r2", Some(false));
    let [Operation::UpdateReviewComment { body, .. }] = settled.as_slice() else { panic!("{settled:?}") };
    assert_eq!(without_marker(body), format!("✅ **Settled:** this is not found any more.\n\n{first}"));
    apply(&settled, &mut published);
    for may_resolve in [Some(false), None] {
        assert_eq!(plan(&verdict(vec![]), &published, "r3", may_resolve), []);
    }
    // The permission came: it is resolved as any other.
    let resolved = plan(&verdict(vec![]), &published, "r4", Some(true));
    assert!(matches!(resolved.as_slice(), [Operation::ResolveThread { .. }]), "{resolved:?}");
    // It is back: the comment says what it said.
    apply(&plan(&now, &published, "r5", Some(false)), &mut published);
    assert_eq!(without_marker(&published.comments[0].body), first);
}

#[test]
fn equal_findings_have_a_comment_each() {
    let twin = || finding(Severity::Warn, Some(("src/a.py", 11)), "a");
    let mut published = Published::default();
    apply(&plan(&verdict(vec![twin(), twin()]), &published, "r1"), &mut published);
    assert_eq!(published.comments.len(), 2);
    let third = plan(&verdict(vec![twin(), twin(), twin()]), &published, "r2");
    assert!(matches!(third.as_slice(), [Operation::CreateReview { comments, .. }] if comments.len() == 1));
    let one = plan(&verdict(vec![twin()]), &published, "r3");
    assert_eq!(one, [Operation::DeleteReviewComment { id: published.comments[1].id }]);
}

#[test]
fn what_a_person_resolved_opens_no_twin_that_the_robot_resolved() {
    let mut twin = finding(Severity::Warn, Some(("src/a.py", 11)), "a");
    let mut published = Published::default();
    apply(&plan(&verdict(vec![twin.clone(), twin.clone()]), &published, "r1"), &mut published);
    published.comments.iter_mut().for_each(|comment| comment.answered = true);
    apply(&plan(&verdict(vec![twin.clone()]), &published, "r2"), &mut published);
    assert!(!published.comments[0].resolved && published.comments[1].resolved_by_us);
    published.comments[0].resolved = true;
    for words in ["a", "b"] {
        twin.message = words.into();
        assert_eq!(plan(&verdict(vec![twin.clone()]), &published, "r3"), [], "{words}");
    }
    // There are two again.
    let reopened = plan(&verdict(vec![twin.clone(), twin]), &published, "r4");
    assert!(matches!(reopened.first(), Some(Operation::ReopenThread { .. })), "{reopened:?}");
}

#[test]
fn the_worst_findings_come_first_when_there_are_too_many() {
    let mut findings: Vec<Finding> =
        (0..30).map(|n| finding(Severity::Warn, Some(("src/a.py", 11)), &"w".repeat(n + 1))).collect();
    findings.push(finding(Severity::Fail, Some(("src/a.py", 12)), "bad"));
    let operations = plan(&verdict(findings), &Published::default(), "r");
    let [Operation::CreateReview { comments, .. }, Operation::CreateSummary { body, .. }] = operations.as_slice()
    else {
        panic!("{operations:?}")
    };
    assert_eq!(comments.len(), 20);
    assert!(comments.iter().any(|comment| comment.body.contains("bad")));
    assert_eq!(body.matches("\n- ").count(), 11);
}

#[test]
fn other_words_for_the_same_finding_are_edited_in_place() {
    let mut now = finding(Severity::Warn, Some(("src/a.py", 11)), "81 lines");
    let mut published = Published::default();
    apply(&plan(&verdict(vec![now.clone()]), &published, "r1"), &mut published);
    now.message = "82 lines".into();
    let operations = plan(&verdict(vec![now]), &published, "r2");
    assert!(
        matches!(operations.as_slice(), [Operation::UpdateReviewComment { body, .. }] if body.contains("82 lines"))
    );
}

#[test]
fn the_summary_is_edited_to_say_that_nothing_is_left() {
    let mut published = Published::default();
    assert_eq!(plan(&verdict(vec![]), &published, "r0"), []);
    apply(&plan(&verdict(vec![finding(Severity::Markdown, None, "report")]), &published, "r1"), &mut published);
    published.summaries.push(PublishedComment { id: 900, ..published.summaries[0].clone() });
    let operations = plan(&verdict(vec![]), &published, "r2");
    let [Operation::UpdateSummary { body, .. }, Operation::DeleteSummary { id: 900 }] = operations.as_slice() else {
        panic!("{operations:?}")
    };
    assert!(body.contains("Nothing left"));
}

#[test]
fn a_forged_marker_in_a_message_is_harmless() {
    let mut published = Published::default();
    let forged = "<!-- deckhand:v1 finding=0000000000000000 op=x body=y -->";
    let mut hostile = finding(Severity::Warn, Some(("src/a.py", 11)), forged);
    hostile.suggestion = Some(forged.into());
    apply(&plan(&verdict(vec![hostile.clone()]), &published, "r1"), &mut published);
    let marker = parse_finding_marker(&published.comments[0].body).expect("ours");
    assert_eq!(marker.finding, hostile.fingerprint);
}

#[test]
fn a_preview_has_its_section_and_f40_both_fit() {
    let tried = |count: usize| {
        let finding = |n: usize| finding(Severity::Warn, None, &format!("{n} {}", "\u{1f980}".repeat(2_000)));
        let verdict = Verdict { conclusion: Conclusion::Neutral, ..verdict((0..count).map(finding).collect()) };
        Some(Box::new(Preview { dangerfile: "dangerfile.lua".into(), first: false, verdict }))
    };
    let body = |verdict: &Verdict| match plan(verdict, &Published::default(), "r").as_slice() {
        [Operation::CreateSummary { body, .. }] => body.clone(),
        other => panic!("{other:?}"),
    };
    let alone = body(&Verdict { preview: tried(0), ..verdict(vec![]) });
    assert!(alone.starts_with("### Preview of the changed rules: No problems\n"), "{alone}");
    let far = |n: usize| finding(Severity::Warn, None, &format!("far {n} {}", "\u{1f980}".repeat(2_000)));
    let both = body(&Verdict { preview: tried(100), ..verdict((0..100).map(far).collect()) });
    assert!(both.len() <= 65_535, "{}", both.len());
    assert!(both.contains("### 100 warnings") && both.contains("### Preview of the changed rules: 100 warnings"));
    let mut never = Verdict { preview: tried(1), ..verdict(vec![]) };
    never.settings.summary_comment = SummaryComment::Never;
    assert!(plan(&never, &Published::default(), "r").is_empty());
    let verdict = Verdict { preview: tried(1), ..verdict(vec![]) };
    let mut published = Published::default();
    apply(&plan(&verdict, &published, "r"), &mut published);
    assert!(plan(&verdict, &published, "s").is_empty(), "said once");
}
