//! One repository, reached through one installation: the handle that everything else hangs on.

use super::CallError;
use super::call::{Call, Effect, RequestCounter, Shared, body, parse};
use super::http::Reply;
use super::token::{Audience, Scope};
use crate::model::{InstallationId, RepoName, RepositoryId, Timestamp};
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The name of an account's repository for what concerns all its repositories.
pub const ORGANISATION_REPOSITORY: &str = ".github";

/// A client for one repository; cheap to clone.
#[derive(Clone)]
pub struct RepoClient {
    pub(super) shared: Arc<Shared>,
    pub(super) installation: InstallationId,
    pub(super) id: RepositoryId,
    pub(super) name: RepoName,
    pub(super) counter: RequestCounter,
}

impl RepoClient {
    /// The same client, counting into `counter`.
    pub fn with_counter(mut self, counter: RequestCounter) -> Self {
        self.counter = counter;
        self
    }

    /// The same client under the repository's present name, as the overview tells it.
    pub fn with_name(mut self, name: RepoName) -> Self {
        self.name = name;
        self
    }

    /// The repository's name.
    pub fn name(&self) -> &RepoName {
        &self.name
    }

    /// What this client's run has sent.
    pub fn counter(&self) -> &RequestCounter {
        &self.counter
    }

    /// The clock and the pause that this client uses.
    pub fn timing(&self) -> &super::Timing {
        &self.shared.http.timing
    }

    /// A time of the host's clock as GitHub's showed it, or a moment later: to be compared with the times that GitHub gives.
    /// `None` while no answer has told its time.
    pub fn github_time(&self, at: Timestamp) -> Option<Timestamp> {
        self.shared.http.github_time(at)
    }

    /// Whether the app may write what this permission (`statuses`) is for, as GitHub said when it gave the token that is
    /// in use; `None` when nobody knows.
    pub async fn grants_write(&self, permission: &str) -> Option<bool> {
        self.shared.grants_write(&self.audience(), permission).await
    }

    /// The account's repository `.github`, which holds what is for all its repositories; counts into the same counter.
    pub(super) fn organisation(&self) -> RepoClient {
        let name = RepoName::new(self.name.owner(), ORGANISATION_REPOSITORY).expect("the owner is one already");
        RepoClient { id: RepositoryId(0), name, ..self.clone() }
    }

    /// The next call asks for a new token: permissions of one are those of the moment when it was given.
    pub async fn forget_token(&self) {
        self.shared.forget_token(&self.audience()).await;
    }

    /// A repository whose id is not known is reached by its name.
    pub(super) fn audience(&self) -> Audience {
        let scope = match self.id {
            RepositoryId(0) => Scope::Named(self.name.name().to_ascii_lowercase()),
            id => Scope::Repository(id),
        };
        (self.installation, scope)
    }

    /// A call below `/repos/{owner}/{name}`; `path` begins with a slash.
    pub(super) fn rest(&self, method: Method, path: &str, asked: &'static str) -> Call {
        self.shared.rest(method, &format!("/repos/{}/{}{path}", self.name.owner(), self.name.name()), asked)
    }

    pub(super) async fn call(&self, call: Call) -> Result<Reply, CallError> {
        let effect = call.effect;
        match self.shared.call(call, self.audience(), &self.counter).await {
            Ok(reply) => Ok(reply),
            // Boxed: rare, and otherwise a part of every call's future.
            Err(error) => Err(Box::pin(self.explain(error, effect)).await),
        }
    }

    /// A read whose path names all that it depends on by commits: asked for once, then kept when `read` understands it.
    pub(super) async fn call_kept<T>(
        &self,
        call: Call,
        read: impl Fn(&[u8]) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let question = self.question(&format!("{} {}", call.outgoing.accept, call.outgoing.url));
        let ask = async { self.call(call).await.map(|reply| reply.body) };
        let (value, saved) = self.shared.kept.read(&question, ask, read).await?;
        if saved {
            self.shared.meter.saved(self.installation);
        }
        Ok(value)
    }

    /// A question that no other installation or repository shares.
    pub(super) fn question(&self, what: &str) -> String {
        format!("{} {} {} {what}", self.installation, self.id, self.name)
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, asked: &'static str) -> Result<T, CallError> {
        let reply = self.call(self.rest(Method::GET, path, asked)).await?;
        parse(&reply.body, asked)
    }

    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        value: &impl Serialize,
        asked: &'static str,
    ) -> Result<T, CallError> {
        let mut call = self.rest(method, path, asked);
        call.outgoing.body = Some(body(value));
        let reply = self.call(call).await?;
        parse(&reply.body, asked)
    }

    pub(super) async fn graphql<T: DeserializeOwned>(
        &self,
        document: &str,
        variables: impl Serialize,
        effect: Effect,
        asked: &'static str,
    ) -> Result<T, CallError> {
        let answer = self.shared.graphql(document, variables, effect, asked, self.audience(), &self.counter).await;
        match answer {
            Ok(answer) => Ok(answer),
            // Boxed: rare, and otherwise a part of every call's future.
            Err(error) => Err(Box::pin(self.explain(error, effect)).await),
        }
    }
}

impl std::fmt::Debug for RepoClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RepoClient").field("name", &self.name).field("id", &self.id).finish_non_exhaustive()
    }
}
