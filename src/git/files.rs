//! The files of a repository, as a list of paths.

use super::{Comparison, GitError, Repository};
use crate::lua::Globs;
use crate::model::RepoPath;

impl Repository {
    /// The files that git knows in the working tree, and those that it does not know yet and does not ignore. Empty in a
    /// bare repository.
    ///
    /// # Errors
    /// When git fails.
    pub fn list_files(&self) -> Result<Vec<RepoPath>, GitError> {
        if self.top.is_none() {
            return Ok(Vec::new());
        }
        let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
        Ok(paths(&self.git.run("list the files", arguments)?))
    }
}

impl Comparison {
    /// The files of the head.
    ///
    /// # Errors
    /// When git fails.
    pub fn list_files(&self) -> Result<Vec<RepoPath>, GitError> {
        let arguments = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", self.head_tree().as_str()];
        let listed = self.git().run("list the files of the head", arguments).map_err(|error| self.explain(error))?;
        Ok(paths(&listed))
    }
}

impl Comparison {
    /// The files of the head that match the patterns, sorted. A pattern that is none matches nothing.
    ///
    /// # Errors
    /// When git fails.
    pub(super) fn load_paths(&self, patterns: &[String]) -> Result<Vec<RepoPath>, GitError> {
        let Ok(globs) = Globs::parse_kept(patterns.to_vec()) else { return Ok(Vec::new()) };
        let mut paths = self.list_files()?;
        paths.retain(|path| globs.matches(path.as_str()));
        paths.sort_unstable();
        Ok(paths)
    }
}

/// Paths that end with a zero byte.
fn paths(listed: &[u8]) -> Vec<RepoPath> {
    listed.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(RepoPath::from_bytes).collect()
}
