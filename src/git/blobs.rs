//! Texts of files by `git cat-file --batch`: one process for all of them, started when the first is wanted.

use super::GitError;
use super::batch::Batch;
use super::command::Git;
use crate::model::{CommitId, FileText, RepoPath};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// A larger file is not given to rules as text: 1 MB, as for GitHub's contents.
pub(super) const MAX_TEXT_BYTES: u64 = 1_000_000;

/// How far git looks for a NUL byte to call a file binary (`buffer_is_binary` in git's `xdiff-interface.c`).
const BINARY_PROBE_BYTES: usize = 8_000;

/// Reads blobs of commits and trees.
#[derive(Debug)]
pub(super) struct Blobs {
    batch: Batch,
    /// Per tree, whether it has submodules: only then a missing object is worth a second look.
    submodules: BTreeMap<CommitId, bool>,
}

impl Blobs {
    pub(super) fn new(git: Git) -> Self {
        Blobs { batch: Batch::new(git, "--batch"), submodules: BTreeMap::new() }
    }

    /// The text of `path` in a commit or tree, or the names in a folder; the empty path is the root.
    pub(super) fn load(&mut self, tree: &CommitId, path: &RepoPath) -> Result<FileText, GitError> {
        let bytes = path.to_bytes();
        // `TREE:./x` would mean the directory that git runs in; no stored path looks like that, nor begins with a slash.
        if bytes.starts_with(b"/") || bytes.starts_with(b"./") || bytes.starts_with(b"../") {
            return Ok(FileText::Absent);
        }
        // A request is a line, and git drops a carriage return at its end.
        let text = if bytes.contains(&b'\n') || bytes.ends_with(b"\r") {
            self.load_alone(tree, &bytes)?
        } else {
            self.load_batched(tree, &bytes)?
        };
        match text {
            FileText::Absent if self.has_submodules(tree)? && self.is_submodule(tree, &bytes)? => {
                Ok(FileText::NotText("a submodule".to_owned()))
            }
            text => Ok(text),
        }
    }

    fn load_batched(&mut self, tree: &CommitId, path: &[u8]) -> Result<FileText, GitError> {
        let header = self.batch.ask(&[tree.as_str().as_bytes(), b":", path].concat())?;
        if header.ends_with(" missing") {
            return Ok(FileText::Absent);
        }
        let mut fields = header.split(' ').skip(1);
        let (Some(kind), Some(Ok(size))) = (fields.next(), fields.next().map(str::parse::<u64>)) else {
            let said = self.batch.end()?;
            return Err(super::command::refused("read a file", said.trim()));
        };
        if kind == "blob" && size > MAX_TEXT_BYTES {
            let beginning = self.batch.content(BINARY_PROBE_BYTES as u64 - 1)?;
            self.batch.end()?;
            return Ok(if is_binary(&beginning) { FileText::NotText("binary".to_owned()) } else { too_large(size) });
        }
        let (is_blob, is_tree) = (kind == "blob", kind == "tree");
        let content = self.batch.content(size)?;
        Ok(match () {
            () if is_blob => text_of(content),
            () if is_tree => FileText::Folder(names_in(&content, tree.as_str().len() / 2)),
            () => FileText::Absent,
        })
    }

    /// For a path that does not fit on a line: a process of its own.
    fn load_alone(&self, tree: &CommitId, path: &[u8]) -> Result<FileText, GitError> {
        let name = OsString::from_vec([tree.as_str().as_bytes(), b":", path].concat());
        let size = self.batch.git().try_run([OsString::from("cat-file"), "-s".into(), name.clone()])?;
        let size = String::from_utf8_lossy(&size.stdout).trim().parse::<u64>();
        match size {
            Err(_) => Ok(FileText::Absent),
            Ok(size) if size > MAX_TEXT_BYTES => Ok(too_large(size)),
            Ok(_) => {
                let output = self.batch.git().try_run([OsString::from("cat-file"), "blob".into(), name])?;
                Ok(if output.success { text_of(output.stdout) } else { FileText::Absent })
            }
        }
    }

    fn has_submodules(&mut self, tree: &CommitId) -> Result<bool, GitError> {
        if let Some(known) = self.submodules.get(tree) {
            return Ok(*known);
        }
        let has = self.load_batched(tree, b".gitmodules")? != FileText::Absent;
        self.submodules.insert(tree.clone(), has);
        Ok(has)
    }

    fn is_submodule(&self, tree: &CommitId, path: &[u8]) -> Result<bool, GitError> {
        let path = OsString::from_vec(path.to_vec());
        let arguments = ["ls-tree", "-z", "--full-tree", tree.as_str(), "--"].map(OsString::from);
        let listed = self.batch.git().run("list a directory", arguments.into_iter().chain([path]))?;
        Ok(listed.starts_with(b"160000 "))
    }
}

/// The names in a tree object, sorted: each entry is a mode, a space, a name, a zero byte and an id of so many bytes.
fn names_in(tree: &[u8], id: usize) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = tree;
    while let Some(end) = memchr::memchr(0, rest) {
        let name = memchr::memchr(b' ', &rest[..end]).map_or(&rest[..end], |space| &rest[space + 1..end]);
        names.push(RepoPath::from_bytes(name).to_string());
        rest = rest.get(end + 1 + id..).unwrap_or_default();
    }
    names.sort_unstable();
    names
}

/// As git sees it from the beginning.
fn is_binary(content: &[u8]) -> bool {
    memchr::memchr(0, &content[..content.len().min(BINARY_PROBE_BYTES)]).is_some()
}

fn text_of(content: Vec<u8>) -> FileText {
    if is_binary(&content) {
        return FileText::NotText("binary".to_owned());
    }
    FileText::Text(match String::from_utf8(content) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

fn too_large(size: u64) -> FileText {
    FileText::Cut(format!("{size} bytes, more than the limit of {MAX_TEXT_BYTES}"))
}
