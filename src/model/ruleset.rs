//! The text of the rules that judge: one dangerfile, or an organisation's and a repository's.

use super::{CommitId, RepoPath};
use serde::{Deserialize, Serialize};

/// The dangerfiles that judge one pull request, in the order in which they run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruleset {
    /// The organisation's first, then the repository's.
    pub layers: Vec<Dangerfile>,
}

/// Where a dangerfile is looked for, from the repository's root, in this order.
pub const DANGERFILE_PLACES: [&str; 2] = ["dangerfile.lua", ".github/dangerfile.lua"];

/// One dangerfile at one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dangerfile {
    /// Whose it is.
    pub origin: Origin,
    /// Where it lies: `dangerfile.lua` or `.github/dangerfile.lua`, or a path of the user's choice.
    pub path: RepoPath,
    /// The commit it was read at; `None` for a working tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// The Luau source.
    pub text: String,
}

/// Whose dangerfile it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The organisation's `.github` repository.
    Organisation,
    /// The repository under review.
    Repository,
}
