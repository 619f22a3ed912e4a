//! Fills the facts that a pass of the rules asked for.

use super::{Comparison, GitError};
use crate::model::{
    Commit, Fact, FactKey, FileText, PullNumber, PullRequest, PullState, Ref, RepoPath, Snapshot, Timestamp,
    Unavailable, User,
};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

impl Comparison {
    /// Adds every wanted fact to the snapshot. `sources` is the directory that a dangerfile's required files are
    /// read from; `None` reads them from the head.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_facts(
        &self,
        snapshot: &mut Snapshot,
        wanted: &BTreeSet<FactKey>,
        sources: Option<&Path>,
    ) -> Result<(), GitError> {
        // From the last, so that the commits come before the pull request, which takes its title from the newest.
        for key in wanted.iter().rev() {
            match key {
                FactKey::Pull => {
                    let newest = match &snapshot.commits {
                        Some(Fact::Known(commits)) => commits.last().filter(|commit| commit.sha == self.head).cloned(),
                        _ => None,
                    };
                    let newest = newest.map_or_else(|| self.load_head_commit(), Ok)?;
                    snapshot.pull = Some(Fact::Known(self.load_pull(&newest, snapshot.subject.started_at)?));
                }
                FactKey::Changes => snapshot.changes = Some(Fact::Known(self.load_changes()?)),
                FactKey::Commits => snapshot.commits = Some(Fact::Known(self.load_commits()?)),
                FactKey::Labelings => snapshot.labelings = Some(Fact::Unavailable(Unavailable::NeedsPullRequest)),
                FactKey::File(file) => {
                    let text = self.load_file(file)?;
                    snapshot.files.insert(file.clone(), Fact::Known(text));
                }
                FactKey::Source { layer, path } => {
                    let text = match sources {
                        Some(directory) => load_source(directory, path)?,
                        None => match self.load_head_file(path)? {
                            FileText::Text(text) => Some(text),
                            FileText::Absent | FileText::NotText(_) | FileText::Cut(_) => None,
                        },
                    };
                    snapshot.sources.insert((*layer, path.clone()), text);
                }
            }
        }
        Ok(())
    }

    /// What stands in for a pull request: the last commit's message, the user of git's configuration, number 0.
    fn load_pull(&self, commit: &Commit, now: Timestamp) -> Result<PullRequest, GitError> {
        let (title, body) = commit.message.split_once('\n').unwrap_or((&commit.message, ""));
        let configured = self.git().try_run(["config", "--get", "user.name"])?;
        let login = match String::from_utf8_lossy(&configured.stdout).trim() {
            "" => commit.author.name.clone(),
            name => name.to_owned(),
        };
        let base_name = match self.base_name.strip_prefix("origin/") {
            Some(branch) => branch.to_owned(),
            None => super::comparison::short_ref(&self.base_name).to_owned(),
        };
        Ok(PullRequest {
            number: PullNumber(0),
            title: title.trim().to_owned(),
            body: body.trim().to_owned(),
            draft: false,
            state: PullState::Open,
            merged: false,
            user: User { login, kind: "User".to_owned() },
            author_association: "NONE".to_owned(),
            labels: Vec::new(),
            milestone: None,
            base: Ref { name: base_name, sha: self.base.clone(), repo: None },
            head: Ref { name: self.head_name.clone(), sha: self.head.clone(), repo: None },
            html_url: String::new(),
            created_at: now,
            updated_at: now,
        })
    }
}

/// A file that a dangerfile on disk requires; `None` when there is none, or when it lies outside `directory`
/// (also by a symbolic link), is larger than the limit for texts, or is no UTF-8 text.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn load_source(directory: &Path, path: &RepoPath) -> Result<Option<String>, GitError> {
    let relative = PathBuf::from(path.as_str());
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Ok(None);
    }
    let io = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => None,
        _ => Some(GitError::Io { doing: "read a file that the dangerfile requires", source }),
    };
    let read = || {
        let directory = directory.canonicalize()?;
        let file = directory.join(relative).canonicalize()?;
        if !file.starts_with(&directory) || !file.is_file() {
            return Ok(None);
        }
        let limit = super::blobs::MAX_TEXT_BYTES;
        let mut content = Vec::new();
        std::fs::File::open(file)?.take(limit + 1).read_to_end(&mut content)?;
        Ok(if content.len() as u64 > limit { None } else { String::from_utf8(content).ok() })
    };
    match read() {
        Ok(text) => Ok(text),
        Err(source) => io(source).map_or(Ok(None), Err),
    }
}
