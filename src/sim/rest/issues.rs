//! The conversation of a pull request: comments, labels, events.

use super::call::Call;
use super::pulls::pull_of;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use crate::sim::state::Pull;
use serde_json::Value;

/// A comment: GitHub speaks of characters and counts bytes.
const MAX_BODY: usize = 65_536;

pub(super) fn comments(call: &mut Call<'_>) -> Answer {
    let number = pull_of(call)?.number;
    let since = call.query.get("since").unwrap_or_default();
    let found =
        call.repo().comments.iter().filter(|comment| comment.number == number && comment.updated_at.as_str() >= since);
    let all: Vec<Value> = found.map(|comment| json::comment(call.state, call.repo(), comment)).collect();
    call.list(&all)
}

/// All of the repository, by default in the order in which they were written.
pub(super) fn all_comments(call: &mut Call<'_>) -> Answer {
    let since = call.query.get("since").unwrap_or_default();
    let mut found: Vec<_> =
        call.repo().comments.iter().filter(|comment| comment.updated_at.as_str() >= since).collect();
    let sort = call.query.get("sort");
    if sort == Some("updated") {
        found.sort_by(|one, two| one.updated_at.cmp(&two.updated_at));
    }
    if sort.is_some() && call.query.get("direction") != Some("asc") {
        found.reverse();
    }
    let all: Vec<Value> = found.into_iter().map(|comment| json::comment(call.state, call.repo(), comment)).collect();
    call.list(&all)
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let pull = pull_of(call)?;
    refuse_locked(call, pull)?;
    let number = pull.number;
    let body = body_of(call, "IssueComment")?;
    let (author, app) = call.caller.author(call.state);
    let id = call.state.comment(call.repo, number, &author, app, &body).ok_or_else(Reply::not_found)?;
    let comment = call.repo().comments.iter().find(|it| it.id == id).ok_or_else(Reply::not_found)?;
    Reply::created(json::comment(call.state, call.repo(), comment))
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let at = comment_of(call, false)?;
    Reply::ok(json::comment(call.state, call.repo(), &call.repo().comments[at]))
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let at = comment_of(call, true)?;
    let (body, now) = (body_of(call, "IssueComment")?, call.state.now());
    let comment = &mut call.state.repos[call.repo].comments[at];
    (comment.body, comment.updated_at, comment.edited) = (body, now, true);
    Reply::ok(json::comment(call.state, call.repo(), &call.repo().comments[at]))
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let at = comment_of(call, true)?;
    call.state.repos[call.repo].comments.remove(at);
    Ok(Reply::empty(204))
}

pub(super) fn labels(call: &mut Call<'_>) -> Answer {
    let (repo, pull) = (call.repo(), pull_of(call)?);
    let known = pull.labels.iter().filter_map(|name| repo.labels.iter().find(|label| label.name == *name));
    let all: Vec<Value> = known.map(|label| json::label(call.state, repo, label)).collect();
    call.list(&all)
}

pub(super) fn add_labels(call: &mut Call<'_>) -> Answer {
    let number = pull_of(call)?.number;
    let (actor, _) = call.caller.author(call.state);
    let names: Vec<String> =
        call.body["labels"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    for name in names {
        call.state.label(call.repo, number, &actor, &name, true);
    }
    labels(call)
}

pub(super) fn remove_label(call: &mut Call<'_>) -> Answer {
    let (pull, name) = (pull_of(call)?, call.param(1).to_owned());
    if !pull.labels.contains(&name) {
        return Err(Reply::refusal(404, "Label does not exist"));
    }
    let (number, (actor, _)) = (pull.number, call.caller.author(call.state));
    call.state.label(call.repo, number, &actor, &name, false);
    labels(call)
}

pub(super) fn events(call: &mut Call<'_>) -> Answer {
    let number = pull_of(call)?.number;
    let found = call.repo().label_events.iter().filter(|event| event.number == number);
    let all: Vec<Value> = found.map(|event| json::label_event(call.state, call.repo(), event)).collect();
    call.list(&all)
}

/// Locked conversations are for people who may write; an app is none of them.
pub(super) fn refuse_locked(call: &Call<'_>, pull: &Pull) -> Result<(), Reply> {
    if pull.locked && call.caller.app().is_some() {
        return Err(Reply::refusal(403, "Unable to create comment because issue is locked."));
    }
    Ok(())
}

/// A comment's text within GitHub's limits.
pub(super) fn body_of(call: &Call<'_>, resource: &str) -> Result<String, Reply> {
    let body = call.text("body")?;
    if body.trim().is_empty() {
        return Err(Reply::invalid(resource, "body", "body can't be blank"));
    }
    if body.len() > MAX_BODY {
        return Err(Reply::invalid(resource, "body", &format!("body is too long (maximum is {MAX_BODY} characters)")));
    }
    Ok(body)
}

/// Apps change only what they wrote; people may change everything where they write.
fn comment_of(call: &Call<'_>, writes: bool) -> Result<usize, Reply> {
    let id = call.number(0)?;
    let at = call.repo().comments.iter().position(|it| it.id == id).ok_or_else(Reply::not_found)?;
    let comment = &call.repo().comments[at];
    if writes && !call.caller.may_change(call.repo(), &comment.author, comment.app) {
        return Err(call.caller.refusal());
    }
    Ok(at)
}
