//! The routes of the web pages, and the forms on them.

use super::act::Push;
use super::pages::{
    CONTENT_SECURITY_POLICY, render_checks, render_conversation, render_edit, render_files, render_not_found,
    render_pulls, render_repositories,
};
use super::reply::Reply;
use super::rest::{Query, decode};
use super::server::Shared;
use super::state::State;
use super::views;
use super::webhooks::lock;
use axum::http::{HeaderMap, Uri};

/// Answers a request outside the API.
pub(super) fn answer(shared: &Shared, method: &str, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Reply {
    let parts: Vec<String> = uri.path().split('/').skip(1).map(decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let query = Query::parse(uri.query().unwrap_or_default());
    let number = query.get("pull").and_then(|number| number.parse().ok()).unwrap_or_default();
    let mut state = lock(&shared.state);
    if let ("GET", ["_artifacts", id]) = (method, parts.as_slice()) {
        return artifact(&state, id, headers);
    }
    let page = match (method, parts.as_slice()) {
        ("GET", _) => show(&state, &parts, number),
        ("POST", [owner, name, "edit", branch, path @ ..]) if !is_foreign(shared, headers) => {
            let path = path.join("/");
            return save(&mut state, (owner, name), (branch, &path), number, body)
                .unwrap_or_else(|| missing(uri.path()));
        }
        ("POST", [owner, name, "pull", number, "checks", check, identifier]) if !is_foreign(shared, headers) => {
            return press(&mut state, (owner, name), number, (check, identifier))
                .unwrap_or_else(|| missing(uri.path()));
        }
        _ => None,
    };
    page.map_or_else(|| missing(uri.path()), |page| html(200, page))
}

/// The storage in which artifacts lie. It refuses who shows credentials beside those of the address, as Azure does.
fn artifact(state: &State, id: &str, headers: &HeaderMap) -> Reply {
    if headers.contains_key("authorization") {
        return html(403, "Server failed to authenticate the request.".to_owned());
    }
    match id.parse().ok().and_then(|id| state.read_artifact(id)) {
        Some(archive) => Reply::bytes("application/zip", archive.to_vec()),
        None => html(403, "Signed expiry time must be after signed start time.".to_owned()),
    }
}

fn show(state: &State, parts: &[&str], edited: u64) -> Option<String> {
    if let [""] = parts {
        let all: Vec<_> = state.repos.iter().map(views::repository).collect();
        return Some(render_repositories(&all));
    }
    let [owner, name, rest @ ..] = parts else { return None };
    let repo = &state.repos[state.find_repo(owner, name)?];
    let view = views::repository(repo);
    match rest {
        [] | ["pulls"] => {
            let pulls: Vec<_> = repo.pulls.values().rev().map(|pull| views::summary(repo, pull)).collect();
            Some(render_pulls(&view, &pulls))
        }
        ["pull", number, tab @ ..] => {
            let pull = views::pull(state, repo, repo.pulls.get(&number.parse().ok()?)?);
            match tab {
                [] => Some(render_conversation(&view, &pull)),
                ["files"] => Some(render_files(&view, &pull)),
                ["checks"] => Some(render_checks(&view, &pull)),
                _ => None,
            }
        }
        ["edit", branch, path @ ..] => {
            let path = path.join("/");
            let file = repo.git.load_file(repo.branches.get(*branch)?, &path)?;
            Some(render_edit(&view, branch, &path, std::str::from_utf8(&file).ok()?, edited))
        }
        _ => None,
    }
}

/// Commits what the form holds, as the author of the pull request, and goes back to it.
fn save(
    state: &mut State,
    (owner, name): (&str, &str),
    (branch, path): (&str, &str),
    number: u64,
    body: &[u8],
) -> Option<Reply> {
    let index = state.find_repo(owner, name)?;
    let repo = &state.repos[index];
    let tip = repo.branches.get(branch)?;
    let old = repo.git.load_file(tip, path)?;
    let author = repo.pulls.get(&number)?.author.clone();
    let form = Query::parse(&std::str::from_utf8(body).ok()?.replace('+', " "));
    // A browser sends CR LF at the end of every line, and no final line end is added or lost.
    let text = form.get("text")?.replace("\r\n", "\n");
    let text = if old.windows(2).any(|pair| pair == b"\r\n") { text.replace('\n', "\r\n") } else { text };
    if text.as_bytes() != old.as_slice() {
        let message = form.get("message").map(str::trim).filter(|it| !it.is_empty());
        let message = message.map_or_else(|| format!("Update {path}"), str::to_owned);
        let edits = [(path.to_owned(), Some(text.into_bytes()))];
        state.push(index, &Push { branch, author: &author, message: &message, edits: &edits, base: "" })?;
    }
    Some(Reply::empty(303).with("location", &format!("/{owner}/{name}/pull/{number}")))
}

/// Clicks a button of a check of the pull request's head, as its author, and goes back to the checks.
fn press(
    state: &mut State,
    (owner, name): (&str, &str),
    number: &str,
    (check, identifier): (&str, &str),
) -> Option<Reply> {
    let index = state.find_repo(owner, name)?;
    let repo = &state.repos[index];
    let pull = repo.pulls.get(&number.parse().ok()?)?;
    let check = check.parse().ok()?;
    repo.runs.iter().find(|run| run.id == check && run.head_sha == pull.head_sha)?;
    let author = pull.author.clone();
    state.press_button(index, check, identifier, &author).then_some(())?;
    Some(Reply::empty(303).with("location", &format!("/{owner}/{name}/pull/{number}/checks")))
}

/// Whether another site's page sent the form.
fn is_foreign(shared: &Shared, headers: &HeaderMap) -> bool {
    let origin = headers.get("origin").and_then(|origin| origin.to_str().ok());
    let port = shared.env.web.rsplit(':').next().unwrap_or_default();
    origin.is_some_and(|origin| origin != shared.env.web && origin != format!("http://localhost:{port}"))
}

fn missing(path: &str) -> Reply {
    html(404, render_not_found(path))
}

fn html(status: u16, page: String) -> Reply {
    let reply = Reply::bytes("text/html; charset=utf-8", page.into_bytes());
    Reply { status, ..reply }
        .with("content-security-policy", CONTENT_SECURITY_POLICY)
        .with("x-content-type-options", "nosniff")
        .with("cache-control", "no-store")
}
