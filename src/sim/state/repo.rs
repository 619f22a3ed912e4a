//! People and repositories.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{CheckRun, CheckSuite, Comment, CommitStatus, Pull, Reaction, Review, ReviewComment};
use crate::sim::git::Git;

/// An account.
#[derive(Clone, Debug)]
pub(in crate::sim) struct User {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) login: String,
    /// `User`, `Organization` or `Bot`.
    pub(in crate::sim) kind: &'static str,
}

/// A label of a repository.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Label {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) name: String,
    pub(in crate::sim) color: String,
    pub(in crate::sim) description: Option<String>,
}

/// A label was put on a pull request, or taken off.
#[derive(Clone, Debug)]
pub(in crate::sim) struct LabelEvent {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) number: u64,
    pub(in crate::sim) actor: String,
    /// `labeled` or `unlabeled`.
    pub(in crate::sim) event: &'static str,
    pub(in crate::sim) label: String,
    pub(in crate::sim) created_at: String,
}

/// A line of a pull request's timeline: a commit, or what somebody did.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Note {
    /// Ids grow with time, over comments and reviews too.
    pub(in crate::sim) id: u64,
    pub(in crate::sim) number: u64,
    pub(in crate::sim) actor: String,
    pub(in crate::sim) text: String,
    pub(in crate::sim) commit: Option<String>,
}

/// A check or commit status that a branch requires.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Required {
    pub(in crate::sim) branch: String,
    pub(in crate::sim) context: String,
    /// By the branch's own protection, not by a ruleset.
    pub(in crate::sim) classic: bool,
    /// The app that has to report it; nothing means anybody.
    pub(in crate::sim) app: Option<u64>,
}

/// What a workflow kept.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Artifact {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) run: u64,
    pub(in crate::sim) name: String,
    pub(in crate::sim) head_sha: String,
    /// Its zip archive.
    pub(in crate::sim) archive: std::sync::Arc<Vec<u8>>,
    pub(in crate::sim) expired: bool,
    pub(in crate::sim) created_at: String,
    /// Until when, in seconds since 1970, an address that was given out can be read.
    pub(in crate::sim) readable_until: i64,
}

/// A pull request that waits to be merged, with the commit that would be merged.
#[derive(Clone, Debug)]
pub(in crate::sim) struct QueueEntry {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) number: u64,
    /// The branch that it goes into.
    pub(in crate::sim) base_ref: String,
    pub(in crate::sim) base_sha: String,
    pub(in crate::sim) head_sha: String,
}

impl QueueEntry {
    /// The branch that GitHub makes for the group.
    pub(in crate::sim) fn head_ref(&self) -> String {
        format!("gh-readonly-queue/{}/pr-{}-{}", self.base_ref, self.number, self.base_sha)
    }
}

/// A repository with everything that happens in it.
#[derive(Clone)]
pub(in crate::sim) struct Repo {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) owner: String,
    pub(in crate::sim) name: String,
    pub(in crate::sim) description: Option<String>,
    pub(in crate::sim) private: bool,
    pub(in crate::sim) archived: bool,
    pub(in crate::sim) default_branch: String,
    pub(in crate::sim) created_at: String,
    pub(in crate::sim) pushed_at: String,
    /// The repository that this one was forked from.
    pub(in crate::sim) parent: Option<u64>,
    pub(in crate::sim) git: Git,
    /// Branch name to commit id.
    pub(in crate::sim) branches: BTreeMap<String, String>,
    /// Login to `admin`, `maintain`, `write`, `triage` or `read`; the owner may always do everything.
    pub(in crate::sim) members: BTreeMap<String, String>,
    pub(in crate::sim) labels: Vec<Label>,
    pub(in crate::sim) label_events: Vec<LabelEvent>,
    pub(in crate::sim) notes: Vec<Note>,
    pub(in crate::sim) pulls: BTreeMap<u64, Pull>,
    pub(in crate::sim) next_number: u64,
    pub(in crate::sim) comments: Vec<Comment>,
    pub(in crate::sim) reviews: Vec<Review>,
    pub(in crate::sim) review_comments: Vec<ReviewComment>,
    pub(in crate::sim) reactions: Vec<Reaction>,
    pub(in crate::sim) suites: Vec<CheckSuite>,
    pub(in crate::sim) runs: Vec<CheckRun>,
    pub(in crate::sim) statuses: Vec<CommitStatus>,
    /// The merge queues of all branches, in the order in which they merge.
    pub(in crate::sim) queue: Vec<QueueEntry>,
    pub(in crate::sim) required: Vec<Required>,
    pub(in crate::sim) artifacts: Vec<Artifact>,
    /// Commits that whoever reads late has not heard of, although the objects are there.
    pub(in crate::sim) not_yet: Arc<BTreeSet<String>>,
}

impl Repo {
    pub(in crate::sim) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// GitHub's word for what a login is to this repository.
    pub(in crate::sim) fn association(&self, login: &str) -> &'static str {
        if login == self.owner {
            "OWNER"
        } else if self.members.contains_key(login) {
            "MEMBER"
        } else if self.pulls.values().any(|pull| pull.author == login && pull.merged_at.is_some()) {
            "CONTRIBUTOR"
        } else {
            "NONE"
        }
    }

    /// A branch, `refs/heads/...`, `HEAD`, `refs/pull/N/head` or a full commit id, as a commit id.
    pub(in crate::sim) fn resolve(&self, name: &str) -> Option<String> {
        if let Some((of, steps)) =
            name.rsplit_once('~').and_then(|(of, steps)| Some((of, steps.parse::<usize>().ok()?)))
        {
            // The n-th first parent.
            let first = |sha: String| self.git.load_commit(&sha)?.parents.first().cloned();
            return (0..steps).try_fold(self.resolve(of)?, |sha, _| first(sha));
        }
        let short = name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("heads/")).unwrap_or(name);
        let short = if short == "HEAD" { self.default_branch.as_str() } else { short };
        if let Some(sha) = self.branches.get(short) {
            return Some(sha.clone());
        }
        if let Some(number) = name.strip_prefix("refs/pull/").and_then(|rest| rest.strip_suffix("/head")) {
            return Some(self.pulls.get(&number.parse().ok()?)?.head_sha.clone());
        }
        let full = name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        (full && !self.not_yet.contains(name) && self.git.load_commit(name).is_some()).then(|| name.to_owned())
    }

    /// As GitHub associates them: the merged pull requests that brought a commit; open ones with it only while it is not
    /// on the default branch; those closed without a merge never.
    pub(in crate::sim) fn pulls_with_commit(&self, sha: &str) -> impl Iterator<Item = &Pull> {
        let tip = self.branches.get(&self.default_branch);
        let landed = tip.is_some_and(|tip| self.git.merge_base(tip, sha).as_deref() == Some(sha));
        self.pulls.values().filter(move |pull| {
            let counts = pull.merged_at.is_some() || (pull.open && !landed);
            let has = |pull: &Pull| {
                pull.head_sha == sha || self.git.list_commits(&pull.base_sha, &pull.head_sha).iter().any(|it| it == sha)
            };
            counts && has(pull)
        })
    }

    /// The namespace of this repository's refs inside the shared objects.
    pub(in crate::sim) fn ref_name(&self, branch: &str) -> String {
        match self.parent {
            None => format!("refs/heads/{branch}"),
            Some(_) => format!("refs/forks/{}/{branch}", self.id),
        }
    }
}
