//! Files at a commit.

use super::call::Call;
use crate::sim::json::escape_path;
use crate::sim::reply::{Answer, Reply};
use base64::Engine;
use serde_json::json;

/// Larger files have no content in this answer.
const MAX_BYTES: usize = 1_000_000;

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let repo = call.repo();
    let path = call.param(0);
    let name = call.query.get("ref").unwrap_or(&repo.default_branch);
    let no_commit = || Reply::refusal(404, &format!("No commit found for the ref {name}"));
    let sha = repo.resolve(name).ok_or_else(no_commit)?;
    let entry = repo.git.load_tree(&sha).and_then(|tree| tree.get(path).cloned()).filter(|entry| entry.kind == "blob");
    let entry = entry.ok_or_else(Reply::not_found)?;
    let blob = repo.git.load_blob(&entry.oid).ok_or_else(Reply::not_found)?;
    if call.accept.contains("raw") {
        return Ok(Reply::bytes("application/vnd.github.raw; charset=utf-8", blob.to_vec()));
    }
    let full = repo.full_name();
    let escaped = escape_path(path);
    let url = format!("{}/repos/{full}/contents/{escaped}?ref={name}", call.state.env.api);
    let html = format!("{}/{full}/blob/{name}/{escaped}", call.state.env.web);
    let git = format!("{}/repos/{full}/git/blobs/{}", call.state.env.api, entry.oid);
    let large = blob.len() > MAX_BYTES;
    let content = if large { String::new() } else { base64::engine::general_purpose::STANDARD.encode(blob.as_slice()) };
    Reply::ok(json!({
        "type": "file", "encoding": if large { "none" } else { "base64" }, "size": blob.len(),
        "name": path.rsplit('/').next().unwrap_or(path), "path": path, "content": content, "sha": entry.oid,
        "url": url, "git_url": git, "html_url": html,
        "download_url": format!("{}/{full}/raw/{name}/{escaped}", call.state.env.web),
        "_links": { "self": url, "git": git, "html": html },
    }))
}
