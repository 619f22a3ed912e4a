//! Exit statuses, and the errors that end a command.

use crate::git::GitError;
use std::process::ExitCode;

/// What the exit status says (contract, section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing blocks.
    Fine,
    /// A blocking finding, or a fault in a blocking rule.
    Blocked,
    /// Bad usage, configuration or input.
    Usage,
    /// A failure of our own, of the system or of the network.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(match status {
            Status::Fine => 0,
            Status::Blocked => 1,
            Status::Usage => 2,
            Status::Failed => 3,
        })
    }
}

/// An error that ends a command: what happened and what to do, in words for the person at the terminal.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Failure {
    pub(super) status: Status,
    pub(super) message: String,
}

impl Failure {
    /// The user can mend it: usage, configuration or input.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Failure { status: Status::Usage, message: message.into() }
    }

    /// Ours or the system's.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Failure { status: Status::Failed, message: message.into() }
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let status = if error.is_usage() { Status::Usage } else { Status::Failed };
        Failure { status, message: error.to_string() }
    }
}
