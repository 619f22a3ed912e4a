//! Commits, trees and files.

use super::answer::{Seen, key, named};
use crate::sim::clock::render_time;
use crate::sim::git::Signature;
use crate::sim::graphql::{Args, Object, Resolved};
use crate::sim::json::login_of;
use crate::sim::state::{Access, Repo, State};
use serde_json::json;

/// GitHub cuts longer texts.
const MAX_TEXT: usize = 512_000;

impl Seen<'_> {
    pub(super) fn commit(&self, state: &State, object: &Object, name: &str, args: &Args) -> Resolved {
        let Some((index, sha)) = named(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        let Some(commit) = repo.git.load_commit(sha) else { return Resolved::Null };
        match name {
            "oid" => Resolved::scalar(sha),
            "abbreviatedOid" => Resolved::scalar(&sha[..7]),
            "id" => Resolved::scalar(format!("C_{sha}")),
            "message" => Resolved::scalar(commit.message.clone()),
            "messageHeadline" => Resolved::scalar(commit.message.lines().next().unwrap_or_default()),
            "committedDate" => Resolved::scalar(render_time(commit.committer.time)),
            "authoredDate" => Resolved::scalar(render_time(commit.author.time)),
            "author" => person(state, &commit.author),
            "committer" => person(state, &commit.committer),
            "repository" => Resolved::object("Repository", index),
            "url" => Resolved::scalar(format!("{}/{}/commit/{sha}", state.env.web, repo.full_name())),
            "parents" => {
                Resolved::connection(commit.parents.iter().map(|sha| Object::new("Commit", key(index, sha.clone()))))
            }
            "history" if args.get("path").is_none() => {
                let commits = repo.git.list_history(sha);
                Resolved::connection(commits.iter().map(|sha| Object::new("Commit", key(index, sha.clone()))))
            }
            "tree" => Resolved::object("Tree", json!([index, commit.tree, ""])),
            "file" => {
                let path = args.text("path").unwrap_or_default();
                let entry = repo.git.load_tree(sha).filter(|tree| tree.contains_key(path));
                entry.map(|_| Object::new("TreeEntry", json!([index, sha, path]))).into()
            }
            "associatedPullRequests" if !self.caller.may(state, repo, &[("pull_requests", Access::Read)]) => {
                Resolved::forbidden()
            }
            "associatedPullRequests" => {
                let with_it = repo.pulls_with_commit(sha);
                Resolved::connection(with_it.map(|pull| Object::new("PullRequest", key(index, pull.number))))
            }
            "status" => self.status_of(state, index, sha),
            "checkSuites" => super::check::suites(state, index, sha, args),
            _ => Resolved::Unsupported,
        }
    }

    /// Keys of entries have the commit and the path, those of blobs and trees their own id.
    pub(super) fn content(&self, state: &State, object: &Object, name: &str) -> Resolved {
        let Some((index, id)) = named(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        match (object.type_name, name) {
            (_, "repository") => Resolved::object("Repository", index),
            ("TreeEntry", name) => entry(index, repo, id, object.key[2].as_str().unwrap_or_default(), name),
            (_, "oid") => Resolved::scalar(id),
            (_, "abbreviatedOid") => Resolved::scalar(&id[..7]),
            (_, "id") => Resolved::scalar(format!("O_{id}")),
            ("Blob", name) => blob(repo, id, name),
            ("Tree", "entries") => entries(index, repo, id),
            _ => Resolved::Unsupported,
        }
    }
}

/// The thing at a path of a commit: blob, tree, or nothing.
pub(super) fn entry_object(index: usize, repo: &Repo, sha: &str, path: &str) -> Resolved {
    let Some(tree) = repo.git.load_tree(sha) else { return Resolved::Null };
    // `commit:` is the root.
    if path.is_empty() {
        let root = repo.git.load_commit(sha).map(|commit| commit.tree.clone());
        return root.map(|tree| Object::new("Tree", json!([index, tree]))).into();
    }
    match tree.get(path) {
        Some(entry) if entry.kind == "blob" => Resolved::object("Blob", json!([index, entry.oid])),
        Some(entry) if entry.kind == "tree" => Resolved::object("Tree", json!([index, entry.oid])),
        _ => Resolved::Null,
    }
}

/// What lies in a tree itself; an entry's key has the tree in the place of the commit.
fn entries(index: usize, repo: &Repo, id: &str) -> Resolved {
    let Some(tree) = repo.git.load_tree(id) else { return Resolved::Null };
    let own = tree.keys().filter(|path| !path.contains('/'));
    Resolved::List(own.map(|path| Resolved::object("TreeEntry", json!([index, id, path]))).collect())
}

fn entry(index: usize, repo: &Repo, sha: &str, path: &str, name: &str) -> Resolved {
    let Some(entry) = repo.git.load_tree(sha).and_then(|tree| tree.get(path).cloned()) else { return Resolved::Null };
    match name {
        "object" => entry_object(index, repo, sha, path),
        "name" => Resolved::scalar(path.rsplit('/').next().unwrap_or(path)),
        "path" => Resolved::scalar(path),
        "oid" => Resolved::scalar(entry.oid),
        "type" => Resolved::scalar(entry.kind),
        "mode" => Resolved::scalar(u32::from_str_radix(&entry.mode, 8).unwrap_or_default()),
        "size" => Resolved::scalar(entry.size.unwrap_or_default()),
        _ => Resolved::Unsupported,
    }
}

fn blob(repo: &Repo, oid: &str, name: &str) -> Resolved {
    let Some(bytes) = repo.git.load_blob(oid) else { return Resolved::Null };
    let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0'));
    match name {
        "byteSize" => Resolved::scalar(bytes.len()),
        "isBinary" => Resolved::scalar(text.is_none()),
        "isTruncated" => Resolved::scalar(bytes.len() > MAX_TEXT),
        "text" => Resolved::scalar(text.map(|text| {
            let end = (0..=text.len().min(MAX_TEXT)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
            text[..end].to_owned()
        })),
        _ => Resolved::Unsupported,
    }
}

fn person(state: &State, who: &Signature) -> Resolved {
    Resolved::record(
        "GitActor",
        [
            ("name", Resolved::scalar(who.name.clone())),
            ("email", Resolved::scalar(who.email.clone())),
            ("date", Resolved::scalar(render_time(who.time))),
            ("user", login_of(state, who).map(|login| Object::new("User", login)).into()),
        ],
    )
}
