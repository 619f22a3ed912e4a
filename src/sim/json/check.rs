//! Check suites, check runs, annotations, commit statuses.

use serde_json::{Value, json};

use super::{app as app_json, node_id, repo as repo_json, user};
use crate::sim::clock::render_time;
use crate::sim::state::{Annotation, CheckRun, CheckSuite, CommitStatus, Pull, Repo, State};

/// `check-run`.
pub(in crate::sim) fn check_run(state: &State, repo: &Repo, run: &CheckRun) -> Value {
    let url = format!("{}/repos/{}/check-runs/{}", state.env.api, repo.full_name(), run.id);
    let html = format!("{}/{}/runs/{}", state.env.web, repo.full_name(), run.id);
    json!({
        "id": run.id, "name": run.name, "node_id": node_id("CheckRun", run.id), "head_sha": run.head_sha,
        "external_id": run.external_id.as_deref().unwrap_or(""), "url": url, "html_url": html,
        "details_url": run.details_url.as_deref().unwrap_or(&html), "status": run.status,
        "conclusion": run.conclusion, "started_at": run.started_at, "completed_at": run.completed_at,
        "output": {
            "title": run.output.title, "summary": run.output.summary, "text": run.output.text,
            "annotations_count": run.output.annotations.len(), "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": {"id": run.suite}, "app": app_of(state, run.app),
        "pull_requests": pulls_of(state, repo, &run.head_sha),
    })
}

/// `check-suite`.
pub(in crate::sim) fn check_suite(state: &State, repo: &Repo, suite: &CheckSuite) -> Value {
    let runs: Vec<&CheckRun> = repo.runs.iter().filter(|run| run.suite == suite.id).collect();
    let (status, conclusion) = summary(&runs);
    let commit = repo.git.load_commit(&suite.head_sha).expect("a suite stands on a commit");
    let branch = repo.branches.iter().find(|(_, sha)| **sha == suite.head_sha).map(|(name, _)| name);
    let url = format!("{}/repos/{}/check-suites/{}", state.env.api, repo.full_name(), suite.id);
    let who = json!({"name": commit.author.name, "email": commit.author.email});
    json!({
        "id": suite.id, "node_id": node_id("CheckSuite", suite.id), "head_branch": branch,
        "head_sha": suite.head_sha, "status": status, "conclusion": conclusion, "url": url,
        "before": commit.parents.first(), "after": suite.head_sha,
        "pull_requests": pulls_of(state, repo, &suite.head_sha), "app": app_of(state, suite.app),
        "created_at": suite.created_at, "updated_at": suite.updated_at, "rerequestable": true,
        "runs_rerequestable": true, "latest_check_runs_count": runs.len(),
        "check_runs_url": format!("{url}/check-runs"),
        "head_commit": {
            "id": commit.sha, "tree_id": commit.tree, "message": commit.message,
            "timestamp": render_time(commit.author.time), "author": who, "committer": who,
        },
        "repository": repo_json(state, repo),
    })
}

/// `check-annotation`.
pub(in crate::sim) fn annotation(state: &State, repo: &Repo, sha: &str, note: &Annotation) -> Value {
    json!({
        "path": note.path, "blob_href": format!("{}/{}/blob/{sha}/{}", state.env.web, repo.full_name(), note.path),
        "start_line": note.start_line, "end_line": note.end_line,
        "start_column": note.start_column, "end_column": note.end_column, "annotation_level": note.level,
        "title": note.title, "message": note.message, "raw_details": note.raw_details,
    })
}

/// `status`.
pub(in crate::sim) fn status(state: &State, repo: &Repo, status: &CommitStatus) -> Value {
    let mut value = simple_status(state, repo, status);
    value["creator"] = user(state, &status.creator);
    value
}

/// What a `status` webhook says beside its origin; nothing for a commit that is not there.
pub(in crate::sim) fn status_event(state: &State, repo: &Repo, status: &CommitStatus) -> Option<Value> {
    let found = repo.git.load_commit(&status.sha)?;
    let commit = super::commit(state, repo, &found);
    let on = |(_, sha): &(&String, &String)| **sha == status.sha;
    let url = |sha: &str| format!("{}/repos/{}/commits/{sha}", state.env.api, repo.full_name());
    let branch = |(name, sha): (&String, &String)| json!({ "name": name, "commit": { "sha": sha, "url": url(sha) }, "protected": false });
    Some(json!({
        "id": status.id, "sha": status.sha, "name": repo.full_name(), "context": status.context, "state": status.state,
        "description": status.description, "target_url": status.target_url, "commit": commit,
        "avatar_url": avatar(state, status),
        "branches": repo.branches.iter().filter(on).map(branch).collect::<Vec<_>>(),
        "created_at": status.created_at, "updated_at": status.created_at,
    }))
}

/// `combined-commit-status`: the newest of each context.
pub(in crate::sim) fn combined_status(state: &State, repo: &Repo, sha: &str) -> Value {
    let mut newest: Vec<&CommitStatus> = Vec::new();
    for status in repo.statuses.iter().rev().filter(|status| status.sha == sha) {
        if !newest.iter().any(|other| other.context == status.context) {
            newest.push(status);
        }
    }
    let any = |state: &[&str]| newest.iter().any(|status| state.contains(&status.state.as_str()));
    let word = match () {
        () if any(&["failure", "error"]) => "failure",
        () if newest.is_empty() || any(&["pending"]) => "pending",
        () => "success",
    };
    let api = format!("{}/repos/{}/commits/{sha}", state.env.api, repo.full_name());
    json!({
        "state": word, "sha": sha, "total_count": newest.len(), "url": format!("{api}/status"), "commit_url": api,
        "statuses": newest.iter().map(|status| simple_status(state, repo, status)).collect::<Vec<_>>(),
        "repository": repo_json(state, repo),
    })
}

/// Open pull requests of this repository's own branches at that commit; forks are left out, as GitHub does.
pub(in crate::sim) fn pulls_of(state: &State, repo: &Repo, sha: &str) -> Vec<Value> {
    let own = |pull: &&Pull| pull.open && pull.head_sha == sha && pull.head_repo == Some(repo.id);
    let api = format!("{}/repos/{}", state.env.api, repo.full_name());
    let place = json!({"id": repo.id, "name": repo.name, "url": api});
    repo.pulls
        .values()
        .filter(own)
        .map(|pull| {
            json!({
                "url": format!("{api}/pulls/{}", pull.number), "id": pull.id, "number": pull.number,
                "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": place},
                "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": place},
            })
        })
        .collect()
}

fn simple_status(state: &State, repo: &Repo, status: &CommitStatus) -> Value {
    json!({
        "url": format!("{}/repos/{}/statuses/{}", state.env.api, repo.full_name(), status.sha),
        "avatar_url": avatar(state, status), "id": status.id,
        "node_id": node_id("StatusContext", status.id), "state": status.state, "description": status.description,
        "target_url": status.target_url, "context": status.context,
        "created_at": status.created_at, "updated_at": status.created_at,
    })
}

fn app_of(state: &State, id: u64) -> Value {
    state.apps.iter().find(|app| app.id == id).map_or(Value::Null, |app| app_json(state, app))
}

fn summary(runs: &[&CheckRun]) -> (&'static str, Option<&'static str>) {
    if runs.is_empty() {
        return ("queued", None);
    }
    if runs.iter().any(|run| run.status != "completed") {
        return ("in_progress", None);
    }
    let bad = |run: &&CheckRun| matches!(run.conclusion.as_deref(), Some("failure" | "timed_out" | "action_required"));
    ("completed", Some(if runs.iter().any(bad) { "failure" } else { "success" }))
}

fn avatar(state: &State, status: &CommitStatus) -> String {
    let id = state.users.get(&status.creator).map_or(0, |user| user.id);
    format!("{}/avatars/{id}", state.env.web)
}
