//! Reviews of a pull request, who was asked for one, and whether it can be merged.

use super::CallError;
use super::call::Effect;
use super::graphql::REVIEWS;
use super::repo::RepoClient;
use super::wire::{Page, WireActor, actor, big_int};
use crate::model::{CommitId, Fact, PullNumber, RequestedReviewers, Review, Team, Timestamp, Unavailable, User, Wait};
use serde::Deserialize;

/// A hundred reviews each. A pull request with more is not judged by them.
const MAX_PAGES: usize = 10;

impl RepoClient {
    /// All submitted reviews, oldest first, without those that this app wrote: one request per hundred.
    ///
    /// # Errors
    /// As every call. More reviews than are read are no error but [`Unavailable::Truncated`].
    pub(super) async fn fetch_reviews(&self, number: PullNumber) -> Result<Fact<Vec<Review>>, CallError> {
        let asked = "reviews of the pull request";
        let mut reviews = Vec::new();
        let mut after = None;
        for _ in 0..MAX_PAGES {
            let variables = serde_json::json!({
                "owner": self.name.owner(), "name": self.name.name(), "number": number, "after": after,
            });
            let data: Data = self.graphql(REVIEWS, variables, Effect::Read, asked).await?;
            let pull = data.repository.and_then(|repository| repository.pull_request);
            let page = pull.ok_or_else(|| CallError::NotFound("such pull request".to_owned()))?.reviews;
            let page = page.ok_or_else(|| CallError::Malformed(asked.to_owned()))?;
            let (found, next) = page.into_parts();
            for wire in found.into_iter().filter(|wire| self.counts(wire)) {
                reviews.push(review(wire).ok_or_else(|| CallError::Malformed(asked.to_owned()))?);
            }
            if next.is_none() {
                return Ok(Fact::Known(reviews));
            }
            after = next;
        }
        Ok(Fact::Unavailable(Unavailable::Truncated("the list of reviews".to_owned())))
    }

    /// A review that is not submitted says nothing yet. What the app said itself must not change what it says next; a
    /// person's token is no app, and what that person said counts.
    fn counts(&self, wire: &WireReview) -> bool {
        wire.state != "PENDING" && !(wire.viewer_did_author && self.shared.app_id().is_some())
    }

    /// Who was asked: one request. REST, because GraphQL hides teams from apps that may not read the organisation.
    ///
    /// # Errors
    /// As every call.
    pub(super) async fn fetch_requested_reviewers(&self, number: PullNumber) -> Result<RequestedReviewers, CallError> {
        let path = format!("/pulls/{number}/requested_reviewers");
        let wire: WireRequested = self.get(&path, "requested reviewers of the pull request").await?;
        Ok(RequestedReviewers { users: wire.users, teams: wire.teams })
    }
}

impl RepoClient {
    /// Whether the pull request can be merged: one request. Asking for it makes GitHub compute it, in the background;
    /// until then it is [`Unavailable::Awaited`].
    /// <https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request>
    ///
    /// # Errors
    /// As every call.
    pub(super) async fn fetch_mergeable(&self, number: PullNumber) -> Result<Fact<bool>, CallError> {
        let wire: WireMergeable = self.get(&format!("/pulls/{number}"), "pull request").await?;
        let awaited = || Fact::Unavailable(Unavailable::Awaited(Wait::for_mergeable()));
        Ok(wire.mergeable.map_or_else(awaited, Fact::Known))
    }
}

#[derive(Deserialize)]
struct WireMergeable {
    mergeable: Option<bool>,
}

#[derive(Deserialize)]
struct Data {
    repository: Option<WireRepository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRepository {
    pull_request: Option<WirePull>,
}

#[derive(Deserialize)]
struct WirePull {
    reviews: Option<Page<WireReview>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireReview {
    #[serde(default, deserialize_with = "big_int")]
    full_database_id: Option<u64>,
    author: Option<WireActor>,
    author_association: String,
    state: String,
    body: String,
    commit: Option<WireCommit>,
    submitted_at: Option<String>,
    created_at: String,
    url: String,
    viewer_did_author: bool,
}

#[derive(Deserialize)]
struct WireCommit {
    oid: String,
}

#[derive(Deserialize)]
struct WireRequested {
    users: Vec<User>,
    teams: Vec<Team>,
}

fn review(wire: WireReview) -> Option<Review> {
    let submitted = wire.submitted_at.as_deref().unwrap_or(&wire.created_at);
    Some(Review {
        id: wire.full_database_id?,
        user: actor(wire.author),
        author_association: wire.author_association,
        state: wire.state,
        body: wire.body,
        commit: wire.commit.map(|commit| CommitId::new(&commit.oid)).transpose().ok()?,
        submitted_at: Timestamp::parse_rfc3339(submitted)?,
        html_url: wire.url,
    })
}
