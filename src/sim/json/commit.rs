//! Commits and changed files.

use serde_json::{Value, json};

use super::user;
use crate::sim::clock::render_time;
use crate::sim::git::{CommitObject, Signature};
use crate::sim::patch::ChangedFile;
use crate::sim::state::{Repo, State};

/// A patch above either limit is left out of a list of files.
/// Source: "Limits for viewing content and diffs in a repository" in GitHub's documentation.
const PATCH_LINES: usize = 20_000;
const PATCH_BYTES: usize = 500_000;

/// `commit`, without files.
pub(in crate::sim) fn commit(state: &State, repo: &Repo, commit: &CommitObject) -> Value {
    let full = repo.full_name();
    let api = format!("{}/repos/{full}", state.env.api);
    let web = format!("{}/{full}", state.env.web);
    let sha = &commit.sha;
    let parent = |sha: &String| json!({"sha": sha, "url": format!("{api}/commits/{sha}"), "html_url": format!("{web}/commit/{sha}")});
    json!({
        "sha": sha, "node_id": format!("C_{sha}"),
        "commit": {
            "author": signature(&commit.author), "committer": signature(&commit.committer),
            "message": commit.message, "comment_count": 0, "url": format!("{api}/git/commits/{sha}"),
            "tree": {"sha": commit.tree, "url": format!("{api}/git/trees/{}", commit.tree)},
            "verification": {"verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null},
        },
        "url": format!("{api}/commits/{sha}"), "html_url": format!("{web}/commit/{sha}"),
        "comments_url": format!("{api}/commits/{sha}/comments"),
        "author": account(state, &commit.author), "committer": account(state, &commit.committer),
        "parents": commit.parents.iter().map(parent).collect::<Vec<_>>(),
    })
}

/// `git-commit`: the object itself.
pub(in crate::sim) fn git_commit(state: &State, repo: &Repo, commit: &CommitObject) -> Value {
    let full = repo.full_name();
    let api = format!("{}/repos/{full}/git", state.env.api);
    let web = format!("{}/{full}/commit", state.env.web);
    let sha = &commit.sha;
    let parent =
        |sha: &String| json!({"sha": sha, "url": format!("{api}/commits/{sha}"), "html_url": format!("{web}/{sha}")});
    json!({
        "sha": sha, "node_id": format!("C_{sha}"),
        "url": format!("{api}/commits/{sha}"), "html_url": format!("{web}/{sha}"),
        "author": signature(&commit.author), "committer": signature(&commit.committer), "message": commit.message,
        "tree": {"sha": commit.tree, "url": format!("{api}/trees/{}", commit.tree)},
        "parents": commit.parents.iter().map(parent).collect::<Vec<_>>(),
        "verification": {"verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null},
    })
}

/// The login behind a signature, found by its address as GitHub does.
pub(in crate::sim) fn login_of<'a>(state: &'a State, who: &Signature) -> Option<&'a str> {
    let login = who.email.strip_suffix("@users.noreply.example.com")?;
    state.users.get(login).map(|user| user.login.as_str())
}

/// `diff-entry`.
pub(in crate::sim) fn file(state: &State, repo: &Repo, file: &ChangedFile, head: &str) -> Value {
    let full = repo.full_name();
    let path = escape_path(&file.path);
    let mut value = json!({
        "sha": file.oid, "filename": file.path, "status": file.status,
        "additions": file.additions, "deletions": file.deletions, "changes": file.additions + file.deletions,
        "blob_url": format!("{}/{full}/blob/{head}/{path}", state.env.web),
        "raw_url": format!("{}/{full}/raw/{head}/{path}", state.env.web),
        "contents_url": format!("{}/repos/{full}/contents/{path}?ref={head}", state.env.api),
    });
    if let Some(previous) = &file.previous {
        value["previous_filename"] = previous.as_str().into();
    }
    if let Some(patch) = file.patch.as_deref().filter(|patch| shown(patch)) {
        value["patch"] = patch.into();
    }
    value
}

/// Percent-encodes a path for an address, slashes kept.
pub(in crate::sim) fn escape_path(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn shown(patch: &str) -> bool {
    patch.len() <= PATCH_BYTES && patch.lines().count() <= PATCH_LINES
}

fn signature(who: &Signature) -> Value {
    json!({"name": who.name, "email": who.email, "date": render_time(who.time)})
}

fn account(state: &State, who: &Signature) -> Value {
    login_of(state, who).map_or(Value::Null, |login| user(state, login))
}
