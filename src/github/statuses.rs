//! The commit statuses of a commit: the newest of each context.

use super::CallError;
use super::call::Effect;
use super::graphql::STATUSES;
use super::repo::RepoClient;
use super::wire::{WireActor, actor};
use crate::model::{CommitId, Fact, HeadStatus, Timestamp};
use crate::plan::{CommitStatus, StatusState, TOKEN_STATUS};
use serde::Deserialize;

/// GitHub's largest page.
const PAGE: usize = 100;
/// No commit has statuses of more contexts than this.
const MAX_PAGES: usize = 10;

impl RepoClient {
    /// The newest status of each context, whoever set it: one request for each 100.
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch_statuses(&self, head: &CommitId) -> Result<Vec<CommitStatus>, CallError> {
        let mut found = Vec::new();
        for page in 1..=MAX_PAGES {
            let path = format!("/commits/{head}/status?per_page={PAGE}&page={page}");
            let combined: Combined = self.get(&path, "commit statuses").await?;
            let last = combined.statuses.len() < PAGE;
            found.extend(combined.statuses.into_iter().map(|status| CommitStatus {
                head: head.clone(),
                context: status.context,
                state: status.state,
                description: status.description.unwrap_or_default(),
                target_url: status.target_url.filter(|url| !url.is_empty()),
            }));
            if last {
                break;
            }
        }
        Ok(found)
    }

    /// Those of the newest statuses of each context that this app set itself: one request. One that somebody else set
    /// under the same context later hides ours.
    ///
    /// # Errors
    /// `Forbidden` without the permission `statuses: read`.
    pub async fn fetch_own_statuses(&self, head: &CommitId) -> Result<Vec<CommitStatus>, CallError> {
        let own = self.fetch_contexts(head).await?.into_iter().filter(|it| it.own);
        own.map(|Context { wire, .. }| {
            let word = wire.state.to_ascii_lowercase();
            let state = [StatusState::Success, StatusState::Failure, StatusState::Pending, StatusState::Error];
            let state = state.into_iter().find(|state| state.as_str() == word).ok_or_else(malformed)?;
            Ok(CommitStatus {
                head: head.clone(),
                context: wire.context,
                state,
                description: wire.description.unwrap_or_default(),
                target_url: wire.target_url.filter(|url| !url.is_empty()),
            })
        })
        .collect()
    }

    /// The newest status of each context as a fact for rules, without this app's own: one request.
    ///
    /// # Errors
    /// As every call.
    pub(super) async fn fetch_head_statuses(&self, head: &CommitId) -> Result<Fact<Vec<HeadStatus>>, CallError> {
        let others = self.fetch_contexts(head).await?.into_iter().filter(|it| !it.own);
        let statuses = others.map(|Context { wire, .. }| {
            let created_at = Timestamp::parse_rfc3339(&wire.created_at).ok_or_else(malformed)?;
            Ok(HeadStatus {
                context: wire.context,
                state: wire.state.to_ascii_lowercase(),
                description: wire.description.unwrap_or_default(),
                target_url: wire.target_url,
                created_at,
                // A status is never changed: a later one of the same context takes its place.
                updated_at: created_at,
            })
        });
        statuses.collect::<Result<_, CallError>>().map(Fact::Known)
    }

    async fn fetch_contexts(&self, head: &CommitId) -> Result<Vec<Context>, CallError> {
        let variables = serde_json::json!({ "owner": self.name.owner(), "name": self.name.name(), "head": head });
        let data: Data = self.graphql(STATUSES, variables, Effect::Read, ASKED).await?;
        let commit = data.repository.and_then(|repository| repository.object);
        let commit = commit.ok_or_else(|| CallError::NotFound("such commit".to_owned()))?;
        let contexts = commit.status.map(|status| status.contexts).unwrap_or_default();
        let is_app = self.shared.app_id().is_some();
        let judged = contexts.into_iter().map(|mut wire| {
            let ours = wire.creator.take().is_some_and(|creator| actor(Some(creator)).login == data.viewer.login);
            // A token's owner is a person with other programs: of theirs, only our own word counts.
            Context { own: ours && (is_app || wire.context == TOKEN_STATUS), wire }
        });
        Ok(judged.collect())
    }
}

const ASKED: &str = "commit statuses";

fn malformed() -> CallError {
    CallError::Malformed(ASKED.to_owned())
}

/// A status, and whether this app set it.
struct Context {
    wire: WireContext,
    own: bool,
}

#[derive(Deserialize)]
struct Combined {
    statuses: Vec<WireStatus>,
}

#[derive(Deserialize)]
struct WireStatus {
    context: String,
    state: StatusState,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    target_url: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    viewer: WireLogin,
    repository: Option<WireRepository>,
}

#[derive(Deserialize)]
struct WireLogin {
    login: String,
}

#[derive(Deserialize)]
struct WireRepository {
    object: Option<WireCommit>,
}

#[derive(Deserialize)]
struct WireCommit {
    status: Option<WireContexts>,
}

#[derive(Deserialize)]
struct WireContexts {
    contexts: Vec<WireContext>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireContext {
    context: String,
    state: String,
    description: Option<String>,
    target_url: Option<String>,
    created_at: String,
    creator: Option<WireActor>,
}
