//! One way to start git: machine-readable output, no pager, no prompt, no network, no locks of the user's.

use super::GitError;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Settings that would change what git prints or run something of the user's that a review has no use for.
const CONFIG: &[&str] = &[
    "core.quotePath=true",
    "core.fsmonitor=false",
    // `add` runs post-index-change, which in some repositories is a file of the repository (core.hooksPath).
    "core.hooksPath=/dev/null",
    "core.safecrlf=false",
    "core.splitIndex=false",
    // A submodule that .gitmodules or the user hides in `git status` is still part of the change.
    "diff.ignoreSubmodules=none",
    "core.fsync=none",
    // A forgotten log file or disk image does not fill the patch: see `Comparison::load_changes`.
    "core.bigFileThreshold=16m",
    "core.looseCompression=0",
    "diff.suppressBlankEmpty=false",
    "advice.addEmbeddedRepo=false",
    "advice.graftFileDeprecated=false",
    "log.showSignature=false",
    "gc.auto=0",
];

/// [`CONFIG`]'s `core.bigFileThreshold`: what is larger counts as binary, whatever it holds.
pub(super) const BIG_FILE_BYTES: u64 = 16 << 20;

/// How to start git for one repository.
#[derive(Clone, Debug)]
pub(super) struct Git {
    directory: PathBuf,
    environment: Vec<(&'static str, std::ffi::OsString)>,
}

/// What a finished git process said.
pub(super) struct Output {
    pub(super) success: bool,
    /// The exit status; `None` when a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl Git {
    pub(super) fn new(directory: &Path) -> Self {
        Git { directory: directory.to_owned(), environment: Vec::new() }
    }

    /// The same with one more environment variable.
    pub(super) fn with(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name, value.as_ref().to_owned()));
        self
    }

    /// A command that is ready for arguments.
    pub(super) fn command(&self) -> Command {
        let mut command = self.plain_command();
        for setting in CONFIG {
            command.args(["-c", setting]);
        }
        command
    }

    /// The same under the user's own settings: for questions about these.
    pub(super) fn plain_command(&self) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.directory).stdin(Stdio::null()).arg("--literal-pathspecs").arg("--no-pager");
        command
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            // GitHub knows neither replaced objects nor grafts.
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_GRAFT_FILE", "/dev/null")
            // Git refuses these beside literal ones.
            .env_remove("GIT_GLOB_PATHSPECS")
            .env_remove("GIT_NOGLOB_PATHSPECS")
            .env_remove("GIT_ICASE_PATHSPECS")
            .env_remove("GIT_ATTR_SOURCE")
            .env_remove("GIT_EXTERNAL_DIFF")
            .env_remove("GIT_DIFF_OPTS");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs to the end, whatever the exit status.
    pub(super) fn try_run<I, S>(&self, arguments: I) -> Result<Output, GitError>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let output = self.command().args(arguments).output().map_err(spawn_error)?;
        Ok(Output {
            success: output.status.success(),
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
    }

    /// Runs to the end and returns standard output; `doing` completes "git could not ...".
    pub(super) fn run<I, S>(&self, doing: &'static str, arguments: I) -> Result<Vec<u8>, GitError>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let output = self.try_run(arguments)?;
        if output.success { Ok(output.stdout) } else { Err(refused(doing, &output.stderr)) }
    }
}

/// Git's own words, which begin with `fatal: ` or `error: `, as an error of ours.
pub(super) fn refused(doing: &'static str, stderr: &str) -> GitError {
    let said = stderr.trim_start_matches("fatal: ").trim_start_matches("error: ");
    GitError::Refused { doing, said: if said.is_empty() { "it gave no reason".to_owned() } else { said.to_owned() } }
}

/// An error of starting git: not installed, or the system's reason.
pub(super) fn spawn_error(source: std::io::Error) -> GitError {
    match source.kind() {
        ErrorKind::NotFound => GitError::GitMissing,
        _ => GitError::Io { doing: "start git", source },
    }
}
