//! Small verdicts and snapshots for the tests of this room.

use crate::model::*;
use crate::plan::PlanInput;

pub(in crate::plan) fn commit(digit: char) -> CommitId {
    CommitId::new(&digit.to_string().repeat(40)).expect("a commit id")
}

/// One file `src/a.py` with one hunk: new lines 10-14, old lines 10-13.
pub(in crate::plan) fn snapshot() -> Snapshot {
    let subject = Subject { repository: None, base: commit('b'), head: commit('a'), started_at: Timestamp(0) };
    let mut snapshot = Snapshot::new(subject, Ruleset::default());
    snapshot.changes = Some(Fact::Known(vec![FileChange {
        old_path: Some("src/old.py".into()),
        additions: 2,
        deletions: 1,
        ..FileChange::new(
            "src/a.py".into(),
            ChangeStatus::Renamed,
            Patch::Text("@@ -10,4 +10,5 @@\n one\n-two\n+two!\n+more\n three\n four\n".into()),
        )
    }]));
    snapshot
}

pub(in crate::plan) fn verdict(findings: Vec<Finding>) -> Verdict {
    let failed = findings.iter().any(|finding| finding.blocking);
    Verdict {
        conclusion: if failed { Conclusion::Failure } else { Conclusion::Success },
        findings,
        ..Verdict::empty(commit('a'), commit('b'))
    }
}

pub(in crate::plan) fn finding(severity: Severity, at: Option<(&str, u32)>, message: &str) -> Finding {
    Finding {
        rule: "some-rule".into(),
        severity,
        blocking: severity == Severity::Fail,
        message: message.into(),
        place: at.map(|(path, line)| Place { path: path.into(), line: Some(line), end_line: None, side: Side::Right }),
        suggestion: None,
        fix: Default::default(),
        hide_source: false,
        overridden: None,
        fingerprint: Fingerprint(format!("{:016x}", message.bytes().map(u64::from).sum::<u64>())),
    }
}

/// A blocking rule that came to this, without a word why.
pub(in crate::plan) fn outcome(name: &str, state: RuleState) -> RuleOutcome {
    RuleOutcome {
        name: name.into(),
        blocking: true,
        state,
        reason: None,
        statuses: None,
        waits: None,
        unreported: false,
        steps: 0,
        millis: 0,
    }
}

pub(in crate::plan) fn input(run: &str) -> PlanInput {
    PlanInput {
        run: run.into(),
        check_name: "deckhand".into(),
        number: Some(PullNumber(7)),
        details_url: Some(format!("http://127.0.0.1:3000/runs/{run}")),
        started_at: Timestamp(0),
        completed_at: Timestamp(1000),
        quiet: false,
        recheck_head: false,
        siblings: Vec::new(),
        refused: Vec::new(),
        required_statuses: None,
        may_resolve: Some(true),
        hands: None,
    }
}
