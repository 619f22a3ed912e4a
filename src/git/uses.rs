//! Which files of the head hold a word.

use super::{Comparison, GitError};
use crate::model::RepoPath;

/// A word that more files hold is no name of one thing.
const MAX_FILES: usize = 200;

impl Comparison {
    /// The text files of the head in which `word` stands as a whole word, in git's order, at most 200.
    ///
    /// # Errors
    /// When git fails.
    pub(super) fn load_uses(&self, word: &str) -> Result<Vec<RepoPath>, GitError> {
        let tree = self.head_tree().as_str().to_owned();
        let arguments = ["grep", "-l", "-z", "-I", "-w", "-F", "--full-name", "-e", word, &tree];
        // Exit status 1 without words says that there is none.
        let output = self.git().try_run(arguments)?;
        if !output.success && !output.stderr.is_empty() {
            return Err(super::command::refused("search the files", &output.stderr));
        }
        let prefix = format!("{tree}:");
        let paths = output.stdout.split(|byte| *byte == 0).filter_map(|entry| entry.strip_prefix(prefix.as_bytes()));
        Ok(paths.take(MAX_FILES).map(RepoPath::from_bytes).collect())
    }
}
