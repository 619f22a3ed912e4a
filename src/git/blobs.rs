//! Texts of files by `git cat-file --batch`: one process for all of them, started when the first is wanted.

use super::GitError;
use super::command::{Git, spawn_error};
use crate::model::{CommitId, FileText, RepoPath};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// A larger file is not given to rules as text: 1 MB, as for GitHub's contents.
pub(super) const MAX_TEXT_BYTES: u64 = 1_000_000;

/// How far git looks for a NUL byte to call a file binary (`buffer_is_binary` in git's `xdiff-interface.c`).
const BINARY_PROBE_BYTES: usize = 8_000;

/// Reads blobs of commits and trees.
#[derive(Debug)]
pub(super) struct Blobs {
    git: Git,
    process: Option<Batch>,
    /// Per tree, whether it has submodules: only then a missing object is worth a second look.
    submodules: BTreeMap<CommitId, bool>,
}

#[derive(Debug)]
struct Batch {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Blobs {
    pub(super) fn new(git: Git) -> Self {
        Blobs { git, process: None, submodules: BTreeMap::new() }
    }

    /// The text of `path` in a commit or tree.
    pub(super) fn load(&mut self, tree: &CommitId, path: &RepoPath) -> Result<FileText, GitError> {
        let bytes = path.to_bytes();
        // `TREE:./x` would mean the directory that git runs in; no stored path looks like that, nor begins with a slash.
        if bytes.is_empty() || bytes.starts_with(b"/") || bytes.starts_with(b"./") || bytes.starts_with(b"../") {
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
        let io = |source| GitError::Io { doing: "read a file through `git cat-file`", source };
        let batch = self.batch()?;
        let request = [tree.as_str().as_bytes(), b":", path, b"\n"].concat();
        batch.input.write_all(&request).and_then(|()| batch.input.flush()).map_err(io)?;
        let mut header = Vec::new();
        batch.output.read_until(b'\n', &mut header).map_err(io)?;
        let header = String::from_utf8_lossy(&header);
        let header = header.trim_end_matches('\n');
        if header.ends_with(" missing") {
            return Ok(FileText::Absent);
        }
        let mut fields = header.split(' ').skip(1);
        let (Some(kind), Some(Ok(size))) = (fields.next(), fields.next().map(str::parse::<u64>)) else {
            let mut said = String::new();
            if let Some(mut batch) = self.process.take() {
                batch.child.kill().and_then(|()| batch.child.wait()).map_err(io)?;
                if let Some(mut stderr) = batch.child.stderr.take() {
                    stderr.read_to_string(&mut said).map_err(io)?;
                }
            }
            return Err(super::command::refused("read a file", said.trim()));
        };
        if kind == "blob" && size > MAX_TEXT_BYTES {
            // Ending the process is cheaper than reading what nobody wants.
            if let Some(mut batch) = self.process.take() {
                batch.child.kill().and_then(|()| batch.child.wait()).map_err(io)?;
            }
            return Ok(too_large(size));
        }
        let length = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1);
        let mut content = vec![0; length];
        batch.output.read_exact(&mut content).map_err(io)?;
        content.truncate(length - 1);
        Ok(if kind == "blob" { text_of(content) } else { FileText::Absent })
    }

    /// For a path that does not fit on a line: a process of its own.
    fn load_alone(&self, tree: &CommitId, path: &[u8]) -> Result<FileText, GitError> {
        let name = OsString::from_vec([tree.as_str().as_bytes(), b":", path].concat());
        let size = self.git.try_run([OsString::from("cat-file"), "-s".into(), name.clone()])?;
        let size = String::from_utf8_lossy(&size.stdout).trim().parse::<u64>();
        match size {
            Err(_) => Ok(FileText::Absent),
            Ok(size) if size > MAX_TEXT_BYTES => Ok(too_large(size)),
            Ok(_) => {
                let output = self.git.try_run([OsString::from("cat-file"), "blob".into(), name])?;
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
        let listed = self.git.run("list a directory", arguments.into_iter().chain([path]))?;
        Ok(listed.starts_with(b"160000 "))
    }

    fn batch(&mut self) -> Result<&mut Batch, GitError> {
        if self.process.is_none() {
            let mut command = self.git.command();
            command.args(["cat-file", "--batch"]);
            let mut child = command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .map_err(spawn_error)?;
            let input = child.stdin.take().expect("standard input was asked for as a pipe");
            let output = BufReader::new(child.stdout.take().expect("standard output was asked for as a pipe"));
            self.process = Some(Batch { child, input, output });
        }
        Ok(self.process.as_mut().expect("started above"))
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // Nothing can be done about a process that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text_of(content: Vec<u8>) -> FileText {
    if memchr::memchr(0, &content[..content.len().min(BINARY_PROBE_BYTES)]).is_some() {
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
