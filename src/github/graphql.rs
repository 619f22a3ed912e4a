//! GraphQL: the documents that we send, and what an answer with errors means.

use super::CallError;
use super::call::{Call, Effect, RequestCounter, Shared, body, parse};
use super::http::Outgoing;
use super::limit::{build_limit, is_spent, is_too_fast};
use super::pace::Quota;
use super::token::Audience;
use http::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) const OVERVIEW: &str =
    concat!(include_str!("queries/overview.graphql"), include_str!("queries/base.graphql"));
pub(super) const CREATE_COMMIT: &str = include_str!("queries/create_commit.graphql");
pub(super) const LAST_COMMITS: &str = include_str!("queries/last_commits.graphql");
pub(super) const COMMENTS: &str = include_str!("queries/comments.graphql");
pub(super) const GROUP: &str = concat!(include_str!("queries/group.graphql"), include_str!("queries/base.graphql"));
pub(super) const QUEUE: &str = include_str!("queries/queue.graphql");
pub(super) const OPEN_PULLS: &str =
    concat!(include_str!("queries/open_pulls.graphql"), include_str!("queries/base.graphql"));
pub(super) const ORGANISATION: &str = include_str!("queries/organisation.graphql");
pub(super) const REVIEWS: &str = include_str!("queries/reviews.graphql");
pub(super) const STATUSES: &str = include_str!("queries/statuses.graphql");
pub(super) const THREAD: &str = include_str!("queries/thread.graphql");
pub(super) const RESOLVE_THREAD: &str = include_str!("queries/resolve_thread.graphql");
pub(super) const REOPEN_THREAD: &str = include_str!("queries/reopen_thread.graphql");

/// Every document that this room sends, by name, to be validated against GitHub's schema.
/// The one for file texts is built for as many files as are asked for; here it is for two.
pub fn documents() -> Vec<(&'static str, String)> {
    vec![
        ("overview", OVERVIEW.to_owned()),
        ("comments", COMMENTS.to_owned()),
        ("create_commit", CREATE_COMMIT.to_owned()),
        ("last_commits", LAST_COMMITS.to_owned()),
        ("group", GROUP.to_owned()),
        ("queue", QUEUE.to_owned()),
        ("open_pulls", OPEN_PULLS.to_owned()),
        ("organisation", ORGANISATION.to_owned()),
        ("reviews", REVIEWS.to_owned()),
        ("statuses", STATUSES.to_owned()),
        ("thread", THREAD.to_owned()),
        ("resolve_thread", RESOLVE_THREAD.to_owned()),
        ("reopen_thread", REOPEN_THREAD.to_owned()),
        ("files", super::files::document((2, 1), super::files::TEXTS)),
        ("ground", super::ground::document(2)),
        ("ground_of_nothing", super::ground::document(0)),
        ("history", super::history::document(2)),
        ("sizes", super::files::document((2, 1), super::files::SIZES)),
        ("blobs", super::files::document((2, 2), super::files::BLOBS)),
    ]
}

#[derive(Serialize)]
struct Question<'a, V> {
    query: &'a str,
    variables: V,
}

#[derive(Deserialize)]
struct Answer<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<Problem>,
    /// Some refusals come as those of the REST API do.
    #[serde(default)]
    message: String,
}

impl<T> Answer<T> {
    /// GitHub's words for a limit, when this is one. `RATE_LIMITED` is what the documentation has, `RATE_LIMIT` what
    /// comes; a secondary limit has a text alone, with status 200 or 403 ("Exceeding the rate limit" of "Rate limits
    /// and query limits for the GraphQL API").
    fn limit(&self) -> Option<&str> {
        let of_type = |problem: &&Problem| matches!(problem.kind.as_deref(), Some("RATE_LIMITED" | "RATE_LIMIT"));
        let texts = self.errors.iter().map(|problem| problem.message.as_str()).chain([self.message.as_str()]);
        let typed = self.errors.iter().find(of_type).map(|problem| problem.message.as_str());
        typed.or_else(|| texts.into_iter().find(|text| is_too_fast(text) || is_spent(text)))
    }
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    message: String,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    extensions: Value,
}

/// Types of errors that are about what was asked: it is refused however often it is asked again.
const REFUSALS: [&str; 7] = [
    "UNPROCESSABLE",
    "VALIDATION",
    "BRANCH_PROTECTION_RULE_VIOLATION",
    "MAX_NODE_LIMIT_EXCEEDED",
    "EXCESSIVE_PAGINATION",
    "MISSING_PAGINATION_BOUNDARIES",
    "INVALID_CURSOR_ARGUMENTS",
];

impl Shared {
    /// Sends a document and gives its data; any error in the answer is an error.
    pub(super) async fn graphql<T: DeserializeOwned>(
        &self,
        document: &str,
        variables: impl Serialize,
        effect: Effect,
        asked: &'static str,
        audience: Audience,
        counter: &RequestCounter,
    ) -> Result<T, CallError> {
        let outgoing = Outgoing {
            method: Method::POST,
            url: self.http.roots.graphql.clone(),
            accept: super::call::JSON,
            body: Some(body(&Question { query: document, variables })),
        };
        let installation = audience.0;
        let reply = self
            .call(
                Call { outgoing, effect, quota: Quota::Graphql, gate: false, wants_address: false, asked },
                audience,
                counter,
            )
            .await?;
        let answer: Answer<T> = parse(&reply.body, asked)?;
        let now = self.http.github_now();
        if let Some(told) = answer.limit() {
            let limit = build_limit(&reply.headers, told, now);
            return Err(self.in_host_time(self.pace.note_error(installation, Quota::Graphql, limit, now)));
        }
        if let Some(problem) = answer.errors.into_iter().next() {
            return Err(match problem.kind.as_deref() {
                // A branch that points elsewhere than expected.
                Some("STALE_DATA") => CallError::Conflict(cut(&problem.message)),
                Some("NOT_FOUND") => CallError::NotFound(asked.to_owned()),
                Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => CallError::Forbidden(cut(&problem.message)),
                // What is wrong with a document is said without a type and with a code.
                Some(kind) if REFUSALS.contains(&kind) => CallError::Invalid(cut(&problem.message)),
                None if !problem.extensions.is_null() => CallError::Invalid(cut(&problem.message)),
                // GitHub's own trouble: `RESOURCE_LIMITS_EXCEEDED`, or "Something went wrong while executing your query", a
                // timeout without a type. What is not known says nothing of what was asked either.
                _ => {
                    let (kind, message) = (problem.kind.unwrap_or_default(), cut(&problem.message));
                    tracing::warn!(asked, kind, message, "GitHub failed to answer a query.");
                    CallError::Server(200)
                }
            });
        }
        self.pace.note_success(installation, now);
        answer.data.ok_or_else(|| CallError::Malformed(format!("{asked}, no data")))
    }
}

fn cut(message: &str) -> String {
    message.chars().filter(|c| !c.is_control()).take(300).collect()
}
