//! Rules of a merge group that read facts of a pull request: what was said of each queued pull request counts.

use crate::lua::{RawFinding, ScriptError};
use crate::model::{Fault, Finding, QueuedPull, RuleOutcome, RuleState, Verdict, Waiting};

/// What was recorded of one rule, of all pull requests of the group together.
#[derive(Default)]
pub(super) struct Recorded {
    /// With whether each blocks.
    pub(super) findings: Vec<(bool, RawFinding)>,
    /// With whether each blocks.
    pub(super) faults: Vec<(bool, ScriptError)>,
    /// What it waits for, the longest wait.
    pub(super) waits: Option<Waiting>,
    /// Why it did not apply, to none of them.
    pub(super) skipped: Option<String>,
}

/// Looks a rule up in the verdicts of the queued pull requests. Where there is none, it could not do its work.
pub(super) fn find_recorded(pulls: &[QueuedPull], rule: &str, blocking: bool) -> Recorded {
    let mut recorded = Recorded::default();
    let mut reasons = Vec::new();
    for pull in pulls {
        match pull.verdict.as_deref() {
            None => {
                let reason = format!(
                    "#{} was not judged at its queued head {}, and this rule reads facts of the pull request. Take it out \
                     of the queue and add it again once its own check is there",
                    pull.number,
                    pull.head.short()
                );
                recorded.faults.push((blocking, error(reason)));
            }
            Some(verdict) => {
                let outcomes: Vec<&RuleOutcome> = verdict.rules.iter().filter(|it| it.name == rule).collect();
                if outcomes.is_empty() {
                    let reason = format!(
                        "this rule reads facts of the pull request, and nothing was recorded of it when #{} was judged",
                        pull.number
                    );
                    recorded.faults.push((blocking, error(reason)));
                }
                for outcome in outcomes {
                    recorded.add(pull, verdict, outcome);
                    reasons.extend((outcome.state == RuleState::Skipped).then(|| outcome.reason.clone()));
                }
            }
        }
    }
    if pulls.is_empty() {
        let reason =
            "this rule reads facts of the pull request, and nobody knows which pull requests are in this group";
        recorded.faults.push((blocking, error(reason.to_owned())));
    }
    if recorded.findings.is_empty() && recorded.faults.is_empty() && !reasons.is_empty() && reasons.len() >= pulls.len()
    {
        recorded.skipped = reasons.into_iter().next().flatten();
    }
    recorded
}

impl Recorded {
    fn add(&mut self, pull: &QueuedPull, verdict: &Verdict, outcome: &RuleOutcome) {
        let findings =
            verdict.findings.iter().filter(|it| it.rule == outcome.name && outcome.state != RuleState::Shadow);
        self.findings.extend(findings.map(|it| (it.blocking, said(pull, it))));
        let faults = verdict.faults.iter().filter(|it| it.rule == outcome.name && it.overridden.is_none());
        self.faults.extend(faults.map(|it| (it.blocking, failed(pull, it))));
        let later = |waiting: &&Waiting| self.waits.as_ref().is_none_or(|known| known.until < waiting.until);
        if let Some(waiting) = outcome.waits.as_ref().filter(later) {
            self.waits = Some(waiting.clone());
        }
    }
}

fn said(pull: &QueuedPull, finding: &Finding) -> RawFinding {
    RawFinding {
        severity: finding.severity,
        message: format!("In #{}: {}", pull.number, finding.message),
        // Lines of the pull request are not those of the group.
        place: None,
        suggestion: None,
        fix: Default::default(),
        hide_source: finding.hide_source,
    }
}

fn failed(pull: &QueuedPull, fault: &Fault) -> ScriptError {
    ScriptError {
        path: fault.path.clone(),
        line: fault.line,
        ..error(format!("In #{}: {}", pull.number, fault.message))
    }
}

fn error(message: String) -> ScriptError {
    ScriptError { message, path: None, line: None, mistake: false }
}
