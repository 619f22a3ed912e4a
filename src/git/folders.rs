//! Which files lie below a directory.

use super::{Comparison, GitError};
use crate::model::{FileKey, RepoPath, Side};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// A directory with more files is listed up to here.
const MAX_FILES: usize = 5_000;

impl Comparison {
    /// The files below a directory of the head, or of the tip of the base branch, sorted, at most 5,000.
    ///
    /// # Errors
    /// When git fails.
    pub(super) fn load_folder(&self, folder: &FileKey) -> Result<Vec<RepoPath>, GitError> {
        let tree = match folder.side {
            Side::Right => self.head_tree().as_str().to_owned(),
            Side::Left => self.base_tip()?,
        };
        let arguments = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", &tree, "--"];
        let mut arguments: Vec<OsString> = arguments.into_iter().map(OsString::from).collect();
        let directory = folder.path.to_bytes();
        if !directory.is_empty() {
            arguments.push(OsString::from_vec([&directory[..], b"/"].concat()));
        }
        let output = self.git().try_run(arguments)?;
        if !output.success {
            return Err(super::command::refused("list the files of a directory", &output.stderr));
        }
        let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.take(MAX_FILES).map(RepoPath::from_bytes).collect())
    }

    /// The commit that the base is at now; where its name means nothing any more, the merge base.
    fn base_tip(&self) -> Result<String, GitError> {
        let name = format!("{}^{{commit}}", self.base_name);
        let output = self.git().try_run(["rev-parse", "--verify", "--quiet", "--end-of-options", &name])?;
        let tip = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(if output.success && !tip.is_empty() { tip } else { self.base.as_str().to_owned() })
    }
}
