//! Performs one operation. Writes are never sent twice from here: after an unclear answer the publisher reads back.

use super::CallError;
use super::call::Effect;
use super::graphql::{REOPEN_THREAD, RESOLVE_THREAD};
use super::repo::RepoClient;
use crate::model::CommitId;
use crate::plan::{Annotation, CheckAction, CheckRun, CheckStatus, CommitStatus, Operation, ReviewComment};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// GitHub takes no more annotations in one request.
pub const ANNOTATIONS_AT_ONCE: usize = 50;

/// What GitHub says about an operation that was performed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A check run.
    Check {
        /// Its id.
        id: u64,
        /// How many annotations it has.
        annotations: usize,
        /// Whether it is concluded.
        completed: bool,
    },
    /// A conversation comment.
    Comment {
        /// Its id.
        id: u64,
    },
    /// A review with so many comments.
    Review {
        /// How many.
        comments: usize,
    },
    /// A commit.
    Commit {
        /// Its id.
        id: CommitId,
    },
    /// It is as it shall be.
    Done,
}

impl Answer {
    /// What is still to be done of an operation that was interrupted between two chunks of annotations.
    pub fn rest(&self, operation: &Operation) -> Option<Operation> {
        let (Operation::CreateCheck(check) | Operation::UpdateCheck { check, .. }) = operation else { return None };
        let Answer::Check { id, annotations, completed } = self else { return None };
        let done = *annotations >= check.annotations.len() && *completed == is_completed(check);
        if done {
            return None;
        }
        let rest = check.annotations.get(*annotations..).unwrap_or_default().to_vec();
        Some(Operation::UpdateCheck { id: *id, check: CheckRun { annotations: rest, ..check.clone() } })
    }
}

impl RepoClient {
    /// Performs an operation. What is gone already counts as deleted.
    ///
    /// # Errors
    /// When [`CallError::is_unclear`], it may have happened: ask [`RepoClient::read_back`] before trying again.
    pub async fn perform(&self, operation: &Operation) -> Result<Answer, CallError> {
        match operation {
            Operation::CreateCheck(check) => self.note_check(check, self.create_check(check).await?),
            Operation::UpdateCheck { id, check } => self.note_check(check, self.update_check(*id, check, 0).await?),
            Operation::CreateSummary { number, body } => {
                let path = format!("/issues/{number}/comments");
                let made: Id = self.write(Method::POST, &path, &json!({ "body": body }), "pull request").await?;
                Ok(Answer::Comment { id: made.id })
            }
            Operation::UpdateSummary { id, body } => {
                let path = format!("/issues/comments/{id}");
                let made: Id = self.write(Method::PATCH, &path, &json!({ "body": body }), "summary comment").await?;
                Ok(Answer::Comment { id: made.id })
            }
            Operation::DeleteSummary { id } => self.delete(&format!("/issues/comments/{id}"), "summary comment").await,
            Operation::CreateReview { number, head, comments } => {
                let review = json!({
                    "commit_id": head, "event": "COMMENT",
                    "comments": comments.iter().map(review_comment).collect::<Vec<_>>(),
                });
                let _: Id =
                    self.write(Method::POST, &format!("/pulls/{number}/reviews"), &review, "pull request").await?;
                Ok(Answer::Review { comments: comments.len() })
            }
            Operation::UpdateReviewComment { id, body } => {
                let path = format!("/pulls/comments/{id}");
                let made: Id = self.write(Method::PATCH, &path, &json!({ "body": body }), "review comment").await?;
                Ok(Answer::Comment { id: made.id })
            }
            Operation::DeleteReviewComment { id } => {
                self.delete(&format!("/pulls/comments/{id}"), "review comment").await
            }
            Operation::ResolveThread { thread } => {
                let variables = json!({ "id": thread });
                let _: Value = self.graphql(RESOLVE_THREAD, variables, Effect::Write, "review thread").await?;
                Ok(Answer::Done)
            }
            Operation::ReopenThread { thread } => {
                let variables = json!({ "id": thread });
                let _: Value = self.graphql(REOPEN_THREAD, variables, Effect::Write, "review thread").await?;
                Ok(Answer::Done)
            }
            Operation::React { comment, sign } => {
                let path = format!("/issues/comments/{comment}/reactions");
                let _: Id = self.write(Method::POST, &path, &json!({ "content": sign }), "comment").await?;
                Ok(Answer::Done)
            }
            Operation::CreateReply { number, body } => {
                let path = format!("/issues/{number}/comments");
                let made: Id = self.write(Method::POST, &path, &json!({ "body": body }), "pull request").await?;
                Ok(Answer::Comment { id: made.id })
            }
            Operation::SetStatus(status) => self.set_status(status).await,
            Operation::CreateCommit(commit) => self.create_commit(commit).await,
        }
    }

    fn note_check(&self, check: &CheckRun, answer: Answer) -> Result<Answer, CallError> {
        if let Answer::Check { id, annotations, .. } = answer {
            let now = self.shared.http.timing.now();
            self.shared.own_checks.note(self.id, check, id, annotations, now);
        }
        Ok(answer)
    }

    /// The first chunk creates the run, which stays in progress until the last chunk is there.
    async fn create_check(&self, check: &CheckRun) -> Result<Answer, CallError> {
        let now = check.annotations.len().min(ANNOTATIONS_AT_ONCE);
        let mut request = check_body(check, &check.annotations[..now], now == check.annotations.len());
        request["head_sha"] = json!(check.head);
        if check.actions.is_empty() {
            // A new one has none.
            request.as_object_mut().expect("a request is an object").remove("actions");
        }
        let made: Id = self.write(Method::POST, "/check-runs", &request, "commit").await?;
        if now == check.annotations.len() {
            return Ok(Answer::Check { id: made.id, annotations: now, completed: is_completed(check) });
        }
        self.update_check(made.id, check, now).await
    }

    async fn update_check(&self, id: u64, check: &CheckRun, sent: usize) -> Result<Answer, CallError> {
        let total = check.annotations.len();
        let mut sent = sent;
        loop {
            let next = (sent + ANNOTATIONS_AT_ONCE).min(total);
            let request = check_body(check, &check.annotations[sent..next], next == total);
            let now: Concluded = self.write(Method::PATCH, &format!("/check-runs/{id}"), &request, "check run").await?;
            sent = next;
            if sent == total {
                if !is_as(now.conclusion.as_deref(), check) {
                    return self.replace_check(check).await;
                }
                return Ok(Answer::Check { id, annotations: total, completed: is_completed(check) });
            }
        }
    }

    /// GitHub kept an older conclusion, as its staff says that it does: the newest run of a name is the one that counts.
    /// Where older annotations are missing in it, the next review makes it whole.
    async fn replace_check(&self, check: &CheckRun) -> Result<Answer, CallError> {
        let total = check.annotations.len();
        let last = &check.annotations[total - total.min(ANNOTATIONS_AT_ONCE)..];
        let mut request = check_body(check, last, true);
        request["head_sha"] = json!(check.head);
        let made: Id = self.write(Method::POST, "/check-runs", &request, "commit").await?;
        Ok(Answer::Check { id: made.id, annotations: last.len(), completed: is_completed(check) })
    }

    async fn set_status(&self, status: &CommitStatus) -> Result<Answer, CallError> {
        let mut request = json!({
            "state": status.state, "context": status.context, "description": status.description,
        });
        if let Some(url) = &status.target_url {
            request["target_url"] = json!(url);
        }
        match self.write::<Id>(Method::POST, &format!("/statuses/{}", status.head), &request, "commit").await {
            Ok(_) => Ok(Answer::Done),
            // GitHub hides this from people who may not push ("Create a commit status": "Users with push access"); the
            // commit itself was read a moment ago.
            Err(CallError::NotFound(_)) => {
                Err(CallError::Forbidden("only those who may push to the repository set a commit status".to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, path: &str, asked: &'static str) -> Result<Answer, CallError> {
        match self.call(self.rest(Method::DELETE, path, asked)).await {
            Ok(_) | Err(CallError::NotFound(_)) => Ok(Answer::Done),
            Err(error) => Err(error),
        }
    }
}

/// GitHub's answers have an id; the rest of them does not matter here.
#[derive(Deserialize)]
struct Id {
    id: u64,
}

/// How a check run is concluded by now, where GitHub's answer says so.
#[derive(Deserialize)]
struct Concluded {
    conclusion: Option<String>,
}

/// Whether what GitHub says of a run's conclusion, if anything, is what the check says.
pub(super) fn is_as(now: Option<&str>, check: &CheckRun) -> bool {
    let CheckStatus::Completed { conclusion, .. } = check.status else { return true };
    now.is_none_or(|now| now == conclusion.as_str())
}

fn is_completed(check: &CheckRun) -> bool {
    matches!(check.status, CheckStatus::Completed { .. })
}

fn check_body(check: &CheckRun, annotations: &[Annotation], last: bool) -> Value {
    let mut output = json!({ "title": check.title, "summary": check.summary });
    if !check.text.is_empty() {
        output["text"] = json!(check.text);
    }
    if !annotations.is_empty() {
        output["annotations"] = annotations.iter().map(annotation).collect();
    }
    let mut request = json!({
        "name": check.name, "external_id": check.external_id, "started_at": check.started_at.to_rfc3339(),
        "output": output,
    });
    if let Some(url) = &check.details_url {
        request["details_url"] = json!(url);
    }
    match check.status {
        CheckStatus::Completed { conclusion, completed_at } if last => {
            request["status"] = json!("completed");
            request["conclusion"] = json!(conclusion.as_str());
            request["completed_at"] = json!(completed_at.to_rfc3339());
            request["actions"] = check.actions.iter().map(action).collect();
        }
        CheckStatus::Completed { .. } | CheckStatus::InProgress => request["status"] = json!("in_progress"),
    }
    request
}

fn annotation(mark: &Annotation) -> Value {
    json!({
        "path": mark.path, "start_line": mark.start_line, "end_line": mark.end_line,
        "annotation_level": mark.level, "title": mark.title, "message": mark.message,
    })
}

fn action(action: &CheckAction) -> Value {
    json!({ "label": action.label, "description": action.description, "identifier": action.identifier })
}

fn review_comment(comment: &ReviewComment) -> Value {
    let mut value = json!({ "path": comment.path, "side": comment.side, "line": comment.line, "body": comment.body });
    if let Some(first) = comment.start_line {
        value["start_line"] = json!(first);
        value["start_side"] = json!(comment.side);
    }
    value
}
