//! A `git cat-file` process that answers one question after another; it starts with the first.

use super::GitError;
use super::command::{Git, spawn_error};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// The process, and how to start it.
#[derive(Debug)]
pub(super) struct Batch {
    git: Git,
    /// `--batch` or `--batch-check`.
    mode: &'static str,
    process: Option<Process>,
}

#[derive(Debug)]
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Batch {
    pub(super) fn new(git: Git, mode: &'static str) -> Self {
        Batch { git, mode, process: None }
    }

    pub(super) fn git(&self) -> &Git {
        &self.git
    }

    /// The line that answers a name of an object, without its end.
    pub(super) fn ask(&mut self, name: &[u8]) -> Result<String, GitError> {
        let process = self.process()?;
        let request = [name, b"\n"].concat();
        process.input.write_all(&request).and_then(|()| process.input.flush()).map_err(io)?;
        let mut answer = Vec::new();
        process.output.read_until(b'\n', &mut answer).map_err(io)?;
        Ok(String::from_utf8_lossy(&answer).trim_end_matches('\n').to_owned())
    }

    /// The content that follows an answer of `--batch`: so many bytes, and a line end that is dropped.
    pub(super) fn content(&mut self, size: u64) -> Result<Vec<u8>, GitError> {
        let length = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1);
        let mut content = vec![0; length];
        self.process()?.output.read_exact(&mut content).map_err(io)?;
        content.truncate(length - 1);
        Ok(content)
    }

    /// Ends the process, which is cheaper than reading what nobody wants. What it said in its last hour is returned.
    pub(super) fn end(&mut self) -> Result<String, GitError> {
        let mut said = String::new();
        if let Some(mut process) = self.process.take() {
            process.child.kill().and_then(|()| process.child.wait()).map_err(io)?;
            if let Some(mut stderr) = process.child.stderr.take() {
                stderr.read_to_string(&mut said).map_err(io)?;
            }
        }
        Ok(said)
    }

    fn process(&mut self) -> Result<&mut Process, GitError> {
        if self.process.is_none() {
            let mut command = self.git.command();
            command.args(["cat-file", self.mode]);
            let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = pipes.spawn().map_err(spawn_error)?;
            let input = child.stdin.take().expect("standard input was asked for as a pipe");
            let output = BufReader::new(child.stdout.take().expect("standard output was asked for as a pipe"));
            self.process = Some(Process { child, input, output });
        }
        Ok(self.process.as_mut().expect("started above"))
    }
}

fn io(source: std::io::Error) -> GitError {
    GitError::Io { doing: "read a file through `git cat-file`", source }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing can be done about a process that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
