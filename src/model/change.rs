//! What a pull request does to one file.

use super::RepoPath;
use serde::{Deserialize, Serialize};

/// A file's entry in a diff. Two entries can name one path (a file that became a symbolic link).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// The path on the new side; for a removed file the path it had.
    pub path: RepoPath,
    /// The path on the old side, when it differs: renames and copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_path: Option<RepoPath>,
    /// What happened to it.
    pub status: ChangeStatus,
    /// The mode before, when the source of the diff says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_mode: Option<FileMode>,
    /// The mode after, when the source of the diff says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_mode: Option<FileMode>,
    /// Added lines; 0 for a binary file.
    pub additions: u32,
    /// Removed lines; 0 for a binary file.
    pub deletions: u32,
    /// The hunks, or why there are none.
    pub patch: Patch,
    /// Whether the lines are not shown on GitHub, which takes no comment on them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl FileChange {
    /// A change of which nothing more is known: no other path, no modes, no lines counted, shown as it is.
    pub fn new(path: RepoPath, status: ChangeStatus, patch: Patch) -> Self {
        FileChange {
            path,
            old_path: None,
            status,
            old_mode: None,
            new_mode: None,
            additions: 0,
            deletions: 0,
            patch,
            hidden: false,
        }
    }

    /// The path on the old side.
    pub fn old_path(&self) -> &RepoPath {
        self.old_path.as_ref().unwrap_or(&self.path)
    }
}

/// GitHub's words for the status of a file in a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeStatus {
    /// A new file.
    Added,
    /// Content or mode changed in place.
    Modified,
    /// The file is gone.
    Removed,
    /// Moved, perhaps with edits.
    Renamed,
    /// Copied from another file, perhaps with edits.
    Copied,
}

/// Git's file modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileMode {
    /// `100644`
    Regular,
    /// `100755`
    Executable,
    /// `120000`
    Symlink,
    /// `160000`: a commit of another repository.
    Submodule,
}

impl FileMode {
    /// From git's octal text; older repositories also hold `100664`, which git treats as `100644`.
    pub fn parse(octal: &str) -> Option<Self> {
        match octal {
            "100644" | "100664" => Some(FileMode::Regular),
            "100755" => Some(FileMode::Executable),
            "120000" => Some(FileMode::Symlink),
            "160000" => Some(FileMode::Submodule),
            _ => None,
        }
    }

    /// Git's octal text.
    pub fn as_octal(self) -> &'static str {
        match self {
            FileMode::Regular => "100644",
            FileMode::Executable => "100755",
            FileMode::Symlink => "120000",
            FileMode::Submodule => "160000",
        }
    }
}

/// The text of a file's change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Patch {
    /// Unified hunks, from the first `@@` to the end of the last line; bytes that are not UTF-8 are replaced by U+FFFD.
    Text(String),
    /// Nothing changed in the content: a pure rename, a mode change, an empty file.
    Empty,
    /// Git calls the content binary.
    Binary,
    /// The source gave no patch, or cut it. Never to be read as "nothing changed".
    Truncated,
}
