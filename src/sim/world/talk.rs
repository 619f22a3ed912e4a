//! Comments and review threads.

use super::answer::{Seen, key, pair};
use super::node::actor;
use crate::sim::graphql::{Object, Resolved};
use crate::sim::json::node_id;
use crate::sim::state::{ReviewComment, State};

impl Seen<'_> {
    pub(super) fn comment(&self, state: &State, object: &Object, name: &str) -> Resolved {
        let Some((index, id)) = pair(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        let Some(it) = repo.comments.iter().find(|it| it.id == id) else { return Resolved::Null };
        let web = format!("{}/{}/pull/{}#issuecomment-{id}", state.env.web, repo.full_name(), it.number);
        match name {
            "id" => Resolved::scalar(node_id("IssueComment", id)),
            "databaseId" => Resolved::scalar(id),
            "fullDatabaseId" => Resolved::scalar(id.to_string()),
            "body" => Resolved::scalar(it.body.clone()),
            "author" => actor(state, &it.author),
            "authorAssociation" => Resolved::scalar(repo.association(&it.author)),
            "viewerDidAuthor" => Resolved::scalar(self.caller.author(state).0 == it.author),
            "createdAt" => Resolved::scalar(it.created_at.clone()),
            "updatedAt" => Resolved::scalar(it.updated_at.clone()),
            "isMinimized" => Resolved::scalar(it.minimized.is_some()),
            "minimizedReason" => Resolved::scalar(it.minimized.clone()),
            "pullRequest" => Resolved::object("PullRequest", key(index, it.number)),
            "repository" => Resolved::object("Repository", index),
            "url" => Resolved::scalar(web),
            _ => Resolved::Unsupported,
        }
    }

    pub(super) fn review(&self, state: &State, object: &Object, name: &str) -> Resolved {
        let Some((index, id)) = pair(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        let Some(it) = repo.reviews.iter().find(|it| it.id == id) else { return Resolved::Null };
        let web = format!("{}/{}/pull/{}#pullrequestreview-{id}", state.env.web, repo.full_name(), it.number);
        match name {
            "id" => Resolved::scalar(node_id("PullRequestReview", id)),
            "databaseId" => Resolved::scalar(id),
            "fullDatabaseId" => Resolved::scalar(id.to_string()),
            "body" => Resolved::scalar(it.body.clone()),
            "state" => Resolved::scalar(it.state),
            "author" => actor(state, &it.author),
            "authorAssociation" => Resolved::scalar(repo.association(&it.author)),
            "viewerDidAuthor" => Resolved::scalar(self.caller.author(state).0 == it.author),
            "commit" => Resolved::object("Commit", key(index, it.commit.clone())),
            "createdAt" | "submittedAt" | "updatedAt" => Resolved::scalar(it.submitted_at.clone()),
            "pullRequest" => Resolved::object("PullRequest", key(index, it.number)),
            "repository" => Resolved::object("Repository", index),
            "url" => Resolved::scalar(web),
            _ => Resolved::Unsupported,
        }
    }

    /// A thread has the id of its first comment.
    pub(super) fn thread(&self, state: &State, object: &Object, name: &str) -> Resolved {
        let Some((index, id)) = pair(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        let Some(it) = repo.review_comments.iter().find(|it| it.id == id) else { return Resolved::Null };
        match (object.type_name, name) {
            (_, "pullRequest") => Resolved::object("PullRequest", key(index, it.number)),
            (_, "repository") => Resolved::object("Repository", index),
            (_, "path") => Resolved::scalar(it.path.clone()),
            (_, "line") => Resolved::scalar(it.line),
            (_, "startLine") => Resolved::scalar(it.start_line),
            (_, "originalLine") => Resolved::scalar(it.original_line),
            (_, "originalStartLine") => Resolved::scalar(it.original_start_line),
            (_, "subjectType") => Resolved::scalar("LINE"),
            ("PullRequestReviewThread", "id") => Resolved::scalar(node_id("Thread", id)),
            ("PullRequestReviewThread", "isResolved" | "isCollapsed") => Resolved::scalar(it.resolved),
            ("PullRequestReviewThread", "isOutdated") | (_, "outdated") => Resolved::scalar(it.line.is_none()),
            ("PullRequestReviewThread", "diffSide") => Resolved::scalar(it.side.clone()),
            ("PullRequestReviewThread", "startDiffSide") => Resolved::scalar(it.start_side.clone()),
            ("PullRequestReviewThread", "resolvedBy") => match it.resolved_by.as_ref().filter(|_| it.resolved) {
                Some(login) => Resolved::object("User", login.as_str()),
                None => Resolved::Null,
            },
            ("PullRequestReviewThread", "comments") => {
                let of_thread = |other: &&ReviewComment| other.id == id || other.reply_to == Some(id);
                let found = repo.review_comments.iter().filter(of_thread);
                Resolved::connection(found.map(|it| Object::new("PullRequestReviewComment", key(index, it.id))))
            }
            ("PullRequestReviewComment", name) => self.line_comment(state, (index, it), name),
            _ => Resolved::Unsupported,
        }
    }

    fn line_comment(&self, state: &State, (index, it): (usize, &ReviewComment), name: &str) -> Resolved {
        let repo = &state.repos[index];
        match name {
            "id" => Resolved::scalar(node_id("PullRequestReviewComment", it.id)),
            "databaseId" => Resolved::scalar(it.id),
            "fullDatabaseId" => Resolved::scalar(it.id.to_string()),
            "body" => Resolved::scalar(it.body.clone()),
            "author" => actor(state, &it.author),
            "authorAssociation" => Resolved::scalar(repo.association(&it.author)),
            "viewerDidAuthor" => Resolved::scalar(self.caller.author(state).0 == it.author),
            "createdAt" => Resolved::scalar(it.created_at.clone()),
            "updatedAt" => Resolved::scalar(it.updated_at.clone()),
            "diffHunk" => Resolved::scalar(it.hunk.clone()),
            "state" => Resolved::scalar("SUBMITTED"),
            "isMinimized" => Resolved::scalar(it.minimized.is_some()),
            "minimizedReason" => Resolved::scalar(it.minimized.clone()),
            "replyTo" => it.reply_to.map(|id| Object::new("PullRequestReviewComment", key(index, id))).into(),
            "commit" => Resolved::object("Commit", key(index, it.commit.clone())),
            "originalCommit" => Resolved::object("Commit", key(index, it.original_commit.clone())),
            _ => Resolved::Unsupported,
        }
    }
}
