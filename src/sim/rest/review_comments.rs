//! Comments on lines, one by one.

use super::call::Call;
use super::issues::body_of;
use super::pulls::pull_of;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use crate::sim::state::ReviewComment;
use serde_json::Value;

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let number = pull_of(call)?.number;
    let since = call.query.get("since").unwrap_or_default();
    let found = call
        .repo()
        .review_comments
        .iter()
        .filter(|comment| comment.number == number && comment.updated_at.as_str() >= since);
    let all: Vec<Value> = found.map(|comment| json::review_comment(call.state, call.repo(), comment)).collect();
    call.list(&all)
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let at = find(call, false)?;
    Reply::ok(json::review_comment(call.state, call.repo(), &call.repo().review_comments[at]))
}

pub(super) fn reply(call: &mut Call<'_>) -> Answer {
    let (number, id) = (pull_of(call)?.number, call.number(1)?);
    let body = body_of(call, "PullRequestReviewComment")?;
    let first = |it: &&ReviewComment| it.id == id && it.number == number && it.reply_to.is_none();
    let first = call.repo().review_comments.iter().find(first).ok_or_else(Reply::not_found)?.id;
    let (author, app) = call.caller.author(call.state);
    let made = call.state.reply(call.repo, first, (&author, app), &body).ok_or_else(Reply::not_found)?;
    let made = call.repo().review_comments.iter().find(|it| it.id == made).ok_or_else(Reply::not_found)?;
    Reply::created(json::review_comment(call.state, call.repo(), made))
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let at = find(call, true)?;
    let (body, now) = (body_of(call, "PullRequestReviewComment")?, call.state.now());
    let comment = &mut call.state.repos[call.repo].review_comments[at];
    (comment.body, comment.updated_at, comment.edited) = (body, now, true);
    Reply::ok(json::review_comment(call.state, call.repo(), &call.repo().review_comments[at]))
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let at = find(call, true)?;
    let id = call.repo().review_comments[at].id;
    call.state.delete_review_comment(call.repo, id);
    Ok(Reply::empty(204))
}

fn find(call: &Call<'_>, writes: bool) -> Result<usize, Reply> {
    let id = call.number(0)?;
    let at = call.repo().review_comments.iter().position(|it| it.id == id).ok_or_else(Reply::not_found)?;
    let comment = &call.repo().review_comments[at];
    if writes && !call.caller.may_change(call.repo(), &comment.author, comment.app) {
        return Err(call.caller.refusal());
    }
    Ok(at)
}
