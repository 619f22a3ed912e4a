//! The table of routes.

use super::call::Call;
use super::fields::{Field, Kind, may, must};
use super::page::{Query, decode};
use super::{
    actions, app, checks, commits, contents, issues, objects, pulls, reactions, repos, review_comments, reviews,
};
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
    /// The same for taking part in a conversation, which every person may who sees the repository.
    Talk(&'static [(&'static str, Access)]),
}

/// One thing that is served.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) pattern: &'static str,
    pub(super) needs: Needs,
    pub(super) handler: Handler,
    /// Names that the query may have.
    query: &'static [&'static str],
    /// Whether it may have `page` and `per_page` too.
    paged: bool,
    /// Members that the body may have.
    pub(super) fields: &'static [Field],
}

const PULLS: &[(&str, Access)] = &[("pull_requests", Read)];
const PULLS_WRITE: &[(&str, Access)] = &[("pull_requests", Write)];
const TALK: &[(&str, Access)] = &[("issues", Read), ("pull_requests", Read)];
const TALK_WRITE: &[(&str, Access)] = &[("issues", Write), ("pull_requests", Write)];
const RUNS: &[(&str, Access)] = &[("checks", Read)];
const RUNS_WRITE: &[(&str, Access)] = &[("checks", Write)];
const CODE: &[(&str, Access)] = &[("contents", Read)];
const STATUSES: &[(&str, Access)] = &[("statuses", Read)];
const ACTIONS: &[(&str, Access)] = &[("actions", Read)];
const STATUSES_WRITE: &[(&str, Access)] = &[("statuses", Write)];

const BODY: &[Field] = &[must("body", Text)];
const REACTION: &[Field] = &[must("content", Word(&crate::sim::json::REACTIONS))];
const LABELS: &[Field] = &[must("labels", Texts)];
const TOKEN: &[Field] = &[may("repository_ids", Numbers), may("repositories", Texts), may("permissions", Words)];
const STATUS: &[Field] = &[
    must("state", Word(&["error", "failure", "pending", "success"])),
    may("target_url", Text),
    may("description", Text),
    may("context", Text),
];
const STATES: Kind = Word(&["queued", "in_progress", "completed"]);
const CONCLUSIONS: Kind =
    Word(&["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"]);
/// Source of the limits: "Create a check run" in GitHub's documentation.
const ANNOTATION: &[Field] = &[
    must("path", Text),
    must("start_line", Number),
    must("end_line", Number),
    may("start_column", Number),
    may("end_column", Number),
    must("annotation_level", Word(&["notice", "warning", "failure"])),
    must("message", Text),
    may("title", Short(255)),
    may("raw_details", Text),
];
const IMAGE: &[Field] = &[must("alt", Text), must("image_url", Text), may("caption", Text)];
const OUTPUT: &[Field] = &[
    may("title", Text),
    must("summary", Text),
    may("text", Text),
    may("annotations", List(ANNOTATION, 50)),
    may("images", List(IMAGE, 1000)),
];
const ACTION: &[Field] = &[must("label", Short(20)), must("description", Short(40)), must("identifier", Short(20))];
const CHECK: &[Field] = &[
    must("name", Text),
    must("head_sha", Text),
    may("details_url", Text),
    may("external_id", Text),
    may("status", STATES),
    may("started_at", Text),
    may("conclusion", CONCLUSIONS),
    may("completed_at", Text),
    may("output", Object(OUTPUT)),
    may("actions", List(ACTION, 3)),
];
const CHECK_EDIT: &[Field] = &[
    may("name", Text),
    may("details_url", Text),
    may("external_id", Text),
    may("status", STATES),
    may("started_at", Text),
    may("conclusion", CONCLUSIONS),
    may("completed_at", Text),
    may("output", Object(OUTPUT)),
    may("actions", List(ACTION, 3)),
];
const SIDES: Kind = Word(&["LEFT", "RIGHT"]);
const LINE_COMMENT: &[Field] = &[
    must("path", Text),
    must("body", Text),
    may("position", Number),
    may("line", Number),
    may("side", SIDES),
    may("start_line", Number),
    may("start_side", SIDES),
];
const REVIEW: &[Field] = &[
    may("commit_id", Text),
    may("body", Text),
    may("event", Word(&["APPROVE", "REQUEST_CHANGES", "COMMENT"])),
    may("comments", List(LINE_COMMENT, 1000)),
];

use Kind::{List, Number, Numbers, Object, Short, Text, Texts, Word, Words};
use Needs::{Anyone, App, Installation, One, Talk};

const fn route(method: &'static str, pattern: &'static str, needs: Needs, handler: Handler) -> Route {
    Route { method, pattern, needs, handler, query: &[], paged: false, fields: &[] }
}

impl Route {
    /// Its body has these members.
    const fn body(mut self, fields: &'static [Field]) -> Self {
        self.fields = fields;
        self
    }

    /// Its query may have these names.
    const fn query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    /// It answers a list, page by page.
    const fn paged(mut self) -> Self {
        self.paged = true;
        self
    }

    /// The first name of a query that the route does not know.
    pub(super) fn unknown<'q>(&self, query: &'q Query) -> Option<&'q str> {
        query.names().find(|name| !(self.query.contains(name) || self.paged && matches!(*name, "page" | "per_page")))
    }
}

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route("GET", "/rate_limit", Anyone, app::rate_limit),
    route("GET", "/app", App, app::show),
    route("GET", "/app/installations", App, app::installations).paged(),
    route("POST", "/app/installations/{id}/access_tokens", App, app::mint).body(TOKEN),
    route("GET", "/app/hook/config", App, app::hook),
    route("GET", "/app/hook/deliveries", App, app::deliveries).query(&["cursor", "per_page", "status"]),
    route("GET", "/app/hook/deliveries/{id}", App, app::delivery),
    route("POST", "/app/hook/deliveries/{id}/attempts", App, app::redeliver),
    route("GET", "/installation/repositories", Installation, app::repositories).paged(),
    route("GET", "/repos/{owner}/{repo}/installation", App, app::installation_of),
    route("GET", "/repos/{owner}/{repo}", One(&[]), repos::show),
    route("GET", "/repos/{owner}/{repo}/branches", One(CODE), repos::branches).paged(),
    route("GET", "/repos/{owner}/{repo}/branches/{branch}", One(CODE), repos::branch),
    route("GET", "/repos/{owner}/{repo}/rules/branches/{branch}", One(&[]), repos::rules).paged(),
    route("GET", "/repos/{owner}/{repo}/collaborators/{login}/permission", One(&[]), repos::permission),
    route("GET", "/repos/{owner}/{repo}/contents/{*path}", One(CODE), contents::show).query(&["ref"]),
    route("GET", "/repos/{owner}/{repo}/git/blobs/{sha}", One(CODE), objects::blob),
    route("GET", "/repos/{owner}/{repo}/git/commits/{sha}", One(CODE), objects::commit),
    route("GET", "/repos/{owner}/{repo}/git/trees/{sha}", One(CODE), objects::tree).query(&["recursive"]),
    route("GET", "/repos/{owner}/{repo}/pulls", One(PULLS), pulls::list).paged().query(&["state", "head", "base"]),
    route("GET", "/repos/{owner}/{repo}/pulls/{number}", One(PULLS), pulls::show),
    route("GET", "/repos/{owner}/{repo}/pulls/{number}/files", One(PULLS), pulls::files).paged(),
    route("GET", "/repos/{owner}/{repo}/pulls/{number}/commits", One(PULLS), pulls::commits).paged(),
    route("GET", "/repos/{owner}/{repo}/pulls/{number}/reviews", One(PULLS), reviews::list).paged(),
    route("GET", "/repos/{owner}/{repo}/pulls/{number}/requested_reviewers", One(PULLS), pulls::requested_reviewers),
    route("POST", "/repos/{owner}/{repo}/pulls/{number}/reviews", Talk(PULLS_WRITE), reviews::create).body(REVIEW),
    route("GET", "/repos/{owner}/{repo}/pulls/{number}/comments", One(PULLS), review_comments::list).paged().query(&["since"]),
    route("GET", "/repos/{owner}/{repo}/pulls/comments/{id}", One(PULLS), review_comments::show),
    route("PATCH", "/repos/{owner}/{repo}/pulls/comments/{id}", Talk(PULLS_WRITE), review_comments::update).body(BODY),
    route("DELETE", "/repos/{owner}/{repo}/pulls/comments/{id}", Talk(PULLS_WRITE), review_comments::delete),
    route("POST", "/repos/{owner}/{repo}/pulls/{number}/comments/{id}/replies", Talk(PULLS_WRITE), review_comments::reply).body(BODY),
    route("GET", "/repos/{owner}/{repo}/pulls/comments/{id}/reactions", One(PULLS), reactions::list).paged().query(&["content"]),
    route("POST", "/repos/{owner}/{repo}/pulls/comments/{id}/reactions", Talk(PULLS_WRITE), reactions::create).body(REACTION),
    route("DELETE", "/repos/{owner}/{repo}/pulls/comments/{id}/reactions/{reaction}", Talk(PULLS_WRITE), reactions::delete),
    route("GET", "/repos/{owner}/{repo}/issues/{number}/comments", One(TALK), issues::comments).paged().query(&["since"]),
    route("POST", "/repos/{owner}/{repo}/issues/{number}/comments", Talk(TALK_WRITE), issues::create).body(BODY),
    route("GET", "/repos/{owner}/{repo}/issues/comments", One(TALK), issues::all_comments).paged().query(&["since", "sort", "direction"]),
    route("GET", "/repos/{owner}/{repo}/issues/comments/{id}", One(TALK), issues::show),
    route("PATCH", "/repos/{owner}/{repo}/issues/comments/{id}", Talk(TALK_WRITE), issues::update).body(BODY),
    route("DELETE", "/repos/{owner}/{repo}/issues/comments/{id}", Talk(TALK_WRITE), issues::delete),
    route("GET", "/repos/{owner}/{repo}/issues/comments/{id}/reactions", One(TALK), reactions::list).paged().query(&["content"]),
    route("POST", "/repos/{owner}/{repo}/issues/comments/{id}/reactions", Talk(TALK_WRITE), reactions::create).body(REACTION),
    route("DELETE", "/repos/{owner}/{repo}/issues/comments/{id}/reactions/{reaction}", Talk(TALK_WRITE), reactions::delete),
    route("GET", "/repos/{owner}/{repo}/issues/{number}/labels", One(TALK), issues::labels).paged(),
    route("POST", "/repos/{owner}/{repo}/issues/{number}/labels", One(TALK_WRITE), issues::add_labels).body(LABELS),
    route("DELETE", "/repos/{owner}/{repo}/issues/{number}/labels/{name}", One(TALK_WRITE), issues::remove_label),
    route("GET", "/repos/{owner}/{repo}/issues/{number}/events", One(TALK), issues::events).paged(),
    route("GET", "/repos/{owner}/{repo}/compare/{basehead}", One(CODE), commits::compare).paged(),
    route("GET", "/repos/{owner}/{repo}/commits/{sha}", One(CODE), commits::show).paged(),
    route("GET", "/repos/{owner}/{repo}/commits/{sha}/pulls", One(PULLS), commits::pulls).paged(),
    route("GET", "/repos/{owner}/{repo}/commits/{sha}/check-runs", One(RUNS), checks::of_commit).paged().query(&["check_name", "status", "filter", "app_id"]),
    route("GET", "/repos/{owner}/{repo}/commits/{sha}/check-suites", One(RUNS), checks::suites).paged().query(&["check_name", "app_id"]),
    route("GET", "/repos/{owner}/{repo}/commits/{sha}/status", One(STATUSES), commits::status).paged(),
    route("GET", "/repos/{owner}/{repo}/commits/{sha}/statuses", One(STATUSES), commits::statuses).paged(),
    route("GET", "/repos/{owner}/{repo}/actions/runs/{id}/artifacts", One(ACTIONS), actions::artifacts).paged().query(&["name", "direction"]),
    route("GET", "/repos/{owner}/{repo}/actions/artifacts/{id}/{format}", One(ACTIONS), actions::download),
    route("POST", "/repos/{owner}/{repo}/statuses/{sha}", One(STATUSES_WRITE), commits::create_status).body(STATUS),
    route("POST", "/repos/{owner}/{repo}/check-runs", One(RUNS_WRITE), checks::create).body(CHECK),
    route("GET", "/repos/{owner}/{repo}/check-runs/{id}", One(RUNS), checks::show),
    route("PATCH", "/repos/{owner}/{repo}/check-runs/{id}", One(RUNS_WRITE), checks::update).body(CHECK_EDIT),
    route("GET", "/repos/{owner}/{repo}/check-runs/{id}/annotations", One(RUNS), checks::annotations).paged(),
    route("POST", "/repos/{owner}/{repo}/check-runs/{id}/rerequest", One(RUNS_WRITE), checks::rerequest),
    route("GET", "/repos/{owner}/{repo}/check-suites/{id}", One(RUNS), checks::suite),
    route("POST", "/repos/{owner}/{repo}/check-suites/{id}/rerequest", One(RUNS_WRITE), checks::rerequest_suite),
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
