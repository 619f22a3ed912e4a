//! Pushes: a commit on a branch, and what it means for the pull requests of that branch.

use super::place;
use super::repository::edit;
use crate::sim::clock::render_time;
use crate::sim::git::{FileEdit, NewCommit};
use crate::sim::json;
use crate::sim::state::{CheckSuite, Pull, Repo, State};
use serde_json::{Value, json};

/// A push of one commit.
pub(in crate::sim) struct Push<'a> {
    pub(in crate::sim) branch: &'a str,
    pub(in crate::sim) author: &'a str,
    pub(in crate::sim) message: &'a str,
    pub(in crate::sim) edits: &'a [(String, Option<Vec<u8>>)],
    /// The branch or commit that a new branch begins at; the default branch when empty.
    pub(in crate::sim) base: &'a str,
}

const NOTHING: &str = "0000000000000000000000000000000000000000";

impl State {
    /// Answers the new commit, or nothing when the base does not exist.
    pub(in crate::sim) fn push(&mut self, index: usize, push: &Push<'_>) -> Option<String> {
        let edits: Vec<_> = push.edits.iter().map(|(path, content)| edit(path, content.as_deref())).collect();
        self.push_edits(index, push, &edits)
    }

    /// The same with these edits in the place of the push's own: of any path, mode and content.
    pub(in crate::sim) fn push_edits(&mut self, index: usize, push: &Push<'_>, edits: &[FileEdit]) -> Option<String> {
        self.ensure_user(push.author, "User");
        let repo = &self.repos[index];
        let before = repo.branches.get(push.branch).cloned();
        let base = if push.base.is_empty() { repo.default_branch.clone() } else { push.base.to_owned() };
        let parent = match &before {
            Some(sha) => sha.clone(),
            None => repo.resolve(&base)?,
        };
        let author = self.signature(push.author);
        let reference = repo.ref_name(push.branch);
        let new =
            NewCommit { reference: &reference, parents: &[parent], author: &author, message: push.message, edits };
        let sha = repo.git.commit(&new);
        self.move_branch(index, push.branch, &sha, push.author);
        self.note_pushed(&sha);
        Some(sha)
    }

    /// A branch points to another commit: by a push, forced or not.
    pub(in crate::sim) fn move_branch(&mut self, index: usize, branch: &str, sha: &str, actor: &str) {
        self.keep_for_stale_reads();
        let now = self.now();
        let repo = &mut self.repos[index];
        let before = repo.branches.insert(branch.to_owned(), sha.to_owned());
        repo.pushed_at = now;
        let body = push_payload(self, index, branch, before.as_deref(), sha, actor);
        self.tell(index, "push", actor, body);
        self.open_suites(index, sha, actor);
        let head = self.repos[index].id;
        let follows =
            |pull: &&Pull| pull.open && pull.head_repo == Some(head) && pull.head_ref == branch && pull.head_sha != sha;
        let places = self.repos.iter().enumerate();
        let found: Vec<(usize, u64)> = places
            .flat_map(|(at, repo)| repo.pulls.values().filter(follows).map(move |pull| (at, pull.number)))
            .collect();
        for (at, number) in found {
            self.synchronize(at, number, sha, actor);
        }
    }

    fn synchronize(&mut self, index: usize, number: u64, sha: &str, actor: &str) {
        let now = self.now();
        let repo = &mut self.repos[index];
        let Some(pull) = repo.pulls.get_mut(&number) else { return };
        let before = std::mem::replace(&mut pull.head_sha, sha.to_owned());
        pull.updated_at = now;
        if let Some(tip) = repo.branches.get(&pull.base_ref) {
            pull.base_sha.clone_from(tip);
        }
        place::move_comments(repo, number, &before, sha);
        let list = self.repos[index].git.list_commits(&before, sha);
        for commit in list.iter() {
            self.note(index, number, actor, "", Some(commit));
        }
        self.tell_pull(index, number, "synchronize", actor, json!({ "before": before, "after": sha }));
    }

    /// Every app that writes checks gets its suite on a pushed commit.
    fn open_suites(&mut self, index: usize, sha: &str, actor: &str) {
        let (id, now) = (self.repos[index].id, self.now());
        let apps: Vec<u64> =
            self.installations.iter().filter(|it| it.covers(&self.repos[index])).map(|it| it.app_id).collect();
        for app in apps {
            if self.repos[index].suites.iter().any(|suite| suite.app == app && suite.head_sha == sha) {
                continue;
            }
            let suite = CheckSuite {
                id: self.fresh_id(),
                app,
                head_sha: sha.to_owned(),
                created_at: now.clone(),
                updated_at: now.clone(),
            };
            let suite_id = suite.id;
            self.repos[index].suites.push(suite);
            self.tell_suite(id, suite_id, "requested", actor);
        }
    }
}

fn push_payload(state: &State, index: usize, branch: &str, before: Option<&str>, sha: &str, actor: &str) -> Value {
    let repo = &state.repos[index];
    let from = before.unwrap_or(NOTHING);
    let commits: Vec<Value> = match before {
        Some(before) => repo.git.list_commits(before, sha).iter().map(|sha| commit(state, repo, sha)).collect(),
        None => vec![commit(state, repo, sha)],
    };
    let web = format!("{}/{}", state.env.web, repo.full_name());
    let user = state.signature(actor);
    json!({
        "ref": format!("refs/heads/{branch}"), "before": from, "after": sha, "created": before.is_none(),
        "deleted": false, "forced": before.is_some_and(|before| repo.git.merge_base(before, sha).as_deref() != Some(before)),
        "base_ref": null, "compare": format!("{web}/compare/{}...{}", &from[..12], &sha[..12]),
        "commits": commits, "head_commit": commit(state, repo, sha),
        "pusher": { "name": actor, "email": user.email },
    })
}

fn commit(state: &State, repo: &Repo, sha: &str) -> Value {
    let commit = repo.git.load_commit(sha).expect("the commit was pushed");
    let (mut added, mut removed, mut modified) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(parent) = commit.parents.first() {
        for file in &repo.git.diff(parent, sha).files {
            match file.status {
                "added" | "copied" => added.push(file.path.clone()),
                "removed" => removed.push(file.path.clone()),
                "renamed" => {
                    removed.extend(file.previous.clone());
                    added.push(file.path.clone());
                }
                _ => modified.push(file.path.clone()),
            }
        }
    }
    let who = |who: &crate::sim::git::Signature| json!({ "name": who.name, "email": who.email, "username": json::login_of(state, who), "date": render_time(who.time) });
    json!({
        "id": sha, "tree_id": commit.tree, "distinct": true, "message": commit.message,
        "timestamp": render_time(commit.author.time),
        "url": format!("{}/{}/commit/{sha}", state.env.web, repo.full_name()),
        "author": who(&commit.author), "committer": who(&commit.committer),
        "added": added, "removed": removed, "modified": modified,
    })
}
