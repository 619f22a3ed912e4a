//! From a request to its handler: route, identity, visibility, permission, known fields.

use super::fields;
use super::page::Query;
use super::table::{Handler, Needs, Route, find};
use crate::sim::auth::{Caller, identify};
use crate::sim::log::Kind;
use crate::sim::reply::{Answer, Body, Reply};
use crate::sim::state::{Access, Repo, State};
use axum::http::HeaderMap;
use serde_json::Value;

/// A request below the API's root.
pub(in crate::sim) struct Request {
    pub(in crate::sim) method: String,
    /// Without the query; still percent-encoded.
    pub(in crate::sim) path: String,
    pub(in crate::sim) query: String,
    pub(in crate::sim) headers: HeaderMap,
    pub(in crate::sim) body: Value,
}

impl Request {
    /// The path with its query.
    pub(in crate::sim) fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }
}

/// What a handler works with.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) caller: Caller,
    /// The repository, for routes below one; otherwise 0.
    pub(super) repo: usize,
    /// The other parts of the path in order, decoded.
    pub(super) params: Vec<String>,
    pub(super) query: Query,
    pub(super) body: Value,
    pub(super) accept: String,
    /// Address of the request without its query, for links to other pages.
    pub(super) url: String,
}

impl Call<'_> {
    pub(super) fn repo(&self) -> &Repo {
        &self.state.repos[self.repo]
    }

    pub(super) fn param(&self, at: usize) -> &str {
        self.params.get(at).map_or("", String::as_str)
    }

    /// A number of the path; anything else is found nowhere.
    pub(super) fn number(&self, at: usize) -> Result<u64, Reply> {
        self.param(at).parse().map_err(|_| Reply::not_found())
    }

    /// A required text of the body.
    pub(super) fn text(&self, field: &str) -> Result<String, Reply> {
        let missing = || Reply::malformed(&format!("\"{field}\" wasn't supplied."));
        self.body[field].as_str().map(str::to_owned).ok_or_else(missing)
    }
}

/// The answer, what kind of request it was, and the pattern of its route.
pub(in crate::sim) fn answer(state: &mut State, request: &Request) -> (Reply, Kind, &'static str) {
    let path = by_name(state, &request.path);
    let Some((route, params)) = find(&request.method, &path) else {
        return (Reply::not_found(), Kind::UnknownRoute, "");
    };
    let kind = match (route.method, route.pattern) {
        _ if route.unknown(&Query::parse(&request.query)).is_some() => Kind::UnknownQuery,
        ("GET", _) => Kind::Read,
        (_, "/app/installations/{id}/access_tokens") => Kind::Mint,
        _ => Kind::Write,
    };
    let reply = serve(state, request, route, params).unwrap_or_else(|refusal| refusal);
    (reply, kind, route.pattern)
}

fn serve(state: &mut State, request: &Request, route: &Route, mut params: Vec<String>) -> Answer {
    if request.headers.get("user-agent").is_none() {
        return Err(Reply::refusal(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        ));
    }
    let caller = identify(state, &request.headers)?;
    let mut repo = 0;
    if route.pattern.starts_with("/repos/") {
        let (owner, name) = (params.remove(0), params.remove(0));
        repo = state.find_repo(&owner, &name).ok_or_else(|| moved(state, &owner, &name, request))?;
    }
    admit(state, &caller, &route.needs, repo)?;
    let query = Query::parse(&request.query);
    if let Some(unknown) = route.unknown(&query) {
        return Err(Reply::malformed(&format!("\"{unknown}\" is not a permitted query parameter.")));
    }
    fields::check(&request.body, route.fields)?;
    let accept = request.headers.get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let url = format!("{}{}", state.env.api, request.path);
    let body = request.body.clone();
    let handler: Handler = route.handler;
    handler(&mut Call { state, caller, repo, params, query, body, accept, url })
}

/// Nothing of that name: 301 when something had it before, to its number.
fn moved(state: &State, owner: &str, name: &str, request: &Request) -> Reply {
    let Some(index) = state.find_renamed(owner, name) else { return Reply::not_found() };
    let below: String = request.target().splitn(5, '/').skip(4).map(|rest| format!("/{rest}")).collect();
    let url = format!("{}/repositories/{}{below}", state.env.api, state.repos[index].id);
    let mut reply = Reply::refusal(301, "Moved Permanently").with("location", &url);
    if let Body::Json(value) = &mut reply.body {
        value["url"] = url.into();
    }
    reply
}

fn admit(state: &State, caller: &Caller, needs: &Needs, repo: usize) -> Result<(), Reply> {
    match needs {
        Needs::Anyone => Ok(()),
        Needs::App if matches!(caller, Caller::App(_)) => Ok(()),
        Needs::App => Err(Reply::refusal(401, "A JSON web token could not be decoded")),
        Needs::Installation if matches!(caller, Caller::Installation { .. }) => Ok(()),
        Needs::Installation => Err(Reply::refusal(
            403,
            "You must authenticate with an installation access token in order to list repositories for an installation.",
        )),
        Needs::One(permissions) => {
            if matches!(caller, Caller::App(_)) {
                return Err(Reply::refusal(401, "Bad credentials"));
            }
            let place = &state.repos[repo];
            if !caller.sees(state, place) {
                return Err(Reply::not_found());
            }
            match caller {
                _ if caller.may(state, place, permissions) => Ok(()),
                // Hidden from people who may not push: "Users with push access in a repository can create ...".
                Caller::User { granted: None, .. } if permissions.iter().any(|(name, _)| *name == "statuses") => {
                    Err(Reply::not_found())
                }
                _ => Err(naming(caller.refusal(), permissions)),
            }
        }
        Needs::Talk(permissions) => {
            if matches!(caller, Caller::App(_)) {
                return Err(Reply::refusal(401, "Bad credentials"));
            }
            let place = &state.repos[repo];
            match (caller.sees(state, place), caller.may_talk(state, place, permissions)) {
                (false, _) => Err(Reply::not_found()),
                (true, true) => Ok(()),
                (true, false) => Err(naming(caller.refusal(), permissions)),
            }
        }
    }
}

/// `/repositories/{id}/...` is another name of `/repos/{owner}/{repo}/...`.
fn by_name(state: &State, path: &str) -> String {
    let named = path.strip_prefix("/repositories/").and_then(|rest| {
        let (id, rest) = rest.split_once('/').map_or((rest, String::new()), |(id, rest)| (id, format!("/{rest}")));
        let index = state.repo_by_id(id.parse().ok()?)?;
        Some(format!("/repos/{}{rest}", state.repos[index].full_name()))
    });
    named.unwrap_or_else(|| path.to_owned())
}

/// GitHub says which permissions would do: one of those between semicolons.
/// (docs.github.com, "Troubleshooting the REST API", "Resource not accessible")
fn naming(refusal: Reply, permissions: &[(&str, Access)]) -> Reply {
    let named: Vec<String> = permissions.iter().map(|(name, access)| format!("{name}={}", access.name())).collect();
    refusal.with("x-accepted-github-permissions", &named.join("; "))
}
