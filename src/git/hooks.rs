//! Where git looks for the hooks of a repository.

use super::command::{refused, spawn_error};
use super::{GitError, Repository};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The directory of hooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooks {
    /// Absolute; it need not exist.
    pub directory: PathBuf,
    /// What named it.
    pub scope: HooksScope,
}

/// For which repositories a directory of hooks counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HooksScope {
    /// Git's own place in the repository, which all its working trees share.
    Usual,
    /// `core.hooksPath` of this repository.
    Configured,
    /// `core.hooksPath` of the user or the system: all their repositories.
    Everywhere,
}

impl Repository {
    /// Where git looks for hooks, `core.hooksPath` and linked working trees considered.
    ///
    /// # Errors
    /// When git fails.
    pub fn hooks(&self) -> Result<Hooks, GitError> {
        let ask = |arguments: &[&str]| self.git.plain_command().args(arguments).output().map_err(spawn_error);
        let asked = ask(&["rev-parse", "--path-format=absolute", "--git-path", "hooks"])?;
        if !asked.status.success() {
            return Err(refused("say where its hooks are", String::from_utf8_lossy(&asked.stderr).trim()));
        }
        let path = asked.stdout.strip_suffix(b"\n").unwrap_or(&asked.stdout).to_vec();
        // Fails where it is not set.
        let scope = ask(&["config", "--show-scope", "--get", "core.hooksPath"])?;
        let scope = match String::from_utf8_lossy(&scope.stdout).split('\t').next().unwrap_or_default() {
            "" => HooksScope::Usual,
            "local" | "worktree" => HooksScope::Configured,
            _ => HooksScope::Everywhere,
        };
        Ok(Hooks { directory: PathBuf::from(OsString::from_vec(path)), scope })
    }
}
