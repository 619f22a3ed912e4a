//! Git objects: blobs, commits and trees.

use super::call::Call;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use base64::Engine;
use serde_json::{Value, json};

/// A recursive tree lists no more entries. Source: "Get a tree" in GitHub's documentation.
const MAX_ENTRIES: usize = 100_000;

pub(super) fn blob(call: &mut Call<'_>) -> Answer {
    let (sha, repo) = (call.param(0), call.repo());
    let blob = repo.git.load_blob(sha).ok_or_else(Reply::not_found)?;
    if call.accept.contains("raw") {
        return Ok(Reply::bytes("application/vnd.github.raw; charset=utf-8", blob.to_vec()));
    }
    Reply::ok(json!({
        "sha": sha, "node_id": format!("B_{sha}"), "size": blob.len(), "encoding": "base64",
        "content": base64::engine::general_purpose::STANDARD.encode(blob.as_slice()),
        "url": format!("{}/repos/{}/git/blobs/{sha}", call.state.env.api, repo.full_name()),
    }))
}

/// "Get a commit object": by its id alone, not by a branch.
pub(super) fn commit(call: &mut Call<'_>) -> Answer {
    let (sha, repo) = (call.param(0), call.repo());
    let commit = repo.git.load_commit(sha).ok_or_else(Reply::not_found)?;
    Reply::ok(json::git_commit(call.state, repo, &commit))
}

/// Any value of `recursive` means all levels, as GitHub has it.
pub(super) fn tree(call: &mut Call<'_>) -> Answer {
    let (name, repo) = (call.param(0), call.repo());
    let sha = repo.resolve(name).unwrap_or_else(|| name.to_owned());
    let tree = repo.git.load_tree(&sha).ok_or_else(Reply::not_found)?;
    let deep = call.query.get("recursive").is_some();
    let api = format!("{}/repos/{}/git", call.state.env.api, repo.full_name());
    let shown = tree.iter().filter(|(path, _)| deep || !path.contains('/'));
    let entries = shown.take(MAX_ENTRIES).map(|(path, entry)| {
        let mut value = json!({ "path": path, "mode": entry.mode, "type": entry.kind, "sha": entry.oid });
        if let Some(size) = entry.size {
            value["size"] = size.into();
        }
        if entry.kind != "commit" {
            value["url"] = format!("{api}/{}s/{}", entry.kind, entry.oid).into();
        }
        value
    });
    let entries: Vec<Value> = entries.collect();
    let root = repo.git.load_commit(&sha).map_or(sha, |commit| commit.tree.clone());
    let truncated = deep && tree.len() > MAX_ENTRIES;
    Reply::ok(json!({ "sha": root, "url": format!("{api}/trees/{root}"), "tree": entries, "truncated": truncated }))
}
