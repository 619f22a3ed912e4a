//! `push`: a branch moved. Open pull requests are judged again when that may have changed their ruleset, their merge base,
//! or what their rules read of the branch.

use super::payload::{InstallationPart, RepositoryPart, Unread, read};
use crate::model::{CodeOwnersFile, DANGERFILE_PLACES, RepoPath};
use crate::webhook::{BaseFact, Cause, JobSpec, Pushed, RepositoryRef, Work};
use serde::Deserialize;
use std::collections::BTreeSet;

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
    /// Whether the branch was moved in a way that the event does not tell commit by commit.
    pub untold: bool,
    /// Whether a dangerfile was touched.
    pub changes_dangerfile: bool,
    /// Whether a dangerfile came where none was, as far as the commits tell.
    pub brings_dangerfile: bool,
    /// The commits that came, and the scripts that they touched.
    pub pushed: Pushed,
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
                untold: payload.untold(),
                changes_dangerfile: payload.touches_any(|path| DANGERFILE_PLACES.contains(&path)),
                brings_dangerfile: payload.brings_dangerfile(),
                pushed: payload.pushed(),
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
        let scripts = self.changes_dangerfile || !self.pushed.scripts.is_empty();
        // Whoever works on a pull request that was open before did not ask for comments.
        let cause = if self.brings_dangerfile { Cause::FirstDangerfile } else { Cause::Push };
        if self.is_default && (self.untold || scripts) && self.repository.name.name().eq_ignore_ascii_case(".github") {
            // Its dangerfile judges every repository of the account; who does the job knows which those are.
            return vec![self.repository.job(Work::ReviewRepository { cause })];
        }
        if self.is_default && (self.untold || self.changes_dangerfile) {
            // It judges pull requests into other branches too.
            return vec![self.repository.job(Work::ReviewRepository { cause })];
        }
        if self.untold {
            return vec![self.repository.job(Work::ReviewBranch { branch: self.branch.clone(), cause: Cause::Push })];
        }
        let mut pushed = self.pushed.clone();
        if !self.is_default {
            // Rules are read from the default branch only.
            pushed.scripts.clear();
        }
        let heed = (!pushed.is_empty()).then(|| Work::HeedPush { branch: self.branch.clone(), pushed });
        let readers = self.touches.iter().map(|of| Work::ReviewReaders { branch: self.branch.clone(), of: *of });
        readers.chain(heed).map(|work| self.repository.job(work)).collect()
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
    id: String,
    #[serde(default)]
    added: Option<Vec<String>>,
    #[serde(default)]
    removed: Option<Vec<String>>,
    #[serde(default)]
    modified: Option<Vec<String>>,
}

impl Payload {
    fn all_commits(&self) -> impl Iterator<Item = &Commit> {
        self.commits.iter().flatten().chain(&self.head_commit)
    }

    fn brings_dangerfile(&self) -> bool {
        let brought = |commit: &Commit| Commit::has_dangerfile(commit.added.as_deref());
        let moved = |commit: &Commit| Commit::has_dangerfile(commit.removed.as_deref());
        !self.untold() && self.all_commits().any(brought) && !self.all_commits().any(moved)
    }

    /// A branch that begins has no pull requests yet.
    fn touches(&self) -> Vec<BaseFact> {
        if self.created {
            return Vec::new();
        }
        let owners = self.all_commits().any(Commit::touches_owners).then_some(BaseFact::CodeOwners);
        let files = self.all_commits().any(Commit::moves_files).then_some(BaseFact::Files);
        [owners, files, Some(BaseFact::Mergeability)].into_iter().flatten().collect()
    }

    /// A branch that moved by no commit was set back; a new one at an old commit changed nothing.
    fn untold(&self) -> bool {
        let commits = self.commits.as_deref().unwrap_or_default();
        let cut = commits.len() >= MAX_COMMITS || self.all_commits().any(Commit::is_cut);
        self.forced || cut || (commits.is_empty() && !self.created)
    }

    fn touches_any(&self, is: impl Fn(&str) -> bool) -> bool {
        self.all_commits().flat_map(Commit::paths).any(is)
    }

    fn pushed(&self) -> Pushed {
        let ids = self.all_commits().map(|it| it.id.clone()).filter(|id| !id.is_empty());
        let scripts = self.all_commits().flat_map(Commit::paths).filter(|path| is_script(path));
        Pushed {
            commits: if self.created { BTreeSet::new() } else { ids.collect() },
            scripts: scripts.map(RepoPath::new).collect(),
            cut: false,
        }
    }
}

impl Commit {
    /// Whether a dangerfile is in one of its lists.
    fn has_dangerfile(paths: Option<&[String]>) -> bool {
        paths.into_iter().flatten().any(|path| DANGERFILE_PLACES.contains(&path.as_str()))
    }

    fn touches_owners(&self) -> bool {
        self.paths().any(|path| CodeOwnersFile::PLACES.contains(&path))
    }

    fn moves_files(&self) -> bool {
        [&self.added, &self.removed].into_iter().flatten().any(|paths| !paths.is_empty())
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        [&self.added, &self.removed, &self.modified].into_iter().flatten().flatten().map(String::as_str)
    }

    /// Whether it touched more than it lists.
    fn is_cut(&self) -> bool {
        let lists = [&self.added, &self.removed, &self.modified];
        let listed: usize = lists.iter().map(|paths| paths.as_ref().map_or(0, Vec::len)).sum();
        listed >= MAX_FILES || lists.iter().any(|paths| paths.is_none())
    }
}

/// A file that a dangerfile may require.
fn is_script(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.ends_with(".lua") || path.ends_with(".luau")
}
