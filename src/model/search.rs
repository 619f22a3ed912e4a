//! A search of the head's files for words.

use super::RepoPath;
use serde::{Deserialize, Serialize};

/// What is searched for, and where first: who cannot read every file reads the likeliest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Search {
    /// Words, each whole and in this case; a file that holds one is found.
    pub words: Vec<String>,
    /// Patterns of the files that are searched.
    pub among: Vec<String>,
    /// Names that stand in the paths of likely files, such as the table of a column.
    pub names: Vec<String>,
    /// Directories whose files are likely.
    pub beside: Vec<RepoPath>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// Files that hold a word, the likeliest first, at most [`Searched::MAX_FILES`].
    pub files: Vec<RepoPath>,
    /// How many files were read for it.
    pub read: usize,
    /// How many files match the patterns.
    pub of: usize,
}

impl Searched {
    /// More files that hold a word are not told.
    pub const MAX_FILES: usize = 40;

    /// Whether every file was read.
    pub fn is_whole(&self) -> bool {
        self.read >= self.of
    }
}
