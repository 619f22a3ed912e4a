//! What this app has already written, read back: own identity and own marker, nothing else counts.

use super::CallError;
use super::call::Effect;
use super::graphql::COMMENTS;
use super::repo::RepoClient;
use super::shared_head::WireSharing;
use super::wire::{Nodes, Page, big_int};
use crate::model::{Conclusion, PullNumber};
use crate::plan::{
    Published, PublishedCheck, PublishedComment, PublishedReviewComment, parse_finding_marker, parse_reply_marker,
    parse_summary_marker,
};
use serde::Deserialize;

/// Pages of comments that are read beyond the overview's: 5,000 comments. A conversation is never longer on purpose.
const MAX_PAGES: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireComment {
    #[serde(default, deserialize_with = "big_int")]
    full_database_id: Option<u64>,
    body: String,
    viewer_did_author: bool,
    /// Asked for in threads only.
    #[serde(default)]
    author: Option<WireAuthor>,
}

#[derive(Deserialize)]
struct WireAuthor {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
}

#[derive(Deserialize)]
struct WireResolver {
    login: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireThread {
    id: String,
    is_resolved: bool,
    #[serde(default)]
    path: String,
    #[serde(default)]
    resolved_by: Option<WireResolver>,
    comments: ThreadComments,
}

impl WireThread {
    /// Whether the app that wrote its first comment resolved it. GitHub calls whoever resolved it a user, which an app is
    /// none: it is left out or named like the app. The owner of a token may have resolved it by hand, so that it counts
    /// as a person's doing.
    fn is_resolved_by(&self, author: Option<&WireAuthor>) -> bool {
        let Some(app) = author.filter(|it| self.is_resolved && it.kind == "Bot") else { return false };
        let name = |login: &str| login.trim_end_matches("[bot]").to_owned();
        self.resolved_by.as_ref().is_none_or(|it| name(&it.login) == name(&app.login))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadComments {
    total_count: usize,
    nodes: Vec<Option<WireComment>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireHead {
    pub(super) oid: String,
    pub(super) associated_pull_requests: Option<Page<WireSharing>>,
    check_suites: Option<Nodes<WireSuite>>,
    root: Option<WireFile>,
    dot_github: Option<WireFile>,
}

/// A file that exists.
#[derive(Deserialize)]
struct WireFile {}

impl WireHead {
    pub(super) fn has_dangerfile(&self) -> bool {
        self.root.is_some() || self.dot_github.is_some()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSuite {
    check_runs: Option<Nodes<WireCheck>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCheck {
    database_id: Option<u64>,
    name: String,
    external_id: Option<String>,
    status: String,
    conclusion: Option<String>,
    annotations: Option<Total>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Total {
    total_count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MoreRepository {
    pull_request: Option<MorePull>,
}

#[derive(Deserialize)]
struct More {
    repository: Option<MoreRepository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MorePull {
    comments: Option<Page<WireComment>>,
    review_threads: Option<Page<WireThread>>,
}

impl RepoClient {
    /// Sorts out what is ours, and reads on where the first pages end.
    pub(super) async fn gather_published(
        &self,
        number: PullNumber,
        head: Option<WireHead>,
        comments: Page<WireComment>,
        threads: Page<WireThread>,
    ) -> Result<Published, CallError> {
        let mut published = Published { checks: checks(head), ..Published::default() };
        let (found, mut next_comments) = comments.into_parts();
        add_comments(found, &mut published);
        let (found, mut next_threads) = threads.into_parts();
        add_threads(found, &mut published);
        let mut pages = 0;
        while next_comments.is_some() || next_threads.is_some() {
            pages += 1;
            if pages > MAX_PAGES {
                return Err(CallError::TooLarge("conversation of the pull request".to_owned()));
            }
            let more = self.more(number, next_comments.as_deref(), next_threads.as_deref()).await?;
            next_comments = more.comments.and_then(|page| {
                let (found, next) = page.into_parts();
                add_comments(found, &mut published);
                next
            });
            next_threads = more.review_threads.and_then(|page| {
                let (found, next) = page.into_parts();
                add_threads(found, &mut published);
                next
            });
        }
        published.summaries.sort_by_key(|comment| comment.id);
        Ok(published)
    }

    /// All comments and threads of ours, from the first on.
    pub(super) async fn fetch_published_comments(&self, number: PullNumber) -> Result<Published, CallError> {
        let first = self.page(number, Some(None), Some(None)).await?;
        let missing = || CallError::Malformed("comments of the pull request".to_owned());
        let comments = first.comments.ok_or_else(missing)?;
        let threads = first.review_threads.ok_or_else(missing)?;
        self.gather_published(number, None, comments, threads).await
    }

    async fn more(
        &self,
        number: PullNumber,
        comments: Option<&str>,
        threads: Option<&str>,
    ) -> Result<MorePull, CallError> {
        self.page(number, comments.map(Some), threads.map(Some)).await
    }

    /// One page of each list that is wanted, after the cursor if there is one.
    async fn page(
        &self,
        number: PullNumber,
        comments: Option<Option<&str>>,
        threads: Option<Option<&str>>,
    ) -> Result<MorePull, CallError> {
        let variables = serde_json::json!({
            "owner": self.name.owner(), "name": self.name.name(), "number": number,
            "comments": comments.flatten(), "threads": threads.flatten(),
            "wantComments": comments.is_some(), "wantThreads": threads.is_some(),
        });
        let asked = "comments of the pull request";
        let more: More = self.graphql(COMMENTS, variables, Effect::Read, asked).await?;
        let pull = more.repository.and_then(|repository| repository.pull_request);
        pull.ok_or_else(|| CallError::NotFound("such pull request".to_owned()))
    }
}

pub(super) fn checks(head: Option<WireHead>) -> Vec<PublishedCheck> {
    let suites = head.and_then(|head| head.check_suites).map(Nodes::into_vec).unwrap_or_default();
    let runs = suites.into_iter().filter_map(|suite| suite.check_runs).flat_map(Nodes::into_vec);
    let mut newest: Vec<PublishedCheck> = Vec::new();
    for run in runs {
        let Some(id) = run.database_id else { continue };
        let completed = run.status == "COMPLETED";
        let check = PublishedCheck {
            id,
            name: run.name,
            external_id: run.external_id.unwrap_or_default(),
            conclusion: run.conclusion.filter(|_| completed).and_then(|word| conclusion(&word)),
            annotations: run.annotations.map_or(0, |total| total.total_count),
        };
        match newest.iter_mut().find(|other| other.name == check.name) {
            Some(other) if other.id >= check.id => {}
            Some(other) => *other = check,
            None => newest.push(check),
        }
    }
    newest
}

fn conclusion(word: &str) -> Option<Conclusion> {
    match word {
        "SUCCESS" => Some(Conclusion::Success),
        "FAILURE" => Some(Conclusion::Failure),
        "NEUTRAL" => Some(Conclusion::Neutral),
        // Ended by GitHub (`STALE`, `CANCELLED`, ...): nothing that we concluded.
        _ => None,
    }
}

fn add_comments(comments: Vec<WireComment>, published: &mut Published) {
    let ours = comments.into_iter().filter(|it| it.viewer_did_author);
    for comment in ours.filter_map(|it| Some(PublishedComment { id: it.full_database_id?, body: it.body })) {
        if parse_reply_marker(&comment.body).is_some() {
            published.replies.push(comment);
        } else if parse_summary_marker(&comment.body).is_some() {
            published.summaries.push(comment);
        }
    }
}

fn add_threads(threads: Vec<WireThread>, published: &mut Published) {
    for mut thread in threads {
        let total = thread.comments.total_count;
        let mut comments = std::mem::take(&mut thread.comments.nodes).into_iter().flatten();
        let Some(first) = comments.next() else { continue };
        let Some(id) = first.full_database_id else { continue };
        if !first.viewer_did_author || parse_finding_marker(&first.body).is_none() {
            continue;
        }
        let replies: Vec<WireComment> = comments.collect();
        // More replies than were read count as an answer: then nothing is deleted that somebody may have answered.
        let answered = replies.iter().any(|reply| !reply.viewer_did_author) || total > replies.len() + 1;
        published.comments.push(PublishedReviewComment {
            id,
            resolved_by_us: thread.is_resolved_by(first.author.as_ref()),
            thread: thread.id,
            path: thread.path,
            body: first.body,
            resolved: thread.is_resolved,
            answered,
        });
    }
}
