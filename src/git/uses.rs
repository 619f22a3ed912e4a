//! Which files of the head hold words.

use super::{Comparison, GitError};
use crate::analysis::search::order_by_likelihood;
use crate::lua::Globs;
use crate::model::{RepoPath, Search, Searched};

/// A word that more files hold is no name of one thing.
const MAX_FILES: usize = 200;

impl Comparison {
    /// The text files of the head in which `word` stands as a whole word, in git's order, at most 200.
    ///
    /// # Errors
    /// When git fails.
    pub(super) fn load_uses(&self, word: &str) -> Result<Vec<RepoPath>, GitError> {
        let mut paths = self.grep(&[word])?;
        paths.truncate(MAX_FILES);
        Ok(paths)
    }

    /// The files that a search finds; every file is read.
    ///
    /// # Errors
    /// When git fails.
    pub(super) fn load_search(&self, search: &Search) -> Result<Searched, GitError> {
        let Ok(globs) = Globs::parse(&search.among) else {
            return Ok(Searched { files: Vec::new(), read: 0, of: 0 });
        };
        let of = self.load_paths(&search.among)?.len();
        let words: Vec<&str> = search.words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        let mut files = if words.is_empty() { Vec::new() } else { self.grep(&words)? };
        files.retain(|path| globs.matches(path.as_str()));
        order_by_likelihood(&mut files, search);
        files.truncate(Searched::MAX_FILES);
        Ok(Searched { files, read: of, of })
    }

    fn grep(&self, words: &[&str]) -> Result<Vec<RepoPath>, GitError> {
        let tree = self.head_tree().as_str().to_owned();
        let mut arguments = vec!["grep", "-l", "-z", "-I", "-w", "-F", "--full-name"];
        arguments.extend(words.iter().flat_map(|word| ["-e", word]));
        arguments.push(&tree);
        // Exit status 1 without words says that there is none.
        let output = self.git().try_run(arguments)?;
        if !output.success && !output.stderr.is_empty() {
            return Err(super::command::refused("search the files", &output.stderr));
        }
        let prefix = format!("{tree}:");
        let paths = output.stdout.split(|byte| *byte == 0).filter_map(|entry| entry.strip_prefix(prefix.as_bytes()));
        Ok(paths.map(RepoPath::from_bytes).collect())
    }
}
