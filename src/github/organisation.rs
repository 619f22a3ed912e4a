//! The dangerfile for all repositories of an account.

use super::CallError;
use super::call::Effect;
use super::graphql::ORGANISATION;
use super::overview::{FoundDangerfile, WireEntry, read_entry};
use super::repo::RepoClient;
use crate::model::{CommitId, Origin};
use serde::Deserialize;

/// Where it lies in the repository `.github`.
const PLACE: &str = "dangerfile.lua";

/// What one look for it has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationLook {
    /// What was found.
    pub dangerfile: FoundDangerfile,
    /// GitHub gave a token for the repository and then said that there is none.
    pub contradicts: bool,
}

impl RepoClient {
    /// Looks for the dangerfile on the default branch of the account's repository `.github`: one request, and a token of its
    /// own. A repository that is not there, or that the app is not installed on, has none.
    ///
    /// # Errors
    /// As every call.
    pub async fn look_for_organisation_dangerfile(&self) -> Result<OrganisationLook, CallError> {
        let client = self.organisation();
        let variables = serde_json::json!({ "owner": client.name.owner(), "name": client.name.name() });
        let asked = "repository `.github`";
        let look = |dangerfile| Ok(OrganisationLook { dangerfile, contradicts: false });
        let data: Data = match client.graphql(ORGANISATION, variables, Effect::Read, asked).await {
            Err(CallError::NotFound(_)) => {
                let contradicts = client.shared.has_token(&client.audience()).await;
                // A repository of that name that comes later is another one, which this token is not for.
                client.forget_token().await;
                return Ok(OrganisationLook { dangerfile: FoundDangerfile::Absent, contradicts });
            }
            answer => answer?,
        };
        let branch = data.repository.and_then(|repository| repository.default_branch_ref);
        let Some(target) = branch.and_then(|branch| branch.target) else { return look(FoundDangerfile::Absent) };
        let Some(entry) = target.root else { return look(FoundDangerfile::Absent) };
        let commit = target.oid.as_deref().and_then(|oid| CommitId::new(oid).ok());
        let commit = commit.ok_or_else(|| CallError::Malformed(asked.to_owned()))?;
        look(read_entry(PLACE, entry, Origin::Organisation, &commit))
    }
}

#[derive(Deserialize)]
struct Data {
    repository: Option<WireRepository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRepository {
    default_branch_ref: Option<WireRef>,
}

#[derive(Deserialize)]
struct WireRef {
    target: Option<WireTarget>,
}

#[derive(Deserialize)]
struct WireTarget {
    oid: Option<String>,
    root: Option<WireEntry>,
}
