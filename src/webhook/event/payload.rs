//! The parts that many payloads share, and reading them without repeating their text in an error.

use crate::model::{CommitId, InstallationId, PullNumber, RepoName, RepositoryId};
use crate::webhook::{Cause, JobSpec, RepositoryRef, Work};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Why a payload gives no event.
#[derive(Debug)]
pub(in crate::webhook) enum Unread {
    /// Nothing is wrong: this action names no work.
    Other,
    /// It is not as GitHub documents it; a noun phrase without the payload's text.
    Broken(String),
}

impl Unread {
    /// The reason for the log.
    pub(super) fn reason(&self, event: &str) -> String {
        match self {
            Unread::Other => format!("`{event}` names no work"),
            Unread::Broken(what) => format!("the payload of `{event}` cannot be used: {what}"),
        }
    }
}

/// Reads the fields that `T` names and skips all others.
pub(in crate::webhook) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unread> {
    serde_json::from_slice(body).map_err(|error| Unread::Broken(describe(&error)))
}

/// The `action` of a payload; `None` when it has none, or none that is text.
pub(super) fn read_action(body: &[u8]) -> Result<Option<String>, Unread> {
    #[derive(Deserialize)]
    struct Payload {
        #[serde(default)]
        action: serde_json::Value,
    }
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(Unread::Broken("it is not a JSON object".to_owned()));
    }
    read::<Payload>(body).map(|payload| payload.action.as_str().map(str::to_owned))
}

/// The `installation` of a payload; missing in the deliveries of a repository's own webhook.
#[derive(Deserialize)]
pub(super) struct InstallationPart {
    pub(super) id: InstallationId,
}

/// A repository in a payload.
#[derive(Deserialize)]
pub(super) struct RepositoryPart {
    id: RepositoryId,
    full_name: RepoName,
    #[serde(default)]
    pub(super) default_branch: Option<String>,
}

impl RepositoryPart {
    pub(super) fn seen_by(self, installation: InstallationId) -> RepositoryRef {
        RepositoryRef { installation, id: self.id, name: self.full_name }
    }

    /// The repository, when the payload was sent to an app.
    pub(super) fn seen_through(self, installation: Option<InstallationPart>) -> Result<RepositoryRef, Unread> {
        let broken = "it names no installation; send the app's own webhook here, not a repository's";
        let installation = installation.ok_or_else(|| Unread::Broken(broken.to_owned()))?;
        Ok(self.seen_by(installation.id))
    }
}

/// A pull request in the `pull_requests` of a check.
#[derive(Deserialize)]
pub(super) struct PullPart {
    number: PullNumber,
    #[serde(default)]
    base: Option<BasePart>,
}

#[derive(Deserialize)]
struct BasePart {
    #[serde(default)]
    repo: Option<BaseRepositoryPart>,
}

#[derive(Deserialize)]
struct BaseRepositoryPart {
    id: RepositoryId,
}

/// The numbers of those pull requests that propose to this repository: a commit can be proposed to a fork's parent too.
pub(super) fn pulls_into(repository: &RepositoryRef, pulls: Vec<PullPart>) -> Vec<PullNumber> {
    let into_it = |pull: &PullPart| {
        pull.base.as_ref().and_then(|base| base.repo.as_ref()).is_none_or(|repo| repo.id == repository.id)
    };
    pulls.into_iter().filter(into_it).map(|pull| pull.number).collect()
}

/// The work of a check that a person asked for again: its pull requests, or its commit when none is listed, as for a fork.
pub(super) fn rerequested_jobs(repository: &RepositoryRef, head: &CommitId, pulls: &[PullNumber]) -> Vec<JobSpec> {
    if pulls.is_empty() {
        return vec![repository.job(Work::ReviewCommit { head: head.clone(), cause: Cause::Rerequested })];
    }
    let work = |&number| repository.job(Work::ReviewPull { number, cause: Cause::Rerequested, changed_at: None });
    pulls.iter().map(work).collect()
}

/// Serde's words, but only where they repeat nothing of the payload.
fn describe(error: &serde_json::Error) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    let text = error.to_string();
    match error.classify() {
        Category::Data if text.starts_with("missing field") => text,
        Category::Data => format!("a field is not what GitHub documents ({place})"),
        Category::Syntax | Category::Eof | Category::Io => format!("it is not JSON ({place})"),
    }
}
