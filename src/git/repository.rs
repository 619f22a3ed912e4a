//! Finds the repository around a directory: one git process answers all questions about its shape.

use super::command::{Git, refused};
use super::{Comparison, GitError};
use crate::model::CommitId;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// Printed by `git rev-parse` as it stands, because it knows no such option: splits paths that hold newlines.
const MARK: &str = "--deckhand-mark";

/// A local repository: an ordinary clone, a linked working tree, a submodule or a bare repository.
#[derive(Clone, Debug)]
pub struct Repository {
    pub(super) git: Git,
    /// The top of the working tree; `None` in a bare repository.
    pub(super) top: Option<PathBuf>,
    pub(super) objects: PathBuf,
    pub(super) index: PathBuf,
    pub(super) shallow: bool,
    /// The commit of HEAD; `None` without commits.
    pub(super) head: Option<CommitId>,
    /// The current branch in full (`refs/heads/main`); `None` when detached or without commits.
    pub(super) branch: Option<String>,
}

impl Repository {
    /// The repository that holds `directory`.
    ///
    /// # Errors
    /// When git is not installed, when the directory does not exist or lies in no repository, or when git refuses
    /// to read the repository (such as one that another user owns).
    pub fn open(directory: &Path) -> Result<Self, GitError> {
        if !directory.is_dir() {
            return Err(GitError::NoDirectory(directory.to_owned()));
        }
        // The last three fail where there is no working tree or no commit; what was printed before them counts.
        let output = Git::new(directory).try_run([
            "rev-parse",
            "--path-format=absolute",
            "--is-shallow-repository",
            MARK,
            "--git-path",
            "objects",
            MARK,
            "--git-path",
            "index",
            MARK,
            "--absolute-git-dir",
            MARK,
            "--show-toplevel",
            MARK,
            "HEAD^{commit}",
            MARK,
            "--symbolic-full-name",
            "HEAD",
        ])?;
        if output.stdout.is_empty() {
            return Err(if output.stderr.contains("not a git repository") {
                GitError::NotARepository(directory.to_owned())
            } else {
                refused("read this repository", &output.stderr)
            });
        }
        let mut parts = split_marked(output.stdout).into_iter();
        let mut next = || parts.next().ok_or(GitError::Unreadable("`git rev-parse`"));
        let shallow = next()? == "true";
        let objects = PathBuf::from(next()?);
        let index = PathBuf::from(next()?);
        let git_directory = PathBuf::from(next()?);
        let top = next().ok().filter(|top| !top.is_empty()).map(PathBuf::from);
        let head = next().ok().and_then(|id| CommitId::new(&id.into_string().ok()?).ok());
        let branch =
            next().ok().and_then(|name| name.into_string().ok()).filter(|name| name.starts_with("refs/heads/"));
        let git = Git::new(top.as_deref().unwrap_or(&git_directory));
        Ok(Repository { git, top, objects, index, shallow, head, branch })
    }

    /// The top directory of the working tree; `None` in a bare repository.
    pub fn top(&self) -> Option<&Path> {
        self.top.as_deref()
    }

    /// Whether the history was cut when it was fetched.
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// The commit that is checked out; `None` before the first one.
    pub fn head(&self) -> Option<&CommitId> {
        self.head.as_ref()
    }

    /// Settles what is compared: the head (`None` is the working tree) with its merge base with `base`
    /// (`None` is the upstream, else `origin/HEAD`, `main`, `master`).
    ///
    /// # Errors
    /// When a name stands for no commit, when there is no base or no common ancestor (in a shallow clone the error
    /// says how to fetch it), or when the working tree cannot be read.
    pub fn compare(&self, base: Option<&str>, head: Option<&str>) -> Result<Comparison, GitError> {
        Comparison::build(self, base, head)
    }
}

/// Lines between marker lines; each without its final newline.
fn split_marked(output: Vec<u8>) -> Vec<OsString> {
    let mark = format!("{MARK}\n").into_bytes();
    let mut parts = Vec::new();
    let mut rest = output.as_slice();
    while let Some(at) = memchr::memmem::find(rest, &mark) {
        parts.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    parts.push(rest);
    parts.into_iter().map(|part| OsString::from_vec(part.strip_suffix(b"\n").unwrap_or(part).to_vec())).collect()
}
