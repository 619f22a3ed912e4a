//! `createCommitOnBranch`: one commit on top of a branch, or none of it.

use super::answer::{Seen, key};
use crate::sim::act::Push;
use crate::sim::git::FileEdit;
use crate::sim::graphql::{Args, Object, Resolved};
use crate::sim::state::{Access, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::BTreeSet;

/// Where workflows lie; commits that touch them need a permission of their own.
const WORKFLOWS: &str = ".github/workflows/";

impl Seen<'_> {
    pub(super) fn create_commit(&self, input: &Args) -> Resolved {
        match self.commit_on_branch(input) {
            Ok((index, branch, sha)) => Resolved::record(
                "CreateCommitOnBranchPayload",
                [
                    ("commit", Object::new("Commit", key(index, sha)).into()),
                    ("ref", Object::new("Ref", key(index, branch)).into()),
                ],
            ),
            Err(refusal) => refusal,
        }
    }

    fn commit_on_branch(&self, input: &Args) -> Result<(usize, String, String), Resolved> {
        let place = input.within("branch");
        let repository = place.text("repositoryNameWithOwner").unwrap_or_default();
        let branch = place.text("branchName").unwrap_or_default().trim_start_matches("refs/heads/").to_owned();
        let mut state = self.state.borrow_mut();
        let found = repository.split_once('/').and_then(|(owner, name)| state.find_repo(owner, name));
        let index = found
            .filter(|index| self.reaches(&state, *index, &branch))
            .ok_or_else(|| Resolved::not_found("Repository", &format!("the name '{repository}'")))?;
        if !self.may_push(&state, index, &branch, "contents") {
            return Err(Resolved::forbidden());
        }
        let missing = || Resolved::not_found("Ref", &format!("the name 'refs/heads/{branch}'"));
        let tip = state.repos[index].branches.get(&branch).cloned().ok_or_else(missing)?;
        let edits = edits(&input.within("fileChanges"))?;
        for edit in &edits {
            let path = String::from_utf8_lossy(&edit.path).into_owned();
            if path.starts_with(WORKFLOWS) && !self.may_push(&state, index, &branch, "workflows") {
                let message = format!(
                    "refusing to allow a GitHub App to create or update workflow `{path}` without `workflows` permission"
                );
                return Err(Resolved::Error { kind: "FORBIDDEN", message });
            }
            let known = state.repos[index].git.load_tree(&tip).is_some_and(|tree| tree.contains_key(&path));
            if edit.content.is_none() && !known {
                let message =
                    format!("A path was requested for deletion which does not exist as of commit oid `{tip}`");
                return Err(Resolved::Error { kind: "NOT_FOUND", message });
            }
        }
        let expected = input.text("expectedHeadOid").unwrap_or_default();
        if expected != tip {
            // Two blanks, as GitHub writes it.
            let message = format!("Expected branch to point to \"{expected}\" but it did not.  Pull and try again.");
            return Err(Resolved::Error { kind: "STALE_DATA", message });
        }
        let words = input.within("message");
        let headline = words.text("headline").unwrap_or_default();
        if headline.trim().is_empty() {
            return Err(unprocessable("A commit message headline is required"));
        }
        let message = match words.text("body").filter(|body| !body.is_empty()) {
            Some(body) => format!("{headline}\n\n{body}"),
            None => headline.to_owned(),
        };
        let (author, app) = self.caller.author(&state);
        state.ensure_user(&author, if app.is_some() { "Bot" } else { "User" });
        let push = Push { branch: &branch, author: &author, message: &message, edits: &[], base: "" };
        let sha = state.push_edits(index, &push, &edits).ok_or_else(missing)?;
        Ok((index, branch, sha))
    }

    /// Whether the repository exists for the caller: also a fork whose author lets maintainers push there.
    fn reaches(&self, state: &State, index: usize, branch: &str) -> bool {
        self.caller.sees(state, &state.repos[index]) || self.may_push(state, index, branch, "contents")
    }

    /// Whether it may push to a branch: with the permission on its repository, or on one to which the branch is proposed
    /// with "Allow edits by maintainers".
    fn may_push(&self, state: &State, index: usize, branch: &str, permission: &str) -> bool {
        let needed = [(permission, Access::Write)];
        let head = &state.repos[index];
        let lets = |it: &&crate::sim::state::Repo| {
            it.pulls.values().any(|pull| {
                pull.open && pull.allows_edits && pull.head_repo == Some(head.id) && pull.head_ref == branch
            })
        };
        let own = self.caller.sees(state, head) && self.caller.may(state, head, &needed);
        let mut bases = state.repos.iter().filter(lets);
        own || bases.any(|base| self.caller.sees(state, base) && self.caller.may(state, base, &needed))
    }
}

/// What is changed: paths once each, contents in strict base64. A file that is there loses its mode.
fn edits(changes: &Args) -> Result<Vec<FileEdit>, Resolved> {
    let list = |name: &str| changes.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut edits = Vec::new();
    for addition in list("additions") {
        let content = addition["contents"].as_str().and_then(|text| STANDARD.decode(text).ok());
        let content = content.ok_or_else(|| unprocessable("contents is not valid base64"))?;
        edits.push(FileEdit { path: path(&addition)?, content: Some(content), mode: "100644" });
    }
    for deletion in list("deletions") {
        edits.push(FileEdit { path: path(&deletion)?, content: None, mode: "100644" });
    }
    let paths: BTreeSet<&Vec<u8>> = edits.iter().map(|edit| &edit.path).collect();
    if paths.len() < edits.len() {
        return Err(unprocessable("path values must be unique across all additions and deletions"));
    }
    Ok(edits)
}

fn path(change: &Value) -> Result<Vec<u8>, Resolved> {
    let path = change["path"].as_str().unwrap_or_default();
    let bad = |part: &str| part.is_empty() || matches!(part, "." | "..") || part.eq_ignore_ascii_case(".git");
    if path.split('/').any(bad) {
        return Err(unprocessable("path is malformed"));
    }
    Ok(path.as_bytes().to_vec())
}

fn unprocessable(message: &str) -> Resolved {
    Resolved::Error { kind: "UNPROCESSABLE", message: message.to_owned() }
}
