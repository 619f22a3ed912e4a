//! A branch that requires our check where there are no rules: the check fails and says why, instead of never coming.

use super::failed_call::after_call;
use super::passes::faulted;
use super::work::JobError;
use crate::github::RepoClient;
use crate::model::{Settings, Snapshot, Verdict};
use crate::plan::check_name;

/// Names of checks that `base` requires and that rules would have written. Where only statuses of rules are required it is
/// the check beside them.
///
/// # Errors
/// When GitHub may tell later.
pub(super) async fn find_required(
    client: &RepoClient,
    base: &str,
    default_branch: &str,
) -> Result<Vec<String>, JobError> {
    let required = match client.fetch_required_contexts(base).await {
        Ok(required) => required,
        Err(error) if error.is_temporary() => return Err(after_call(error)),
        Err(error) => {
            tracing::warn!(%error, "What the branch requires cannot be read: {error}");
            return Ok(Vec::new());
        }
    };
    let (plain, usual) = (Settings::default().check_name, check_name(&Settings::default(), base, default_branch));
    let mut names: Vec<String> = required.iter().filter(|name| **name == plain || **name == usual).cloned().collect();
    let of_rules = required.iter().any(|name| name.starts_with(&format!("{plain}/")));
    if names.is_empty() && of_rules {
        names.push(usual);
    }
    Ok(names)
}

/// What such a check says; `brings`: on the pull request that adds the first rules.
pub(super) fn say_no_rules(snapshot: &Snapshot, base: &str, default_branch: &str, brings: bool) -> Verdict {
    let advice = if brings {
        "This pull request brings the first, which judges from its merge on: take the requirement away for this merge, or \
         let an administrator merge it."
            .to_owned()
    } else {
        format!("Add a `dangerfile.lua` to `{default_branch}`, or take the requirement away.")
    };
    let message = format!(
        "no dangerfile on {default_branch}: `{base}` requires this check, and there are no rules to judge by. {advice}"
    );
    faulted(snapshot, message)
}
