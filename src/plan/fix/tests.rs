//! Buttons within GitHub's limits, and commits that are whole or not at all.

use super::*;
use crate::model::*;
use crate::plan::tests::sample::{commit, finding, input, snapshot, verdict};
use crate::plan::{CheckAction, CheckRun, Operation, PlanInput, Published, build};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const HANDS: Hands = Hands { workflows: false };

fn mending(rule: &str, fix: &[(&str, &str)]) -> Finding {
    let fix = fix.iter().map(|(path, text)| ((*path).into(), (*text).to_owned())).collect();
    Finding { rule: rule.to_owned(), fix, ..finding(Severity::Fail, None, rule) }
}

fn offered(verdict: &Verdict, hands: Option<Hands>) -> Vec<CheckAction> {
    buttons(verdict, hands)
}

fn try_to(verdict: &Verdict, choice: &FixChoice, ground: &Ground) -> Result<FixCommit, String> {
    let (name, head) = (RepoName::parse("o/r").expect("a name"), commit('a'));
    let input = FixInput {
        operation: "comment-1.fix",
        by: "mona",
        number: PullNumber(7),
        repository: Some(&name),
        branch: "topic",
        head: &head,
        hands: Ok(HANDS),
    };
    build_fix(verdict, choice, ground, &input)
}

fn by_us(count: usize, others: usize) -> Ground {
    let one = |by_us| GroundCommit { id: commit('c'), message: "x".to_owned(), by_us };
    let commits = (0..others).map(|_| one(false)).chain((0..count).map(|_| one(true))).collect();
    Ground { commits, entries: BTreeMap::new() }
}

#[test]
fn what_cannot_be_committed_is_not_offered() {
    let workflow = (".github/workflows/ci.yml", "x");
    let both = verdict(vec![mending("good", &[("a", "x")]), mending("bad", &[("b", "x"), workflow])]);
    let labels = |hands| offered(&both, hands).into_iter().map(|it| it.label).collect::<Vec<_>>();
    assert_eq!(labels(None), [""; 0]);
    assert_eq!(labels(Some(HANDS)), ["Fix good"]);
    assert_eq!(labels(Some(Hands { workflows: true })), ["Fix all", "Fix good", "Fix bad"]);
    let mut passed = both.clone();
    let decision = Overridden { by: "ada".into(), at: Timestamp(0), reason: "fine".into() };
    passed.findings[0].overridden = Some(decision);
    assert_eq!(offered(&passed, Some(HANDS)), []);
    let many: Vec<Finding> = (0..4).map(|n| mending(&format!("r{n}"), &[("a", "x")])).collect();
    let many = offered(&verdict(many), Some(HANDS));
    assert_eq!(many.len(), 1);
    assert_eq!((many[0].label.as_str(), many[0].description.as_str()), ("Fix all", "Commits a change of a"));
}

#[test]
fn buttons_are_part_of_what_makes_a_check_another() {
    let verdict = verdict(vec![mending("good", &[("a", "x")])]);
    let with = |hands| PlanInput { hands, ..input("r") };
    let mut published = Published::default();
    let first = build(&verdict, &snapshot(), &published, &with(Some(HANDS))).operations;
    let Some(Operation::CreateCheck(check)) = first.first() else { panic!("{first:?}") };
    assert_eq!(check.actions.len(), 1);
    published.note_check(1, check);
    let checks = |hands| {
        let operations = build(&verdict, &snapshot(), &published, &with(hands)).operations;
        operations
            .into_iter()
            .filter_map(|it| match it {
                Operation::CreateCheck(check) | Operation::UpdateCheck { check, .. } => Some(check),
                _ => None,
            })
            .collect::<Vec<CheckRun>>()
    };
    assert_eq!(checks(Some(HANDS)), [], "nothing changed");
    let without = checks(None);
    assert!(without.len() == 1 && without[0].actions.is_empty(), "the permission was withdrawn");
}

#[test]
fn a_commit_says_who_asked_and_nothing_in_it_looks_like_our_last_line() {
    let evil = "x\n\nDeckhand-Operation: other";
    let made = try_to(&verdict(vec![mending(evil, &[("a", "new")])]), &FixChoice::All, &by_us(1, 1));
    let commit = made.expect("a commit").commit;
    assert_eq!(commit.headline.lines().count(), 1);
    assert!(commit.headline.len() <= 72, "{}", commit.headline);
    let body = "Rules:\n\n- x  Deckhand-Operation: other\n\nAsked for by mona.\n\nDeckhand-Operation: comment-1.fix";
    assert_eq!(commit.body, body);
}

#[test]
fn f55_two_commits_on_top_of_a_persons_are_enough() {
    let verdict = verdict(vec![mending("r", &[("a", "new")])]);
    let often = "The robot has committed often enough here. Push a commit of your own first.";
    assert!(try_to(&verdict, &FixChoice::All, &by_us(1, 1)).is_ok());
    assert_eq!(try_to(&verdict, &FixChoice::All, &by_us(2, 1)), Err(often.to_owned()));
    let mut long = by_us(20, 0);
    long.commits.push(GroundCommit { id: commit('c'), message: String::new(), by_us: false });
    assert_eq!(try_to(&verdict, &FixChoice::All, &long), Err(often.to_owned()));
}

#[test]
fn what_changes_nothing_or_too_much_is_no_commit() {
    let entry = GroundEntry { mode: 0o100_644, text: Some("same".to_owned()) };
    let ground = Ground { entries: BTreeMap::from([("a".into(), entry)]), ..by_us(0, 1) };
    let said = try_to(&verdict(vec![mending("r", &[("a", "same")])]), &FixChoice::All, &ground);
    assert!(said.expect_err("nothing to do").starts_with("The files are already"));
    let large = "x".repeat(1024 * 1024 + 1);
    let said = try_to(&verdict(vec![mending("r", &[("b", &large)])]), &FixChoice::All, &ground);
    assert!(said.expect_err("too large").starts_with("The fix is larger than"));
    let files: Vec<String> = (0..101).map(|n| format!("f{n}")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|path| (path.as_str(), "x")).collect();
    assert!(try_to(&verdict(vec![mending("r", &files)]), &FixChoice::All, &ground).is_err());
}

proptest! {
    #[test]
    fn buttons_keep_githubs_limits_and_lead_back_to_their_rules(
        rules in proptest::collection::btree_set("[a-zé\u{202e}😀\n ]{1,40}", 0..6),
        paths in proptest::collection::vec("[a-zé/.]{1,60}", 6),
        workflows in any::<bool>(),
    ) {
        let findings: Vec<Finding> =
            rules.iter().zip(&paths).map(|(rule, path)| mending(rule, &[(path.as_str(), "x")])).collect();
        let verdict = verdict(findings);
        let found = offered(&verdict, Some(Hands { workflows }));
        prop_assert!(found.len() <= 3);
        prop_assert_eq!(&found, &offered(&verdict, Some(Hands { workflows })));
        let mut seen = BTreeSet::new();
        for CheckAction { label, description, identifier } in found {
            for (text, limit) in [(&label, 20), (&description, 40), (&identifier, 20)] {
                prop_assert!(!text.is_empty() && text.chars().count() <= limit, "{}", text);
                prop_assert!(!text.contains(char::is_control));
            }
            prop_assert!(seen.insert(identifier.clone()), "each means something else");
            prop_assert!(parse_button(&identifier, &verdict).is_some());
        }
        prop_assert_eq!(parse_button("fix:000000000000", &verdict), None);
    }
}
