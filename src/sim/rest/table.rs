//! The table of routes.

use super::call::Call;
use super::page::decode;
use super::{app, checks, commits, contents, issues, pulls, repos, review_comments, reviews};
use crate::sim::reply::Answer;
use crate::sim::state::Access::{self, Read, Write};

pub(super) type Handler = fn(&mut Call<'_>) -> Answer;

/// What a caller must show.
pub(super) enum Needs {
    Anyone,
    /// The app's own token.
    App,
    Installation,
    /// A token that sees the repository, with one of these permissions; an empty list asks for none.
    One(&'static [(&'static str, Access)]),
}

/// One thing that is served.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) pattern: &'static str,
    pub(super) needs: Needs,
    /// Members that the request may have.
    pub(super) fields: &'static [&'static str],
    pub(super) handler: Handler,
}

const PULLS: &[(&str, Access)] = &[("pull_requests", Read)];
const PULLS_WRITE: &[(&str, Access)] = &[("pull_requests", Write)];
const TALK: &[(&str, Access)] = &[("issues", Read), ("pull_requests", Read)];
const TALK_WRITE: &[(&str, Access)] = &[("issues", Write), ("pull_requests", Write)];
const CHECKS: &[(&str, Access)] = &[("checks", Read)];
const CHECKS_WRITE: &[(&str, Access)] = &[("checks", Write)];
const CODE: &[(&str, Access)] = &[("contents", Read)];
const STATUSES: &[(&str, Access)] = &[("statuses", Read)];
const STATUSES_WRITE: &[(&str, Access)] = &[("statuses", Write)];

const CHECK_FIELDS: &[&str] = &[
    "name",
    "head_sha",
    "details_url",
    "external_id",
    "status",
    "started_at",
    "conclusion",
    "completed_at",
    "output",
    "actions",
];

macro_rules! route {
    ($method:literal $pattern:literal $needs:expr, $fields:expr, $handler:expr) => {
        Route { method: $method, pattern: $pattern, needs: $needs, fields: $fields, handler: $handler }
    };
}

use Needs::{Anyone, App, Installation, One};

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route!("GET" "/rate_limit" Anyone, &[], app::rate_limit),
    route!("GET" "/app" App, &[], app::show),
    route!("GET" "/app/installations" App, &[], app::installations),
    route!("POST" "/app/installations/{id}/access_tokens" App, &["repository_ids", "repositories", "permissions"], app::mint),
    route!("GET" "/app/hook/deliveries" App, &[], app::deliveries),
    route!("GET" "/app/hook/deliveries/{id}" App, &[], app::delivery),
    route!("POST" "/app/hook/deliveries/{id}/attempts" App, &[], app::redeliver),
    route!("GET" "/installation/repositories" Installation, &[], app::repositories),
    route!("GET" "/repos/{owner}/{repo}/installation" App, &[], app::installation_of),
    route!("GET" "/repos/{owner}/{repo}" One(&[]), &[], repos::show),
    route!("GET" "/repos/{owner}/{repo}/branches" One(CODE), &[], repos::branches),
    route!("GET" "/repos/{owner}/{repo}/branches/{branch}" One(CODE), &[], repos::branch),
    route!("GET" "/repos/{owner}/{repo}/collaborators/{login}/permission" One(&[]), &[], repos::permission),
    route!("GET" "/repos/{owner}/{repo}/contents/{*path}" One(CODE), &[], contents::show),
    route!("GET" "/repos/{owner}/{repo}/pulls" One(PULLS), &[], pulls::list),
    route!("GET" "/repos/{owner}/{repo}/pulls/{number}" One(PULLS), &[], pulls::show),
    route!("GET" "/repos/{owner}/{repo}/pulls/{number}/files" One(PULLS), &[], pulls::files),
    route!("GET" "/repos/{owner}/{repo}/pulls/{number}/commits" One(PULLS), &[], pulls::commits),
    route!("GET" "/repos/{owner}/{repo}/pulls/{number}/reviews" One(PULLS), &[], reviews::list),
    route!("POST" "/repos/{owner}/{repo}/pulls/{number}/reviews" One(PULLS_WRITE), &["commit_id", "body", "event", "comments"], reviews::create),
    route!("GET" "/repos/{owner}/{repo}/pulls/{number}/comments" One(PULLS), &[], review_comments::list),
    route!("GET" "/repos/{owner}/{repo}/pulls/comments/{id}" One(PULLS), &[], review_comments::show),
    route!("PATCH" "/repos/{owner}/{repo}/pulls/comments/{id}" One(PULLS_WRITE), &["body"], review_comments::update),
    route!("DELETE" "/repos/{owner}/{repo}/pulls/comments/{id}" One(PULLS_WRITE), &[], review_comments::delete),
    route!("GET" "/repos/{owner}/{repo}/issues/{number}/comments" One(TALK), &[], issues::comments),
    route!("POST" "/repos/{owner}/{repo}/issues/{number}/comments" One(TALK_WRITE), &["body"], issues::create),
    route!("GET" "/repos/{owner}/{repo}/issues/comments/{id}" One(TALK), &[], issues::show),
    route!("PATCH" "/repos/{owner}/{repo}/issues/comments/{id}" One(TALK_WRITE), &["body"], issues::update),
    route!("DELETE" "/repos/{owner}/{repo}/issues/comments/{id}" One(TALK_WRITE), &[], issues::delete),
    route!("GET" "/repos/{owner}/{repo}/issues/{number}/labels" One(TALK), &[], issues::labels),
    route!("POST" "/repos/{owner}/{repo}/issues/{number}/labels" One(TALK_WRITE), &["labels"], issues::add_labels),
    route!("DELETE" "/repos/{owner}/{repo}/issues/{number}/labels/{name}" One(TALK_WRITE), &[], issues::remove_label),
    route!("GET" "/repos/{owner}/{repo}/issues/{number}/events" One(TALK), &[], issues::events),
    route!("GET" "/repos/{owner}/{repo}/compare/{basehead}" One(CODE), &[], commits::compare),
    route!("GET" "/repos/{owner}/{repo}/commits/{sha}" One(CODE), &[], commits::show),
    route!("GET" "/repos/{owner}/{repo}/commits/{sha}/pulls" One(PULLS), &[], commits::pulls),
    route!("GET" "/repos/{owner}/{repo}/commits/{sha}/check-runs" One(CHECKS), &[], checks::of_commit),
    route!("GET" "/repos/{owner}/{repo}/commits/{sha}/status" One(STATUSES), &[], commits::status),
    route!("POST" "/repos/{owner}/{repo}/statuses/{sha}" One(STATUSES_WRITE), &["state", "target_url", "description", "context"], commits::create_status),
    route!("POST" "/repos/{owner}/{repo}/check-runs" One(CHECKS_WRITE), CHECK_FIELDS, checks::create),
    route!("GET" "/repos/{owner}/{repo}/check-runs/{id}" One(CHECKS), &[], checks::show),
    route!("PATCH" "/repos/{owner}/{repo}/check-runs/{id}" One(CHECKS_WRITE), CHECK_FIELDS, checks::update),
    route!("GET" "/repos/{owner}/{repo}/check-runs/{id}/annotations" One(CHECKS), &[], checks::annotations),
    route!("POST" "/repos/{owner}/{repo}/check-suites/{id}/rerequest" One(CHECKS_WRITE), &[], checks::rerequest_suite),
];

/// The route of a request, and the parts of its path that the pattern leaves open.
pub(super) fn find(method: &str, path: &str) -> Option<(&'static Route, Vec<String>)> {
    ROUTES.iter().filter(|route| route.method == method).find_map(|route| Some((route, matches(route.pattern, path)?)))
}

fn matches(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut params = Vec::new();
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        if wanted.starts_with("{*") {
            let rest: Vec<&str> = parts.collect();
            params.push(decode(&rest.join("/")));
            return Some(params);
        }
        let part = parts.next()?;
        match wanted.starts_with('{') {
            true if part.is_empty() => return None,
            true => params.push(decode(part)),
            false if part != wanted => return None,
            false => {}
        }
    }
    parts.next().is_none().then_some(params)
}
