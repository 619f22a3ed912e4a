//! Sizes of files by `git cat-file --batch-check`: nothing is read but headers of objects.

use super::GitError;
use super::command::{Git, spawn_error};
use crate::model::{CommitId, RepoPath};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStringExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// Asks for sizes of blobs of commits and trees; the process starts with the first question.
#[derive(Debug)]
pub(super) struct Sizes {
    git: Git,
    process: Option<Batch>,
}

#[derive(Debug)]
struct Batch {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Sizes {
    pub(super) fn new(git: Git) -> Self {
        Sizes { git, process: None }
    }

    /// The bytes of the file at `path` in a commit or tree; `None` when there is no such file.
    pub(super) fn load(&mut self, tree: &CommitId, path: &RepoPath) -> Result<Option<u64>, GitError> {
        let path = path.to_bytes();
        // As for texts: such a name would mean something else to git.
        if path.is_empty() || path.starts_with(b"/") || path.starts_with(b"./") || path.starts_with(b"../") {
            return Ok(None);
        }
        let name = [tree.as_str().as_bytes(), b":", &path].concat();
        // A request is a line, and git drops a carriage return at its end.
        if path.contains(&b'\n') || path.ends_with(b"\r") {
            return self.load_alone(OsString::from_vec(name));
        }
        let io = |source| GitError::Io { doing: "ask for the size of a file", source };
        let batch = self.batch()?;
        batch.input.write_all(&[&name[..], b"\n"].concat()).and_then(|()| batch.input.flush()).map_err(io)?;
        let mut answer = Vec::new();
        batch.output.read_until(b'\n', &mut answer).map_err(io)?;
        // `OID blob SIZE`, or the question and the word `missing`.
        let answer = String::from_utf8_lossy(&answer);
        let mut fields = answer.trim_end_matches('\n').rsplit(' ');
        let (size, kind) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        Ok(if kind == "blob" { size.parse().ok() } else { None })
    }

    fn load_alone(&self, name: OsString) -> Result<Option<u64>, GitError> {
        let kind = self.git.try_run([OsString::from("cat-file"), "-t".into(), name.clone()])?;
        if kind.stdout != b"blob\n" {
            return Ok(None);
        }
        let size = self.git.try_run([OsString::from("cat-file"), "-s".into(), name])?;
        Ok(String::from_utf8_lossy(&size.stdout).trim().parse().ok())
    }

    fn batch(&mut self) -> Result<&mut Batch, GitError> {
        if self.process.is_none() {
            let mut command = self.git.command();
            command.args(["cat-file", "--batch-check"]);
            let mut child = command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
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
