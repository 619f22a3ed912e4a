//! The open pull requests of a repository at a glance, fifty in a query: is each of them judged as it is now?

use super::CallError;
use super::call::{Effect, RequestCounter};
use super::client::Github;
use super::graphql::OPEN_PULLS;
use super::list::AccessibleRepository;
use super::overview::{FoundDangerfile, WireRef, find_dangerfile};
use super::repo::RepoClient;
use super::token::Scope;
use super::wire::{Nodes, Page};
use crate::model::{CommitId, InstallationId, PullNumber, RepoName, Timestamp};
use serde::Deserialize;

/// Pages of 50 open pull requests of one repository.
const MAX_PAGES: usize = 40;

/// A repository with its open pull requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPulls {
    /// Its present name.
    pub name: RepoName,
    /// Nobody can write to it.
    pub archived: bool,
    /// The dangerfile on the default branch.
    pub dangerfile: FoundDangerfile,
    /// The open pull requests.
    pub pulls: Vec<GlancedPull>,
    /// Points that this has cost of the hour's GraphQL quota.
    pub cost: u64,
    /// Points of an hour.
    pub limit: u64,
    /// Points that are left of it.
    pub remaining: u64,
}

/// An open pull request at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlancedPull {
    /// Its number.
    pub number: PullNumber,
    /// Its title.
    pub title: String,
    /// Its body.
    pub body: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it waits in the merge queue of its base.
    pub queued: bool,
    /// Name of its base.
    pub base: String,
    /// Names of its labels.
    pub labels: Vec<String>,
    /// Its head.
    pub head: CommitId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When anything happened to it last.
    pub updated_at: Timestamp,
    /// The newest check runs of this app on its head.
    pub checks: Vec<GlancedCheck>,
}

/// A check run of this app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlancedCheck {
    /// GitHub's id.
    pub id: u64,
    /// What we set.
    pub external_id: String,
    /// Whether it is in progress; a run that GitHub gave up is neither that nor concluded.
    pub open: bool,
    /// Whether it says something.
    pub concluded: bool,
    /// When it began, by the host's clock.
    pub started_at: Option<Timestamp>,
}

impl Github {
    /// The open pull requests of a repository: a query for each fifty.
    ///
    /// # Errors
    /// As every call; `NotFound` when another repository has the name by now.
    pub async fn glance_at_pulls(
        &self,
        installation: InstallationId,
        repository: &AccessibleRepository,
    ) -> Result<OpenPulls, CallError> {
        let asked = "list of open pull requests";
        let counter = RequestCounter::unlimited();
        let (mut after, mut seen): (Option<String>, Option<OpenPulls>) = (None, None);
        for _ in 0..MAX_PAGES {
            let variables = serde_json::json!({
                "owner": repository.name.owner(), "name": repository.name.name(),
                "appId": self.shared.app_id(), "after": after,
            });
            let audience = (installation, Scope::Whole);
            let data: Data =
                self.shared.graphql(OPEN_PULLS, variables, Effect::Read, asked, audience, &counter).await?;
            let wire = data.repository.filter(|it| it.database_id.is_none_or(|id| id == repository.id.0));
            let wire = wire.ok_or_else(|| CallError::NotFound("such repository".to_owned()))?;
            let (pulls, next) = wire.pull_requests.into_parts();
            let rate = data.rate_limit.unwrap_or_default();
            let mut all = match seen.take() {
                Some(all) => all,
                None => OpenPulls {
                    name: RepoName::parse(&wire.name_with_owner).map_err(malformed)?,
                    archived: wire.is_archived,
                    dangerfile: find_dangerfile(wire.default_branch_ref)?,
                    pulls: Vec::new(),
                    cost: 0,
                    limit: rate.limit,
                    remaining: rate.remaining,
                },
            };
            for pull in pulls {
                let mut pull = glanced(pull)?;
                for check in &mut pull.checks {
                    check.started_at = check.started_at.map(|at| self.shared.http.host_time(at));
                }
                all.pulls.push(pull);
            }
            (all.cost, all.remaining) = (all.cost + rate.cost, rate.remaining);
            seen = Some(all);
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok(seen.expect("at least one page was read"))
    }
}

impl RepoClient {
    /// Whether a check run is still in progress.
    ///
    /// # Errors
    /// As every call.
    pub async fn is_check_open(&self, id: u64) -> Result<bool, CallError> {
        let run: WireStatus = self.get(&format!("/check-runs/{id}"), "check run").await?;
        Ok(run.status != "completed")
    }
}

fn glanced(wire: WirePull) -> Result<GlancedPull, CallError> {
    let commit = wire.commits.into_vec().pop().map(|node| node.commit);
    // A list that lags behind says nothing about the head.
    let suites = commit.filter(|commit| commit.oid == wire.head_ref_oid).and_then(|commit| commit.check_suites);
    let runs = suites.map(Nodes::into_vec).unwrap_or_default().into_iter().filter_map(|suite| suite.check_runs);
    let check = |run: WireRun| {
        Some(GlancedCheck {
            id: run.database_id?,
            external_id: run.external_id.unwrap_or_default(),
            open: run.status != "COMPLETED",
            concluded: matches!(run.conclusion.as_deref(), Some("SUCCESS" | "FAILURE" | "NEUTRAL")),
            started_at: run.started_at.as_deref().and_then(Timestamp::parse_rfc3339),
        })
    };
    let time = |text: &str| {
        Timestamp::parse_rfc3339(text).ok_or_else(|| CallError::Malformed("a time in a pull request".to_owned()))
    };
    Ok(GlancedPull {
        number: wire.number,
        title: wire.title,
        body: wire.body,
        draft: wire.is_draft,
        queued: wire.is_in_merge_queue,
        base: wire.base_ref_name,
        labels: wire.labels.map(Nodes::into_vec).unwrap_or_default().into_iter().map(|label| label.name).collect(),
        head: CommitId::new(&wire.head_ref_oid).map_err(malformed)?,
        created_at: time(&wire.created_at)?,
        updated_at: time(&wire.updated_at)?,
        checks: runs.flat_map(Nodes::into_vec).filter_map(check).collect(),
    })
}

fn malformed(error: crate::model::InvalidId) -> CallError {
    CallError::Malformed(error.to_string())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    rate_limit: Option<WireRate>,
    repository: Option<WireRepository>,
}

#[derive(Default, Deserialize)]
struct WireRate {
    cost: u64,
    limit: u64,
    remaining: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRepository {
    database_id: Option<u64>,
    name_with_owner: String,
    is_archived: bool,
    default_branch_ref: Option<WireRef>,
    pull_requests: Page<WirePull>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePull {
    number: PullNumber,
    title: String,
    body: String,
    is_draft: bool,
    #[serde(default)]
    is_in_merge_queue: bool,
    created_at: String,
    updated_at: String,
    base_ref_name: String,
    head_ref_oid: String,
    labels: Option<Nodes<WireLabel>>,
    commits: Nodes<WireCommitNode>,
}

#[derive(Deserialize)]
struct WireStatus {
    status: String,
}

#[derive(Deserialize)]
struct WireLabel {
    name: String,
}

#[derive(Deserialize)]
struct WireCommitNode {
    commit: WireCommit,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCommit {
    oid: String,
    check_suites: Option<Nodes<WireSuite>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSuite {
    check_runs: Option<Nodes<WireRun>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRun {
    database_id: Option<u64>,
    external_id: Option<String>,
    status: String,
    conclusion: Option<String>,
    started_at: Option<String>,
}
