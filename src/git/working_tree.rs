//! The working tree as a tree object: staged, unstaged and untracked files that are not ignored, as `git add -A`
//! would take them, written to a temporary object directory through a copy of the index.

use super::command::{Git, refused};
use super::{GitError, Repository};
use crate::model::CommitId;
use std::ffi::OsString;
use std::fs::{File, FileTimes};
use std::io::ErrorKind;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use tempfile::TempDir;

/// A tree object of the working tree; its objects live as long as this value.
#[derive(Debug)]
pub(super) struct WorkingTree {
    /// The id of the tree.
    pub(super) tree: CommitId,
    /// Git with the temporary objects in sight.
    pub(super) git: Git,
    /// What git could not read, in its own words, a line each.
    pub(super) problems: Vec<String>,
    _objects: TempDir,
}

impl WorkingTree {
    pub(super) fn build(repository: &Repository) -> Result<Self, GitError> {
        let io = |source| GitError::Io { doing: "write a temporary copy of the index", source };
        let directory = tempfile::Builder::new().prefix("deckhand-").tempdir().map_err(io)?;
        let objects = directory.path().join("objects");
        std::fs::create_dir(&objects).map_err(io)?;
        let index = directory.path().join("index");
        copy_index(&repository.index, &index).map_err(io)?;
        let git = repository
            .git
            .clone()
            .with("GIT_OBJECT_DIRECTORY", &objects)
            .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", alternates(&repository.objects));
        let with_index = git.clone().with("GIT_INDEX_FILE", &index);
        // A file that cannot be read makes the exit status 1 although everything else was added.
        let added = with_index.try_run(["add", "--all", "--ignore-errors"])?;
        if !added.success && added.stderr.contains("fatal: ") && !added.stderr.contains("adding files failed") {
            return Err(refused("read the working tree", &added.stderr));
        }
        let problems = if added.success { Vec::new() } else { added.stderr.lines().map(str::to_owned).collect() };
        let tree = with_index.run("write a tree of the working tree", ["write-tree", "--missing-ok"])?;
        let tree = CommitId::new(String::from_utf8_lossy(&tree).trim())
            .map_err(|_| GitError::Unreadable("`git write-tree`"))?;
        Ok(WorkingTree { tree, git, problems, _objects: directory })
    }
}

/// Copies the index with its time: git takes an entry that is not older than the index for possibly changed, and
/// with a younger copy it would overlook an edit made in the moment of the last `git add`.
fn copy_index(from: &Path, to: &Path) -> std::io::Result<()> {
    let modified = match std::fs::metadata(from) {
        Ok(metadata) => metadata.modified()?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    std::fs::copy(from, to)?;
    File::options().write(true).open(to)?.set_times(FileTimes::new().set_modified(modified))
}

/// The value for `GIT_ALTERNATE_OBJECT_DIRECTORIES`: the repository's own objects, quoted as git reads them, and
/// those that the environment names already.
fn alternates(objects: &Path) -> OsString {
    let mut value = vec![b'"'];
    for &byte in objects.as_os_str().as_bytes() {
        match byte {
            b'"' | b'\\' => value.extend([b'\\', byte]),
            b'\n' => value.extend(b"\\n"),
            _ => value.push(byte),
        }
    }
    value.push(b'"');
    if let Some(inherited) = std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").filter(|text| !text.is_empty()) {
        value.push(b':');
        value.extend(inherited.as_bytes());
    }
    OsString::from_vec(value)
}
