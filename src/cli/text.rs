//! A verdict for people: grouped by file, the source shown, one line of verdict at the end.

use super::effects::render_effects;
use super::plain;
use super::source::render_source;
use super::terminal::{BLUE, BOLD, DIM, RED, YELLOW, paint};
use crate::model::{Conclusion, Fault, Finding, Place, RepoPath, Severity, Verdict};
use anstyle::Style;
use std::collections::BTreeMap;
use std::fmt::Write;

/// So many findings of one rule are shown; a rule that goes off everywhere must not hide the others.
const SHOWN_PER_RULE: usize = 20;

/// Findings, faults and the verdict, with ANSI styles. `text_of` gives the text of the file that a place is in.
pub(super) fn render(verdict: &Verdict, quiet: bool, text_of: &dyn Fn(&Place) -> Option<String>) -> String {
    let mut out = String::new();
    let mut file: Option<&RepoPath> = None;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let shown = verdict.findings.iter().filter(|finding| {
        let count = counts.entry(&finding.rule).or_default();
        *count += 1;
        *count <= SHOWN_PER_RULE
    });
    let (anywhere, placed): (Vec<_>, Vec<_>) = shown.partition(|finding| finding.place.is_none());
    for finding in anywhere {
        let _ = writeln!(out, "{}", heading(finding));
        indent(&mut out, &finding.message);
        out.push('\n');
    }
    for finding in placed {
        let place = finding.place.as_ref().expect("parted above");
        if file != Some(&place.path) {
            let _ = writeln!(out, "{}", paint(BOLD, &plain::line(place.path.as_str())));
            file = Some(&place.path);
        }
        let _ = writeln!(out, "  {} {}", render_place(place), heading(finding));
        indent(&mut out, &finding.message);
        if finding.hide_source {
            let _ = writeln!(out, "    {}", paint(DIM, "(the line is not shown: it holds a secret)"));
        } else if let (Some(_), Some(text)) = (place.line, text_of(place)) {
            out.push_str(&render_source(place, finding.suggestion.as_deref(), &text));
        }
        out.push('\n');
    }
    for (rule, count) in counts.iter().filter(|(_, count)| **count > SHOWN_PER_RULE) {
        let hidden = count - SHOWN_PER_RULE;
        let _ =
            writeln!(out, "... and {hidden} more of {}; --format json lists all\n", paint(BOLD, &plain::line(rule)));
    }
    for fault in &verdict.faults {
        render_fault(&mut out, fault);
    }
    out.push_str(&render_effects(&verdict.effects));
    if !quiet {
        let _ = writeln!(out, "{}", render_verdict(verdict));
    }
    out
}

/// The last line: what was counted and what the check would say.
pub(super) fn render_verdict(verdict: &Verdict) -> String {
    let count = |severity| verdict.findings.iter().filter(|finding| finding.severity == severity).count();
    let notes = count(Severity::Message) + count(Severity::Markdown);
    let counted: Vec<String> = [
        (count(Severity::Fail), "problem"),
        (count(Severity::Warn), "warning"),
        (notes, "note"),
        (verdict.faults.len(), "fault"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}{}", if number == 1 { "" } else { "s" }))
    .collect();
    let counted = if counted.is_empty() { "no findings".to_owned() } else { counted.join(", ") };
    let (style, outlook) = match verdict.conclusion {
        Conclusion::Success => (super::terminal::GREEN, "the check would pass"),
        Conclusion::Failure => (RED, "the check would fail"),
        Conclusion::Pending => (YELLOW, "the check would wait"),
        Conclusion::Neutral => (BLUE, "the check is advisory and would stay neutral"),
    };
    format!("{counted} - {}", paint(style, outlook))
}

fn heading(finding: &Finding) -> String {
    let advisory = if finding.severity == Severity::Fail && !finding.blocking { " (advisory)" } else { "" };
    let word = paint(style_of(finding.severity), finding.severity.as_str());
    format!("{word} {}{advisory}", paint(BOLD, &plain::line(&finding.rule)))
}

fn render_place(place: &Place) -> String {
    let path = plain::line(place.path.as_str());
    match (place.line, place.end_line) {
        (Some(line), Some(end)) if end != line => format!("{path}:{line}-{end}"),
        (Some(line), _) => format!("{path}:{line}"),
        (None, _) => path.into_owned(),
    }
}

fn render_fault(out: &mut String, fault: &Fault) {
    let _ = writeln!(out, "{} {}{}", paint(RED, "fault"), paint(BOLD, &plain::line(&fault.rule)), fault_place(fault));
    indent(out, &fault.message);
    if !fault.blocking {
        indent(out, "This rule is advisory: the fault does not fail the check.");
    }
    out.push('\n');
}

fn fault_place(fault: &Fault) -> String {
    let place = match (&fault.path, fault.line) {
        (Some(path), Some(line)) => format!(" {path}:{line}"),
        (Some(path), None) => format!(" {path}"),
        (None, _) => return String::new(),
    };
    paint(DIM, &plain::line(&place))
}

fn indent(out: &mut String, message: &str) {
    for line in plain::block(message.trim_end()).lines() {
        let _ = writeln!(out, "{}", format!("    {line}").trim_end());
    }
}

fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Fail => RED,
        Severity::Warn => YELLOW,
        Severity::Message | Severity::Markdown => BLUE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommitId, Fingerprint, Settings, Side};

    fn finding(severity: Severity, place: Option<(&str, u32, u32)>, suggestion: Option<&str>) -> Finding {
        Finding {
            rule: "no-print".to_owned(),
            severity,
            blocking: severity == Severity::Fail,
            message: "Leftover `print`.\nRemove it.\u{1b}[2J".to_owned(),
            place: place.map(|(path, line, end)| Place {
                path: path.into(),
                line: Some(line),
                end_line: Some(end),
                side: Side::Right,
            }),
            suggestion: suggestion.map(str::to_owned),
            fix: std::collections::BTreeMap::new(),
            hide_source: false,
            fingerprint: Fingerprint("0123456789abcdef".to_owned()),
        }
    }

    fn verdict(conclusion: Conclusion, findings: Vec<Finding>) -> Verdict {
        let commit = CommitId::new(&"a".repeat(40)).expect("an id");
        Verdict {
            conclusion,
            head: commit.clone(),
            base: commit,
            findings,
            faults: Vec::new(),
            effects: Vec::new(),
            rules: Vec::new(),
            settings: Settings::default(),
            log: Vec::new(),
        }
    }

    fn shown(verdict: &Verdict) -> String {
        let text = "one\ntwo\u{1b}\n\tthree\nfour\n".to_owned();
        anstream::adapter::strip_str(&render(verdict, false, &|_| Some(text.clone()))).to_string()
    }

    #[test]
    fn findings_are_grouped_by_file_with_their_source() {
        let mut verdict = verdict(
            Conclusion::Failure,
            vec![
                finding(Severity::Fail, None, None),
                finding(Severity::Warn, Some(("a.txt", 2, 3)), None),
                finding(Severity::Fail, Some(("a.txt", 4, 4)), Some("FOUR\nFIVE")),
                finding(Severity::Message, Some(("b.txt", 9, 9)), None),
            ],
        );
        verdict.faults.push(Fault {
            mistake: false,
            rule: "broken".to_owned(),
            blocking: false,
            message: "attempt to index nil".to_owned(),
            path: Some("dangerfile.lua".into()),
            line: Some(7),
        });
        let expected = r"
fail no-print
    Leftover `print`.
    Remove it.\u{1b}[2J

a.txt
  a.txt:2-3 warn no-print
    Leftover `print`.
    Remove it.\u{1b}[2J
    2 | two\u{1b}
    3 |     three

  a.txt:4 fail no-print
    Leftover `print`.
    Remove it.\u{1b}[2J
    4 | - four
      | + FOUR
      | + FIVE

b.txt
  b.txt:9 message no-print
    Leftover `print`.
    Remove it.\u{1b}[2J

fault broken dangerfile.lua:7
    attempt to index nil
    This rule is advisory: the fault does not fail the check.

2 problems, 1 warning, 1 note, 1 fault - the check would fail
";
        assert_eq!(shown(&verdict), expected.trim_start());
    }

    #[test]
    fn a_finding_that_hides_its_source_shows_no_line_of_it() {
        let hidden = Finding { hide_source: true, ..finding(Severity::Fail, Some(("a.txt", 2, 3)), None) };
        let text = shown(&verdict(Conclusion::Failure, vec![hidden]));
        assert!(text.contains("a.txt:2-3 fail no-print\n"), "{text}");
        assert!(text.contains("the line is not shown"), "{text}");
        assert!(!text.contains("two") && !text.contains("three"), "{text}");
    }

    #[test]
    fn a_rule_that_goes_off_everywhere_is_cut_and_counted() {
        let mut findings: Vec<Finding> =
            (1..=23).map(|line| finding(Severity::Warn, Some(("a.txt", line, line)), None)).collect();
        findings.push(Finding { rule: "other".to_owned(), ..finding(Severity::Fail, Some(("b.txt", 1, 1)), None) });
        let text = shown(&verdict(Conclusion::Failure, findings));
        assert_eq!(text.matches("warn no-print").count(), 20);
        assert!(text.contains("a.txt:20 warn") && !text.contains("a.txt:21 warn"), "{text}");
        assert!(text.contains("b.txt:1 fail other"), "the next rule is still shown: {text}");
        assert!(text.contains("\n... and 3 more of no-print; --format json lists all\n"), "{text}");
        assert!(text.ends_with("1 problem, 23 warnings - the check would fail\n"), "everything counts: {text}");
    }

    #[test]
    fn a_clean_verdict_is_one_line() {
        assert_eq!(shown(&verdict(Conclusion::Success, Vec::new())), "no findings - the check would pass\n");
    }
}
