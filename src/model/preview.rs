//! What the rules that a pull request brings say of it. Nothing of it counts.

use super::{RepoPath, Verdict};
use serde::{Deserialize, Serialize};

/// A run of the rules of a pull request's own head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The dangerfile of the head.
    pub dangerfile: RepoPath,
    /// Whether the repository has no rules yet: no others judge.
    pub first: bool,
    /// What they say; always neutral, and without effects.
    pub verdict: Verdict,
}
