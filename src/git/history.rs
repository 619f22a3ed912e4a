//! What landed on a branch: its first-parent history, and the files that it holds.

use super::facts::load_source;
use super::{GitError, Repository};
use crate::model::{CommitId, RepoPath};
use std::ffi::OsStr;
use std::path::Path;

/// A commit of the first-parent history: a merge, or a commit that was pushed or squashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// The commit.
    pub commit: CommitId,
    /// Its first parent: what the branch was before.
    pub before: CommitId,
    /// Whether it is a merge.
    pub is_merge: bool,
    /// The first line of its message.
    pub subject: String,
}

impl Repository {
    /// The newest `count` commits of HEAD's first-parent history that have a parent, newest first. In a shallow clone
    /// the history ends where it was cut; without commits it is empty.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_landed(&self, count: usize) -> Result<Vec<Landed>, GitError> {
        let count = format!("--max-count={count}");
        let format = "--format=%H%x00%P%x00%s";
        let output =
            self.git.try_run(["log", "-z", "--first-parent", "--min-parents=1", &count, format, "HEAD", "--"])?;
        if !output.success {
            // HEAD without a commit.
            return Ok(Vec::new());
        }
        let fields: Vec<String> =
            output.stdout.split(|&byte| byte == 0).map(|field| String::from_utf8_lossy(field).into_owned()).collect();
        let landed = fields.chunks_exact(3).filter_map(|record| {
            let [commit, parents, subject] = record else { return None };
            let mut parents = parents.split_whitespace();
            let before = CommitId::new(parents.next()?).ok()?;
            let commit = CommitId::new(commit).ok()?;
            Some(Landed { commit, before, is_merge: parents.next().is_some(), subject: subject.clone() })
        });
        Ok(landed.collect())
    }

    /// The files that git tracks; without a working tree those of HEAD.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_tracked(&self) -> Result<Vec<RepoPath>, GitError> {
        let output = if self.top.is_some() {
            self.git.run("list the tracked files", ["ls-files", "-z", "--full-name"])?
        } else {
            self.git.try_run(["ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD"])?.stdout
        };
        Ok(output.split(|&byte| byte == 0).filter(|path| !path.is_empty()).map(RepoPath::from_bytes).collect())
    }

    /// The pattern that makes git ignore a file which it does not track, behind the place where it stands
    /// (`.gitignore:3:*.lua`); `None` for a file that git would add.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn find_ignore(&self, file: &Path) -> Result<Option<String>, GitError> {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        // It takes no literal pathspecs, and refuses to be asked for them.
        let words = ["--no-literal-pathspecs", "check-ignore", "-v", "--"].map(OsStr::new);
        let output = self.git.try_run(words.into_iter().chain([file.as_os_str()]))?;
        // `.gitignore:3:*.lua`, a tab, and the file.
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let pattern = said.split('\t').next().unwrap_or_default();
        Ok((!pattern.is_empty() && !pattern.contains(":!")).then(|| pattern.to_owned()))
    }

    /// A file that a dangerfile in `directory` requires; `None` when there is none, or when it lies outside (also by a
    /// symbolic link), is larger than the limit for texts, or is no UTF-8 text.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn load_source(directory: &Path, path: &RepoPath) -> Result<Option<String>, GitError> {
        load_source(directory, path)
    }
}
