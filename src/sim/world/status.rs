//! Commit statuses: the newest of each context.

use super::answer::{Seen, key, named};
use super::node::actor;
use crate::sim::graphql::{Object, Resolved};
use crate::sim::json::node_id;
use crate::sim::state::{Access, CommitStatus, Repo, State};
use serde_json::json;

impl Seen<'_> {
    /// The statuses of a commit as a whole; null when there are none.
    pub(super) fn status_of(&self, state: &State, index: usize, sha: &str) -> Resolved {
        let repo = &state.repos[index];
        if !self.caller.may(state, repo, &[("statuses", Access::Read)]) {
            return Resolved::forbidden();
        }
        let any = repo.statuses.iter().any(|status| status.sha == sha);
        any.then(|| Object::new("Status", key(index, sha))).into()
    }

    pub(super) fn status(&self, state: &State, object: &Object, name: &str) -> Resolved {
        let Some((index, sha)) = named(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        let newest = newest(repo, sha);
        if object.type_name == "StatusContext" {
            let id = object.key[2].as_u64();
            let status = newest.into_iter().find(|status| Some(status.id) == id);
            return status.map_or(Resolved::Null, |status| context(state, index, status, name));
        }
        let word = |words: &[&str]| newest.iter().any(|status| words.contains(&status.state.as_str()));
        match name {
            "id" => Resolved::scalar(format!("S_{sha}")),
            "commit" => Resolved::object("Commit", key(index, sha)),
            "contexts" => Resolved::List(
                newest.iter().map(|it| Resolved::object("StatusContext", json!([index, sha, it.id]))).collect(),
            ),
            "state" if word(&["failure", "error"]) => Resolved::scalar("FAILURE"),
            "state" => Resolved::scalar(if word(&["pending"]) { "PENDING" } else { "SUCCESS" }),
            _ => Resolved::Unsupported,
        }
    }
}

fn newest<'a>(repo: &'a Repo, sha: &str) -> Vec<&'a CommitStatus> {
    let mut newest: Vec<&CommitStatus> = Vec::new();
    for status in repo.statuses.iter().rev().filter(|status| status.sha == sha) {
        if !newest.iter().any(|other| other.context == status.context) {
            newest.push(status);
        }
    }
    newest
}

fn context(state: &State, index: usize, status: &CommitStatus, name: &str) -> Resolved {
    match name {
        "id" => Resolved::scalar(node_id("StatusContext", status.id)),
        "commit" => Resolved::object("Commit", key(index, status.sha.clone())),
        "context" => Resolved::scalar(status.context.clone()),
        "state" => Resolved::scalar(status.state.to_uppercase()),
        "description" => Resolved::scalar(status.description.clone()),
        "targetUrl" => Resolved::scalar(status.target_url.clone()),
        "createdAt" => Resolved::scalar(status.created_at.clone()),
        "creator" => actor(state, &status.creator),
        _ => Resolved::Unsupported,
    }
}
