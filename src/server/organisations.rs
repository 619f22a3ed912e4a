//! Dangerfiles of organisations: read for every review, and not looked for again for a while where there is none.

use crate::github::{CallError, FoundDangerfile, ORGANISATION_REPOSITORY, RepoClient};
use crate::model::{InstallationId, RepoName, Ruleset, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So long nobody looks again after nothing was found. A push to the repository `.github` ends it sooner in the process
/// that takes the job up; others wait for the end.
const ABSENCE: Duration = Duration::from_secs(300);

/// Whether a repository holds what is for all repositories of its account.
pub(super) fn is_organisations(name: &RepoName) -> bool {
    name.name().eq_ignore_ascii_case(ORGANISATION_REPOSITORY)
}

/// What is known of organisations without a dangerfile.
#[derive(Default)]
pub(super) struct Organisations {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Until when an account, by installation and name, counts as one without.
    absent: HashMap<(InstallationId, String), Timestamp>,
    /// Grows whenever something is forgotten: what was read before that is not remembered.
    forgotten: u64,
}

impl Organisations {
    /// The organisation's dangerfile, when this repository is under one. The repository `.github` is not: there it is the
    /// repository's own.
    pub(super) async fn find(
        &self,
        client: &RepoClient,
        installation: InstallationId,
    ) -> Result<FoundDangerfile, CallError> {
        let now = client.timing().now();
        let account = (installation, client.name().owner().to_ascii_lowercase());
        let forgotten = {
            let known = self.lock();
            if is_organisations(client.name()) || known.absent.get(&account).is_some_and(|until| now < *until) {
                return Ok(FoundDangerfile::Absent);
            }
            known.forgotten
        };
        let found = client.fetch_organisation_dangerfile().await?;
        let mut known = self.lock();
        known.absent.retain(|_, until| now < *until);
        if found == FoundDangerfile::Absent && known.forgotten == forgotten {
            known.absent.insert(account, now.after(ABSENCE));
        }
        Ok(found)
    }

    /// The repository `.github` of this installation has changed.
    pub(super) fn forget(&self, installation: InstallationId) {
        let mut known = self.lock();
        known.absent.retain(|(of, _), _| *of != installation);
        known.forgotten += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Both dangerfiles as one ruleset, the organisation's first; `None` when there is neither.
///
/// # Errors
/// One is there and cannot be read: says which and why.
pub(super) fn build_ruleset(
    organisation: &FoundDangerfile,
    own: &FoundDangerfile,
    repository: &RepoName,
) -> Result<Option<Ruleset>, String> {
    let mut layers = Vec::new();
    for (found, of_all) in [(organisation, true), (own, false)] {
        match found {
            FoundDangerfile::Absent => {}
            FoundDangerfile::Found(dangerfile) => layers.push(dangerfile.clone()),
            FoundDangerfile::Unreadable { path, reason } if of_all => {
                return Err(format!(
                    "`{path}` of {}/{ORGANISATION_REPOSITORY}, which judges every repository there, cannot be read: {reason}.",
                    repository.owner()
                ));
            }
            FoundDangerfile::Unreadable { path, reason } => return Err(format!("`{path}` cannot be read: {reason}.")),
        }
    }
    Ok(Some(Ruleset { layers }).filter(|ruleset| !ruleset.layers.is_empty()))
}
