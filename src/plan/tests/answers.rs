//! What a comment with commands gets, and that it gets it once.

use super::apply::apply;
use super::sample::{commit, finding, input, snapshot, verdict};
use crate::model::{Conclusion, Overridden, PullNumber, Severity, Timestamp};
use crate::plan::{
    AnnotationLevel, Heeded, Operation, Plan, Published, Sign, Words, build, build_answer, build_given_up_answer,
    has_answer, render_title, render_why, without_marker,
};
use crate::webhook::{Command, CommandLine};

fn answer(heeded: &[Heeded], published: &Published) -> Plan {
    let lines: Vec<(CommandLine, Heeded)> =
        heeded.iter().map(|it| (CommandLine::Read(Command::Why), it.clone())).collect();
    build_answer(9, PullNumber(7), &commit('a'), (&lines, Words::Usual), published)
}

#[test]
fn an_answer_is_given_once() {
    let mut published = Published::default();
    let done = answer(&[Heeded::Done], &published);
    assert_eq!(done.operations, [Operation::React { comment: 9, sign: Sign::Done }]);
    let both = [Heeded::Done, Heeded::Refused("No, @mona <b>.".to_owned())];
    let plan = answer(&both, &published);
    assert_eq!(plan.operations[0], Operation::React { comment: 9, sign: Sign::Confused });
    let Operation::CreateReply { body, .. } = &plan.operations[1] else { panic!("{plan:?}") };
    assert_eq!(without_marker(body), "> `/deckhand why`\n\nDone.\n\n---\n\n> `/deckhand why`\n\nNo, @mona <b>.");
    assert!(!has_answer(9, &published));
    apply(&plan.operations, &mut published);
    assert!(has_answer(9, &published) && !has_answer(1, &published));
    assert!(published.summaries.is_empty());
    assert_eq!(answer(&both, &published).operations.len(), 1, "the sign is idempotent, the answer stands there");
}

#[test]
fn what_was_let_pass_stays_visible() {
    let mut passed = finding(Severity::Fail, Some(("src/a.py", 11)), "One");
    passed.blocking = false;
    passed.overridden =
        Some(Overridden { by: "ada".to_owned(), at: Timestamp(1_700_000_000_000), reason: "ask @ops <!--".to_owned() });
    let verdict = verdict(vec![passed, finding(Severity::Warn, None, "Two")]);
    assert_eq!(verdict.conclusion, Conclusion::Success);
    assert_eq!(render_title(&verdict), "1 warning, 1 overridden");
    let plan = build(&verdict, &snapshot(), &Published::default(), &input("r"));
    let Operation::CreateCheck(check) = &plan.operations[0] else { panic!("{plan:?}") };
    let words = "overridden by `ada` on 2023-11-14: ask @\u{2060}ops <\u{2060}!--";
    assert!(check.summary.contains(words), "{}", check.summary);
    assert_eq!(check.annotations[0].level, AnnotationLevel::Notice);
    assert_eq!(check.annotations[0].title, "some-rule, overridden by ada");
    let Operation::CreateReview { comments, .. } = &plan.operations[1] else { panic!("{plan:?}") };
    assert!(comments[0].body.contains("**Problem (overridden):**") && comments[0].body.contains(words));
    let why = render_why(&verdict, &[]);
    assert!(why.contains(&format!("- `some-rule`: {words}")) && !why.contains("This blocks"), "{why}");
}

#[test]
fn words_on_commands_that_were_given_up_are_no_answer_to_them() {
    let mut published = Published::default();
    let lines = [(CommandLine::Read(Command::Rerun), Heeded::Refused("GitHub failed.".to_owned()))];
    let plan = |published: &Published| build_given_up_answer(9, PullNumber(7), &commit('a'), &lines, published);
    let first = plan(&published);
    apply(&first.operations, &mut published);
    assert!(first.operations.len() == 2 && !has_answer(9, &published));
    assert_eq!(plan(&published).operations, [Operation::React { comment: 9, sign: Sign::Confused }], "said once");
    let answered = answer(&[Heeded::Told("Because.".to_owned())], &published);
    assert!(answered.operations.len() == 2 && answered.run != first.run);
    apply(&answered.operations, &mut published);
    assert!(has_answer(9, &published));
}
