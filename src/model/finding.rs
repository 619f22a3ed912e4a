//! What a rule reports, and where.

use super::{Overridden, RepoPath};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How serious a finding is, in Danger's words. Ordered from mild to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Free text for the summary comment.
    Markdown,
    /// Worth knowing.
    Message,
    /// Worth mending; never blocks.
    Warn,
    /// Blocks when the rule is blocking.
    Fail,
}

impl Severity {
    /// The word that rules, reports and JSON use.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Markdown => "markdown",
            Severity::Message => "message",
            Severity::Warn => "warn",
            Severity::Fail => "fail",
        }
    }
}

/// The old or the new side of a diff, as GitHub writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// The old side.
    #[serde(rename = "LEFT")]
    Left,
    /// The new side.
    #[serde(rename = "RIGHT")]
    Right,
}

impl Side {
    /// `LEFT` or `RIGHT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Left => "LEFT",
            Side::Right => "RIGHT",
        }
    }
}

/// A file, perhaps with a line or a range of lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub path: RepoPath,
    /// First line, counted from 1; `None` means the file as a whole.
    pub line: Option<u32>,
    /// Last line, when there is more than one.
    pub end_line: Option<u32>,
    /// Which side the lines belong to.
    pub side: Side,
}

impl Place {
    /// The last line that the place covers.
    pub fn last_line(&self) -> Option<u32> {
        self.end_line.or(self.line)
    }
}

/// A finding's identity across pushes: 16 hexadecimal digits over rule, path and anchored text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

/// What a rule reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule that speaks.
    pub rule: String,
    /// How serious it is.
    pub severity: Severity,
    /// Whether it fails the check: a `fail` of a blocking rule that nobody let pass.
    pub blocking: bool,
    /// Markdown: what, why here, what to do.
    pub message: String,
    /// Where, when it has a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Replacement text for the lines of the place, as [`suggestion_of`] gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// Files with their new texts: a change that the robot can commit on request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fix: BTreeMap<RepoPath, String>,
    /// Whether the source lines of the place must not be shown or copied anywhere: they hold a secret. Such a finding
    /// has neither a suggestion nor a fix.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hide_source: bool,
    /// Who let it pass, when it would block otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
    /// Identity across pushes.
    pub fingerprint: Fingerprint,
}

/// These whole lines as a suggestion: without the last newline, but blank lines alone keep theirs, so that `"\n"` is one blank
/// line. Nothing removes the lines.
pub fn suggestion_of(lines: &str) -> String {
    if is_blank(lines) { lines.to_owned() } else { lines.strip_suffix('\n').unwrap_or(lines).to_owned() }
}

/// The whole lines that a suggestion puts in place, each with its newline; empty where it removes lines.
pub fn suggested_lines(suggestion: &str) -> String {
    if is_blank(suggestion) { suggestion.to_owned() } else { format!("{suggestion}\n") }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_line_is_no_removal() {
        for (given, suggestion, lines) in [
            ("", "", ""),
            ("\n", "\n", "\n"),
            ("\n\n", "\n\n", "\n\n"),
            ("x", "x", "x\n"),
            ("x\n", "x", "x\n"),
            ("x\n\n", "x\n", "x\n\n"),
            ("\nx", "\nx", "\nx\n"),
        ] {
            assert_eq!(suggestion_of(given), suggestion, "{given:?}");
            assert_eq!(suggested_lines(suggestion), lines, "{given:?}");
        }
    }
}
