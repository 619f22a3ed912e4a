//! Names move between repositories, ids do not: what our repository is called now, and whether a name still is its own.

use super::CallError;
use super::call::{Effect, parse};
use super::repo::RepoClient;
use crate::model::RepoName;
use http::Method;
use serde::Deserialize;

#[derive(Deserialize)]
struct WireNames {
    repositories: Vec<WireName>,
}

#[derive(Deserialize)]
struct WireName {
    id: u64,
    #[serde(default)]
    full_name: String,
}

impl RepoClient {
    /// The same client under the name that its repository has now: one request, whose token is for that repository alone.
    ///
    /// # Errors
    /// `NotFound` when the installation has it no more.
    pub async fn under_present_name(&self) -> Result<RepoClient, CallError> {
        let call = self.shared.rest(Method::GET, "/installation/repositories?per_page=100", "list of repositories");
        let reply = self.call(call).await?;
        let names: WireNames = parse(&reply.body, "list of repositories")?;
        let ours = names.repositories.into_iter().find(|it| it.id == self.id.0);
        let name = ours.and_then(|it| RepoName::parse(&it.full_name).ok());
        let gone = || CallError::NotFound(format!("repository with the id {}", self.id));
        Ok(self.clone().with_name(name.ok_or_else(gone)?))
    }

    /// What a refusal of a write means. Our token is for one repository, so that nothing lands in another one that has
    /// the name by now; but that refusal looks like a missing permission, which nobody would try again.
    pub(super) async fn explain(&self, error: CallError, effect: Effect) -> CallError {
        let refused = matches!(error, CallError::Forbidden(_) | CallError::NotFound(_));
        if effect == Effect::Read || !refused || self.id.0 == 0 {
            return error;
        }
        let call = self.rest(Method::GET, "", "such repository");
        let Ok(reply) = self.shared.call(call, self.audience(), &self.counter).await else { return error };
        match parse::<WireName>(&reply.body, "such repository") {
            Ok(found) if found.id != self.id.0 => CallError::Moved,
            _ => error,
        }
    }
}
