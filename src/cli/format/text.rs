//! A verdict for people: grouped by file, the source shown, one line of verdict at the end.

use super::effects::render_effects;
use super::report::lines_at;
use super::source::{Excerpt, render_source};
use super::{Report, Texts};
use crate::cli::plain;
use crate::cli::terminal::{BLUE, BOLD, DIM, GREEN, RED, YELLOW, paint};
use crate::model::{Conclusion, Fault, Finding, Place, RepoPath, RuleOutcome, Severity, Side, Verdict};
use crate::plan::spoken;
use anstyle::Style;
use std::collections::BTreeMap;
use std::fmt::Write;

/// So many findings of one rule are shown, the gravest first; a rule that goes off everywhere must not hide the others. What
/// blocks is always shown.
const SHOWN_PER_RULE: usize = 20;

/// Findings, effects, faults and the verdict, with ANSI styles.
pub(super) fn render(report: &Report<'_>) -> String {
    let verdict = report.verdict;
    let mut out = String::new();
    let mut file: Option<&RepoPath> = None;
    let (shown, hidden) = choose_shown(verdict);
    for finding in shown {
        let Some(place) = &finding.place else {
            let _ = writeln!(out, "{}", heading(finding));
            indent(&mut out, &finding.message);
            out.push('\n');
            continue;
        };
        if file != Some(&place.path) {
            let _ = writeln!(out, "{}", paint(BOLD, &plain::line(place.path.as_str())));
            file = Some(&place.path);
        }
        let _ = writeln!(out, "  {} {}", render_place(place), heading(finding));
        indent(&mut out, &finding.message);
        if finding.hide_source {
            let _ = writeln!(out, "    {}", paint(DIM, "(the line is not shown: it holds a secret)"));
        } else if let (Some(first), Some(lines)) = (place.line, lines_at(report.texts, place)) {
            let style = style_of(finding.severity);
            let suggestion = finding.suggestion.as_deref();
            out.push_str(&render_source(&Excerpt {
                first,
                lines: &lines,
                message: &finding.message,
                suggestion,
                style,
            }));
        }
        out.push('\n');
    }
    for (rule, count) in hidden {
        let _ = writeln!(out, "... and {count} more of {}; --format json lists all\n", paint(BOLD, &plain::line(rule)));
    }
    out.push_str(&render_effects(&verdict.effects));
    for fault in &verdict.faults {
        render_fault(&mut out, fault, report.texts);
    }
    if !report.quiet {
        for note in &verdict.notes {
            let _ = writeln!(out, "{} {}\n", paint(BLUE, "note:"), plain::line(note));
        }
        let _ = writeln!(out, "{}", render_verdict(verdict));
    }
    out
}

/// The findings to show, in the verdict's order, and how many of which rule are left out.
fn choose_shown(verdict: &Verdict) -> (Vec<&Finding>, BTreeMap<&str, usize>) {
    let findings: Vec<&Finding> = spoken(verdict).collect();
    let mut gravest: Vec<usize> = (0..findings.len()).collect();
    gravest.sort_by_key(|at| std::cmp::Reverse((findings[*at].blocking, findings[*at].severity)));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut hidden: BTreeMap<&str, usize> = BTreeMap::new();
    let mut is_shown = vec![true; findings.len()];
    for at in gravest {
        let finding = findings[at];
        let count = counts.entry(&finding.rule).or_default();
        *count += 1;
        if *count > SHOWN_PER_RULE && !finding.blocking {
            is_shown[at] = false;
            *hidden.entry(&finding.rule).or_default() += 1;
        }
    }
    (findings.into_iter().zip(is_shown).filter_map(|(finding, shown)| shown.then_some(finding)).collect(), hidden)
}

/// The last line: what was counted and what the check would say.
pub(super) fn render_verdict(verdict: &Verdict) -> String {
    let unjudged = verdict.rules.iter().any(RuleOutcome::needs_pull_request);
    let (style, outlook) = match verdict.conclusion {
        Conclusion::Success if unjudged => {
            (YELLOW, "the check would pass, as far as it can be told without a pull request")
        }
        Conclusion::Success => (GREEN, "the check would pass"),
        Conclusion::Failure => (RED, "the check would fail"),
        Conclusion::Pending => (YELLOW, "the check would wait"),
        Conclusion::Neutral => (BLUE, "the check is advisory and would stay neutral"),
    };
    format!("{} - {}", count_all(verdict), paint(style, outlook))
}

/// `2 problems, 1 warning`; `no findings`.
fn count_all(verdict: &Verdict) -> String {
    let count = |severity| spoken(verdict).filter(|finding| finding.severity == severity).count();
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
    if counted.is_empty() { "no findings".to_owned() } else { counted.join(", ") }
}

fn heading(finding: &Finding) -> String {
    let advisory = if finding.severity == Severity::Fail && !finding.blocking { " (advisory)" } else { "" };
    let word = paint(style_of(finding.severity), finding.severity.as_str());
    format!("{word} {}{advisory}", paint(BOLD, &plain::line(&finding.rule)))
}

fn render_place(place: &Place) -> String {
    let path = plain::line(place.path.as_str());
    let old = if place.side == Side::Left && place.line.is_some() { " (old side)" } else { "" };
    match (place.line, place.end_line) {
        (Some(line), Some(end)) if end != line => format!("{path}:{line}-{end}{old}"),
        (Some(line), _) => format!("{path}:{line}{old}"),
        (None, _) => path.into_owned(),
    }
}

fn render_fault(out: &mut String, fault: &Fault, texts: &dyn Texts) {
    let _ = writeln!(out, "{} {}{}", paint(RED, "fault"), paint(BOLD, &plain::line(&fault.rule)), fault_place(fault));
    indent(out, &fault.message);
    if let (Some(path), Some(first)) = (&fault.path, fault.line)
        && let Some(line) = texts.script_line(path, first)
    {
        let excerpt = Excerpt { first, lines: &[line], message: &fault.message, suggestion: None, style: RED };
        out.push_str(&render_source(&excerpt));
    }
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
    for line in plain::prose(message.trim_end()).lines() {
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
    use crate::cli::format::sample::{fault, finding, render_with, verdict};
    use crate::model::{Effect, RuleOutcome, RuleState};

    const MESSAGE: &str = "Leftover `print`.\nRemove it.\u{1b}[2J";

    fn shown(verdict: &Verdict) -> String {
        render_with(verdict, render)
    }

    #[test]
    fn a_finding_that_hides_its_source_shows_no_line_of_it() {
        let at = Some(("a.txt", Some(2), Some(3), Side::Right));
        let hidden = Finding { hide_source: true, ..finding(Severity::Fail, at, MESSAGE) };
        let text = shown(&verdict(Conclusion::Failure, vec![hidden]));
        assert!(text.contains("a.txt:2-3 fail no-print\n"), "{text}");
        assert!(text.contains("the line is not shown"), "{text}");
        assert!(!text.contains("two") && !text.contains("three"), "{text}");
    }

    #[test]
    fn findings_are_grouped_by_file_with_their_source() {
        let at = |path, line, end| Some((path, Some(line), Some(end), Side::Right));
        let mut replaced = finding(Severity::Fail, at("a.txt", 4, 4), MESSAGE);
        replaced.suggestion = Some("FOUR\nFIVE".to_owned());
        let mut verdict = verdict(
            Conclusion::Failure,
            vec![
                finding(Severity::Fail, None, MESSAGE),
                finding(Severity::Warn, at("a.txt", 2, 3), MESSAGE),
                replaced,
                finding(Severity::Message, at("b.txt", 9, 9), MESSAGE),
                finding(Severity::Message, Some(("c.txt", Some(5), None, Side::Left)), "No `six` any more"),
            ],
        );
        verdict.faults = vec![fault("dangerfile.lua", false)];
        let expected = r"
fail no-print
    Leftover `print`.
    Remove it.\u{1b}[2J

a.txt
  a.txt:2-3 warn no-print
    Leftover `print`.
    Remove it.\u{1b}[2J
    2 | / two\u{1b}
    3 | |     three
      | |_________^

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

c.txt
  c.txt:5 (old side) message no-print
    No `six` any more
    5 | five and `six`
      |           ^^^

fault broken dangerfile.lua:7
    attempt to index nil
    7 | line_7(nil)
      | ^^^^^^^^^^^
    This rule is advisory: the fault does not fail the check.

2 problems, 1 warning, 2 notes, 1 fault - the check would fail
";
        assert_eq!(shown(&verdict), expected.trim_start());
    }

    #[test]
    fn a_rule_that_goes_off_everywhere_is_cut_and_counted() {
        let at = |path, line| Some((path, Some(line), None, Side::Right));
        let mut findings: Vec<Finding> =
            (1..=23).map(|line| finding(Severity::Warn, at("a.txt", line), MESSAGE)).collect();
        findings.push(Finding { rule: "other".to_owned(), ..finding(Severity::Fail, at("b.txt", 1), MESSAGE) });
        let text = shown(&verdict(Conclusion::Failure, findings));
        assert_eq!(text.matches("warn no-print").count(), 20);
        assert!(text.contains("a.txt:20 warn") && !text.contains("a.txt:21 warn"), "{text}");
        assert!(text.contains("b.txt:1 fail other"), "the next rule is still shown: {text}");
        assert!(text.contains("\n... and 3 more of no-print; --format json lists all\n"), "{text}");
        assert!(text.ends_with("1 problem, 23 warnings - the check would fail\n"), "everything counts: {text}");
    }

    #[test]
    fn what_blocks_is_shown_behind_any_number_of_notes() {
        let mut findings: Vec<Finding> =
            (1..=25).map(|number| finding(Severity::Message, None, &format!("note {number}"))).collect();
        findings.push(Finding { blocking: true, ..finding(Severity::Fail, None, "THE PROBLEM") });
        let text = shown(&verdict(Conclusion::Failure, findings));
        assert!(text.contains("THE PROBLEM"), "{text}");
        assert!(text.contains("    note 19\n") && !text.contains("    note 20\n"), "{text}");
        assert!(text.contains("\n... and 6 more of no-print; --format json lists all\n"), "{text}");
    }

    #[test]
    fn a_rule_in_shadow_is_not_heard() {
        let mut verdict = verdict(Conclusion::Success, vec![finding(Severity::Fail, None, MESSAGE)]);
        let (name, reason) = ("no-print".to_owned(), None);
        let state = RuleState::Shadow;
        verdict.rules = vec![RuleOutcome {
            name,
            blocking: true,
            state,
            reason,
            statuses: None,
            waits: None,
            unreported: false,
            steps: 0,
            millis: 0,
        }];
        assert_eq!(shown(&verdict), "no findings - the check would pass\n");
    }

    #[test]
    fn what_the_robot_would_do_is_listed() {
        let mut verdict = verdict(Conclusion::Success, Vec::new());
        let arguments = [("labels".to_owned(), serde_json::json!(["a\u{1b}", "b"]))].into();
        verdict.effects = vec![Effect { kind: "add_labels".to_owned(), rule: "triage".to_owned(), arguments }];
        let expected = "\
asked of the robot (this version lists it and carries nothing out)
  robot.add_labels labels = \"a\\u{1b}\" \"b\" (triage)

no findings - the check would pass
";
        assert_eq!(shown(&verdict), expected);
    }

    #[test]
    fn no_line_is_a_command_to_github_actions() {
        let hostile = "::add-mask::a\n  ::error::b\n##[error]c";
        let text = shown(&verdict(Conclusion::Success, vec![finding(Severity::Message, None, hostile)]));
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##[")), "{text}");
        assert!(text.contains("    \\u{3a}:error::b\n"), "{text}");
    }

    #[test]
    fn a_clean_verdict_is_one_line() {
        assert_eq!(shown(&verdict(Conclusion::Success, Vec::new())), "no findings - the check would pass\n");
    }
}
