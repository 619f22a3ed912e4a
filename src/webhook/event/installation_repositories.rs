//! `installation_repositories`: repositories were added to an installation or taken from it.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::InstallationId;
use crate::webhook::{Cause, JobSpec, RepositoryRef, Work};
use serde::Deserialize;

/// Which repositories an installation sees has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallationRepositoriesEvent {
    /// Which.
    pub installation: InstallationId,
    /// Seen from now on.
    pub added: Vec<RepositoryRef>,
    /// No longer seen: their work stops.
    pub removed: Vec<RepositoryRef>,
}

impl InstallationRepositoriesEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            installation: InstallationPart,
            #[serde(default)]
            repositories_added: Option<Vec<RepositoryPart>>,
            #[serde(default)]
            repositories_removed: Option<Vec<RepositoryPart>>,
        }
        if !matches!(action, Some("added" | "removed")) {
            return Err(Unread::Other);
        }
        let payload: Payload = read(body)?;
        let installation = payload.installation.id;
        let seen = |listed: Option<Vec<RepositoryPart>>| {
            listed.unwrap_or_default().into_iter().map(|repository| repository.seen_by(installation)).collect()
        };
        let (added, removed) = (seen(payload.repositories_added), seen(payload.repositories_removed));
        Ok(InstallationRepositoriesEvent { installation, added, removed })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        let work = Work::ReviewRepository { cause: Cause::Installed };
        self.added.iter().map(|repository| repository.job(work.clone())).collect()
    }
}
