//! `push`: a branch moved. Its open pull requests are judged again when that may have changed their ruleset, or what
//! their rules read of the branch.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::CodeOwnersFile;
use crate::webhook::{BaseFact, Cause, JobSpec, RepositoryRef, Work};
use serde::Deserialize;

/// GitHub lists at most so many commits in a push.
const MAX_COMMITS: usize = 2048;

/// GitHub reports at most so many files of a commit.
const MAX_FILES: usize = 3000;

/// A branch that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// Whether it is the repository's default branch, or nobody can tell.
    pub is_default: bool,
    /// Whether a file that can be part of a ruleset was touched, or nobody can tell.
    pub may_change_ruleset: bool,
    /// Whether `dangerfile.lua` was not there before.
    pub brings_dangerfile: bool,
    /// What else rules read of a base that may have changed.
    pub touches: Vec<BaseFact>,
}

impl PushEvent {
    pub(super) fn read(_action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        let payload: Payload = read(body)?;
        match payload.target.strip_prefix("refs/heads/") {
            Some(branch) if !payload.deleted => Ok(PushEvent {
                branch: branch.to_owned(),
                is_default: payload.repository.default_branch.as_deref().is_none_or(|name| name == branch),
                may_change_ruleset: payload.may_change_ruleset(),
                brings_dangerfile: payload.brings_dangerfile(),
                touches: payload.touches(),
                repository: payload.repository.seen_through(payload.installation)?,
            }),
            _ => Err(Unread::Other),
        }
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        if self.branch.starts_with(super::merge_group::QUEUE) {
            return Vec::new();
        }
        if !self.may_change_ruleset {
            let readers = |of: &BaseFact| Work::ReviewReaders { branch: self.branch.clone(), of: *of };
            return self.touches.iter().map(|of| self.repository.job(readers(of))).collect();
        }
        if self.is_default && self.repository.name.name().eq_ignore_ascii_case(".github") {
            // Its dangerfile judges every repository of the account; who does the job knows which those are.
            let cause = if self.brings_dangerfile { Cause::FirstDangerfile } else { Cause::Push };
            return vec![self.repository.job(Work::ReviewRepository { cause })];
        }
        vec![self.repository.job(Work::ReviewBranch { branch: self.branch.clone(), cause: Cause::Push })]
    }
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    installation: Option<InstallationPart>,
    repository: RepositoryPart,
    #[serde(rename = "ref")]
    target: String,
    #[serde(default)]
    created: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    forced: bool,
    #[serde(default)]
    commits: Option<Vec<Commit>>,
    #[serde(default)]
    head_commit: Option<Commit>,
}

/// The paths that a commit touched; a list that is not there was cut.
#[derive(Deserialize)]
struct Commit {
    #[serde(default)]
    added: Option<Vec<String>>,
    #[serde(default)]
    removed: Option<Vec<String>>,
    #[serde(default)]
    modified: Option<Vec<String>>,
}

impl Payload {
    fn brings_dangerfile(&self) -> bool {
        let commits = self.commits.iter().flatten().chain(&self.head_commit);
        commits.into_iter().any(|commit| commit.brings("dangerfile.lua"))
    }

    /// A branch that begins has no pull requests yet.
    fn touches(&self) -> Vec<BaseFact> {
        let commits = || self.commits.iter().flatten().chain(&self.head_commit);
        if self.created {
            return Vec::new();
        }
        let owners = commits().any(Commit::touches_owners).then_some(BaseFact::CodeOwners);
        let files = commits().any(Commit::moves_files).then_some(BaseFact::Files);
        [owners, files, Some(BaseFact::Mergeability)].into_iter().flatten().collect()
    }

    fn may_change_ruleset(&self) -> bool {
        let commits = self.commits.as_deref().unwrap_or_default();
        // A branch that moved by no commit was set back; a new one at an old commit changed nothing.
        let untold = self.forced || commits.len() >= MAX_COMMITS || (commits.is_empty() && !self.created);
        untold || commits.iter().chain(&self.head_commit).any(Commit::may_touch_ruleset)
    }
}

impl Commit {
    fn brings(&self, path: &str) -> bool {
        self.added.iter().flatten().any(|added| added == path)
    }

    fn touches_owners(&self) -> bool {
        let mut paths = [&self.added, &self.removed, &self.modified].into_iter().flatten().flatten();
        paths.any(|path| CodeOwnersFile::PLACES.contains(&path.as_str()))
    }

    fn moves_files(&self) -> bool {
        [&self.added, &self.removed].into_iter().flatten().any(|paths| !paths.is_empty())
    }

    fn may_touch_ruleset(&self) -> bool {
        let lists = [&self.added, &self.removed, &self.modified];
        let listed: usize = lists.iter().map(|paths| paths.as_ref().map_or(0, Vec::len)).sum();
        let cut = listed >= MAX_FILES || lists.iter().any(|paths| paths.is_none());
        cut || lists.into_iter().flatten().flatten().any(|path| is_script(path))
    }
}

/// `dangerfile.lua`, or any file that it may require.
fn is_script(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.ends_with(".lua") || path.ends_with(".luau")
}
