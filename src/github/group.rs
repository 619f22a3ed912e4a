//! A merge group at a glance, and the pull requests in it.

use super::CallError;
use super::call::Effect;
use super::graphql::{GROUP, QUEUE};
use super::overview::{FoundDangerfile, WireRef, find_dangerfile};
use super::published::{WireHead, checks};
use super::repo::RepoClient;
use super::wire::{Nodes, WireActor, actor};
use crate::model::{CommitId, PullNumber, QueuedPull, RepoName};
use crate::plan::Published;
use crate::webhook::MergeGroup;
use serde::Deserialize;

/// A merge group as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupOverview {
    /// The repository's present name.
    pub name: RepoName,
    /// Whether only members see it.
    pub private: bool,
    /// Name of the default branch.
    pub default_branch: String,
    /// The dangerfile that judges: the base's own where that is the default branch, else the default branch's.
    pub judging_dangerfile: FoundDangerfile,
    /// The checks of this app on the group's commit.
    pub published: Published,
}

impl RepoClient {
    /// One query; more where another repository has the name by now.
    ///
    /// # Errors
    /// `NotFound` when the repository or the commit is gone.
    pub async fn fetch_group(&self, head: &CommitId, base: &str) -> Result<GroupOverview, CallError> {
        match self.group_by_name(head, base).await {
            Err(CallError::Moved) => {
                let present = Box::pin(self.under_present_name()).await?;
                Box::pin(present.group_by_name(head, base)).await
            }
            told => told,
        }
    }

    async fn group_by_name(&self, head: &CommitId, base: &str) -> Result<GroupOverview, CallError> {
        let asked = "such merge group";
        let variables = serde_json::json!({
            "owner": self.name.owner(), "name": self.name.name(), "base": format!("refs/heads/{base}"), "head": head,
            "appId": self.shared.app_id(),
        });
        let data: Data = self.graphql(GROUP, variables, Effect::Read, asked).await?;
        let repository = data.repository.ok_or_else(|| CallError::NotFound("such repository".to_owned()))?;
        if self.id.0 != 0 && repository.database_id.is_some_and(|id| id != self.id.0) {
            return Err(CallError::Moved);
        }
        let commit = repository.object.ok_or_else(|| CallError::NotFound(asked.to_owned()))?;
        let name = RepoName::parse(&repository.name_with_owner).map_err(|_| CallError::Malformed(asked.to_owned()))?;
        let default_branch = repository.default_branch_ref.as_ref().map(|it| it.name.clone()).unwrap_or_default();
        let judging = if base == default_branch { repository.base } else { repository.default_branch_ref };
        let mut published = Published { checks: checks(Some(commit)), ..Published::default() };
        self.shared.own_checks.settle(self.id, head, self.shared.http.timing.now(), &mut published.checks);
        Ok(GroupOverview {
            name,
            private: repository.is_private,
            default_branch,
            judging_dangerfile: find_dangerfile(judging)?,
            published,
        })
    }

    /// The pull requests of the merge group `head`, which is built upon `base_sha`: those that the queue lists between the
    /// two, at most two requests. Where the queue does not tell, it is the one that the group's branch is named after.
    ///
    /// # Errors
    /// As every call, but that the queue may not be read.
    pub async fn fetch_queued_pulls(
        &self,
        (base_sha, head): (&CommitId, &CommitId),
        base: &str,
        named: Option<PullNumber>,
    ) -> Result<Vec<QueuedPull>, CallError> {
        let listed = self.queue(base).await?;
        let mut pulls = Vec::new();
        let mut at = head.as_str().to_owned();
        while let Some(entry) = listed.iter().find(|entry| entry.head() == Some(at.as_str())) {
            pulls.extend(entry.pull());
            // A queue that leads in a circle is none.
            match entry.base() {
                Some(next) if next != base_sha.as_str() && pulls.len() < listed.len() => at = next.to_owned(),
                _ => break,
            }
        }
        pulls.reverse();
        match named {
            Some(number) if pulls.is_empty() => Ok(vec![self.fetch_queued_pull(number).await?]),
            _ => Ok(pulls),
        }
    }

    async fn fetch_queued_pull(&self, number: PullNumber) -> Result<QueuedPull, CallError> {
        #[derive(Deserialize)]
        struct Wire {
            head: WireSide,
            user: Option<WireLogin>,
        }
        #[derive(Deserialize)]
        struct WireSide {
            sha: String,
        }
        #[derive(Deserialize)]
        struct WireLogin {
            login: String,
        }
        let wire: Wire = self.get(&format!("/pulls/{number}"), "pull request").await?;
        let head = CommitId::new(&wire.head.sha).map_err(|_| CallError::Malformed("pull request".to_owned()))?;
        let author = wire.user.map_or_else(|| "ghost".to_owned(), |user| user.login);
        Ok(QueuedPull { number, head, author, verdict: None })
    }

    /// The commits that the merge queue of a branch waits to have checked; none where it may not be read.
    ///
    /// # Errors
    /// As every call, but that the queue may not be read.
    pub async fn fetch_queued_groups(&self, base: &str) -> Result<Vec<MergeGroup>, CallError> {
        let groups = self.queue(base).await?.into_iter().filter_map(|entry| {
            Some(MergeGroup {
                head: CommitId::new(entry.head()?).ok()?,
                base_sha: CommitId::new(entry.base()?).ok()?,
                base: base.to_owned(),
                number: entry.pull().map(|pull| pull.number),
            })
        });
        Ok(groups.collect())
    }

    async fn queue(&self, base: &str) -> Result<Vec<WireEntry>, CallError> {
        let variables = serde_json::json!({ "owner": self.name.owner(), "name": self.name.name(), "base": base });
        match self.graphql::<QueueData>(QUEUE, variables, Effect::Read, "merge queue").await {
            Ok(data) => Ok(data.into_entries()),
            Err(error) if error.is_temporary() => Err(error),
            Err(error) => {
                tracing::warn!(%error, "the merge queue cannot be read: {error}");
                Ok(Vec::new())
            }
        }
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
    default_branch_ref: Option<WireRef>,
    #[serde(rename = "ref")]
    base: Option<WireRef>,
    object: Option<WireHead>,
}

#[derive(Deserialize)]
struct QueueData {
    repository: Option<QueueRepository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueueRepository {
    merge_queue: Option<WireQueue>,
}

#[derive(Deserialize)]
struct WireQueue {
    entries: Option<Nodes<WireEntry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireEntry {
    head_commit: Option<WireCommit>,
    base_commit: Option<WireCommit>,
    pull_request: Option<WirePull>,
}

#[derive(Deserialize)]
struct WireCommit {
    oid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePull {
    number: PullNumber,
    head_ref_oid: String,
    author: Option<WireActor>,
}

impl QueueData {
    fn into_entries(self) -> Vec<WireEntry> {
        let queue = self.repository.and_then(|repository| repository.merge_queue);
        queue.and_then(|queue| queue.entries).map(Nodes::into_vec).unwrap_or_default()
    }
}

impl WireEntry {
    fn head(&self) -> Option<&str> {
        self.head_commit.as_ref().map(|commit| commit.oid.as_str())
    }

    fn base(&self) -> Option<&str> {
        self.base_commit.as_ref().map(|commit| commit.oid.as_str())
    }

    fn pull(&self) -> Option<QueuedPull> {
        let pull = self.pull_request.as_ref()?;
        let head = CommitId::new(&pull.head_ref_oid).ok()?;
        let author = actor(pull.author.clone()).login;
        Some(QueuedPull { number: pull.number, head, author, verdict: None })
    }
}
