//! What a dangerfile says with `settings { ... }`.

use serde::{Deserialize, Serialize};

/// The settings of a ruleset. Defaults are those of the contract, section 7.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Name of the check run.
    pub check_name: String,
    /// When the summary comment is written.
    pub summary_comment: SummaryComment,
    /// At most so many review comments; the rest goes into the summary.
    pub max_inline_comments: usize,
    /// Logins whose pull requests are not judged.
    pub ignore_authors: Vec<String>,
    /// Branches besides the default one (globs) whose pull requests get the check under its plain name.
    pub bases: Vec<String>,
    /// Whether findings can fail the check at all.
    pub conclusion: ConclusionMode,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            check_name: "deckhand".to_owned(),
            summary_comment: SummaryComment::Findings,
            max_inline_comments: 20,
            ignore_authors: Vec::new(),
            bases: Vec::new(),
            conclusion: ConclusionMode::Enforced,
        }
    }
}

/// When the summary comment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SummaryComment {
    /// Also when there is nothing to say.
    Always,
    /// When something has no other place.
    Findings,
    /// Never.
    Never,
}

/// Whether findings can fail the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConclusionMode {
    /// Blocking findings fail it.
    Enforced,
    /// The check is always `neutral`.
    Advisory,
}
