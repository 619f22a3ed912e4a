//! Dangerfiles of organisations: read for every review, and not looked for again for a while where there is none.

use crate::github::{CallError, FoundDangerfile, ORGANISATION_REPOSITORY, RepoClient};
use crate::model::{InstallationId, RepoName, Ruleset, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So long nobody looks again after nothing was found. A push to the repository `.github` ends it sooner in the process
/// that takes the job up; others wait for the end.
const ABSENCE: Duration = Duration::from_secs(300);

/// After so long an absence is looked at again for which GitHub had just given a token. Short, because nothing else speaks
/// against it.
const MOMENT: Duration = Duration::from_secs(2);

/// After so long an absence is looked at again where there was a dangerfile, or somebody changed the repository: GitHub's API
/// may be behind.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a repository holds what is for all repositories of its account.
pub(super) fn is_organisations(name: &RepoName) -> bool {
    name.name().eq_ignore_ascii_case(ORGANISATION_REPOSITORY)
}

/// What is known of the accounts.
#[derive(Default)]
pub(super) struct Organisations {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// By installation and name.
    accounts: HashMap<(InstallationId, String), Seen>,
    /// Grows whenever something is forgotten: what was read before that is not remembered.
    forgotten: u64,
}

/// What the last look for an account's dangerfile has shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// There was none; until then nobody looks.
    Absent { until: Timestamp },
    /// There was one, or somebody has changed the repository since.
    Present,
}

impl Organisations {
    /// The organisation's dangerfile, when this repository is under one. The repository `.github` is not: there it is the
    /// repository's own. That there is none counts at once, unless something speaks against it: then a second look decides.
    pub(super) async fn find(
        &self,
        client: &RepoClient,
        installation: InstallationId,
    ) -> Result<FoundDangerfile, CallError> {
        self.look(client, installation, true).await
    }

    /// The same from one look, for whoever only asks whether something is to be judged: the judgement looks twice.
    pub(super) async fn glance(
        &self,
        client: &RepoClient,
        installation: InstallationId,
    ) -> Result<FoundDangerfile, CallError> {
        self.look(client, installation, false).await
    }

    async fn look(
        &self,
        client: &RepoClient,
        installation: InstallationId,
        twice: bool,
    ) -> Result<FoundDangerfile, CallError> {
        let now = client.timing().now();
        let account = account(installation, client.name().owner());
        let (before, forgotten) = {
            let known = self.lock();
            let before = known.accounts.get(&account).copied();
            let is_absent = matches!(before, Some(Seen::Absent { until }) if now < until);
            if is_organisations(client.name()) || is_absent {
                return Ok(FoundDangerfile::Absent);
            }
            (before, known.forgotten)
        };
        let mut look = client.look_for_organisation_dangerfile().await?;
        let was_there = before == Some(Seen::Present);
        if look.dangerfile == FoundDangerfile::Absent && (look.contradicts || was_there) {
            if !twice {
                return Ok(FoundDangerfile::Absent);
            }
            client.timing().pause(if was_there { PATIENCE } else { MOMENT }).await;
            look = client.look_for_organisation_dangerfile().await?;
        }
        let mut known = self.lock();
        if known.forgotten == forgotten {
            let seen = match look.dangerfile {
                FoundDangerfile::Absent => Seen::Absent { until: client.timing().now().after(ABSENCE) },
                FoundDangerfile::Found(_) | FoundDangerfile::Unreadable { .. } => Seen::Present,
            };
            known.accounts.insert(account, seen);
        }
        Ok(look.dangerfile)
    }

    /// The repository `.github` of this account has changed.
    pub(super) fn forget(&self, installation: InstallationId, owner: &str) {
        let mut known = self.lock();
        known.accounts.retain(|(of, _), _| *of != installation);
        known.accounts.insert(account(installation, owner), Seen::Present);
        known.forgotten += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn account(installation: InstallationId, owner: &str) -> (InstallationId, String) {
    (installation, owner.to_ascii_lowercase())
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
