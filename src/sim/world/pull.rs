//! Pull requests.

use super::answer::{Seen, key, pair};
use super::node::actor;
use super::repository::reference;
use crate::sim::graphql::{Args, Object, Resolved};
use crate::sim::json::node_id;
use crate::sim::state::{Pull, Repo, State};
use serde_json::json;

impl Seen<'_> {
    pub(super) fn pull(&self, state: &State, object: &Object, name: &str, args: &Args) -> Resolved {
        let Some((index, number)) = pair(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        let Some(pull) = repo.pulls.get(&number) else { return Resolved::Null };
        match object.type_name {
            "PullRequestCommit" => return commit_of(index, number, object, name),
            "PullRequestChangedFile" => return file_of(repo, pull, object, name),
            _ => {}
        }
        let web = format!("{}/{}/pull/{number}", state.env.web, repo.full_name());
        match name {
            "id" => Resolved::scalar(node_id("PullRequest", pull.id)),
            "databaseId" => Resolved::scalar(pull.id),
            "fullDatabaseId" => Resolved::scalar(pull.id.to_string()),
            "number" => Resolved::scalar(number),
            "title" => Resolved::scalar(pull.title.clone()),
            "body" => Resolved::scalar(pull.body.clone().unwrap_or_default()),
            "isDraft" => Resolved::scalar(pull.draft),
            "isInMergeQueue" => Resolved::scalar(repo.queue.iter().any(|entry| entry.number == number)),
            "state" => Resolved::scalar(state_word(pull)),
            "merged" => Resolved::scalar(pull.merged_at.is_some()),
            "closed" => Resolved::scalar(!pull.open),
            "mergedAt" => Resolved::scalar(pull.merged_at.clone()),
            "closedAt" => Resolved::scalar(pull.closed_at.clone()),
            "locked" => Resolved::scalar(pull.locked),
            "mergeable" => Resolved::scalar(match pull.mergeable {
                None => "UNKNOWN",
                Some(true) => "MERGEABLE",
                Some(false) => "CONFLICTING",
            }),
            "author" => actor(state, &pull.author),
            "authorAssociation" => Resolved::scalar(repo.association(&pull.author)),
            "viewerDidAuthor" => Resolved::scalar(self.caller.author(state).0 == pull.author),
            "maintainerCanModify" => Resolved::scalar(pull.allows_edits),
            "assignees" => Resolved::connection(pull.assignees.iter().map(|it| Object::new("User", it.as_str()))),
            "reviews" => {
                let states = args.texts("states");
                let found = repo.reviews.iter().filter(|it| it.number == number);
                let found = found.filter(|it| states.is_empty() || states.contains(&it.state));
                Resolved::connection(found.map(|it| Object::new("PullRequestReview", key(index, it.id))))
            }
            "milestone" | "mergedBy" | "reviewDecision" => Resolved::Null,
            "labels" => {
                Resolved::connection(pull.labels.iter().map(|name| Object::new("Label", key(index, name.clone()))))
            }
            "baseRefName" => Resolved::scalar(pull.base_ref.clone()),
            "baseRefOid" => Resolved::scalar(pull.base_sha.clone()),
            "baseRef" => reference(index, repo, &pull.base_ref),
            "baseRepository" | "repository" => Resolved::object("Repository", index),
            "headRefName" => Resolved::scalar(pull.head_ref.clone()),
            "headRefOid" => Resolved::scalar(pull.head_sha.clone()),
            "headRef" => match pull.head_repo.and_then(|id| state.repo_by_id(id)) {
                Some(head) => reference(head, &state.repos[head], &pull.head_ref),
                None => Resolved::Null,
            },
            "headRepository" => {
                pull.head_repo.and_then(|id| state.repo_by_id(id)).map(|index| Object::new("Repository", index)).into()
            }
            "isCrossRepository" => Resolved::scalar(pull.head_repo != Some(repo.id)),
            "url" | "permalink" => Resolved::scalar(web),
            "createdAt" => Resolved::scalar(pull.created_at.clone()),
            "updatedAt" => Resolved::scalar(pull.updated_at.clone()),
            "changedFiles" => Resolved::scalar(changes(repo, pull).files.len()),
            "additions" => Resolved::scalar(changes(repo, pull).files.iter().map(|it| it.additions).sum::<u64>()),
            "deletions" => Resolved::scalar(changes(repo, pull).files.iter().map(|it| it.deletions).sum::<u64>()),
            "files" => {
                let count = changes(repo, pull).files.len();
                Resolved::connection(
                    (0..count).map(|at| Object::new("PullRequestChangedFile", json!([index, number, at]))),
                )
            }
            "commits" => {
                let list = repo.git.list_commits(&pull.base_sha, &pull.head_sha);
                Resolved::connection(
                    list.iter().map(|sha| Object::new("PullRequestCommit", json!([index, number, sha]))),
                )
            }
            "comments" => {
                let found = repo.comments.iter().filter(|it| it.number == number);
                Resolved::connection(found.map(|it| Object::new("IssueComment", key(index, it.id))))
            }
            "reviewThreads" => {
                let found = repo.review_comments.iter().filter(|it| it.number == number && it.reply_to.is_none());
                Resolved::connection(found.map(|it| Object::new("PullRequestReviewThread", key(index, it.id))))
            }
            _ => Resolved::Unsupported,
        }
    }
}

/// Pull requests into a repository that `baseRefName`, `headRefName` and `states` let through, oldest first.
pub(super) fn filtered(index: usize, repo: &Repo, args: &Args) -> Vec<Object> {
    let (base, head, states) = (args.text("baseRefName"), args.text("headRefName"), args.texts("states"));
    let wanted = repo.pulls.values().filter(|pull| {
        base.is_none_or(|base| base == pull.base_ref)
            && head.is_none_or(|head| head == pull.head_ref)
            && (states.is_empty() || states.contains(&state_word(pull)))
    });
    wanted.map(|pull| Object::new("PullRequest", key(index, pull.number))).collect()
}

/// OPEN, CLOSED or MERGED.
pub(super) fn state_word(pull: &Pull) -> &'static str {
    match (pull.open, &pull.merged_at) {
        (true, _) => "OPEN",
        (false, Some(_)) => "MERGED",
        (false, None) => "CLOSED",
    }
}

fn changes(repo: &Repo, pull: &Pull) -> std::sync::Arc<crate::sim::git::Diff> {
    let base = repo.git.merge_base(&pull.base_sha, &pull.head_sha);
    repo.git.diff(base.as_deref().unwrap_or(&pull.base_sha), &pull.head_sha)
}

fn commit_of(index: usize, number: u64, object: &Object, name: &str) -> Resolved {
    let sha = object.key[2].as_str().unwrap_or_default();
    match name {
        "commit" => Resolved::object("Commit", key(index, sha)),
        "id" => Resolved::scalar(format!("PC_{number}_{sha}")),
        "pullRequest" => Resolved::object("PullRequest", key(index, number)),
        _ => Resolved::Unsupported,
    }
}

fn file_of(repo: &Repo, pull: &Pull, object: &Object, name: &str) -> Resolved {
    let at = usize::try_from(object.key[2].as_u64().unwrap_or_default()).unwrap_or_default();
    let diff = changes(repo, pull);
    let Some(file) = diff.files.get(at) else { return Resolved::Null };
    match name {
        "path" => Resolved::scalar(file.path.clone()),
        "additions" => Resolved::scalar(file.additions),
        "deletions" => Resolved::scalar(file.deletions),
        "changeType" => {
            Resolved::scalar(if file.status == "removed" { "DELETED".to_owned() } else { file.status.to_uppercase() })
        }
        _ => Resolved::Unsupported,
    }
}
