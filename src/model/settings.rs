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
    /// Which rules have a commit status of their own.
    #[serde(default)]
    pub statuses: StatusMode,
    /// Names (globs) of artifacts in which workflows keep reports of coverage and of linters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub report_artifacts: Vec<String>,
}

impl Settings {
    /// Whether pull requests of this author pass unread.
    pub fn ignores(&self, login: &str) -> bool {
        self.ignore_authors.iter().any(|name| name.eq_ignore_ascii_case(login))
    }
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
            statuses: StatusMode::None,
            report_artifacts: Vec::new(),
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

/// Whether a rule has a commit status of its own, `<check_name>/<rule>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusMode {
    /// It has none.
    #[default]
    None,
    /// In `settings`: every blocking rule has one. As a rule's option: this one has, also when it is advisory.
    PerRule,
}

impl StatusMode {
    /// The words of a dangerfile, in the order of their meaning.
    pub const WORDS: [&'static str; 2] = ["none", "per_rule"];

    /// From the word of a dangerfile.
    pub fn parse(word: &str) -> Option<StatusMode> {
        match word {
            "none" => Some(StatusMode::None),
            "per_rule" => Some(StatusMode::PerRule),
            _ => None,
        }
    }
}
