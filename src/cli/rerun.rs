//! Runs rules again on a stored snapshot, in a child process; nothing is fetched and nothing is guessed.

use super::dangerfile::Found;
use super::failure::Failure;
use super::stored::StoredRun;
use crate::git::Repository;
use crate::model::{FactKey, FileKey, Origin, RuleState, Ruleset, Side, Snapshot, Verdict};
use crate::review::{MAX_PASSES, Outcome};
use crate::server::{JudgeConfig, Judges};
use std::collections::BTreeSet;

/// Of the facts that are lacking so many are named.
const NAMED: usize = 3;

/// What became of a run that was done again.
pub(super) enum Rerun {
    /// The rules came to their end.
    Done(Box<Verdict>),
    /// They did not, and why: a phrase that goes on from "the stored snapshot".
    Cannot(String),
}

/// Starts the one child process in which rules run: no rule is where the server's secrets are.
pub(super) fn start_judges() -> Result<Judges, Failure> {
    let config = JudgeConfig { count: 1, ..JudgeConfig::default() };
    Judges::start(config).map_err(|error| Failure::failed(error.to_string()))
}

/// Runs the rules of the snapshot, or with another dangerfile in the place of the repository's. The snapshot is left as it
/// was judged. Time is not done again: a rule that is the same has the duration of then.
pub(super) async fn rerun(
    judges: &Judges,
    stored: &mut StoredRun,
    dangerfile: Option<&Found>,
) -> Result<Rerun, Failure> {
    let snapshot = &mut stored.snapshot;
    let replaced = dangerfile.map(|found| replace(snapshot, found));
    if snapshot.ruleset.layers.is_empty() {
        return Ok(Rerun::Cannot("has no rules".to_owned()));
    }
    for _ in 0..MAX_PASSES {
        let outcome = judges.judge(snapshot).await.map_err(|error| Failure::failed(error.to_string()))?;
        let missing = match outcome {
            Outcome::Done(mut verdict) => {
                keep_durations(&mut verdict, &stored.verdict);
                return Ok(Rerun::Done(verdict));
            }
            Outcome::Missing(missing) => missing,
        };
        let lacking = load_sources(snapshot, &missing, replaced.zip(dangerfile))?;
        if !lacking.is_empty() {
            return Ok(Rerun::Cannot(format!("lacks {}", describe(&lacking))));
        }
    }
    Ok(Rerun::Cannot(format!("was asked for more files after {MAX_PASSES} passes")))
}

/// Why the server ended a run without its rules: a limit, or a job that was given up.
pub(super) fn stopped_by_server(verdict: &Verdict) -> Option<&str> {
    match (&verdict.rules[..], &verdict.faults[..]) {
        ([rule], [fault]) if rule.state == RuleState::Faulted && rule.steps == 0 && fault.path.is_none() => {
            Some(&fault.message)
        }
        _ => None,
    }
}

/// Puts a dangerfile in the place of the repository's; the organisation's stays. Says which layer it is.
fn replace(snapshot: &mut Snapshot, found: &Found) -> usize {
    let Ruleset { layers } = &mut snapshot.ruleset;
    let layer = layers.iter().position(|layer| layer.origin == Origin::Repository).unwrap_or(layers.len());
    layers.truncate(layer);
    layers.push(found.dangerfile.clone());
    // What the other one required may say something else in this working tree.
    snapshot.sources.retain(|(of, _), _| *of != layer);
    layer
}

/// Reads the files that the new dangerfile requires; the facts that nobody has are the answer.
fn load_sources(
    snapshot: &mut Snapshot,
    missing: &BTreeSet<FactKey>,
    replaced: Option<(usize, &Found)>,
) -> Result<BTreeSet<FactKey>, Failure> {
    let mut lacking = BTreeSet::new();
    for key in missing {
        match (key, replaced) {
            (FactKey::Source { layer, path }, Some((of, found))) if *layer == of => {
                let text = match &found.sources {
                    Some(directory) => Repository::load_source(directory, path)?,
                    None => None,
                };
                snapshot.sources.insert((*layer, path.clone()), text);
            }
            _ => _ = lacking.insert(key.clone()),
        }
    }
    Ok(lacking)
}

fn keep_durations(verdict: &mut Verdict, stored: &Verdict) {
    let mut then = stored.rules.iter();
    for rule in &mut verdict.rules {
        rule.millis = then.next().filter(|old| old.name == rule.name).map_or(0, |old| old.millis);
    }
}

/// `the text of a.py at the head, the commits and 2 more facts`
fn describe(lacking: &BTreeSet<FactKey>) -> String {
    let named: Vec<String> = lacking.iter().take(NAMED).map(describe_one).collect();
    let more = lacking.len().saturating_sub(NAMED);
    let list = named.join(", ");
    if more > 0 { format!("{list} and {more} more facts") } else { list }
}

fn describe_one(key: &FactKey) -> String {
    let at = |file: &FileKey| match file.side {
        Side::Left => format!("`{}` at the merge base", file.path),
        Side::Right => format!("`{}` at the head", file.path),
    };
    match key {
        FactKey::Pull => "the pull request".to_owned(),
        FactKey::Changes => "the changed files".to_owned(),
        FactKey::Commits => "the commits".to_owned(),
        FactKey::Labelings => "who set the labels".to_owned(),
        FactKey::Reviews => "the reviews".to_owned(),
        FactKey::RequestedReviewers => "the requested reviewers".to_owned(),
        FactKey::Mergeable => "whether it can be merged".to_owned(),
        FactKey::Statuses => "the commit statuses".to_owned(),
        FactKey::CheckRuns => "the check runs of others".to_owned(),
        FactKey::File(file) if file.path.as_str().is_empty() => "what lies at the top of the repository".to_owned(),
        FactKey::File(file) => format!("the text of {}", at(file)),
        FactKey::Size(file) => format!("the size of {}", at(file)),
        FactKey::CodeOwners => "the file of code owners".to_owned(),
        FactKey::Lint(_) => "the linters' reports".to_owned(),
        FactKey::Coverage(_) => "the coverage reports".to_owned(),
        FactKey::Paths(_) => "the list of files".to_owned(),
        FactKey::Uses(word) => format!("the files that hold `{word}`"),
        FactKey::Search(search) => format!("the files that hold `{}`", search.words.join("` or `")),
        FactKey::Folder(folder) => format!("the files of `{}`", folder.path),
        FactKey::Source { path, .. } => format!("the required file `{path}`"),
    }
}
