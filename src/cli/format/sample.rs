//! Verdicts for the tests of the formats.

use super::{Report, Texts};
use crate::model::{CommitId, Conclusion, Fault, Finding, Fingerprint, Place, RepoPath, Severity, Side, Verdict};

/// Path, first line, last line, side.
pub(super) type At<'a> = (&'a str, Option<u32>, Option<u32>, Side);

pub(super) fn finding(severity: Severity, at: Option<At<'_>>, message: &str) -> Finding {
    Finding {
        rule: "no-print".to_owned(),
        severity,
        blocking: severity == Severity::Fail,
        message: message.to_owned(),
        place: at.map(|(path, line, end_line, side)| Place { path: path.into(), line, end_line, side }),
        suggestion: None,
        fix: std::collections::BTreeMap::new(),
        hide_source: false,
        overridden: None,
        fingerprint: Fingerprint("0123456789abcdef".to_owned()),
    }
}

pub(super) fn fault(path: &str, blocking: bool) -> Fault {
    Fault {
        mistake: false,
        of_organisation: false,
        rule: "broken".to_owned(),
        blocking,
        message: "attempt to index nil".to_owned(),
        path: Some(path.into()),
        line: Some(7),
        overridden: None,
    }
}

pub(super) fn verdict(conclusion: Conclusion, findings: Vec<Finding>) -> Verdict {
    let commit = CommitId::new(&"a".repeat(40)).expect("an id");
    Verdict { conclusion, findings, ..Verdict::empty(commit.clone(), commit) }
}

/// Every file has the same five lines, and so has every script of the repository.
struct SameText;

const TEXT: &str = "one\ntwo\u{1b}\n\tthree\nfour\nfive and `six`\n";

impl Texts for SameText {
    fn lines(&self, _: Side, _: &RepoPath, first: u32, last: u32) -> Option<Vec<String>> {
        Some(super::report::lines_of(TEXT, first, last))
    }

    fn script_line(&self, path: &RepoPath, line: u32) -> Option<String> {
        (path.as_str() == "dangerfile.lua").then(|| format!("line_{line}(nil)"))
    }
}

/// What a format makes of a verdict, without styles.
pub(super) fn render_with(verdict: &Verdict, render: fn(&Report<'_>) -> String) -> String {
    let dangerfile = RepoPath::new("dangerfile.lua");
    let report = Report { verdict, dangerfile: &dangerfile, texts: &SameText, quiet: false, compares: true };
    anstream::adapter::strip_str(&render(&report)).to_string()
}
