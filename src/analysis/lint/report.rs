//! What a linter's report says, before its paths are resolved.

use crate::model::{LintEdit, LintRange, LintSeverity};

/// A line number above this is no line number: ten million.
pub const MAX_LINE: u32 = 10_000_000;

/// A report with more results is refused.
pub const MAX_RESULTS: usize = 100_000;

/// A fix with more edits is passed over.
pub const MAX_EDITS: usize = 100;

/// The formats of linters' reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LintFormat {
    /// OASIS SARIF 2.1.0 (and 2.0 as far as it is the same).
    Sarif,
    /// Checkstyle's XML, which many linters write.
    Checkstyle,
    /// JUnit's XML: failed tests, and linters that pretend to be tests.
    Junit,
    /// Reviewdog's diagnostics in one JSON document.
    Rdjson,
    /// Reviewdog's diagnostics, one JSON document a line.
    Rdjsonl,
}

impl LintFormat {
    /// All of them.
    pub const ALL: [LintFormat; 5] =
        [LintFormat::Sarif, LintFormat::Checkstyle, LintFormat::Junit, LintFormat::Rdjson, LintFormat::Rdjsonl];

    /// Its name, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            LintFormat::Sarif => "SARIF",
            LintFormat::Checkstyle => "checkstyle XML",
            LintFormat::Junit => "JUnit XML",
            LintFormat::Rdjson => "rdjson",
            LintFormat::Rdjsonl => "rdjsonl",
        }
    }
}

/// A report that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintReport {
    /// What it is.
    pub format: LintFormat,
    /// Names of the tools that ran, also of those that found nothing, in order; none when the report does not tell.
    pub tools: Vec<String>,
    /// Its results in its order.
    pub results: Vec<Diagnostic>,
    /// What was left out and why, a sentence each.
    pub notes: Vec<String>,
    /// What kept a linter from judging everything, a sentence each without its full stop.
    pub failures: Vec<String>,
}

/// One result, as the report has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it may be: the first whose path is a file of the repository counts. Never empty.
    pub spots: Vec<Spot>,
    /// Who says it.
    pub tool: String,
    /// The linter's name for the rule.
    pub rule: String,
    /// A page about the rule: `https://...`.
    pub url: Option<String>,
    /// How serious.
    pub severity: LintSeverity,
    /// What it says.
    pub message: String,
    /// Edits of the first spot's file that would mend it, in order and apart from each other.
    pub edits: Vec<LintEdit>,
    /// Whether the linter could not read the file because of it.
    pub fatal: bool,
}

/// A path as the report writes it, and a place in that file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The path.
    pub path: String,
    /// The place; `None` is the whole file.
    pub range: Option<LintRange>,
}
