//! How every review begins: with an id that nobody guesses, and with an open check before the rules run.

use super::failed_call::after_publish;
use super::work::JobError;
use crate::github::{Answer, RepoClient};
use crate::model::{CommitId, Dangerfile, Ruleset};
use crate::plan::{self, Operation, PlanInput, Published, PublishedCheck};
use crate::publish::{Outbox, carry_out_one};
use crate::store::RunId;

/// A dangerfile that names none of these has the default name for its check.
const RENAMING: [&str; 3] = ["check_name", "bases", "require"];

/// The id of a run that begins.
pub(super) fn draw_run_id() -> Result<RunId, JobError> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits)
        .map_err(|error| JobError::Retry { reason: format!("no randomness: {error}"), after: None })?;
    Ok(RunId::from_random(bits))
}

/// Opens the check on a head, when its name is certain before the rules ran and no check of that name is there. `input`
/// has default settings.
pub(super) async fn announce(
    outbox: &Outbox<'_>,
    client: &RepoClient,
    ruleset: &Ruleset,
    published: &Published,
    head: &CommitId,
    input: &PlanInput,
) -> Result<Option<PublishedCheck>, JobError> {
    if ruleset.layers.iter().any(renames) {
        return Ok(None);
    }
    let Some(operation) = plan::build_started(published, head, input) else { return Ok(None) };
    let Operation::CreateCheck(check) = &operation else { return Ok(None) };
    let id = format!("{}.started", input.run);
    let answer = carry_out_one(outbox, client, head, &id, &operation).await.map_err(after_publish)?;
    let Answer::Check { id, .. } = answer else { return Ok(None) };
    let (name, external_id) = (check.name.clone(), check.external_id.clone());
    Ok(Some(PublishedCheck { id, name, external_id, conclusion: None, annotations: 0 }))
}

/// Whether the check may be called otherwise than by default.
fn renames(dangerfile: &Dangerfile) -> bool {
    RENAMING.iter().any(|word| dangerfile.text.contains(word))
}
