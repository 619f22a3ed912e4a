//! Findings as workflow commands of GitHub Actions, which become annotations: `::error file=a.py,line=2::message`.
//!
//! The runner reads every line of a job's output for commands, so that foreign text must never begin one: data and
//! properties are escaped as the runner undoes it (actions/runner, `ActionCommand.cs`), and [`defuse`] guards the rest.

use crate::model::{Finding, Severity, Side, Verdict};
use crate::plan::{render_title, spoken};
use std::fmt::Write;

/// So many of one kind are shown for a step; more stand in the log only.
const SHOWN: usize = 10;
/// The runner cuts annotations that are longer (4,096 characters).
const MESSAGE_CHARS: usize = 4_000;

/// One command a finding and fault, worst first, and one that counts what GitHub will not show.
pub(super) fn render(verdict: &Verdict) -> String {
    let mut out = String::new();
    for fault in &verdict.faults {
        let level = if fault.blocking { Level::Error } else { Level::Warning };
        let title = format!("deckhand: rule {} could not run", fault.rule);
        // The dangerfile of the base is no file of the diff; its line is said in words.
        let at = match (&fault.path, fault.line) {
            (Some(path), Some(line)) => format!("{path}:{line}: "),
            (Some(path), None) => format!("{path}: "),
            (None, _) => String::new(),
        };
        out.push_str(&command(level, &[("title", title)], &format!("{at}{}", fault.message)));
    }
    let mut findings: Vec<&Finding> = spoken(verdict).filter(|it| it.severity != Severity::Markdown).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut shown = [0_usize; 3];
    for finding in findings {
        let level = Level::of(finding);
        shown[level as usize] += 1;
        out.push_str(&command(level, &properties(finding), &finding.message));
    }
    let hidden: usize = shown.iter().map(|count| count.saturating_sub(SHOWN)).sum();
    if hidden > 0 {
        let words =
            format!("GitHub shows {SHOWN} annotations of a kind, {hidden} more are in the log and the summary.");
        out.push_str(&notice(&words));
    }
    if out.is_empty() {
        out = notice(&format!("{}.", render_title(verdict)));
    }
    out
}

/// A remark of ours.
pub(super) fn notice(message: &str) -> String {
    command(Level::Notice, &[("title", "deckhand".to_owned())], message)
}

/// A failure of ours.
pub(super) fn error(message: &str) -> String {
    command(Level::Error, &[("title", "deckhand".to_owned())], message)
}

/// Text in which the runner finds no command, whatever was in it: it takes `::` at the beginning of a line, after
/// blanks, and `##[` anywhere.
pub(super) fn defuse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let body = line.trim_start();
        if body.starts_with("::") {
            out.push_str(&line[..line.len() - body.len()]);
            out.push_str(": :");
            out.push_str(&body[2..].replace("##[", "## ["));
        } else {
            out.push_str(&line.replace("##[", "## ["));
        }
    }
    out
}

#[derive(Clone, Copy)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn of(finding: &Finding) -> Level {
        match finding.severity {
            Severity::Fail => Level::Error,
            Severity::Warn => Level::Warning,
            Severity::Message | Severity::Markdown => Level::Notice,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        }
    }
}

/// Lines of the old side are no lines of the file as it is now: such a finding stands at the file.
fn properties(finding: &Finding) -> Vec<(&'static str, String)> {
    let mut properties = Vec::new();
    if let Some(place) = &finding.place {
        properties.push(("file", place.path.as_str().to_owned()));
        if let Some(line) = place.line.filter(|_| place.side == Side::Right) {
            properties.push(("line", line.to_string()));
            if let Some(end) = place.end_line.filter(|end| *end > line) {
                properties.push(("endLine", end.to_string()));
            }
        }
    }
    properties.push(("title", format!("deckhand: {}", finding.rule)));
    properties
}

fn command(level: Level, properties: &[(&str, String)], message: &str) -> String {
    let mut out = format!("::{}", level.word());
    for (at, (name, value)) in properties.iter().enumerate() {
        let separator = if at == 0 { ' ' } else { ',' };
        let _ = write!(out, "{separator}{name}={}", escape_property(value));
    }
    let message: String = message.trim().chars().take(MESSAGE_CHARS).collect();
    let _ = writeln!(out, "::{}", escape_data(&message));
    out
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_inside_its_command() {
        let title = [("file", "a,b:c.py".to_owned()), ("title", "50%\n::error::x".to_owned())];
        assert_eq!(
            command(Level::Warning, &title, "100%\r\n::set-output name=x::y\n"),
            "::warning file=a%2Cb%3Ac.py,title=50%25%0A%3A%3Aerror%3A%3Ax::100%25%0D%0A::set-output name=x::y\n"
        );
    }

    #[test]
    fn no_line_begins_a_command() {
        assert_eq!(defuse("a ::b\n  ::error::x\n::add-mask::y"), "a ::b\n  : :error::x\n: :add-mask::y");
        assert_eq!(defuse("say ##[error]x"), "say ## [error]x");
        assert_eq!(defuse("a\r::error::x"), "a\r: :error::x");
        assert_eq!(defuse("::##[error]"), ": :## [error]");
        assert_eq!(defuse(""), "");
    }
}
