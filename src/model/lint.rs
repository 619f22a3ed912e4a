//! What linters say of files of the repository.

use super::RepoPath;
use serde::{Deserialize, Serialize};

/// All linter reports of one commit, their paths resolved over the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LintFacts {
    /// The reports that were read, in the order given; with none there is no report.
    pub reports: Vec<LintSource>,
    /// Results in files of the repository, by path and line, each once.
    pub results: Vec<LintResult>,
    /// Results of which no file of the repository is known: libraries, generated code, another root.
    pub foreign: usize,
    /// What else a reader has to know, a sentence each.
    pub notes: Vec<String>,
    /// What kept a linter from judging everything, a sentence each: it cannot be called content.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<String>,
    /// Results whose path fits several files: one entry for each changed file of those, or one where none is changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<LintDoubt>,
}

/// A result that may be one of this file, or of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LintDoubt {
    /// The path as the report has it.
    pub path: String,
    /// How many files of the repository it fits.
    pub fits: usize,
    /// The result, as if the file were meant.
    pub result: LintResult,
}

/// One report that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LintSource {
    /// How people call it: its file name.
    pub name: String,
    /// The flag that it was sent with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// The linters that wrote it, as far as it tells.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Its format, for people: `SARIF`.
    pub format: String,
    /// Results that it has.
    pub results: usize,
}

impl LintSource {
    /// Whether people may mean it by this name: its own with or without the directory, its flag, or one of its linters.
    pub fn is_called(&self, name: &str) -> bool {
        let flag = self.flag.as_deref().unwrap_or_default();
        let own = self.name.strip_suffix(&format!(" ({flag})")).unwrap_or(&self.name);
        let file = own.rsplit(['/', '\\']).next().unwrap_or_default();
        [own, file, flag].contains(&name) || self.tools.iter().any(|tool| tool.eq_ignore_ascii_case(name))
    }
}

/// One result of a linter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LintResult {
    /// The file.
    pub path: RepoPath,
    /// Where; `None` speaks of the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<LintRange>,
    /// Who says it: `ruff`. Empty when the report does not tell.
    pub tool: String,
    /// The linter's name for the rule: `F401`. Empty when there is none.
    pub rule: String,
    /// A page about the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How serious the linter finds it.
    pub severity: LintSeverity,
    /// What it says.
    pub message: String,
    /// What would mend it: edits of this file, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<LintEdit>,
    /// Whether the linter could not read the file because of it, so that it has judged none of its lines.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fatal: bool,
}

/// Lines and columns from 1, the end column exclusive. Without columns, whole lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LintRange {
    /// The first line.
    pub line: u32,
    /// Where it begins there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The last line, never before the first.
    pub end_line: u32,
    /// Where it ends there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// What a column counts.
    #[serde(default)]
    pub columns: ColumnKind,
}

/// What columns count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// UTF-16 code units: SARIF's default.
    #[default]
    Utf16,
    /// Characters.
    Characters,
    /// Bytes of UTF-8: rdjson.
    Bytes,
    /// One of these, and nobody knows which.
    Unknown,
}

/// How serious a linter finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LintSeverity {
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// A note.
    Info,
}

impl LintSeverity {
    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [LintSeverity::Error, LintSeverity::Warning, LintSeverity::Info].into_iter().find(|it| it.as_str() == name)
    }

    /// Its name in data.
    pub fn as_str(self) -> &'static str {
        match self {
            LintSeverity::Error => "error",
            LintSeverity::Warning => "warning",
            LintSeverity::Info => "info",
        }
    }
}

/// A replacement of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LintEdit {
    /// What is replaced; nothing when it ends where it begins.
    pub range: LintRange,
    /// By what.
    pub text: String,
}
