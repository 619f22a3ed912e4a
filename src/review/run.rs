//! One pass of a ruleset over a snapshot.

use super::Outcome;
use super::applies::{Applies, applies};
use super::directories::find_directories;
use super::fingerprint::Fingerprints;
use super::hide::HiddenLines;
use super::overrides;
use super::recorded::{Recorded, find_recorded};
use super::repeated::drop_repeated;
use super::settled::Settled;
use crate::lua::{Clock, Execution, RawFinding, Registered, Script, ScriptError, Stop, build_settings};
use crate::model::{
    Conclusion, ConclusionMode, DANGERFILE_RULE, Effect, Fact, FactKey, Fault, Finding, Origin, Place, RepoPath,
    RuleOutcome, RuleState, Settings, Severity, Side, Snapshot, Unavailable, Verdict, Waiting,
};
use serde_json::{Map, Value as Json};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::rc::Rc;

/// So often rules may ask for facts in one run, wherever it runs: what passes here passes on the server. Files that they read
/// one after the other, and that the change does not touch, cost one pass each.
pub const MAX_PASSES: usize = 30;

/// Runs every rule of the snapshot's ruleset. Never fails: what goes wrong in a rule is a fault in the verdict.
pub fn run(snapshot: &Snapshot, clock: &Clock) -> Outcome {
    run_on(&Rc::new(snapshot.clone()), &mut Settled::default(), clock)
}

/// The same without a copy of the snapshot, which is no one else's when it comes back; and for passes over one that grows: a
/// built-in rule that has said its last word does not run again.
pub fn run_on(snapshot: &Rc<Snapshot>, settled: &mut Settled, clock: &Clock) -> Outcome {
    let mut pass = Pass::new(snapshot, clock, settled);
    for layer in 0..snapshot.ruleset.layers.len() {
        let script = Script::load(Rc::clone(snapshot), layer, clock);
        pass.layer = layer;
        pass.missing.push(BTreeSet::new());
        pass.run_script(&script);
        pass.settings.push(script.settings());
    }
    pass.finish()
}

struct Pass<'a> {
    snapshot: &'a Snapshot,
    clock: &'a Clock,
    settled: &'a mut Settled,
    /// Which dangerfile runs; what it says is kept with its number.
    layer: usize,
    /// What `settings` was called with, by layer.
    settings: Vec<Map<String, Json>>,
    /// By layer.
    missing: Vec<BTreeSet<FactKey>>,
    findings: Vec<Said>,
    faults: Vec<(usize, Fault)>,
    effects: Vec<(usize, Effect)>,
    rules: Vec<(usize, RuleOutcome)>,
    /// The file patterns that rules were given: the rule's name and the pattern.
    patterns: Vec<(String, String)>,
    /// Whether code outside rules ended before it had registered all of them.
    unregistered: bool,
    log: Vec<String>,
}

/// A finding with the rule that said it.
struct Said {
    layer: usize,
    rule: String,
    blocking: bool,
    finding: RawFinding,
}

impl<'a> Pass<'a> {
    fn new(snapshot: &'a Snapshot, clock: &'a Clock, settled: &'a mut Settled) -> Self {
        Pass {
            snapshot,
            clock,
            settled,
            layer: 0,
            settings: Vec::new(),
            missing: Vec::new(),
            findings: Vec::new(),
            faults: Vec::new(),
            effects: Vec::new(),
            rules: Vec::new(),
            patterns: Vec::new(),
            unregistered: false,
            log: Vec::new(),
        }
    }

    fn run_script(&mut self, script: &Script) {
        let (execution, millis) = self.timed(|| script.run_top_level());
        self.keep(DANGERFILE_RULE, true, execution, millis);
        let rules = if self.snapshot.only_loads { Vec::new() } else { script.rules() };
        for rule in rules {
            self.patterns.extend(rule.patterns.iter().map(|pattern| (rule.name.clone(), pattern.clone())));
            let (blocking, known) = (rule.options.blocking, self.rules.len());
            match applies(&rule.options, self.snapshot) {
                Applies::Yes => self.run_rule(script, &rule),
                Applies::No(reason) => self.skip(&rule.name, blocking, reason),
                Applies::Unknown(facts) => self.miss(facts),
                Applies::Unavailable(Unavailable::OfQueuedPulls) => self.take_recorded(&rule.name, blocking),
                Applies::Unavailable(reason) if reason.is_beyond_this_run() => {
                    self.skip(&rule.name, blocking, reason.to_string());
                }
                Applies::Unavailable(reason) => {
                    let message = format!("{reason}, so this rule cannot judge");
                    self.fault(&rule.name, blocking, ScriptError { message, path: None, line: None, mistake: false });
                }
            }
            for (_, outcome) in &mut self.rules[known..] {
                outcome.statuses = rule.options.statuses;
            }
        }
        self.miss(script.missing());
        self.log.extend(script.log());
    }

    fn run_rule(&mut self, script: &Script, rule: &Registered) {
        let (layer, snapshot) = (self.layer, self.snapshot);
        let (execution, millis) = self.settled.recall(layer, rule, snapshot).unwrap_or_else(|| {
            let (execution, millis) = self.timed(|| script.run_rule(rule));
            self.settled.keep(layer, rule, snapshot, (&execution, millis));
            (execution, millis)
        });
        self.keep(&rule.name, rule.options.blocking, execution, millis);
    }

    /// Beside what was done, how many milliseconds it took.
    fn timed(&self, execute: impl FnOnce() -> Execution) -> (Execution, u64) {
        let begun = self.clock.elapsed();
        let execution = execute();
        let elapsed = self.clock.elapsed().saturating_sub(begun).as_millis();
        (execution, u64::try_from(elapsed).unwrap_or(u64::MAX))
    }

    /// Takes over what a rule did.
    fn keep(&mut self, rule: &str, blocking: bool, execution: Execution, millis: u64) {
        let outcome = |state, reason| RuleOutcome {
            name: rule.to_owned(),
            blocking,
            state,
            reason,
            statuses: None,
            waits: None,
            unreported: execution.unreported,
            steps: execution.steps,
            millis,
        };
        match execution.stop {
            None | Some(Stop::Missing) => self.rules.push((self.layer, outcome(RuleState::Ran, None))),
            Some(Stop::Beyond(ref reason)) => {
                self.rules.push((self.layer, outcome(RuleState::Skipped, Some(reason.to_string()))));
            }
            Some(Stop::OfQueuedPulls) => {
                // What it said until then it said of the pull requests too.
                self.unregistered |= rule == DANGERFILE_RULE;
                return self.take_recorded(rule, blocking);
            }
            Some(Stop::Waiting(ref waiting)) => {
                let waits = Some(waiting.clone());
                let skipped = outcome(RuleState::Skipped, Some(waiting.to_string()));
                self.rules.push((self.layer, RuleOutcome { waits, ..skipped }));
            }
            Some(Stop::Fault(ref error)) => {
                self.rules.push((self.layer, outcome(RuleState::Faulted, Some(error.message.clone()))));
                self.keep_fault(rule, blocking, error.clone());
            }
        }
        let layer = self.layer;
        let said = |finding| Said { layer, rule: rule.to_owned(), blocking, finding };
        self.findings.extend(execution.findings.into_iter().map(said));
        let effects = execution.effects.into_iter();
        self.effects.extend(effects.map(|effect| (layer, Effect { rule: rule.to_owned(), ..effect })));
    }

    /// The rule reads facts of a pull request, and a merge group is judged: what was said of those in it counts.
    fn take_recorded(&mut self, rule: &str, blocking: bool) {
        let pulls = self.snapshot.group.as_deref().unwrap_or_default();
        let Recorded { findings, faults, waits, skipped } = find_recorded(pulls, rule, blocking);
        let layer = self.layer;
        let said = |(blocking, finding)| Said { layer, rule: rule.to_owned(), blocking, finding };
        self.findings.extend(findings.into_iter().map(said));
        let reason = waits.as_ref().map(Waiting::to_string).or(skipped);
        let state = match (faults.is_empty(), &reason) {
            (false, _) => RuleState::Faulted,
            (true, Some(_)) => RuleState::Skipped,
            (true, None) => RuleState::Ran,
        };
        self.skip(rule, blocking, String::new());
        if let Some((_, last)) = self.rules.last_mut() {
            *last = RuleOutcome { state, reason, waits, ..last.clone() };
        }
        for (blocking, fault) in faults {
            self.keep_fault(rule, blocking, fault);
        }
    }

    /// Rules that the code outside rules would have registered further down.
    fn take_unregistered(&mut self) {
        let pulls = self.snapshot.group.iter().flatten();
        let recorded = pulls.filter_map(|pull| pull.verdict.as_ref()).flat_map(|verdict| &verdict.rules);
        let recorded: Vec<(String, bool)> = recorded.map(|it| (it.name.clone(), it.blocking)).collect();
        for (name, blocking) in recorded {
            if !self.rules.iter().any(|(_, rule)| rule.name == name) {
                self.take_recorded(&name, blocking);
            }
        }
    }

    fn skip(&mut self, rule: &str, blocking: bool, reason: String) {
        let outcome = RuleOutcome {
            name: rule.to_owned(),
            blocking,
            state: RuleState::Skipped,
            reason: Some(reason),
            statuses: None,
            waits: None,
            unreported: false,
            steps: 0,
            millis: 0,
        };
        self.rules.push((self.layer, outcome));
    }

    fn fault(&mut self, rule: &str, blocking: bool, error: ScriptError) {
        self.skip(rule, blocking, error.message.clone());
        if let Some((_, last)) = self.rules.last_mut() {
            last.state = RuleState::Faulted;
        }
        self.keep_fault(rule, blocking, error);
    }

    fn keep_fault(&mut self, rule: &str, blocking: bool, error: ScriptError) {
        let ScriptError { message, path, line, mistake } = error;
        let path = path.map(|path| self.name_script(path));
        let of_organisation = self.snapshot.ruleset.layers[self.layer].origin == Origin::Organisation;
        self.faults.push((
            self.layer,
            Fault { rule: rule.to_owned(), blocking, message, mistake, of_organisation, path, line, overridden: None },
        ));
    }

    /// A script of another repository is named with it: people look for a plain path in their own.
    fn name_script(&self, path: RepoPath) -> RepoPath {
        let repository = &self.snapshot.subject.repository;
        match (self.snapshot.ruleset.layers[self.layer].origin, repository) {
            (Origin::Organisation, Some(repository)) if !path.as_str().starts_with("deckhand:") => {
                RepoPath::new(&format!("{}/.github/{path}", repository.owner()))
            }
            (Origin::Organisation | Origin::Repository, _) => path,
        }
    }

    fn miss(&mut self, facts: BTreeSet<FactKey>) {
        if let Some(missing) = self.missing.last_mut() {
            missing.extend(facts);
        }
    }

    fn finish(mut self) -> Outcome {
        let layers = 0..self.settings.len();
        let governing: Vec<Settings> = layers.map(|layer| self.settings_over(layer)).collect();
        for (layer, settings) in governing.iter().enumerate() {
            self.heed_ignored_authors(layer, settings);
        }
        let missing: BTreeSet<FactKey> = self.missing.iter().flatten().cloned().collect();
        if !missing.is_empty() {
            return Outcome::Missing(missing);
        }
        if self.unregistered {
            self.take_unregistered();
        }
        self.judge_brought_rules();
        let settings = governing.last().cloned().unwrap_or_default();
        let enforced = |layer: usize| governing[layer].conclusion == ConclusionMode::Enforced;
        let (layers, mut findings) = self.identify();
        overrides::mark(&mut findings, self.faults.iter_mut().map(|(_, fault)| fault), &self.snapshot.overrides);
        let found = layers.iter().zip(&findings).any(|(layer, finding)| enforced(*layer) && finding.blocking);
        let blocked = found || self.faults.iter().any(|(layer, fault)| enforced(*layer) && fault.blocking);
        let holds = |layer: usize, rule: &RuleOutcome| enforced(layer) && rule.blocking && rule.waits.is_some();
        let waits = self.rules.iter().any(|(layer, rule)| holds(*layer, rule));
        let conclusion = match (blocked, settings.conclusion) {
            (true, _) => Conclusion::Failure,
            (false, _) if waits => Conclusion::Pending,
            (false, ConclusionMode::Advisory) => Conclusion::Neutral,
            (false, ConclusionMode::Enforced) => Conclusion::Success,
        };
        let notes = self.notes();
        Outcome::Done(Box::new(Verdict {
            conclusion,
            head: self.snapshot.subject.head.clone(),
            base: self.snapshot.subject.base.clone(),
            findings,
            faults: self.faults.into_iter().map(|(_, fault)| fault).collect(),
            effects: self.effects.into_iter().map(|(_, effect)| effect).collect(),
            rules: self.rules.into_iter().map(|(_, rule)| rule).collect(),
            settings,
            log: self.log,
            preview: self.snapshot.preview.clone(),
            preview_waits: self.snapshot.preview_waits,
            notes,
        }))
    }

    /// What the reader has to know besides: what came with the snapshot, and patterns that match nothing.
    fn notes(&self) -> Vec<String> {
        let mut notes = self.snapshot.notes.clone();
        if let Some(Fact::Known(changes)) = &self.snapshot.changes {
            notes.extend(find_directories(&self.patterns, changes));
        }
        notes
    }

    /// Rules that do not load must not get onto the base: whoever brings them has to mend them first.
    fn judge_brought_rules(&mut self) {
        let Some(fault) = &self.snapshot.brought else { return };
        let place = fault.path.clone().map(|path| Place { path, line: fault.line, end_line: None, side: Side::Right });
        let message = format!("The rules that this pull request brings do not load: {}", fault.message);
        let finding = RawFinding {
            severity: Severity::Fail,
            message,
            place,
            suggestion: None,
            fix: Default::default(),
            hide_source: false,
        };
        let layer = self.settings.len().saturating_sub(1);
        self.findings.push(Said { layer, rule: DANGERFILE_RULE.to_owned(), blocking: true, finding });
    }

    /// The settings that a layer answers to: its own and those of the layers before it, which win. What a repository
    /// sets never reaches the organisation's rules.
    fn settings_over(&self, layer: usize) -> Settings {
        build_settings(self.settings[..=layer].iter().rev())
    }

    fn heed_ignored_authors(&mut self, layer: usize, settings: &Settings) {
        if settings.ignore_authors.is_empty() {
            return;
        }
        match &self.snapshot.pull {
            None => {
                self.missing[layer].insert(FactKey::Pull);
            }
            Some(Fact::Known(pull)) => {
                let login = pull.user.login.clone();
                if settings.ignores(&login) {
                    self.ignore(layer, &format!("pull requests of {login} are not judged"));
                }
            }
            Some(Fact::Unavailable(_)) => {
                let pulls = self.snapshot.group.as_deref().unwrap_or_default();
                if !pulls.is_empty() && pulls.iter().all(|pull| settings.ignores(&pull.author)) {
                    self.ignore(layer, &format!("pull requests of {} are not judged", pulls[0].author));
                }
            }
        }
    }

    /// Forgets everything of a layer but a dangerfile that does not load: that one still has to be mended.
    fn ignore(&mut self, layer: usize, reason: &str) {
        self.findings.retain(|said| said.layer != layer);
        self.effects.retain(|(of, _)| *of != layer);
        self.missing[layer].clear();
        self.faults.retain(|(of, fault)| *of != layer || fault.rule == DANGERFILE_RULE);
        for (_, rule) in self.rules.iter_mut().filter(|(of, _)| *of == layer) {
            rule.waits = None;
        }
        let loads = !self.faults.iter().any(|(of, _)| *of == layer);
        let judged = |name: &str| name != DANGERFILE_RULE || loads;
        for (_, rule) in self.rules.iter_mut().filter(|(of, rule)| *of == layer && judged(&rule.name)) {
            rule.state = RuleState::Skipped;
            rule.reason = Some(reason.to_owned());
        }
    }

    /// Orders findings by path, line and rule (those without a path first) and gives each its identity; beside them the
    /// layer of each. What a rule says of one place has no order of its own: the gravest comes first, and then its text decides. What it
    /// says of the whole stays as it was said. What two rules say in the same words is there once.
    fn identify(&mut self) -> (Vec<usize>, Vec<Finding>) {
        let mut raw = std::mem::take(&mut self.findings);
        raw.sort_by(|a, b| {
            let key = |said: &Said| said.finding.place.as_ref().map(|place| (place.path.clone(), place.line));
            let last = |said: &Said| {
                let finding = &said.finding;
                finding.place.as_ref().map(|_| (Reverse(finding.severity), finding.message.clone()))
            };
            key(a).cmp(&key(b)).then_with(|| a.rule.cmp(&b.rule)).then_with(|| last(a).cmp(&last(b)))
        });
        let mut layers = raw.iter().map(|said| said.layer).collect();
        let mut fingerprints = Fingerprints::default();
        let snapshot = self.snapshot;
        let mut findings: Vec<Finding> = raw
            .into_iter()
            .map(|said| (said.blocks(), said))
            .map(|(blocking, Said { rule, finding, .. })| Finding {
                fingerprint: fingerprints.take(snapshot, &rule, &finding),
                blocking,
                rule,
                severity: finding.severity,
                message: finding.message,
                place: finding.place,
                suggestion: finding.suggestion,
                fix: finding.fix,
                hide_source: finding.hide_source,
                overridden: None,
            })
            .collect();
        self.hide_secrets(&mut findings);
        drop_repeated(&mut layers, &mut findings);
        (layers, findings)
    }

    /// What hidden lines say is taken out of everything that rules said.
    fn hide_secrets(&mut self, findings: &mut [Finding]) {
        let hidden = HiddenLines::read(findings, self.snapshot);
        if hidden.is_empty() {
            return;
        }
        hidden.hide_in(findings);
        self.faults.iter_mut().for_each(|(_, fault)| hidden.take_out_of(&mut fault.message));
        self.rules.iter_mut().filter_map(|(_, rule)| rule.reason.as_mut()).for_each(|it| hidden.take_out_of(it));
        self.log.iter_mut().for_each(|line| hidden.take_out_of(line));
        let arguments = self.effects.iter_mut().flat_map(|(_, effect)| effect.arguments.values_mut());
        arguments.for_each(|value| hidden.take_out_of_json(value));
    }
}

impl Said {
    /// Whether it fails the check, where findings can.
    fn blocks(&self) -> bool {
        self.blocking && self.finding.severity == Severity::Fail
    }
}
