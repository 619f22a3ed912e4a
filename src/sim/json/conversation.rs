//! Comments, reviews, comments on lines, reactions.

use serde_json::{Value, json};

use super::{app as app_json, node_id, user};
use crate::sim::state::{Comment, Reaction, Repo, Review, ReviewComment, State};

/// GitHub's reactions: the word of the API and the name in the rollup are the same.
pub(in crate::sim) const REACTIONS: [&str; 8] = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

/// `issue-comment`.
pub(in crate::sim) fn comment(state: &State, repo: &Repo, comment: &Comment) -> Value {
    let api = format!("{}/repos/{}", state.env.api, repo.full_name());
    let url = format!("{api}/issues/comments/{}", comment.id);
    let number = comment.number;
    json!({
        "url": url, "id": comment.id, "node_id": node_id("IssueComment", comment.id),
        "html_url": format!("{}/{}/pull/{number}#issuecomment-{}", state.env.web, repo.full_name(), comment.id),
        "issue_url": format!("{api}/issues/{number}"), "user": user(state, &comment.author),
        "created_at": comment.created_at, "updated_at": comment.updated_at,
        "author_association": repo.association(&comment.author), "body": comment.body,
        "reactions": reactions(&format!("{url}/reactions"), repo, comment.id),
        "performed_via_github_app": via(state, comment.app),
    })
}

/// `pull-request-review`.
pub(in crate::sim) fn review(state: &State, repo: &Repo, review: &Review) -> Value {
    let number = review.number;
    let html = format!("{}/{}/pull/{number}#pullrequestreview-{}", state.env.web, repo.full_name(), review.id);
    let pull = format!("{}/repos/{}/pulls/{number}", state.env.api, repo.full_name());
    json!({
        "id": review.id, "node_id": node_id("PullRequestReview", review.id), "user": user(state, &review.author),
        "body": review.body, "state": review.state, "html_url": html, "pull_request_url": pull,
        "author_association": repo.association(&review.author), "submitted_at": review.submitted_at,
        "commit_id": review.commit, "_links": {"html": {"href": html}, "pull_request": {"href": pull}},
    })
}

/// `pull-request-review-comment`.
pub(in crate::sim) fn review_comment(state: &State, repo: &Repo, comment: &ReviewComment) -> Value {
    let api = format!("{}/repos/{}/pulls", state.env.api, repo.full_name());
    let url = format!("{api}/comments/{}", comment.id);
    let pull = format!("{api}/{}", comment.number);
    let html = format!("{}/{}/pull/{}#discussion_r{}", state.env.web, repo.full_name(), comment.number, comment.id);
    let mut value = json!({
        "url": url, "pull_request_review_id": comment.review, "id": comment.id,
        "node_id": node_id("PullRequestReviewComment", comment.id), "diff_hunk": comment.hunk, "path": comment.path,
        "commit_id": comment.commit, "original_commit_id": comment.original_commit,
        "user": user(state, &comment.author), "body": comment.body,
        "created_at": comment.created_at, "updated_at": comment.updated_at, "html_url": html,
        "pull_request_url": pull, "author_association": repo.association(&comment.author),
        "_links": {"self": {"href": url}, "html": {"href": html}, "pull_request": {"href": pull}},
        "reactions": reactions(&format!("{url}/reactions"), repo, comment.id),
        "start_line": comment.start_line, "original_start_line": comment.original_start_line,
        "start_side": comment.start_side, "line": comment.line, "original_line": comment.original_line,
        "side": comment.side, "subject_type": "line",
        "original_position": comment.hunk.lines().count().saturating_sub(1),
        "position": comment.line.map(|_| comment.hunk.lines().count().saturating_sub(1)),
    });
    if let Some(parent) = comment.reply_to {
        value["in_reply_to_id"] = parent.into();
    }
    value
}

/// `reaction`.
pub(in crate::sim) fn reaction(state: &State, reaction: &Reaction) -> Value {
    json!({
        "id": reaction.id, "node_id": node_id("Reaction", reaction.id), "user": user(state, &reaction.author),
        "content": reaction.content, "created_at": reaction.created_at,
    })
}

/// `reaction-rollup` of a comment.
pub(in crate::sim) fn reactions(url: &str, repo: &Repo, subject: u64) -> Value {
    let of = |name: &str| repo.reactions.iter().filter(|it| it.subject == subject && it.content == name).count();
    let mut value = json!({"url": url, "total_count": REACTIONS.iter().map(|name| of(name)).sum::<usize>()});
    for name in REACTIONS {
        value[name] = of(name).into();
    }
    value
}

fn via(state: &State, app: Option<u64>) -> Value {
    let app = app.and_then(|id| state.apps.iter().find(|app| app.id == id));
    app.map_or(Value::Null, |app| app_json(state, app))
}
