//! Repositories and their branches.

use super::answer::{Seen, key, named, pair};
use crate::sim::graphql::{Args, Object, Resolved};
use crate::sim::json::node_id;
use crate::sim::state::{Access, Repo, State};

impl Seen<'_> {
    pub(super) fn repository(&self, state: &State, object: &Object, name: &str, args: &Args) -> Resolved {
        let index = usize::try_from(object.key.as_u64().unwrap_or_default()).unwrap_or_default();
        let repo = &state.repos[index];
        let allowed = |needed: &[(&str, Access)]| self.caller.may(state, repo, needed);
        match name {
            "databaseId" => Resolved::scalar(repo.id),
            "id" => Resolved::scalar(node_id("Repository", repo.id)),
            "name" => Resolved::scalar(repo.name.clone()),
            "nameWithOwner" => Resolved::scalar(repo.full_name()),
            "description" => Resolved::scalar(repo.description.clone()),
            "isPrivate" => Resolved::scalar(repo.private),
            "isArchived" => Resolved::scalar(repo.archived),
            "isFork" => Resolved::scalar(repo.parent.is_some()),
            "isDisabled" | "isEmpty" => Resolved::scalar(false),
            "visibility" => Resolved::scalar(if repo.private { "PRIVATE" } else { "PUBLIC" }),
            "url" => Resolved::scalar(format!("{}/{}", state.env.web, repo.full_name())),
            "resourcePath" => Resolved::scalar(format!("/{}", repo.full_name())),
            "createdAt" => Resolved::scalar(repo.created_at.clone()),
            "updatedAt" | "pushedAt" => Resolved::scalar(repo.pushed_at.clone()),
            "owner" => super::node::actor(state, &repo.owner),
            "pullRequest" | "pullRequests" if !allowed(&[("pull_requests", Access::Read)]) => Resolved::forbidden(),
            "defaultBranchRef" | "ref" | "object" if !allowed(&[("contents", Access::Read)]) => Resolved::forbidden(),
            "defaultBranchRef" => reference(index, repo, &repo.default_branch),
            "ref" => {
                let name = args.text("qualifiedName").unwrap_or_default();
                reference(index, repo, name.trim_start_matches("refs/heads/"))
            }
            "object" => found(index, repo, args.text("expression").or(args.text("oid")).unwrap_or_default()),
            "pullRequest" => {
                let number = args.number("number").unwrap_or_default();
                let known = u64::try_from(number).ok().filter(|number| repo.pulls.contains_key(number));
                let missing = || Resolved::not_found("PullRequest", &format!("the number of {number}"));
                known.map_or_else(missing, |number| Resolved::object("PullRequest", key(index, number)))
            }
            "mergeQueue" if !allowed(&[("merge_queues", Access::Read)]) => Resolved::forbidden(),
            "mergeQueue" => {
                let branch = args.text("branch").unwrap_or(&repo.default_branch);
                let known = repo.queue.iter().any(|entry| entry.base_ref == branch);
                known.then(|| Object::new("MergeQueue", key(index, branch))).into()
            }
            "pullRequests" => Resolved::connection(super::pull::filtered(index, repo, args)),
            "labels" => {
                Resolved::connection(repo.labels.iter().map(|it| Object::new("Label", key(index, it.name.clone()))))
            }
            _ => Resolved::Unsupported,
        }
    }

    /// The merge queue of a branch.
    pub(super) fn merge_queue(&self, state: &State, object: &Object, name: &str) -> Resolved {
        let Some((index, branch)) = named(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        match name {
            "id" => Resolved::scalar(format!("MQ_{}_{branch}", repo.id)),
            "repository" => Resolved::object("Repository", index),
            "entries" => {
                let entries = repo.queue.iter().filter(|entry| entry.base_ref == branch);
                Resolved::connection(entries.map(|entry| Object::new("MergeQueueEntry", key(index, entry.id))))
            }
            _ => Resolved::Unsupported,
        }
    }

    pub(super) fn queue_entry(&self, state: &State, object: &Object, name: &str) -> Resolved {
        let Some((index, id)) = pair(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        let Some(at) = repo.queue.iter().position(|entry| entry.id == id) else { return Resolved::Null };
        let entry = &repo.queue[at];
        match name {
            "id" => Resolved::scalar(node_id("MergeQueueEntry", id)),
            "position" => {
                let before = repo.queue[..at].iter().filter(|other| other.base_ref == entry.base_ref).count();
                Resolved::scalar(before + 1)
            }
            "headCommit" => Resolved::object("Commit", key(index, entry.head_sha.clone())),
            "baseCommit" => Resolved::object("Commit", key(index, entry.base_sha.clone())),
            "pullRequest" => Resolved::object("PullRequest", key(index, entry.number)),
            _ => Resolved::Unsupported,
        }
    }

    pub(super) fn reference(&self, state: &State, object: &Object, name: &str, args: &Args) -> Resolved {
        let Some((index, branch)) = named(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        match name {
            "name" => Resolved::scalar(branch),
            "prefix" => Resolved::scalar("refs/heads/"),
            "id" => Resolved::scalar(format!("REF_{}_{branch}", repo.id)),
            "repository" => Resolved::object("Repository", index),
            "associatedPullRequests" if !self.caller.may(state, repo, &[("pull_requests", Access::Read)]) => {
                Resolved::forbidden()
            }
            "associatedPullRequests" => {
                // Pull requests into a parent repository belong to it, but have their head here.
                let repos = state.repos.iter().enumerate().filter(|(_, it)| self.caller.sees(state, it));
                let pulls = repos.flat_map(|(at, it)| super::pull::filtered(at, it, args));
                let from_here = |object: &Object| {
                    let (at, number) = pair(object).unwrap_or_default();
                    let pull = &state.repos[at].pulls[&number];
                    pull.head_repo == Some(repo.id) && pull.head_ref == branch
                };
                Resolved::connection(pulls.filter(from_here))
            }
            "target" => repo.branches.get(branch).map(|sha| Object::new("Commit", key(index, sha.clone()))).into(),
            _ => Resolved::Unsupported,
        }
    }
}

/// A branch, when it exists.
pub(super) fn reference(index: usize, repo: &Repo, branch: &str) -> Resolved {
    repo.branches.contains_key(branch).then(|| Object::new("Ref", key(index, branch))).into()
}

/// What `git rev-parse` finds: a commit, or an entry of its tree.
fn found(index: usize, repo: &Repo, expression: &str) -> Resolved {
    let (name, path) = expression.split_once(':').map_or((expression, None), |(name, path)| (name, Some(path)));
    let Some(sha) = repo.resolve(name) else { return Resolved::Null };
    match path {
        None => Resolved::object("Commit", key(index, sha)),
        Some(path) => super::code::entry_object(index, repo, &sha, path),
    }
}
