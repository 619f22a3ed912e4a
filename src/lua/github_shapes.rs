//! Facts of GitHub in GitHub's own shape: the member names of its REST API, as Danger shows them.

use super::convert::author_to_json;
use crate::model::{
    Author, Commit, HeadCheckRun, HeadStatus, Label, Milestone, PullRequest, Ref, RepoName, RequestedReviewers, Review,
};
use serde_json::{Value as Json, json};

/// A pull request as `danger.github.pr` shows it.
pub(super) fn pull_to_json(pull: &PullRequest) -> Json {
    let details = &pull.details;
    json!({
        "number": pull.number,
        "title": pull.title,
        "body": pull.body,
        "draft": pull.draft,
        "state": pull.state,
        "locked": details.locked,
        "merged": pull.merged,
        "user": pull.user,
        "author_association": pull.author_association,
        "assignee": details.assignees.first(),
        "assignees": details.assignees,
        "labels": labels_to_json(&pull.labels),
        "milestone": pull.milestone.as_ref().map(milestone_to_json),
        "base": side_to_json(&pull.base, details.base_is_fork),
        "head": side_to_json(&pull.head, details.head_is_fork),
        "additions": details.additions,
        "deletions": details.deletions,
        "changed_files": details.changed_files,
        "commits": details.commits,
        "maintainer_can_modify": details.maintainer_can_modify,
        "html_url": pull.html_url,
        "created_at": pull.created_at.to_rfc3339(),
        "updated_at": pull.updated_at.to_rfc3339(),
    })
}

/// The same pull request as `danger.github.issue` shows it.
pub(super) fn issue_to_json(pull: &PullRequest) -> Json {
    let details = &pull.details;
    json!({
        "number": pull.number,
        "title": pull.title,
        "body": pull.body,
        "state": pull.state,
        "locked": details.locked,
        "user": pull.user,
        "author_association": pull.author_association,
        "assignee": details.assignees.first(),
        "assignees": details.assignees,
        "labels": labels_to_json(&pull.labels),
        "milestone": pull.milestone.as_ref().map(milestone_to_json),
        "html_url": pull.html_url,
        "created_at": pull.created_at.to_rfc3339(),
        "updated_at": pull.updated_at.to_rfc3339(),
    })
}

fn labels_to_json(labels: &[Label]) -> Json {
    labels
        .iter()
        .map(|label| json!({ "name": label.name, "color": label.color, "description": label.description }))
        .collect()
}

fn milestone_to_json(milestone: &Milestone) -> Json {
    json!({
        "number": milestone.number,
        "title": milestone.title,
        "description": milestone.description,
        "state": milestone.state,
        "due_on": milestone.due_on.map(|due| due.to_rfc3339()),
    })
}

fn side_to_json(side: &Ref, fork: bool) -> Json {
    let owner = side.repo.as_ref().map(RepoName::owner);
    json!({
        "ref": side.name,
        "sha": side.sha,
        "label": owner.map(|owner| format!("{owner}:{}", side.name)),
        "user": owner.map(|owner| json!({ "login": owner })),
        "repo": side.repo.as_ref().map(|repo| json!({
            "full_name": repo.to_string(),
            "name": repo.name(),
            "owner": { "login": repo.owner() },
            "fork": fork,
        })),
    })
}

/// Owner, name and number, as calls of GitHub's API take them.
pub(super) fn this_pull_to_json(repository: &RepoName, pull: &PullRequest) -> Json {
    json!({ "owner": repository.owner(), "repo": repository.name(), "number": pull.number, "pull_number": pull.number })
}

/// A review as `danger.github.reviews` shows it.
pub(super) fn review_to_json(review: &Review) -> Json {
    json!({
        "id": review.id,
        "user": review.user,
        "author_association": review.author_association,
        "state": review.state,
        "body": review.body,
        "commit_id": review.commit,
        "submitted_at": review.submitted_at.to_rfc3339(),
        "html_url": review.html_url,
    })
}

/// Requests as `danger.github.requested_reviewers` shows them.
pub(super) fn requested_to_json(requested: &RequestedReviewers) -> Json {
    json!({ "users": requested.users, "teams": requested.teams })
}

/// A commit status as `danger.github.statuses` shows it.
pub(super) fn status_to_json(status: &HeadStatus) -> Json {
    json!({
        "context": status.context,
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "created_at": status.created_at.to_rfc3339(),
        "updated_at": status.updated_at.to_rfc3339(),
    })
}

/// A check run as `danger.github.check_runs` shows it.
pub(super) fn check_run_to_json(run: &HeadCheckRun) -> Json {
    json!({
        "id": run.id,
        "name": run.name,
        "status": run.status,
        "conclusion": run.conclusion,
        "app": { "slug": run.app },
        "output": { "title": run.title },
        "details_url": run.details_url,
        "html_url": run.html_url,
        "started_at": run.started_at.map(|time| time.to_rfc3339()),
        "completed_at": run.completed_at.map(|time| time.to_rfc3339()),
    })
}

/// A commit as `danger.github.commits` shows it: GitHub's own shape.
pub(super) fn github_commit_to_json(commit: &Commit) -> Json {
    json!({
        "sha": commit.sha,
        "commit": {
            "message": commit.message,
            "author": author_to_json(&commit.author),
            "committer": commit.committer.as_ref().map(author_to_json),
            "verification": commit.verification,
        },
        "author": account_to_json(&commit.author),
        "committer": commit.committer.as_ref().and_then(account_to_json),
        "parents": commit.parents.iter().map(|parent| json!({ "sha": parent })).collect::<Vec<_>>(),
    })
}

fn account_to_json(author: &Author) -> Option<Json> {
    author.login.as_ref().map(|login| json!({ "login": login }))
}
