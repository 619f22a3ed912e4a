//! The overview: everything with which a review of a pull request begins, in one query.

use super::CallError;
use super::call::Effect;
use super::comparison::ChangeSize;
use super::graphql::OVERVIEW;
use super::list::OpenPull;
use super::published::{WireComment, WireHead, WireThread};
use super::repo::RepoClient;
use super::shared_head::{Sharing, WireHeadRef, find_sharing};
use super::wire::{Nodes, Page, WireActor, actor};
use crate::model::{
    CommitId, DANGERFILE_PLACES, Dangerfile, Label, Milestone, Origin, PullDetails, PullNumber, PullRequest, PullState,
    Ref, RepoName, RepoPath, Timestamp, User,
};
use crate::plan::Published;
use serde::Deserialize;

/// A pull request at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The pull request. `base.sha` is the base branch's tip at this moment.
    pub pull: PullRequest,
    /// The repository's present name.
    pub name: RepoName,
    /// Whether only members see it.
    pub private: bool,
    /// Name of the default branch.
    pub default_branch: String,
    /// The dangerfile at the tip of the base branch.
    pub base_dangerfile: FoundDangerfile,
    /// The dangerfile at the tip of the default branch.
    pub default_dangerfile: FoundDangerfile,
    /// Whether the head has a file where a dangerfile is looked for.
    pub head_has_dangerfile: bool,
    /// How many files GitHub says are changed.
    pub changed_files: u32,
    /// Other open pull requests of the repository with the same head; by number.
    pub sharing: Vec<OpenPull>,
    /// Other pull requests with the same head that GitHub says are not open any more.
    pub closed_here: Vec<PullNumber>,
    /// What this app has written.
    pub published: Published,
}

/// What lies where a dangerfile is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundDangerfile {
    /// Nothing, in none of the places.
    Absent,
    /// A dangerfile.
    Found(Dangerfile),
    /// Something whose text cannot be had; the gate must not treat it as absent.
    Unreadable {
        /// Where it lies.
        path: RepoPath,
        /// Why it cannot be read.
        reason: &'static str,
    },
}

impl Overview {
    /// The dangerfile that judges: the base's own where that is the default branch; any other base is judged by the
    /// default branch's.
    pub fn judging_dangerfile(&self) -> &FoundDangerfile {
        if self.pull.base.name == self.default_branch { &self.base_dangerfile } else { &self.default_dangerfile }
    }

    /// How much the pull request changes.
    pub fn size(&self) -> ChangeSize {
        let details = &self.pull.details;
        ChangeSize { files: self.changed_files, lines: details.additions.saturating_add(details.deletions) }
    }
}

impl RepoClient {
    /// One query (more only where there are over 100 comments or threads, or where another repository has the name by
    /// now: then ours is looked for).
    ///
    /// # Errors
    /// `NotFound` when there is no such pull request.
    pub async fn fetch_overview(&self, number: PullNumber) -> Result<Overview, CallError> {
        match self.overview_by_name(number).await {
            Err(CallError::Moved) => {
                let present = Box::pin(self.under_present_name()).await?;
                Box::pin(present.overview_by_name(number)).await
            }
            told => told,
        }
    }

    async fn overview_by_name(&self, number: PullNumber) -> Result<Overview, CallError> {
        let asked = "such pull request";
        let variables = serde_json::json!({
            "owner": self.name.owner(), "name": self.name.name(), "number": number, "appId": self.shared.app_id(),
            // The owner of a token has no checks of their own, and often not the permission to read them.
            "wantChecks": self.shared.app_id().is_some(),
        });
        let data: Data = self.graphql(OVERVIEW, variables, Effect::Read, asked).await?;
        let repository = data.repository.ok_or_else(|| CallError::NotFound("such repository".to_owned()))?;
        if self.id.0 != 0 && repository.database_id.is_some_and(|id| id != self.id.0) {
            // The name was given to another repository; ours lives on under another one.
            return Err(CallError::Moved);
        }
        let name = RepoName::parse(&repository.name_with_owner).map_err(malformed)?;
        let wire = repository.pull_request.ok_or_else(|| CallError::NotFound(asked.to_owned()))?;
        let commits = wire.commits.total_count;
        let mut head = wire.commits.nodes.into_iter().flatten().last().map(|node| node.commit);
        let of_commit = head.as_mut().and_then(|head| head.associated_pull_requests.take());
        let head_has_dangerfile = head.as_ref().is_some_and(WireHead::has_dangerfile);
        let of_branch = wire.head_ref.map(WireHeadRef::into_page);
        let head_sha = CommitId::new(&wire.head_ref_oid).map_err(malformed)?;
        let lists = of_commit.into_iter().chain(of_branch);
        let Sharing { open, closed } = find_sharing(lists, repository.database_id, number, &head_sha)?;
        // Checks of the commit that is the head; a list that lags behind says nothing about it.
        let head = head.filter(|head| self.shared.app_id().is_some() && head.oid == wire.head_ref_oid);
        let mut published = self.gather_published(number, head, wire.comments, wire.review_threads).await?;
        self.shared.own_checks.settle(self.id, &head_sha, self.shared.http.timing.now(), &mut published.checks);
        let base = wire.base_ref.as_ref();
        let base_tip = base.and_then(|base| base.target.as_ref()).and_then(|target| target.oid.as_deref());
        let pull = PullRequest {
            number,
            title: wire.title,
            body: wire.body,
            draft: wire.is_draft,
            state: if wire.state == "OPEN" { PullState::Open } else { PullState::Closed },
            merged: wire.merged,
            user: actor(wire.author),
            author_association: wire.author_association,
            labels: wire.labels.map(Nodes::into_vec).unwrap_or_default().into_iter().map(label).collect(),
            milestone: wire.milestone.map(milestone),
            base: Ref {
                name: wire.base_ref_name,
                sha: CommitId::new(base_tip.unwrap_or(&wire.base_ref_oid)).map_err(malformed)?,
                repo: Some(name.clone()),
            },
            details: PullDetails {
                locked: wire.locked,
                assignees: wire.assignees.into_vec().into_iter().map(assignee).collect(),
                additions: wire.additions,
                deletions: wire.deletions,
                changed_files: wire.changed_files,
                commits,
                maintainer_can_modify: wire.maintainer_can_modify,
                base_is_fork: repository.is_fork,
                head_is_fork: wire.head_repository.as_ref().is_some_and(|it| it.is_fork),
            },
            head: Ref {
                name: wire.head_ref_name,
                sha: head_sha,
                repo: wire.head_repository.and_then(|it| RepoName::parse(&it.name_with_owner).ok()),
            },
            html_url: wire.url,
            created_at: time(&wire.created_at)?,
            updated_at: time(&wire.updated_at)?,
        };
        Ok(Overview {
            pull,
            name,
            private: repository.is_private,
            default_branch: repository.default_branch_ref.as_ref().map(|it| it.name.clone()).unwrap_or_default(),
            base_dangerfile: find_dangerfile(wire.base_ref)?,
            default_dangerfile: find_dangerfile(repository.default_branch_ref)?,
            head_has_dangerfile,
            changed_files: wire.changed_files,
            sharing: open,
            closed_here: closed,
            published,
        })
    }
}

#[derive(Deserialize)]
struct Data {
    repository: Option<WireRepository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRepository {
    database_id: Option<u64>,
    name_with_owner: String,
    is_private: bool,
    is_fork: bool,
    default_branch_ref: Option<WireRef>,
    pull_request: Option<WirePull>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePull {
    title: String,
    body: String,
    is_draft: bool,
    state: String,
    merged: bool,
    author: Option<WireActor>,
    author_association: String,
    labels: Option<Nodes<WireLabel>>,
    milestone: Option<WireMilestone>,
    assignees: Nodes<WireLogin>,
    locked: bool,
    maintainer_can_modify: bool,
    additions: u32,
    deletions: u32,
    base_ref_name: String,
    base_ref_oid: String,
    base_ref: Option<WireRef>,
    head_ref_name: String,
    head_ref_oid: String,
    head_ref: Option<WireHeadRef>,
    head_repository: Option<WireName>,
    url: String,
    created_at: String,
    updated_at: String,
    changed_files: u32,
    commits: WireCommits,
    comments: Page<WireComment>,
    review_threads: Page<WireThread>,
}

#[derive(Deserialize)]
struct WireLabel {
    name: String,
    color: String,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMilestone {
    number: u64,
    title: String,
    description: Option<String>,
    state: String,
    due_on: Option<String>,
}

#[derive(Deserialize)]
struct WireLogin {
    login: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireName {
    name_with_owner: String,
    is_fork: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCommits {
    total_count: u32,
    nodes: Vec<Option<WireCommitNode>>,
}

#[derive(Deserialize)]
struct WireCommitNode {
    commit: WireHead,
}

#[derive(Deserialize)]
pub(super) struct WireRef {
    pub(super) name: String,
    target: Option<WireTarget>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTarget {
    oid: Option<String>,
    root: Option<WireEntry>,
    dot_github: Option<WireEntry>,
}

#[derive(Deserialize)]
pub(super) struct WireEntry {
    object: Option<WireBlob>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireBlob {
    pub(super) text: Option<String>,
    pub(super) is_binary: Option<bool>,
    pub(super) is_truncated: Option<bool>,
}

fn label(wire: WireLabel) -> Label {
    Label { name: wire.name, color: wire.color, description: wire.description.unwrap_or_default() }
}

fn milestone(wire: WireMilestone) -> Milestone {
    Milestone {
        number: wire.number,
        title: wire.title,
        description: wire.description.unwrap_or_default(),
        state: wire.state.to_lowercase(),
        due_on: wire.due_on.as_deref().and_then(Timestamp::parse_rfc3339),
    }
}

/// GitHub's schema knows only people as assignees.
fn assignee(wire: WireLogin) -> User {
    User { login: wire.login, kind: "User".to_owned() }
}

pub(super) fn find_dangerfile(branch: Option<WireRef>) -> Result<FoundDangerfile, CallError> {
    let Some(target) = branch.and_then(|branch| branch.target) else { return Ok(FoundDangerfile::Absent) };
    let Some(oid) = target.oid else { return Ok(FoundDangerfile::Absent) };
    let commit = CommitId::new(&oid).map_err(malformed)?;
    let lies = DANGERFILE_PLACES.into_iter().zip([target.root, target.dot_github]);
    let found = lies.filter_map(|(path, entry)| Some(read_entry(path, entry?, Origin::Repository, &commit))).next();
    Ok(found.unwrap_or(FoundDangerfile::Absent))
}

/// What lies at a path that exists.
pub(super) fn read_entry(path: &str, entry: WireEntry, origin: Origin, commit: &CommitId) -> FoundDangerfile {
    let path = RepoPath::new(path);
    // A directory or a submodule of that name comes as an object without these members.
    let blob = entry.object.unwrap_or(WireBlob { text: None, is_binary: None, is_truncated: None });
    match blob {
        WireBlob { is_truncated: Some(true), .. } => {
            FoundDangerfile::Unreadable { path, reason: "it is too large for GitHub to give as text" }
        }
        WireBlob { text: Some(text), .. } => {
            FoundDangerfile::Found(Dangerfile { origin, path, commit: Some(commit.clone()), text })
        }
        WireBlob { is_binary: Some(true), .. } => FoundDangerfile::Unreadable { path, reason: "it is not a text" },
        WireBlob { .. } => FoundDangerfile::Unreadable { path, reason: "it is not a file" },
    }
}

fn time(text: &str) -> Result<Timestamp, CallError> {
    Timestamp::parse_rfc3339(text).ok_or_else(|| CallError::Malformed("a time in the pull request".to_owned()))
}

fn malformed(error: crate::model::InvalidId) -> CallError {
    CallError::Malformed(error.to_string())
}
