//! Passes over a snapshot that grows.

use super::snapshot;
use crate::lua::Clock;
use crate::model::*;
use crate::review::{Outcome, Settled, run_on};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

const PATH: &str = "src/a.py";

/// How often the clock was read while the rules ran: twice for whatever ran.
fn count_runs(snapshot: &Snapshot, settled: &mut Settled) -> (Outcome, u32) {
    let reads = Rc::new(Cell::new(0));
    let counted = Rc::clone(&reads);
    let clock = Clock::new(move || {
        counted.set(counted.get() + 1);
        Duration::ZERO
    });
    let outcome = run_on(&Rc::new(snapshot.clone()), settled, &clock);
    (outcome, reads.get() / 2)
}

fn add_text(snapshot: &mut Snapshot) {
    let text = Fact::Known(FileText::Text("x = 1\ny = 3\nprint(y)\n".to_owned()));
    snapshot.files.insert(FileKey { side: Side::Right, path: RepoPath::new(PATH) }, text);
}

fn add_coverage(snapshot: &mut Snapshot, facts: CoverageFacts) {
    snapshot.coverage.insert(Vec::new(), Fact::Known(facts));
}

#[test]
fn a_built_in_rule_that_came_to_its_end_does_not_run_again() {
    let lua = r#"
        use("pr_size", { max_lines = 1 })
        rule("own", { blocking = false }, function() warn(danger.git.file("src/a.py")) end)
    "#;
    let mut grown = snapshot(lua);
    let mut settled = Settled::default();
    let (first, runs) = count_runs(&grown, &mut settled);
    assert!(matches!(first, Outcome::Missing(_)), "{first:?}");
    assert_eq!(runs, 3, "the top level and both rules");

    add_text(&mut grown);
    let (second, runs) = count_runs(&grown, &mut settled);
    assert_eq!(runs, 2, "the built-in rule had ended");
    assert_eq!(second, count_runs(&grown, &mut Settled::default()).0);
    let Outcome::Done(verdict) = second else { panic!("{second:?}") };
    let said: Vec<&str> = verdict.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(said, ["own", "pr_size"]);
}

#[test]
fn an_answer_does_not_outlive_the_arrival_of_coverage() {
    let mut grown = snapshot("use(\"pr_size\")");
    let mut settled = Settled::default();
    assert_eq!(count_runs(&grown, &mut settled).1, 2);
    add_coverage(&mut grown, CoverageFacts::default());
    assert_eq!(count_runs(&grown, &mut settled).1, 1, "a report that says nothing changes nothing");
    let files = [(RepoPath::new(PATH), Vec::new())].into();
    add_coverage(&mut grown, CoverageFacts { files, ..CoverageFacts::default() });
    assert_eq!(count_runs(&grown, &mut settled).1, 2);
}

#[test]
fn teams_rules_run_in_every_pass() {
    let lua = r#"
        local texts = 0
        rule("first", function() texts += 1 end)
        rule("second", function() if danger.git.file("src/a.py") and texts == 0 then fail("lost") end end)
    "#;
    let mut grown = snapshot(lua);
    let mut settled = Settled::default();
    assert_eq!(count_runs(&grown, &mut settled).1, 3);
    add_text(&mut grown);
    let (outcome, runs) = count_runs(&grown, &mut settled);
    assert_eq!(runs, 3);
    assert!(matches!(outcome, Outcome::Done(verdict) if verdict.findings.is_empty()));
}

#[test]
fn whoever_lends_a_snapshot_has_it_back_alone() {
    let lua = r#"
        use("pr_size", { max_lines = 1 })
        rule("own", function() warn(danger.git.file("src/a.py")) end)
    "#;
    let mut lent = Rc::new(snapshot(lua));
    for _ in 0..2 {
        run_on(&lent, &mut Settled::default(), &Clock::frozen());
        add_text(Rc::get_mut(&mut lent).expect("no machine keeps it"));
    }
}
