//! Reviews with comments on lines: the whole of it is taken, or nothing.

use super::call::Call;
use super::issues::refuse_locked;
use super::pulls::pull_of;
use crate::sim::act::{NewReview, NewReviewComment};
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use serde_json::{Value, json};

const MAX_BODY: usize = 65_536;

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let number = pull_of(call)?.number;
    let found = call.repo().reviews.iter().filter(|review| review.number == number);
    let all: Vec<Value> = found.map(|review| json::review(call.state, call.repo(), review)).collect();
    call.list(&all)
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let pull = pull_of(call)?;
    refuse_locked(call, pull)?;
    let number = pull.number;
    let state = match call.body["event"].as_str() {
        Some("COMMENT") => "COMMENTED",
        Some("APPROVE") => "APPROVED",
        Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
        _ => return Err(Reply::malformed("A pending review is not served here; \"event\" wasn't supplied.")),
    };
    let commit = call.body["commit_id"].as_str().unwrap_or(&pull.head_sha).to_owned();
    if call.repo().git.load_commit(&commit).is_none() {
        return Err(Reply::invalid("PullRequestReview", "commit_id", "The commit is not part of the pull request"));
    }
    let body = call.body["body"].as_str().unwrap_or_default().to_owned();
    let comments = call.body["comments"].as_array().map(Vec::as_slice).unwrap_or_default();
    if body.is_empty() && (comments.is_empty() || state == "CHANGES_REQUESTED") && state != "APPROVED" {
        return Err(Reply::invalid("PullRequestReview", "body", "Body can't be blank"));
    }
    let comments = comments.iter().map(parse).collect::<Result<Vec<_>, Reply>>()?;
    let (author, app) = call.caller.author(call.state);
    let review = NewReview { body, state, commit, comments };
    let made = call.state.submit_review(call.repo, number, (&author, app), review);
    let id = made.map_err(|reason| {
        let mut reply = Reply::refusal(422, "Unprocessable Entity");
        if let crate::sim::reply::Body::Json(value) = &mut reply.body {
            value["errors"] = json!([reason]);
        }
        reply
    })?;
    let review = call.repo().reviews.iter().find(|it| it.id == id).ok_or_else(Reply::not_found)?;
    Reply::ok(json::review(call.state, call.repo(), review))
}

fn parse(body: &Value) -> Result<NewReviewComment, Reply> {
    let text = |field: &str| body[field].as_str().map(str::to_owned);
    let need = |field: &str| text(field).ok_or_else(|| Reply::malformed(&format!("\"{field}\" wasn't supplied.")));
    let line = body["line"].as_u64().ok_or_else(|| Reply::malformed("\"line\" wasn't supplied."))?;
    let side = text("side").unwrap_or_else(|| "RIGHT".to_owned());
    let body_text = need("body")?;
    if body_text.trim().is_empty() || body_text.len() > MAX_BODY {
        return Err(Reply::invalid("PullRequestReviewComment", "body", "body is blank or too long"));
    }
    Ok(NewReviewComment {
        path: need("path")?,
        start_side: text("start_side"),
        line,
        start_line: body["start_line"].as_u64(),
        body: body_text,
        side,
    })
}
