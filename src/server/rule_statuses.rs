//! Statuses of rules: what stands on the head and what the branch requires. Read only where rules have statuses, or had
//! some a moment ago.

use crate::github::{CallError, RepoClient};
use crate::model::{CommitId, Verdict};
use crate::plan::{CommitStatus, lacks_rules};

/// Said on the check, and nowhere else, when the app may not set statuses.
pub(super) const NOT_ALLOWED: &str = "The dangerfile asks for commit statuses of rules, and this app may not set any: grant it \
     *Commit statuses: read and write* (`statuses: write`). Until then a branch that requires one of them waits.";

/// What a plan of statuses begins with.
#[derive(Default)]
pub(super) struct Standing {
    /// Statuses on the head that are ours.
    pub(super) own: Vec<CommitStatus>,
    /// Names that the base branch requires; `None` where no statuses are written.
    pub(super) required: Option<Vec<String>>,
    /// Whether the permission is missing.
    pub(super) not_allowed: bool,
}

/// What stands on a head, and what the base branch requires, when statuses are `wanted`. At most three requests, side by
/// side; none where no rule has a status.
///
/// # Errors
/// When a read failed that may succeed later.
pub(super) async fn gather(
    client: &RepoClient,
    (head, base): (&CommitId, &str),
    wanted: bool,
    verdict: &Verdict,
) -> Result<Standing, CallError> {
    if !wanted && !lacks_rules(verdict) {
        return Ok(Standing::default());
    }
    let refused = Standing { not_allowed: true, ..Standing::default() };
    if client.grants_write("statuses").await == Some(false) {
        return Ok(refused);
    }
    let read = futures_util::try_join!(client.fetch_own_statuses(head), client.fetch_required_contexts(base));
    match read {
        Ok((own, required)) => Ok(Standing { own, required: Some(required), not_allowed: false }),
        Err(CallError::Forbidden(_)) => Ok(refused),
        // Rules that do not load say nothing of statuses: perhaps nobody ever asked for any.
        Err(error) if !wanted && !error.is_temporary() => {
            tracing::warn!(%error, "The statuses on the head cannot be read: {error}");
            Ok(Standing::default())
        }
        Err(error) => Err(error),
    }
}
