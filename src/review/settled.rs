//! What built-in rules said in an earlier pass, so that the next one does not run them again.

use crate::lua::{Execution, Registered};
use crate::model::{CoverageFacts, Fact, Snapshot};
use std::collections::BTreeMap;

/// What built-in rules said of one snapshot while it grew. Facts are only ever added to a snapshot, and a built-in rule
/// shares nothing with other rules: when it came to its end without missing a fact, it would say the same again.
/// A team's own rules may talk to each other, so they always run again.
#[derive(Default)]
pub struct Settled(BTreeMap<(usize, String), Said>);

struct Said {
    execution: Execution,
    millis: u64,
    /// How many reports of coverage there were: they are looked at where they happen to be there, and not asked for.
    reports: usize,
}

impl Settled {
    /// Keeps what a rule of the `layer`th dangerfile did, if that is its last word.
    pub(super) fn keep(&mut self, layer: usize, rule: &Registered, snapshot: &Snapshot, said: (&Execution, u64)) {
        let (execution, millis) = said;
        if rule.built_in && execution.stop.is_none() {
            let said = Said { execution: execution.clone(), millis, reports: count_reports(snapshot) };
            self.0.insert((layer, rule.name.clone()), said);
        }
    }

    /// What the rule did, and for how many milliseconds, if it would do the same now.
    pub(super) fn recall(&self, layer: usize, rule: &Registered, snapshot: &Snapshot) -> Option<(Execution, u64)> {
        let said = self.0.get(&(layer, rule.name.clone()))?;
        let holds = rule.built_in && said.reports == count_reports(snapshot);
        holds.then(|| (said.execution.clone(), said.millis))
    }
}

/// Those that say anything of a file.
fn count_reports(snapshot: &Snapshot) -> usize {
    let says = |fact: &&Fact<CoverageFacts>| matches!(fact, Fact::Known(facts) if !facts.files.is_empty());
    snapshot.coverage.values().filter(says).count()
}
