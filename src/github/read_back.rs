//! Asks GitHub whether an operation happened, by the id that it would have left behind.

use super::CallError;
use super::call::Effect;
use super::graphql::THREAD;
use super::list::encode;
use super::perform::{Answer, is_as};
use super::repo::RepoClient;
use crate::model::{CommitId, PullNumber};
use crate::plan::{CheckRun, Operation, ReviewComment, parse_finding_marker, parse_reply_marker, parse_summary_marker};
use serde::Deserialize;
use serde_json::json;

/// GitHub's largest page.
const PAGE: usize = 100;

impl RepoClient {
    /// What became of an operation: `None` when it cannot be seen. It may still appear seconds later.
    /// A check that was interrupted between two chunks is an answer with [`Answer::rest`].
    ///
    /// # Errors
    /// When the question itself failed; then nothing is known.
    pub async fn read_back(&self, operation: &Operation) -> Result<Option<Answer>, CallError> {
        match operation {
            Operation::CreateCheck(check) => self.find_check(check).await,
            Operation::UpdateCheck { id, check } => {
                let run: Option<WireCheck> = seen(self.get(&format!("/check-runs/{id}"), "check run").await)?;
                match run.filter(|run| run.is_of(check)) {
                    Some(run) => Ok(Some(run.into())),
                    // GitHub kept an older conclusion, and another run may have been made for it.
                    None => self.find_check(check).await,
                }
            }
            Operation::CreateSummary { number, body } => self.find_summary(*number, body).await,
            Operation::UpdateSummary { id, body } => {
                self.find_body(&format!("/issues/comments/{id}"), "summary comment", body).await
            }
            Operation::DeleteSummary { id } => {
                self.find_absence(&format!("/issues/comments/{id}"), "summary comment").await
            }
            Operation::CreateReview { number, comments, .. } => self.find_review(*number, comments).await,
            Operation::UpdateReviewComment { id, body } => {
                self.find_body(&format!("/pulls/comments/{id}"), "review comment", body).await
            }
            Operation::DeleteReviewComment { id } => {
                self.find_absence(&format!("/pulls/comments/{id}"), "review comment").await
            }
            Operation::ResolveThread { thread } => self.find_thread(thread, true).await,
            Operation::ReopenThread { thread } => self.find_thread(thread, false).await,
            // GitHub answers a second one with the first.
            Operation::React { .. } => Ok(None),
            Operation::CreateReply { number, body } => self.find_reply(*number, body).await,
            Operation::SetStatus(status) => {
                let all = seen_of_commit(self.fetch_statuses(&status.head).await)?;
                Ok(all.unwrap_or_default().contains(status).then_some(Answer::Done))
            }
            Operation::CreateCommit(commit) => self.find_commit(commit).await,
        }
    }

    /// The head of a pull request at this moment.
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch_head(&self, number: PullNumber) -> Result<CommitId, CallError> {
        let pull: WirePull = self.get(&format!("/pulls/{number}"), "pull request").await?;
        CommitId::new(&pull.head.sha).map_err(|error| CallError::Malformed(error.to_string()))
    }

    async fn find_thread(&self, thread: &str, resolved: bool) -> Result<Option<Answer>, CallError> {
        let data: Data = self.graphql(THREAD, json!({ "id": thread }), Effect::Read, "review thread").await?;
        let is_so = data.node.and_then(|node| node.is_resolved) == Some(resolved);
        Ok(is_so.then_some(Answer::Done))
    }

    async fn find_check(&self, check: &CheckRun) -> Result<Option<Answer>, CallError> {
        let app = self.shared.app_id().map(|id| format!("&app_id={id}")).unwrap_or_default();
        let query = format!("check_name={}&filter=all&per_page={PAGE}{app}", encode(&check.name));
        let list = self.get(&format!("/commits/{}/check-runs?{query}", check.head), "check runs").await;
        let Some(WireChecks { check_runs }) = seen_of_commit(list)? else { return Ok(None) };
        Ok(check_runs.into_iter().find(|run| run.is_of(check)).map(Answer::from))
    }

    async fn find_summary(&self, number: PullNumber, body: &str) -> Result<Option<Answer>, CallError> {
        let Some(wanted) = parse_summary_marker(body) else { return Ok(None) };
        let published = self.fetch_published_comments(number).await?;
        let found = published.summaries.into_iter().find(|comment| {
            parse_summary_marker(&comment.body).is_some_and(|marker| marker.operation == wanted.operation)
        });
        Ok(found.map(|comment| Answer::Comment { id: comment.id }))
    }

    async fn find_reply(&self, number: PullNumber, body: &str) -> Result<Option<Answer>, CallError> {
        let Some(wanted) = parse_reply_marker(body) else { return Ok(None) };
        let published = self.fetch_published_comments(number).await?;
        let found = published.replies.into_iter().find(|comment| {
            parse_reply_marker(&comment.body).is_some_and(|marker| marker.operation == wanted.operation)
        });
        Ok(found.map(|comment| Answer::Comment { id: comment.id }))
    }

    /// A review appears whole or not at all, so that one comment of it is enough.
    async fn find_review(&self, number: PullNumber, comments: &[ReviewComment]) -> Result<Option<Answer>, CallError> {
        let wanted = comments.iter().find_map(|comment| parse_finding_marker(&comment.body));
        let Some(wanted) = wanted else { return Ok(None) };
        let published = self.fetch_published_comments(number).await?;
        let there = published.comments.iter().any(|comment| {
            parse_finding_marker(&comment.body).is_some_and(|marker| marker.operation == wanted.operation)
        });
        Ok(there.then_some(Answer::Review { comments: comments.len() }))
    }

    async fn find_body(&self, path: &str, asked: &'static str, body: &str) -> Result<Option<Answer>, CallError> {
        let comment: Option<WireComment> = seen(self.get(path, asked).await)?;
        Ok(comment.filter(|comment| comment.body == body).map(|comment| Answer::Comment { id: comment.id }))
    }

    async fn find_absence(&self, path: &str, asked: &'static str) -> Result<Option<Answer>, CallError> {
        let comment: Option<WireComment> = seen(self.get(path, asked).await)?;
        Ok(comment.is_none().then_some(Answer::Done))
    }
}

/// Nothing there is an answer here.
fn seen<T>(result: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(CallError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same for what is asked of a commit: GitHub refuses (422) to look where it is not, as in a repository that took the
/// name of the one that was meant.
fn seen_of_commit<T>(result: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match result {
        Err(CallError::Invalid(_)) => Ok(None),
        other => seen(other),
    }
}

#[derive(Deserialize)]
struct WireChecks {
    check_runs: Vec<WireCheck>,
}

#[derive(Deserialize)]
struct WireCheck {
    id: u64,
    external_id: Option<String>,
    status: String,
    conclusion: Option<String>,
    output: WireOutput,
}

impl WireCheck {
    /// Whether a write of ours left it so: it has our mark, and says nothing else than we said.
    fn is_of(&self, check: &CheckRun) -> bool {
        let says_otherwise = self.status == "completed" && !is_as(self.conclusion.as_deref(), check);
        self.external_id.as_deref() == Some(check.external_id.as_str()) && !says_otherwise
    }
}

#[derive(Deserialize)]
struct WireOutput {
    #[serde(default)]
    annotations_count: usize,
}

impl From<WireCheck> for Answer {
    fn from(run: WireCheck) -> Self {
        let completed = run.status == "completed";
        Answer::Check { id: run.id, annotations: run.output.annotations_count, completed }
    }
}

#[derive(Deserialize)]
struct WireComment {
    id: u64,
    body: String,
}

#[derive(Deserialize)]
struct WirePull {
    head: WireHead,
}

#[derive(Deserialize)]
struct WireHead {
    sha: String,
}

#[derive(Deserialize)]
struct Data {
    node: Option<WireThread>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireThread {
    is_resolved: Option<bool>,
}
