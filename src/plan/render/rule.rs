//! One rule in one line: the description of its commit status.

use super::check::spoken;
use super::escape::plain;
use super::limit::cut_short;
use super::words::count;
use crate::model::{Severity, Verdict, Waiting};

/// GitHub's limit for a commit status's description, in characters; held in bytes.
const STATUS_BYTES: usize = 140;

/// What is said of a rule.
pub(in crate::plan) enum RuleLine<'a> {
    /// It ran: how many problems and warnings it found.
    Findings { verdict: &'a Verdict, rule: &'a str },
    /// It could not do its work.
    Fault { message: &'a str },
    /// It could not do its work, and a person let that pass.
    Passed,
    /// It has nothing to do with this change.
    DoesNotApply,
    /// It runs in shadow.
    Shadow,
    /// Something is awaited.
    Waiting { waiting: &'a Waiting },
    /// The pull request was not judged at this commit yet.
    NotJudged,
    /// There is no such rule (any more), or none with a status.
    Gone { rule: &'a str, why: Option<&'a str> },
}

/// At most 140 bytes on one line.
pub(in crate::plan) fn render_rule_line(line: RuleLine<'_>) -> String {
    cut_status_line(&match line {
        RuleLine::Findings { verdict, rule } => findings(verdict, rule),
        RuleLine::Fault { message } => format!("could not run: {}", message.lines().next().unwrap_or_default()),
        RuleLine::Passed => "could not run, overridden".to_owned(),
        RuleLine::DoesNotApply => "does not apply".to_owned(),
        RuleLine::Shadow => "in shadow".to_owned(),
        RuleLine::Waiting { waiting } => format!("waiting for {}, until {}", waiting.what, waiting.until.to_clock()),
        RuleLine::NotJudged => "not judged yet".to_owned(),
        RuleLine::Gone { rule, why: None } => format!("no rule {rule}"),
        RuleLine::Gone { rule, why: Some(why) } => format!("no rule {rule}: {why}"),
    })
}

/// A line within GitHub's limit.
pub(in crate::plan) fn cut_status_line(line: &str) -> String {
    cut_short(&plain(line), STATUS_BYTES)
}

fn findings(verdict: &Verdict, rule: &str) -> String {
    let number =
        |severity| spoken(verdict).filter(|finding| finding.rule == rule && finding.severity == severity).count();
    let passed = spoken(verdict)
        .filter(|it| it.rule == rule && it.severity == Severity::Fail && it.overridden.is_some())
        .count();
    let (fails, warns) = (number(Severity::Fail) - passed, number(Severity::Warn));
    let parts = [(fails, "problem"), (warns, "warning")];
    let mut parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(n, noun)| count(*n, noun)).collect();
    parts.extend((passed > 0).then(|| format!("{passed} overridden")));
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}
