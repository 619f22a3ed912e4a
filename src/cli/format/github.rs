//! GitHub Actions workflow commands: each finding with a severity becomes an annotation of the job.
//!
//! Foreign text stays inside a command: the runner reads one command a line, and its reserved characters are escaped
//! (`ActionCommand` of the runner: `%`, carriage return and newline; in a property also `:` and `,`).

use super::Report;
use super::text::render_verdict;
use crate::cli::plain;
use crate::model::{Fault, Finding, Severity, Side};
use crate::plan::spoken;
use std::fmt::Write;

/// Scripts of our own are no files of the repository.
const BUILTIN: &str = "deckhand:";

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for fault in &report.verdict.faults {
        out.push_str(&render_fault(fault));
    }
    for finding in spoken(report.verdict) {
        out.push_str(&render_finding(finding));
    }
    if !report.quiet {
        let verdict = render_verdict(report.verdict);
        let _ = writeln!(out, "{}", anstream::adapter::strip_str(&verdict));
    }
    out
}

fn render_finding(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Fail => "error",
        Severity::Warn => "warning",
        Severity::Message | Severity::Markdown => "notice",
    };
    let mut properties = vec![("title", finding.rule.clone())];
    let mut message = finding.message.trim().to_owned();
    if let Some(place) = &finding.place {
        properties.push(("file", place.path.as_str().to_owned()));
        match (place.line, place.side) {
            (Some(line), Side::Right) => {
                properties.push(("line", line.to_string()));
                properties.push(("endLine", place.end_line.unwrap_or(line).max(line).to_string()));
            }
            // The runner knows only the new side, where that number means another line.
            (Some(line), Side::Left) => message = format!("Old line {line}: {message}"),
            (None, _) => {}
        }
    }
    command(level, &properties, &message)
}

fn render_fault(fault: &Fault) -> String {
    let mut properties = vec![("title", format!("{} could not run", fault.rule))];
    let mut message = fault.message.trim().to_owned();
    match (&fault.path, fault.line) {
        (Some(path), line) if path.as_str().starts_with(BUILTIN) => {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            message = format!("{path}{line}: {message}");
        }
        (Some(path), line) => {
            properties.push(("file", path.as_str().to_owned()));
            properties.extend(line.map(|line| ("line", line.to_string())));
        }
        (None, _) => {}
    }
    command(if fault.blocking { "error" } else { "warning" }, &properties, &message)
}

/// One workflow command; data and properties are escaped.
pub(in crate::cli) fn command(level: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", escape_property(value))).collect();
    format!("::{level} {}::{}\n", properties.join(","), escape_data(&plain::block(message)))
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
    use crate::cli::format::sample::{fault, finding, render_with, verdict};
    use crate::model::Conclusion;

    #[test]
    fn findings_and_faults_are_commands() {
        let mut verdict = verdict(
            Conclusion::Failure,
            vec![
                finding(Severity::Markdown, None, "# Report\n"),
                finding(Severity::Fail, Some(("a b.py", Some(2), Some(3), Side::Right)), "100 % wrong:\nyes, really"),
                finding(Severity::Warn, Some(("a.py", Some(9), None, Side::Left)), "gone"),
                finding(Severity::Message, Some(("a.py", None, None, Side::Right)), "the file"),
            ],
        );
        verdict.faults = vec![fault("dangerfile.lua", true), fault("deckhand:rules/x.lua", false)];
        let expected = "\
::error title=broken could not run,file=dangerfile.lua,line=7::attempt to index nil
::warning title=broken could not run::deckhand:rules/x.lua:7: attempt to index nil
::notice title=no-print::# Report
::error title=no-print,file=a b.py,line=2,endLine=3::100 %25 wrong:%0Ayes, really
::warning title=no-print,file=a.py::Old line 9: gone
::notice title=no-print,file=a.py::the file
1 problem, 1 warning, 2 notes, 2 faults - the check would fail
";
        assert_eq!(render_with(&verdict, render), expected);
    }

    #[test]
    fn foreign_text_begins_no_command_of_its_own() {
        let hostile = "x\r\n::stop-commands::t\n##[add-mask]y\u{1b}[2J";
        let path = "a,line=1::error::\nb:c.py";
        let verdict = verdict(
            Conclusion::Failure,
            vec![finding(Severity::Fail, Some((path, Some(1), None, Side::Right)), hostile)],
        );
        let text = render_with(&verdict, render);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].starts_with("::error title=no-print,file=a%2Cline=1%3A%3Aerror%3A%3A%0Ab%3Ac.py,line=1,"));
        assert!(!lines[1].contains("::"));
    }
}
