//! How every review begins: with an id that nobody guesses, and with an open check before the rules run.

use super::failed_call::after_publish;
use super::work::JobError;
use crate::github::{Answer, RepoClient};
use crate::model::{CommitId, Dangerfile, RepositoryId, Ruleset, Settings, Verdict};
use crate::plan::{self, Operation, PlanInput, Published, PublishedCheck};
use crate::publish::{Outbox, carry_out, carry_out_one};
use crate::store::RunId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A dangerfile that names none of these has the default name for its check.
const RENAMING: [&str; 3] = ["check_name", "bases", "require"];

/// So many rulesets of repositories are remembered.
const MAX_KNOWN: usize = 1_000;

/// The settings that rulesets had when they were run the last time: a dangerfile can rename its check, and then nobody
/// knows how it is called before the rules ran. A guess, and only for this process.
#[derive(Default)]
pub(super) struct KnownSettings(Mutex<HashMap<(RepositoryId, String), Settings>>);

impl KnownSettings {
    /// Of the ruleset with this digest.
    pub(super) fn find(&self, repository: RepositoryId, ruleset: &str) -> Option<Settings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(repository, ruleset.to_owned())).cloned()
    }

    pub(super) fn note(&self, repository: RepositoryId, ruleset: &str, settings: &Settings) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert((repository, ruleset.to_owned()), settings.clone());
    }
}

/// The id of a run that begins.
pub(super) fn draw_run_id() -> Result<RunId, JobError> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits)
        .map_err(|error| JobError::Retry { reason: format!("no randomness: {error}"), after: None })?;
    Ok(RunId::from_random(bits))
}

/// What was said on a head before, for this pull request into another base or for others.
#[derive(Default)]
pub(super) struct Before {
    /// It.
    pub(super) said: Option<Verdict>,
    /// The name that the check has by the settings of the last time.
    pub(super) check_name: Option<String>,
    /// What was said of this pull request on the head that it had before.
    pub(super) elsewhere: Option<Verdict>,
    /// Whether this pull request was not judged on this head for this base yet.
    pub(super) unjudged: bool,
    /// Whether it was judged last for another base or on another head: what stands here of it is of another time.
    pub(super) other_place: bool,
}

/// Opens the check on a head, when its name is known before the rules ran and no check of that name stands there for
/// this pull request. `input` has default settings.
pub(super) async fn announce(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    ruleset: &Ruleset,
    published: &Published,
    head: &CommitId,
    (input, before): (&PlanInput, Before),
) -> Result<Option<PublishedCheck>, JobError> {
    let mut input = input.clone();
    if ruleset.layers.iter().any(renames) {
        let Some(name) = &before.check_name else { return Ok(None) };
        input.check_name.clone_from(name);
    }
    let mut published = published.clone();
    let stood = published.checks.len();
    published.checks.retain(|check| check.conclusion.is_none() || !before.other_place);
    let taken_back = published.checks.len() < stood;
    let opened = match plan::build_started(&published, head, &input) {
        Some(operation) => open(outbox, client, head, (&input.run, &operation)).await?,
        None => None,
    };
    // An open check was perhaps opened for another pull request, or by an attempt that came no further.
    let of_statuses = match &before.said {
        Some(said) => (opened.is_some() || before.unjudged).then_some(said),
        None => before.elsewhere.as_ref().filter(|_| taken_back),
    };
    if let Some(said) = of_statuses {
        let statuses = plan::build_reopened(said, head, &input);
        Box::pin(carry_out(outbox, client, &statuses)).await.map_err(after_publish)?.leave();
    }
    Ok(opened)
}

async fn open(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    head: &CommitId,
    (run, operation): (&str, &Operation),
) -> Result<Option<PublishedCheck>, JobError> {
    let Operation::CreateCheck(check) = operation else { return Ok(None) };
    let id = format!("{run}.started");
    let answer = carry_out_one(outbox, client, head, &id, operation).await.map_err(after_publish)?;
    let Answer::Check { id, .. } = answer else { return Ok(None) };
    let (name, external_id) = (check.name.clone(), check.external_id.clone());
    Ok(Some(PublishedCheck { id, name, external_id, conclusion: None, annotations: 0 }))
}

/// Whether the check may be called otherwise than by default.
fn renames(dangerfile: &Dangerfile) -> bool {
    RENAMING.iter().any(|word| dangerfile.text.contains(word))
}
