//! One pass of a ruleset over a snapshot.

use super::Outcome;
use super::applies::{Applies, applies};
use super::fingerprint::Fingerprints;
use super::hide::hide_shared_lines;
use crate::lua::{Execution, RawFinding, Script, ScriptError, Stop, build_settings};
use crate::model::{
    Conclusion, ConclusionMode, Fact, FactKey, Fault, Finding, RuleOutcome, RuleState, Settings, Severity, Snapshot,
    Unavailable, Verdict,
};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// Tells how much time has passed since some fixed moment. Only durations of rules are measured with it; no rule sees it.
pub type Clock<'a> = &'a dyn Fn() -> Duration;

/// The rule to which code outside any `rule` belongs.
const TOP_LEVEL: &str = "dangerfile";

/// A clock that stands still: every rule takes no time.
pub fn frozen_clock() -> Duration {
    Duration::ZERO
}

/// Runs every rule of the snapshot's ruleset. Never fails: what goes wrong in a rule is a fault in the verdict.
pub fn run(snapshot: &Snapshot, clock: Clock<'_>) -> Outcome {
    let shared = Rc::new(snapshot.clone());
    let mut pass = Pass::new(snapshot, clock);
    let mut settings = Vec::new();
    for layer in 0..snapshot.ruleset.layers.len() {
        let script = Script::load(Rc::clone(&shared), layer);
        pass.run_script(&script);
        settings.push(script.settings());
    }
    // The organisation's layer runs first and wins, so it is merged last.
    pass.finish(build_settings(settings.iter().rev()))
}

struct Pass<'a> {
    snapshot: &'a Snapshot,
    clock: Clock<'a>,
    missing: BTreeSet<FactKey>,
    findings: Vec<(String, bool, RawFinding)>,
    faults: Vec<Fault>,
    rules: Vec<RuleOutcome>,
    log: Vec<String>,
}

impl<'a> Pass<'a> {
    fn new(snapshot: &'a Snapshot, clock: Clock<'a>) -> Self {
        Pass {
            snapshot,
            clock,
            missing: BTreeSet::new(),
            findings: Vec::new(),
            faults: Vec::new(),
            rules: Vec::new(),
            log: Vec::new(),
        }
    }

    fn run_script(&mut self, script: &Script) {
        self.timed(TOP_LEVEL, true, || script.run_top_level());
        for rule in script.rules() {
            let blocking = rule.options.blocking;
            match applies(&rule.options, self.snapshot) {
                Applies::Yes => self.timed(&rule.name, blocking, || script.run_rule(&rule)),
                Applies::No(reason) => self.skip(&rule.name, blocking, reason),
                Applies::Unknown(facts) => self.missing.extend(facts),
                Applies::Unavailable(Unavailable::NeedsPullRequest) => {
                    self.skip(&rule.name, blocking, Unavailable::NeedsPullRequest.to_string());
                }
                Applies::Unavailable(reason) => {
                    let message = format!("{reason}, so this rule cannot judge");
                    self.fault(&rule.name, blocking, ScriptError { message, path: None, line: None, mistake: false });
                }
            }
        }
        self.missing.extend(script.missing());
        self.log.extend(script.log());
    }

    fn timed(&mut self, rule: &str, blocking: bool, execute: impl FnOnce() -> Execution) {
        let begun = (self.clock)();
        let execution = execute();
        let millis = u64::try_from((self.clock)().saturating_sub(begun).as_millis()).unwrap_or(u64::MAX);
        let outcome = |state, reason| RuleOutcome {
            name: rule.to_owned(),
            blocking,
            state,
            reason,
            steps: execution.steps,
            millis,
        };
        match execution.stop {
            None | Some(Stop::Missing) => self.rules.push(outcome(RuleState::Ran, None)),
            Some(Stop::NeedsPullRequest) => {
                self.rules.push(outcome(RuleState::Skipped, Some(Unavailable::NeedsPullRequest.to_string())));
            }
            Some(Stop::Fault(ref error)) => {
                self.rules.push(outcome(RuleState::Faulted, Some(error.message.clone())));
                self.faults.push(Fault {
                    rule: rule.to_owned(),
                    blocking,
                    message: error.message.clone(),
                    mistake: error.mistake,
                    path: error.path.clone(),
                    line: error.line,
                });
            }
        }
        self.findings.extend(execution.findings.into_iter().map(|finding| (rule.to_owned(), blocking, finding)));
    }

    fn skip(&mut self, rule: &str, blocking: bool, reason: String) {
        self.rules.push(RuleOutcome {
            name: rule.to_owned(),
            blocking,
            state: RuleState::Skipped,
            reason: Some(reason),
            steps: 0,
            millis: 0,
        });
    }

    fn fault(&mut self, rule: &str, blocking: bool, error: ScriptError) {
        let ScriptError { message, path, line, mistake } = error;
        self.skip(rule, blocking, message.clone());
        if let Some(last) = self.rules.last_mut() {
            last.state = RuleState::Faulted;
        }
        self.faults.push(Fault { rule: rule.to_owned(), blocking, message, mistake, path, line });
    }

    fn finish(mut self, settings: Settings) -> Outcome {
        if !settings.ignore_authors.is_empty() {
            match &self.snapshot.pull {
                None => {
                    self.missing.insert(FactKey::Pull);
                }
                Some(Fact::Known(pull)) => {
                    let login = pull.user.login.clone();
                    if settings.ignore_authors.iter().any(|name| name.eq_ignore_ascii_case(&login)) {
                        self.ignore(&format!("pull requests of {login} are not judged"));
                    }
                }
                Some(Fact::Unavailable(_)) => {}
            }
        }
        if !self.missing.is_empty() {
            return Outcome::Missing(self.missing);
        }
        let findings = self.identify();
        let blocked = findings.iter().any(|finding| finding.blocking) || self.faults.iter().any(|fault| fault.blocking);
        let conclusion = match (settings.conclusion, blocked) {
            (ConclusionMode::Advisory, _) => Conclusion::Neutral,
            (ConclusionMode::Enforced, true) => Conclusion::Failure,
            (ConclusionMode::Enforced, false) => Conclusion::Success,
        };
        Outcome::Done(Box::new(Verdict {
            conclusion,
            head: self.snapshot.subject.head.clone(),
            base: self.snapshot.subject.base.clone(),
            findings,
            faults: self.faults,
            effects: Vec::new(),
            rules: self.rules,
            settings,
            log: self.log,
        }))
    }

    /// Forgets everything but a dangerfile that does not load: that one still has to be mended.
    fn ignore(&mut self, reason: &str) {
        self.findings.clear();
        self.missing.clear();
        self.faults.retain(|fault| fault.rule == TOP_LEVEL);
        for rule in self.rules.iter_mut().filter(|rule| rule.name != TOP_LEVEL) {
            rule.state = RuleState::Skipped;
            rule.reason = Some(reason.to_owned());
        }
    }

    /// Orders findings by path, line and rule (those without a path first) and gives each its identity.
    fn identify(&mut self) -> Vec<Finding> {
        let mut raw = std::mem::take(&mut self.findings);
        raw.sort_by(|(rule_a, _, a), (rule_b, _, b)| {
            let key = |finding: &RawFinding| finding.place.as_ref().map(|place| (place.path.clone(), place.line));
            key(a).cmp(&key(b)).then_with(|| rule_a.cmp(rule_b))
        });
        let mut fingerprints = Fingerprints::default();
        let snapshot = self.snapshot;
        let mut findings: Vec<Finding> = raw
            .into_iter()
            .map(|(rule, blocking, finding)| Finding {
                fingerprint: fingerprints.take(snapshot, &rule, &finding),
                blocking: blocking && finding.severity == Severity::Fail,
                rule,
                severity: finding.severity,
                message: finding.message,
                place: finding.place,
                suggestion: finding.suggestion,
                fix: finding.fix,
                hide_source: finding.hide_source,
            })
            .collect();
        hide_shared_lines(&mut findings);
        findings
    }
}
