//! Comments in the conversation and on lines.

use super::place::{commentable, parse_side};
use crate::sim::json;
use crate::sim::patch::hunk_until;
use crate::sim::state::{Comment, Review, ReviewComment, State};
use serde_json::json;

/// A comment that a review brings.
pub(in crate::sim) struct NewReviewComment {
    pub(in crate::sim) path: String,
    pub(in crate::sim) side: String,
    pub(in crate::sim) start_side: Option<String>,
    pub(in crate::sim) line: u64,
    pub(in crate::sim) start_line: Option<u64>,
    pub(in crate::sim) body: String,
}

/// A review to be submitted.
pub(in crate::sim) struct NewReview {
    pub(in crate::sim) body: String,
    pub(in crate::sim) state: &'static str,
    pub(in crate::sim) commit: String,
    pub(in crate::sim) comments: Vec<NewReviewComment>,
}

impl State {
    /// Answers the comment's id.
    pub(in crate::sim) fn comment(
        &mut self,
        index: usize,
        number: u64,
        author: &str,
        app: Option<u64>,
        body: &str,
    ) -> Option<u64> {
        self.repos[index].pulls.get(&number)?;
        self.ensure_user(author, if app.is_some() { "Bot" } else { "User" });
        let (id, now) = (self.fresh_id(), self.now());
        // On GitHub a comment is a change of the pull request.
        self.repos[index].pulls.get_mut(&number)?.updated_at.clone_from(&now);
        self.repos[index].comments.push(Comment {
            id,
            number,
            author: author.to_owned(),
            app,
            body: body.to_owned(),
            minimized: None,
            created_at: now.clone(),
            updated_at: now,
            edited: false,
        });
        let repo = &self.repos[index];
        let (comment, pull) = (repo.comments.last()?, repo.pulls.get(&number)?);
        let body = json!({
            "action": "created", "issue": json::issue(self, repo, pull), "comment": json::comment(self, repo, comment),
        });
        self.tell(index, "issue_comment", author, body);
        Some(id)
    }

    /// Other words for a comment; apps hear of it as an edit.
    pub(in crate::sim) fn edit_comment(&mut self, index: usize, id: u64, actor: &str, words: &str) -> Option<()> {
        let now = self.now();
        let comment = self.repos[index].comments.iter_mut().find(|it| it.id == id)?;
        let before = std::mem::replace(&mut comment.body, words.to_owned());
        (comment.updated_at, comment.edited) = (now, true);
        let number = comment.number;
        let repo = &self.repos[index];
        let (comment, pull) = (repo.comments.iter().find(|it| it.id == id)?, repo.pulls.get(&number)?);
        let body = json!({
            "action": "edited", "issue": json::issue(self, repo, pull), "comment": json::comment(self, repo, comment),
            "changes": { "body": { "from": before } },
        });
        self.tell(index, "issue_comment", actor, body);
        Some(())
    }

    /// Submits a review whole, or not at all: then says why not.
    pub(in crate::sim) fn submit_review(
        &mut self,
        index: usize,
        number: u64,
        (author, app): (&str, Option<u64>),
        new: NewReview,
    ) -> Result<u64, &'static str> {
        let repo = &self.repos[index];
        let pull = repo.pulls.get(&number).ok_or("Pull request not found")?;
        let git = repo.git.clone();
        let base = git.merge_base(&pull.base_sha, &new.commit).unwrap_or_else(|| pull.base_sha.clone());
        let outdated = new.commit != pull.head_sha;
        for comment in &new.comments {
            let start = comment.start_line.unwrap_or(comment.line);
            let other = comment.start_side.as_ref().is_some_and(|side| *side != comment.side);
            let side = parse_side(&comment.side);
            if !git.diff(&base, &new.commit).files.iter().any(|file| file.path == comment.path) {
                return Err("Path could not be resolved");
            }
            if other
                || start > comment.line
                || !commentable(&git, &base, &new.commit, &comment.path, side, start, comment.line)
            {
                return Err("Line could not be resolved");
            }
        }
        self.ensure_user(author, if app.is_some() { "Bot" } else { "User" });
        let (review, now) = (self.fresh_id(), self.now());
        let diff = git.diff(&base, &new.commit);
        for comment in new.comments {
            let id = self.fresh_id();
            let patch = diff.files.iter().find(|file| file.path == comment.path).and_then(|file| file.patch.as_deref());
            let hunk = hunk_until(patch.unwrap_or_default(), comment.line, &comment.side);
            self.repos[index].review_comments.push(ReviewComment {
                id,
                number,
                review,
                author: author.to_owned(),
                app,
                body: comment.body,
                path: comment.path,
                commit: new.commit.clone(),
                original_commit: new.commit.clone(),
                side: comment.side,
                start_side: comment.start_side,
                line: Some(comment.line).filter(|_| !outdated),
                start_line: comment.start_line.filter(|_| !outdated),
                original_line: comment.line,
                original_start_line: comment.start_line,
                hunk,
                reply_to: None,
                resolved: false,
                resolved_by: None,
                minimized: None,
                created_at: now.clone(),
                updated_at: now.clone(),
                edited: false,
            });
        }
        self.repos[index].reviews.push(Review {
            id: review,
            number,
            author: author.to_owned(),
            body: new.body,
            state: new.state,
            commit: new.commit,
            submitted_at: now,
        });
        self.tell_review(index, number, review, author);
        Ok(review)
    }

    /// Answers a comment on a line; the answer's id.
    pub(in crate::sim) fn reply(
        &mut self,
        index: usize,
        comment: u64,
        (author, app): (&str, Option<u64>),
        body: &str,
    ) -> Option<u64> {
        self.ensure_user(author, if app.is_some() { "Bot" } else { "User" });
        let (id, now) = (self.fresh_id(), self.now());
        let repo = &mut self.repos[index];
        let first = repo.review_comments.iter().find(|it| it.id == comment)?.clone();
        repo.review_comments.push(ReviewComment {
            id,
            author: author.to_owned(),
            app,
            body: body.to_owned(),
            reply_to: Some(first.reply_to.unwrap_or(first.id)),
            resolved: false,
            resolved_by: None,
            created_at: now.clone(),
            updated_at: now,
            edited: false,
            ..first
        });
        Some(id)
    }

    /// Somebody resolves the thread that begins with this comment: whoever opened the pull request.
    pub(in crate::sim) fn resolve_thread(&mut self, comment: u64) -> bool {
        self.repos.iter_mut().any(|repo| {
            let first = repo.review_comments.iter_mut().find(|it| it.id == comment && it.reply_to.is_none());
            let Some(first) = first else { return false };
            first.resolved = true;
            first.resolved_by = repo.pulls.get(&first.number).map(|pull| pull.author.clone());
            true
        })
    }

    /// Deletes a comment on a line. Its answers stay, and the first of them opens the thread from then on.
    pub(in crate::sim) fn delete_review_comment(&mut self, index: usize, id: u64) -> bool {
        let all = &mut self.repos[index].review_comments;
        let Some(at) = all.iter().position(|it| it.id == id) else { return false };
        let gone = all.remove(at);
        if gone.reply_to.is_none()
            && let Some(heir) = all.iter().position(|it| it.reply_to == Some(id))
        {
            let heir_id = all[heir].id;
            (all[heir].reply_to, all[heir].resolved) = (None, gone.resolved);
            all[heir].resolved_by = gone.resolved_by;
            for other in all.iter_mut().filter(|it| it.reply_to == Some(id)) {
                other.reply_to = Some(heir_id);
            }
        }
        true
    }
}
