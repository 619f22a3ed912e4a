//! Pull requests, and the issue that each of them also is.

use serde_json::{Value, json};

use super::{label, merge, node_id, repo as repo_json, user};
use crate::sim::state::{Pull, Repo, State};

/// `pull-request-simple`.
pub(in crate::sim) fn pull_simple(state: &State, repo: &Repo, pull: &Pull) -> Value {
    let full = repo.full_name();
    let (number, id) = (pull.number, pull.id);
    let api = format!("{}/repos/{full}", state.env.api);
    let web = format!("{}/{full}/pull/{number}", state.env.web);
    let url = format!("{api}/pulls/{number}");
    let issue = format!("{api}/issues/{number}");
    let statuses = format!("{api}/statuses/{}", pull.head_sha);
    let commenting = format!("{url}/comments");
    let single = format!("{api}/pulls/comments{{/number}}");
    let head_repo = pull.head_repo.and_then(|id| state.repo_by_id(id)).map(|index| &state.repos[index]);
    let link = |address: &str| json!({ "href": address });
    let links = json!({
        "self": link(&url), "html": link(&web), "issue": link(&issue), "comments": link(&format!("{issue}/comments")),
        "review_comments": link(&commenting), "review_comment": link(&single),
        "commits": link(&format!("{url}/commits")), "statuses": link(&statuses),
    });
    let mut value = json!({
        "url": url, "id": id, "node_id": node_id("PullRequest", id), "html_url": web,
        "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"), "issue_url": issue,
        "number": number, "state": if pull.open { "open" } else { "closed" }, "locked": pull.locked,
        "title": pull.title, "user": user(state, &pull.author), "body": pull.body,
        "created_at": pull.created_at, "updated_at": pull.updated_at,
        "closed_at": pull.closed_at, "merged_at": pull.merged_at, "merge_commit_sha": pull.merge_commit,
        "assignee": pull.assignees.first().map(|login| user(state, login)), "assignees": users(state, &pull.assignees),
        "requested_reviewers": users(state, &pull.requested),
        "requested_teams": teams(state, repo, pull),
        "labels": labels(state, repo, pull), "milestone": null, "draft": pull.draft,
    });
    let more = json!({
        "commits_url": format!("{url}/commits"), "review_comments_url": commenting, "review_comment_url": single,
        "comments_url": format!("{issue}/comments"), "statuses_url": statuses,
        "head": side(state, &pull.head_owner, &pull.head_ref, &pull.head_sha, head_repo),
        "base": side(state, &repo.owner, &pull.base_ref, &pull.base_sha, Some(repo)),
        "_links": links,
        "author_association": repo.association(&pull.author), "auto_merge": null, "active_lock_reason": null,
    });
    merge(&mut value, more);
    value
}

/// `pull-request`: the answer for a single one, with its sums.
pub(in crate::sim) fn pull(state: &State, repo: &Repo, pull: &Pull) -> Value {
    let mut value = pull_simple(state, repo, pull);
    let base = repo.git.merge_base(&pull.base_sha, &pull.head_sha).unwrap_or_else(|| pull.base_sha.clone());
    let diff = repo.git.diff(&base, &pull.head_sha);
    let comments = repo.comments.iter().filter(|comment| comment.number == pull.number).count();
    let reviews = repo.review_comments.iter().filter(|comment| comment.number == pull.number).count();
    let sums = json!({
        "merged": pull.merged_at.is_some(), "mergeable": pull.mergeable, "rebaseable": pull.mergeable,
        "mergeable_state": match pull.mergeable { None => "unknown", Some(true) => "clean", Some(false) => "dirty" },
        "merged_by": null, "comments": comments, "review_comments": reviews, "maintainer_can_modify": pull.allows_edits,
        "commits": repo.git.list_commits(&pull.base_sha, &pull.head_sha).len(),
        "additions": diff.files.iter().map(|file| file.additions).sum::<u64>(),
        "deletions": diff.files.iter().map(|file| file.deletions).sum::<u64>(),
        "changed_files": diff.files.len(),
    });
    merge(&mut value, sums);
    value
}

/// `issue` of a pull request, as `issue_comment` payloads carry it.
pub(in crate::sim) fn issue(state: &State, repo: &Repo, pull: &Pull) -> Value {
    let number = pull.number;
    let api = format!("{}/repos/{}", state.env.api, repo.full_name());
    let web = format!("{}/{}/pull/{number}", state.env.web, repo.full_name());
    let url = format!("{api}/issues/{number}");
    let comments = repo.comments.iter().filter(|comment| comment.number == number).count();
    json!({
        "url": url, "repository_url": api, "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"), "events_url": format!("{url}/events"), "html_url": web,
        "id": pull.id + 1_000_000, "node_id": node_id("PullRequest", pull.id), "number": number, "title": pull.title,
        "user": user(state, &pull.author), "labels": labels(state, repo, pull),
        "state": if pull.open { "open" } else { "closed" }, "locked": pull.locked,
        "assignee": pull.assignees.first().map(|login| user(state, login)), "assignees": users(state, &pull.assignees),
        "milestone": null, "comments": comments, "created_at": pull.created_at, "updated_at": pull.updated_at,
        "closed_at": pull.closed_at, "author_association": repo.association(&pull.author),
        "active_lock_reason": null, "draft": pull.draft, "body": pull.body, "state_reason": null,
        "pull_request": {
            "url": format!("{api}/pulls/{number}"), "html_url": web, "diff_url": format!("{web}.diff"),
            "patch_url": format!("{web}.patch"), "merged_at": pull.merged_at,
        },
        "reactions": super::reactions(&format!("{url}/reactions"), repo, pull.id),
        "timeline_url": format!("{url}/timeline"), "performed_via_github_app": null,
    })
}

/// `pull-request-review-request`.
pub(in crate::sim) fn review_requests(state: &State, repo: &Repo, pull: &Pull) -> Value {
    json!({ "users": users(state, &pull.requested), "teams": teams(state, repo, pull) })
}

/// `team` of an organisation.
pub(in crate::sim) fn team(state: &State, owner: &str, slug: &str) -> Value {
    let id = 5_000_000 + slug.bytes().map(u64::from).sum::<u64>();
    let url = format!("{}/organizations/1/team/{id}", state.env.api);
    json!({
        "id": id, "node_id": node_id("Team", id), "url": url, "name": slug, "slug": slug, "description": null,
        "privacy": "closed", "notification_setting": "notifications_enabled", "permission": "pull",
        "html_url": format!("{}/orgs/{owner}/teams/{slug}", state.env.web),
        "members_url": format!("{url}/members{{/member}}"), "repositories_url": format!("{url}/repos"),
        "type": "organization", "organization_id": 1, "parent": null,
    })
}

fn users(state: &State, logins: &[String]) -> Vec<Value> {
    logins.iter().map(|login| user(state, login)).collect()
}

fn teams(state: &State, repo: &Repo, pull: &Pull) -> Vec<Value> {
    pull.requested_teams.iter().map(|slug| team(state, &repo.owner, slug)).collect()
}

fn labels(state: &State, repo: &Repo, pull: &Pull) -> Vec<Value> {
    let known = |name: &String| repo.labels.iter().find(|label| label.name == *name);
    pull.labels.iter().filter_map(known).map(|found| label(state, repo, found)).collect()
}

fn side(state: &State, owner: &str, name: &str, sha: &str, repo: Option<&Repo>) -> Value {
    json!({
        "label": format!("{owner}:{name}"), "ref": name, "sha": sha, "user": user(state, owner),
        "repo": repo.map(|repo| repo_json(state, repo)),
    })
}
