//! Tries a dangerfile on what landed: each commit of the first-parent history as if it were a pull request.

use crate::cli::clock::start_clock;
use crate::cli::failure::Failure;
use crate::git::{Landed, Repository};
use crate::model::{Dangerfile, Origin, Ruleset, Snapshot, Subject, Timestamp, Verdict};
use crate::review::{self, MAX_PASSES, Outcome};

/// The history with the facts that were read so far, so that the next dangerfile finds them.
pub(super) struct Trial<'a> {
    repository: &'a Repository,
    cases: Vec<(Landed, Snapshot)>,
}

impl<'a> Trial<'a> {
    /// For these commits, at a moment that rules see as now.
    pub(super) fn new(repository: &'a Repository, landed: Vec<Landed>, now: Timestamp) -> Self {
        let case = |landed: Landed| {
            let subject =
                Subject { repository: None, base: landed.before.clone(), head: landed.commit.clone(), started_at: now };
            (landed, Snapshot::new(subject, Ruleset { layers: Vec::new() }))
        };
        Trial { repository, cases: landed.into_iter().map(case).collect() }
    }

    /// What the dangerfile says to each of them.
    pub(super) fn judge(&mut self, text: &str) -> Result<Vec<Verdict>, Failure> {
        let dangerfile = Dangerfile {
            origin: Origin::Repository,
            path: "dangerfile.lua".into(),
            commit: None,
            text: text.to_owned(),
        };
        let mut verdicts = Vec::with_capacity(self.cases.len());
        for (landed, snapshot) in &mut self.cases {
            snapshot.ruleset.layers = vec![dangerfile.clone()];
            verdicts.push(judge_one(self.repository, landed, snapshot)?);
        }
        Ok(verdicts)
    }
}

fn judge_one(repository: &Repository, landed: &Landed, snapshot: &mut Snapshot) -> Result<Verdict, Failure> {
    // Built when a fact is wanted, and dropped here: it holds a git process.
    let mut comparison = None;
    let clock = start_clock();
    for _ in 0..MAX_PASSES {
        let wanted = match review::run(snapshot, &clock) {
            Outcome::Done(verdict) => return Ok(*verdict),
            Outcome::Missing(wanted) => wanted,
        };
        let comparison = match &mut comparison {
            Some(comparison) => comparison,
            none => none.insert(repository.compare(Some(landed.before.as_str()), Some(landed.commit.as_str()))?),
        };
        comparison.load_facts(snapshot, &wanted, None)?;
    }
    Err(Failure::failed(format!(
        "the built-in rules still asked for more facts after {MAX_PASSES} passes at {}: please report this",
        landed.commit
    )))
}
