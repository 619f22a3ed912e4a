//! The rules that a pull request brings, run on itself: advice in the summary comment, before they judge anybody.
//!
//! They see what the base's run fetched and the files of their own head, ask the robot for nothing, and run once for a
//! head; those of an author without write permission only after somebody who has it asked for that. The judge's budgets
//! hold for them as for all rules, and whatever goes wrong in a preview leaves the review alone.

use super::judges::Judges;
use super::passes::{faulted, read_too_much};
use super::reviews::Reviews;
use super::work::JobError;
use crate::github::{CallError, Overview, Permission, RepoClient, apply_facts};
use crate::model::{
    Conclusion, Fact, FactKey, FileKey, Preview, PullNumber, RepoPath, RepositoryId, Side, Snapshot, Unavailable,
    Verdict,
};
use crate::review::{MAX_PASSES, Outcome};
use std::collections::BTreeSet;

/// Requests of a preview: files of the head come in batches.
const MAX_REQUESTS: u32 = 8;
/// How versions before that field noted in a verdict what [`Verdict::preview_waits`] says.
const OLD_NOTE: &str = "This pull request changes the rules, and the base's judge it. Somebody with write permission can have \
     the changed ones tried on it with `/deckhand preview`.";

/// Whether somebody with write permission can have changed rules tried that were not.
pub(super) fn waits(verdict: &Verdict) -> bool {
    verdict.preview_waits || verdict.notes.iter().any(|note| note == OLD_NOTE)
}

/// Whose preview it is.
pub(super) struct Occasion<'a> {
    pub(super) reviews: &'a Reviews,
    pub(super) client: &'a RepoClient,
    pub(super) overview: &'a Overview,
    pub(super) repository: RepositoryId,
    pub(super) number: PullNumber,
}

/// What becomes of a preview.
pub(super) enum Previewed {
    /// It ran, now or before.
    Ran(Box<Preview>),
    /// Nobody who may has asked for it.
    NotAllowed,
    /// It could not run now.
    Failed,
}

/// Whether the pull request changes a script that these rules consist of.
pub(super) fn changes_rules(brought: &Snapshot) -> bool {
    let Some(Fact::Known(changes)) = &brought.changes else { return false };
    let is_used = |path: &RepoPath| {
        brought.ruleset.layers.iter().any(|layer| layer.path == *path)
            || brought.sources.keys().any(|(_, source)| source == path)
    };
    changes.iter().any(|change| is_used(&change.path) || is_used(change.old_path()))
}

/// The preview of rules that were loaded, over the facts of the base's run; noted in both.
///
/// # Errors
/// When the database fails, or GitHub on the question for the author's permission.
pub(super) async fn add(
    occasion: &Occasion<'_>,
    brought: &Snapshot,
    verdict: &mut Verdict,
    snapshot: &mut Snapshot,
) -> Result<(), JobError> {
    match run(occasion, brought, snapshot).await? {
        Previewed::Ran(preview) => {
            verdict.preview = Some(preview.clone());
            snapshot.preview = Some(preview);
        }
        Previewed::NotAllowed => {
            verdict.preview_waits = true;
            snapshot.preview_waits = true;
        }
        Previewed::Failed => {}
    }
    Ok(())
}

/// A verdict that says nothing but the preview.
pub(super) fn say_only(preview: Option<Box<Preview>>, snapshot: &Snapshot) -> Verdict {
    let (head, base) = (snapshot.subject.head.clone(), snapshot.subject.base.clone());
    Verdict { conclusion: Conclusion::Neutral, preview, ..Verdict::empty(head, base) }
}

/// Runs the preview, or finds what came of it before.
///
/// # Errors
/// As [`add`].
pub(super) async fn run(occasion: &Occasion<'_>, brought: &Snapshot, facts: &Snapshot) -> Result<Previewed, JobError> {
    let Occasion { reviews, client, overview, repository, number } = *occasion;
    let head = &brought.subject.head;
    let known = reviews.store().find_preview(repository, number, head).await?;
    if let Some(preview) = known.preview {
        return Ok(Previewed::Ran(Box::new(preview)));
    }
    if known.allowed_by.is_none() {
        match client.fetch_permission(&overview.pull.user.login).await {
            Ok(permission) if permission >= Permission::Write => {}
            Ok(_) => return Ok(Previewed::NotAllowed),
            Err(error) => return Ok(failed(&error)),
        }
    }
    let mut trial = facts.clone();
    trial.ruleset = brought.ruleset.clone();
    trial.sources = brought.sources.clone();
    (trial.brought, trial.waits, trial.preview) = (None, None, None);
    trial.preview_waits = false;
    trial.overrides.clear();
    trial.notes.clear();
    for key in trial.awaited() {
        trial.refuse(&key, Unavailable::NotInPreview);
    }
    let client = client.clone().with_counter(client.counter().apart(MAX_REQUESTS));
    let mut verdict = match judge(reviews.judges(), &client, trial).await {
        Ok(verdict) => verdict,
        Err(error) => return Ok(failed(&error)),
    };
    verdict.conclusion = Conclusion::Neutral;
    verdict.effects.clear();
    verdict.log.clear();
    let first = facts.ruleset.layers.is_empty();
    let dangerfile = brought.ruleset.layers.first().map_or(RepoPath::new("dangerfile.lua"), |it| it.path.clone());
    let preview = Preview { dangerfile, first, verdict };
    reviews.store().keep_preview(repository, number, head, &preview).await?;
    Ok(Previewed::Ran(Box::new(preview)))
}

fn failed(error: &CallError) -> Previewed {
    tracing::warn!(%error, "the changed rules cannot be previewed now: {error}");
    Previewed::Failed
}

async fn judge(judges: &Judges, client: &RepoClient, mut trial: Snapshot) -> Result<Verdict, CallError> {
    for _ in 0..MAX_PASSES {
        let missing = match judges.judge(&trial).await {
            Ok(Outcome::Done(verdict)) => return Ok(*verdict),
            Ok(Outcome::Missing(missing)) => missing,
            Err(error) => return Ok(faulted(&trial, format!("These rules could not be run: {error}."))),
        };
        let (own, others): (BTreeSet<FactKey>, BTreeSet<FactKey>) =
            missing.into_iter().partition(|key| is_of_head(key, &trial));
        for key in others {
            trial.refuse(&key, Unavailable::NotInPreview);
        }
        match client.fetch_facts(&trial, &own).await {
            Ok(facts) => apply_facts(&mut trial, facts),
            Err(CallError::Budget(_)) => {
                return Ok(faulted(&trial, "These rules read more files than a preview fetches.".to_owned()));
            }
            Err(error) => return Err(error),
        }
        if let Some(message) = read_too_much(&trial) {
            return Ok(faulted(&trial, message));
        }
    }
    Ok(faulted(&trial, format!("These rules asked for more facts {MAX_PASSES} times in a row.")))
}

/// Files of the head itself are the pull request's own.
fn is_of_head(key: &FactKey, trial: &Snapshot) -> bool {
    match key {
        FactKey::File(FileKey { side, .. }) | FactKey::Size(FileKey { side, .. }) => *side == Side::Right,
        FactKey::Source { layer, .. } => *layer < trial.ruleset.layers.len(),
        FactKey::Pull | FactKey::Changes | FactKey::Commits | FactKey::Labelings | FactKey::Reviews => false,
        FactKey::RequestedReviewers | FactKey::Mergeable | FactKey::Statuses | FactKey::CheckRuns => false,
        FactKey::CodeOwners | FactKey::Uses(_) | FactKey::Search(_) | FactKey::Paths(_) | FactKey::Folder(_) => false,
        FactKey::Coverage(_) | FactKey::Lint(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CommitId;

    #[test]
    fn verdicts_of_versions_that_only_said_it_wait_too() {
        let commit = CommitId::new(&"a".repeat(40)).expect("an id");
        let mut verdict = Verdict::empty(commit.clone(), commit);
        assert!(!waits(&verdict));
        verdict.preview_waits = true;
        assert!(waits(&verdict));
        verdict.preview_waits = false;
        verdict.notes = vec!["Something else.".to_owned(), OLD_NOTE.to_owned()];
        assert!(waits(&verdict));
    }
}
