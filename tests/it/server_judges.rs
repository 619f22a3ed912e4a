//! Judges: real child processes of the real binary, killed and replaced.

use crate::server_bench::BINARY;
use deckhand::model::{CommitId, Dangerfile, Fact, Origin, Ruleset, Snapshot, Subject, Timestamp, Verdict};
use deckhand::review::Outcome;
use deckhand::server::{JudgeConfig, JudgeError, Judges};
use std::process::Command;
use std::time::Duration;

fn snapshot(dangerfile: &str) -> Snapshot {
    let subject = Subject {
        repository: None,
        base: CommitId::new(&"b".repeat(40)).unwrap(),
        head: CommitId::new(&"a".repeat(40)).unwrap(),
        started_at: Timestamp(0),
    };
    let dangerfile = Dangerfile {
        origin: Origin::Repository,
        path: "dangerfile.lua".into(),
        commit: None,
        text: dangerfile.to_owned(),
    };
    let mut snapshot = Snapshot::new(subject, Ruleset { layers: vec![dangerfile] });
    snapshot.changes = Some(Fact::Known(Vec::new()));
    snapshot.commits = Some(Fact::Known(Vec::new()));
    snapshot
}

fn judges(timeout: Duration) -> Judges {
    Judges::start(JudgeConfig { program: Some(BINARY.into()), count: 1, timeout }).unwrap()
}

async fn verdict(judges: &Judges, dangerfile: &str) -> Verdict {
    match judges.judge(&snapshot(dangerfile)).await.unwrap() {
        Outcome::Done(verdict) => *verdict,
        Outcome::Missing(missing) => panic!("missing {missing:?}"),
    }
}

#[tokio::test]
async fn a_judge_is_reused() {
    let judges = judges(Duration::from_secs(10));
    let before = judges.idle_pids();
    for _ in 0..3 {
        let verdict = verdict(&judges, "warn('hello')").await;
        assert_eq!(verdict.findings[0].message, "hello");
    }
    assert_eq!((judges.idle_pids(), judges.replaced()), (before, 0));
}

#[tokio::test]
async fn every_judge_counts_the_same_steps() {
    let rules = "rule('litter', function()
      for i = 1, 20000 do
        local text = tostring(i) .. string.rep('x', i % 50) .. string.char(65 + i % 26)
        if #text:sub(2, 9) > 99 then warn(text) end
      end
    end)";
    let mut counted = Vec::new();
    for _ in 0..6 {
        let judges = judges(Duration::from_secs(60));
        counted.push(verdict(&judges, rules).await.rules[1].steps);
    }
    assert!(counted.iter().all(|steps| *steps == counted[0]), "{counted:?}");
}

#[tokio::test]
async fn a_killed_judge_is_replaced_and_the_run_succeeds() {
    let judges = judges(Duration::from_secs(10));
    let pid = judges.idle_pids()[0];
    assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
    assert_eq!(verdict(&judges, "warn('hello')").await.findings.len(), 1);
    assert_eq!(judges.replaced(), 1);
    assert_ne!(judges.idle_pids(), [pid]);
}

#[tokio::test]
async fn an_endless_loop_is_a_fault_of_the_rule_and_costs_no_judge() {
    let judges = judges(Duration::from_secs(60));
    let verdict = verdict(&judges, "while true do end").await;
    assert_eq!(verdict.faults.len(), 1);
    assert_eq!(judges.replaced(), 0);
}

#[tokio::test]
async fn a_judge_that_takes_too_long_is_killed_twice_and_then_given_up() {
    let judges = judges(Duration::ZERO);
    let error = judges.judge(&snapshot("warn('hello')")).await.unwrap_err();
    assert!(matches!(error, JudgeError::Timeout(_)), "{error}");
    assert_eq!(judges.replaced(), 2);
    assert!(judges.is_ready(), "another can be started");
}

#[tokio::test]
async fn a_program_that_is_no_judge_is_said_so() {
    let config = JudgeConfig { program: Some("/no/such/program".into()), count: 1, timeout: Duration::from_secs(1) };
    let error = Judges::start(config).unwrap_err();
    assert!(error.to_string().contains("/no/such/program"), "{error}");
}

#[test]
fn a_judge_ends_with_its_input_and_has_no_surroundings() {
    let status = Command::new(BINARY).arg("judge").stdin(std::process::Stdio::null()).status().unwrap();
    assert!(status.success());
}
