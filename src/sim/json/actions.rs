//! Workflow runs and artifacts.

use super::check::pulls_of;
use super::{node_id, repo as repo_json, user};
use crate::sim::clock::render_time;
use crate::sim::state::{Artifact, Repo, State};
use serde_json::{Value, json};

/// `artifact`
pub(in crate::sim) fn artifact(state: &State, repo: &Repo, artifact: &Artifact) -> Value {
    let url = format!("{}/repos/{}/actions/artifacts/{}", state.env.api, repo.full_name(), artifact.id);
    json!({
        "id": artifact.id, "node_id": node_id("Artifact", artifact.id), "name": artifact.name,
        "size_in_bytes": artifact.archive.len(), "url": url, "archive_download_url": format!("{url}/zip"),
        "expired": artifact.expired, "digest": null,
        "created_at": artifact.created_at, "updated_at": artifact.created_at, "expires_at": artifact.created_at,
        "workflow_run": {
            "id": artifact.run, "repository_id": repo.id, "head_repository_id": repo.id,
            "head_branch": branch_of(repo, &artifact.head_sha), "head_sha": artifact.head_sha,
        },
    })
}

/// What the event `workflow_run` has besides its repository: a run that was started for a pull request.
pub(in crate::sim) fn workflow_run_event(state: &State, repo: &Repo, run: u64, head: &str, actor: &str) -> Value {
    let commit = repo.git.load_commit(head).expect("a workflow runs on a commit");
    let who = json!({"name": commit.author.name, "email": commit.author.email});
    let now = render_time(state.clock().now());
    let (api, web) =
        (format!("{}/repos/{}", state.env.api, repo.full_name()), format!("{}/{}", state.env.web, repo.full_name()));
    let url = format!("{api}/actions/runs/{run}");
    let workflow = format!("{api}/actions/workflows/1");
    json!({
        "action": "completed",
        "workflow": {
            "id": 1, "node_id": node_id("Workflow", 1), "name": "Tests", "path": ".github/workflows/tests.yml",
            "state": "active", "created_at": now, "updated_at": now, "url": workflow,
            "html_url": format!("{web}/blob/main/.github/workflows/tests.yml"),
            "badge_url": format!("{web}/workflows/Tests/badge.svg"),
        },
        "workflow_run": {
            "id": run, "node_id": node_id("WorkflowRun", run), "name": "Tests", "display_title": commit.message,
            "path": ".github/workflows/tests.yml", "event": "pull_request", "status": "completed",
            "conclusion": "success", "head_branch": branch_of(repo, head), "head_sha": head,
            "run_number": 1, "run_attempt": 1, "run_started_at": now, "created_at": now, "updated_at": now,
            "actor": user(state, actor), "triggering_actor": user(state, actor),
            "check_suite_id": run, "check_suite_node_id": node_id("CheckSuite", run),
            "check_suite_url": format!("{api}/check-suites/{run}"), "pull_requests": pulls_of(state, repo, head),
            "url": url, "html_url": format!("{web}/actions/runs/{run}"), "jobs_url": format!("{url}/jobs"),
            "logs_url": format!("{url}/logs"), "artifacts_url": format!("{url}/artifacts"),
            "cancel_url": format!("{url}/cancel"), "rerun_url": format!("{url}/rerun"),
            "previous_attempt_url": null, "workflow_id": 1, "workflow_url": workflow,
            "head_commit": {
                "id": commit.sha, "tree_id": commit.tree, "message": commit.message,
                "timestamp": render_time(commit.author.time), "author": who, "committer": who,
            },
            "repository": repo_json(state, repo), "head_repository": repo_json(state, repo),
        },
    })
}

fn branch_of<'a>(repo: &'a Repo, sha: &str) -> Option<&'a String> {
    let branch = repo.branches.iter().find(|(_, tip)| *tip == sha).map(|(name, _)| name);
    branch.or_else(|| repo.pulls.values().find(|pull| pull.head_sha == sha).map(|pull| &pull.head_ref))
}
