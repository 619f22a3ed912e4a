//! Sizes of files by `git cat-file --batch-check`: nothing is read but headers of objects.

use super::GitError;
use super::batch::Batch;
use super::command::Git;
use crate::model::{CommitId, RepoPath};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// Asks for sizes of blobs of commits and trees; the process starts with the first question.
#[derive(Debug)]
pub(super) struct Sizes {
    batch: Batch,
}

impl Sizes {
    pub(super) fn new(git: Git) -> Self {
        Sizes { batch: Batch::new(git, "--batch-check") }
    }

    /// The bytes of the file at `path` in a commit or tree; `None` when there is no such file.
    pub(super) fn load(&mut self, tree: &CommitId, path: &RepoPath) -> Result<Option<u64>, GitError> {
        let path = path.to_bytes();
        // As for texts: such a name would mean something else to git.
        if path.is_empty() || path.starts_with(b"/") || path.starts_with(b"./") || path.starts_with(b"../") {
            return Ok(None);
        }
        let name = [tree.as_str().as_bytes(), b":", &path].concat();
        // A request is a line, and git drops a carriage return at its end.
        if path.contains(&b'\n') || path.ends_with(b"\r") {
            return self.load_alone(OsString::from_vec(name));
        }
        let answer = self.batch.ask(&name)?;
        // `OID blob SIZE`, or the question and the word `missing`.
        let mut fields = answer.rsplit(' ');
        let (size, kind) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        Ok(if kind == "blob" { size.parse().ok() } else { None })
    }

    fn load_alone(&self, name: OsString) -> Result<Option<u64>, GitError> {
        let kind = self.batch.git().try_run([OsString::from("cat-file"), "-t".into(), name.clone()])?;
        if kind.stdout != b"blob\n" {
            return Ok(None);
        }
        let size = self.batch.git().try_run([OsString::from("cat-file"), "-s".into(), name])?;
        Ok(String::from_utf8_lossy(&size.stdout).trim().parse().ok())
    }
}
