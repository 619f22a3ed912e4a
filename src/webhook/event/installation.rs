//! `installation`: the app came to an account, left it, or was given new permissions.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::InstallationId;
use crate::webhook::{Cause, JobSpec, RepositoryRef, Work};
use serde::Deserialize;

/// The app's presence on an account changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallationEvent {
    /// Which.
    pub installation: InstallationId,
    /// What happened.
    pub action: InstallationAction,
    /// The repositories that the payload lists. GitHub may list none even when there are some.
    pub repositories: Vec<RepositoryRef>,
}

/// The actions that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallationAction {
    /// `created`
    Created,
    /// `deleted`: its work stops for good.
    Deleted,
    /// `suspend`: its work stops for now.
    Suspended,
    /// `unsuspend`
    Unsuspended,
    /// `new_permissions_accepted`
    NewPermissionsAccepted,
}

impl InstallationEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            installation: InstallationPart,
            #[serde(default)]
            repositories: Option<Vec<RepositoryPart>>,
        }
        let action = match action {
            Some("created") => InstallationAction::Created,
            Some("deleted") => InstallationAction::Deleted,
            Some("suspend") => InstallationAction::Suspended,
            Some("unsuspend") => InstallationAction::Unsuspended,
            Some("new_permissions_accepted") => InstallationAction::NewPermissionsAccepted,
            _ => return Err(Unread::Other),
        };
        let payload: Payload = read(body)?;
        let installation = payload.installation.id;
        let listed = payload.repositories.unwrap_or_default();
        let repositories = listed.into_iter().map(|repository| repository.seen_by(installation)).collect();
        Ok(InstallationEvent { installation, action, repositories })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        let cause = match self.action {
            InstallationAction::Created => Cause::Installed,
            InstallationAction::Unsuspended | InstallationAction::NewPermissionsAccepted => Cause::Resumed,
            InstallationAction::Deleted | InstallationAction::Suspended => return Vec::new(),
        };
        self.repositories.iter().map(|repository| repository.job(Work::ReviewRepository { cause })).collect()
    }
}
