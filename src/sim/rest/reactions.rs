//! Signs under comments, in the conversation and on lines.

use super::call::Call;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use crate::sim::state::Reaction;
use serde_json::Value;

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let subject = subject(call)?;
    let content = call.query.get("content");
    let fits = |it: &&Reaction| it.subject == subject && content.is_none_or(|content| content == it.content);
    let found = call.repo().reactions.iter().filter(fits);
    let all: Vec<Value> = found.map(|it| json::reaction(call.state, it)).collect();
    call.list(&all)
}

/// 201 for a new one, 200 for one that its author has there already.
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let (subject, content) = (subject(call)?, call.text("content")?);
    let (author, _) = call.caller.author(call.state);
    let same = |it: &&Reaction| it.subject == subject && it.author == author && it.content == content;
    if let Some(known) = call.repo().reactions.iter().find(same) {
        return Reply::ok(json::reaction(call.state, known));
    }
    let (id, created_at) = (call.state.fresh_id(), call.state.now());
    let new = Reaction { id, subject, author, content, created_at };
    let answer = json::reaction(call.state, &new);
    call.state.repos[call.repo].reactions.push(new);
    Reply::created(answer)
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let (subject, id) = (subject(call)?, call.number(1)?);
    let (author, _) = call.caller.author(call.state);
    let all = &mut call.state.repos[call.repo].reactions;
    let at = all.iter().position(|it| it.id == id && it.subject == subject).ok_or_else(Reply::not_found)?;
    if all[at].author != author {
        return Err(Reply::forbidden());
    }
    all.remove(at);
    Ok(Reply::empty(204))
}

/// The comment in the path; ids of both sorts are numbered together, so the route tells which it has to be.
fn subject(call: &Call<'_>) -> Result<u64, Reply> {
    let (id, repo) = (call.number(0)?, call.repo());
    let exists = if call.url.contains("/pulls/comments/") {
        repo.review_comments.iter().any(|it| it.id == id)
    } else {
        repo.comments.iter().any(|it| it.id == id)
    };
    if exists { Ok(id) } else { Err(Reply::not_found()) }
}
