//! The changed files with their patches, in git's own words with renames found.

use super::{Comparison, GitError};
use crate::diff::{may_hide, parse_patch_set, reveal};
use crate::model::{ChangeStatus, FileChange, FileKey, Patch, Side};

impl Comparison {
    /// The files that differ between merge base and head, with renames found.
    ///
    /// # Errors
    /// When git fails, or gives a patch that cannot be read.
    pub fn load_changes(&self) -> Result<Vec<FileChange>, GitError> {
        let patch = self
            .git()
            .run(
                "compare base and head",
                [
                    "diff-tree",
                    "-r",
                    "-p",
                    // As GitHub: renames are found and copies are not (a copy is an added file), up to git's usual limit.
                    "-M",
                    "-l1000",
                    "-U3",
                    "--inter-hunk-context=0",
                    "--full-index",
                    "--no-color",
                    "--no-ext-diff",
                    "--no-textconv",
                    "--no-relative",
                    "--src-prefix=a/",
                    "--dst-prefix=b/",
                    "--submodule=short",
                    "--ignore-submodules=none",
                    "--diff-algorithm=default",
                    "--indent-heuristic",
                    self.base.as_str(),
                    self.head_tree().as_str(),
                ],
            )
            .map_err(|error| self.explain(error))?;
        let set = parse_patch_set(&patch);
        match set.problems.into_iter().next() {
            None => self.mark_large_texts(set.files).and_then(|files| self.reveal_texts(files)),
            Some(problem) => Err(GitError::BadPatch(problem)),
        }
    }

    /// A text that git takes for binary because of its size alone was cut, so that nobody judges it as empty.
    fn mark_large_texts(&self, mut files: Vec<FileChange>) -> Result<Vec<FileChange>, GitError> {
        let binary = |file: &&mut FileChange| file.patch == Patch::Binary && file.status != ChangeStatus::Removed;
        for file in files.iter_mut().filter(binary) {
            if self.is_large_text(&file.path)? {
                file.patch = Patch::Truncated;
            }
        }
        Ok(files)
    }

    /// What the change hides by attributes of its own is judged all the same.
    fn reveal_texts(&self, mut files: Vec<FileChange>) -> Result<Vec<FileChange>, GitError> {
        if !may_hide(&files) {
            return Ok(files);
        }
        for file in files.iter_mut().filter(|file| file.patch == Patch::Binary) {
            let before = FileKey { side: Side::Left, path: file.old_path().clone() };
            let after = FileKey { side: Side::Right, path: file.path.clone() };
            let (before, after) = (self.load_file(&before)?, self.load_file(&after)?);
            reveal(file, &before, &after);
        }
        Ok(files)
    }
}
