//! The check: its title is the verdict in a phrase; its summary is a list that reads well on a narrow screen.

use super::effects::render_effects;
use super::escape::{code_span, neutralise, plain};
use super::limit::{self, MESSAGE_BYTES};
use super::list;
use super::rule::cut_status_line;
use super::words::{self, count};
use crate::model::{Conclusion, Fault, Finding, RuleOutcome, RuleState, Severity, Side, Verdict, Waiting};
use crate::plan::{Annotation, AnnotationLevel};

/// GitHub's limit of annotations that we use for one check run.
const MAX_ANNOTATIONS: usize = 1_000;
/// GitHub's limit for an annotation's title, in characters; held in bytes.
const TITLE_BYTES: usize = 255;
/// GitHub's limit for an annotation's message is 64 KB; nobody reads so much beside a line.
const ANNOTATION_BYTES: usize = 16_000;

/// The verdict in one phrase: `2 problems, 1 warning`.
pub fn render_title(verdict: &Verdict) -> String {
    let findings: Vec<&Finding> = spoken(verdict).collect();
    let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let passed = findings.iter().filter(|finding| finding.overridden.is_some()).count()
        + verdict.faults.iter().filter(|fault| fault.overridden.is_some()).count();
    let standing: Vec<&Fault> = verdict.faults.iter().filter(|fault| fault.overridden.is_none()).collect();
    let overridden = findings.iter().filter(|it| it.severity == Severity::Fail && it.overridden.is_some()).count();
    let (fails, warns) = (number(Severity::Fail) - overridden, number(Severity::Warn));
    let mut parts = Vec::new();
    parts.extend(waiting_phrase(verdict));
    if !standing.is_empty() {
        parts.push(faults_phrase(&standing));
    }
    if fails > 0 {
        parts.push(count(fails, "problem"));
    }
    if warns > 0 {
        parts.push(count(warns, "warning"));
    }
    if parts.is_empty() {
        parts.push(if verdict.conclusion == Conclusion::Pending { "Waiting" } else { "No problems" }.to_owned());
    }
    if passed > 0 {
        parts.push(format!("{passed} overridden"));
    }
    cut_title(&plain(&parts.join(", ")))
}

/// `Waiting for a coverage report, until 10:35 UTC`, where nothing else holds the check.
fn waiting_phrase(verdict: &Verdict) -> Option<String> {
    let waits = || verdict.waits().filter(|(rule, _)| rule.blocking).map(|(_, waiting)| waiting);
    let until = waits().map(|waiting| waiting.until).max().filter(|_| verdict.conclusion == Conclusion::Pending)?;
    let mut what: Vec<&str> = waits().map(|waiting| waiting.what.as_str()).collect();
    what.sort_unstable();
    what.dedup();
    Some(format!("Waiting for {}, until {}", what.join(" and "), until.to_clock()))
}

/// What rules wait for, each in one line.
pub(super) fn waiting_items(verdict: &Verdict) -> String {
    let item = |(rule, waiting): (&RuleOutcome, &Waiting)| {
        let then = if rule.blocking { "then it fails" } else { "then it speaks without it (advisory)" };
        let until = waiting.until.to_minute();
        format!("- ⏳ **Rule {} waits** for {}, until {until}; {then}.\n", code_span(&rule.name), plain(&waiting.what))
    };
    verdict.waits().map(item).collect()
}

/// The same within the 140 characters of a commit status; held in bytes.
pub(in crate::plan) fn render_status_line(verdict: &Verdict) -> String {
    cut_status_line(&render_title(verdict))
}

/// Summary and text of the check, at most so many bytes each.
pub(in crate::plan) fn render_check(verdict: &Verdict, bytes: usize) -> (String, String) {
    let mut first = notes(verdict, bytes / 4);
    let noted = first.len();
    for fault in &verdict.faults {
        let item = fault_item(fault, MESSAGE_BYTES.min(bytes / 4));
        if first.len() + item.len() < bytes / 2 {
            first.push_str(&item);
        }
    }
    let waiting = waiting_items(verdict);
    if first.len() + waiting.len() < bytes / 2 {
        first.push_str(&waiting);
    }
    let (last, quiet) = (render_effects(verdict, bytes / 4) + &skipped_line(verdict, bytes / 4), first.len() == noted);
    let room = bytes.saturating_sub(last.len());
    let mut findings: Vec<&Finding> = spoken(verdict).filter(|f| f.severity != Severity::Markdown).collect();
    // Findings of one file stand together, the worst first; files keep the verdict's order.
    findings.sort_by(|a, b| {
        let path = |finding: &Finding| finding.place.as_ref().map(|place| place.path.clone());
        path(a).cmp(&path(b)).then(b.severity.cmp(&a.severity))
    });
    if quiet && findings.is_empty() {
        first.push_str("The rules have nothing to say about this change.\n");
    }
    let mut pages = list::pages(first, findings, MESSAGE_BYTES.min(bytes / 4), room, 2).into_iter();
    let mut summary = pages.next().unwrap_or_default();
    summary.push_str(&last);
    (summary.trim_start().to_owned(), pages.next().unwrap_or_default())
}

/// Said where the author may not write.
const PREVIEW_WAITS: &str = "This pull request changes the rules, and the base's judge it. Somebody with write permission can \
     have the changed ones tried on it with `/deckhand preview`.";

/// What the reader has to know besides, first of all.
pub(super) fn notes(verdict: &Verdict, bytes: usize) -> String {
    let preview = verdict.preview_waits.then_some(PREVIEW_WAITS);
    let notes = verdict
        .notes
        .iter()
        .map(String::as_str)
        .chain(preview)
        .map(|note| format!("ℹ️ {}\n\n", neutralise(&limit::cut(note, MESSAGE_BYTES))));
    limit::cut(&notes.collect::<String>(), bytes)
}

/// Title and summary of a check that has only begun.
pub(in crate::plan) fn render_started() -> (String, String) {
    ("Reviewing".to_owned(), "The rules are reading this change.".to_owned())
}

/// A mark for every finding with a place on the new side, the worst first when there are too many.
pub(in crate::plan) fn render_annotations(verdict: &Verdict) -> Vec<Annotation> {
    let mut marks: Vec<Annotation> = spoken(verdict).filter_map(annotation).collect();
    limit_annotations(&mut marks);
    marks
}

/// The worst stay when there are too many.
pub(in crate::plan) fn limit_annotations(marks: &mut Vec<Annotation>) {
    if marks.len() > MAX_ANNOTATIONS {
        marks.sort_by_key(|mark| std::cmp::Reverse(mark.level));
        marks.truncate(MAX_ANNOTATIONS);
    }
}

/// A title within GitHub's limit.
pub(in crate::plan) fn cut_title(title: &str) -> String {
    limit::cut_short(title, TITLE_BYTES)
}

/// Findings that people get to see: those of rules in shadow are only recorded.
pub fn spoken(verdict: &Verdict) -> impl Iterator<Item = &Finding> {
    verdict.findings.iter().filter(|finding| {
        !verdict.rules.iter().any(|rule| rule.name == finding.rule && rule.state == RuleState::Shadow)
    })
}

fn faults_phrase(faults: &[&Fault]) -> String {
    let mut names: Vec<&str> = faults.iter().map(|fault| fault.rule.as_str()).collect();
    names.dedup();
    let rules = if names.len() == 1 { "rule" } else { "rules" };
    format!("{}: {rules} {} could not run", count(faults.len(), "fault"), names.join(", "))
}

pub(super) fn fault_item(fault: &Fault, bytes: usize) -> String {
    let at = match (&fault.path, fault.line) {
        (Some(path), Some(line)) => format!(" at {}", code_span(&format!("{path}:{line}"))),
        (Some(path), None) => format!(" in {}", code_span(path.as_str())),
        (None, _) => String::new(),
    };
    let advisory = if fault.blocking || fault.overridden.is_some() { "" } else { " (advisory)" };
    let message = limit::fit(fault.message.trim(), bytes, neutralise);
    let passed =
        fault.overridden.as_ref().map(|it| format!("\n\n<sub>{}</sub>", words::overridden(it))).unwrap_or_default();
    let item = format!("💥 **Rule {} could not run**{advisory}{at}\n\n{message}{passed}", code_span(&fault.rule));
    format!("- {}\n", words::indent(&item))
}

pub(super) fn skipped_line(verdict: &Verdict, bytes: usize) -> String {
    let skipped: Vec<String> = verdict
        .rules
        .iter()
        .filter(|rule| rule.state == RuleState::Skipped && rule.waits.is_none())
        .map(|rule| match &rule.reason {
            Some(reason) => {
                format!("{} ({})", code_span(&rule.name), neutralise(&limit::cut_short(reason, 200)).replace('\n', " "))
            }
            None => code_span(&rule.name),
        })
        .collect();
    if skipped.is_empty() {
        String::new()
    } else {
        format!("\n{}\n", limit::cut_short(&format!("Skipped: {}", skipped.join(", ")), bytes.min(4_000)))
    }
}

fn annotation_title(finding: &Finding) -> String {
    match &finding.overridden {
        Some(decision) => format!("{}, overridden by {}", finding.rule, decision.by),
        None => finding.rule.clone(),
    }
}

fn annotation(finding: &Finding) -> Option<Annotation> {
    let level = match finding.severity {
        // Nobody should look for a failure where the check is green.
        Severity::Fail if finding.overridden.is_some() => AnnotationLevel::Notice,
        Severity::Fail => AnnotationLevel::Failure,
        Severity::Warn => AnnotationLevel::Warning,
        Severity::Message => AnnotationLevel::Notice,
        Severity::Markdown => return None,
    };
    let place = finding.place.as_ref().filter(|place| place.side == Side::Right)?;
    let start_line = place.line.unwrap_or(1).max(1);
    let message = limit::cut(plain(&finding.message).trim(), ANNOTATION_BYTES);
    let mark = Annotation {
        path: place.path.as_str().to_owned(),
        start_line,
        end_line: place.end_line.unwrap_or(start_line).max(start_line),
        level,
        title: limit::cut_short(&plain(&annotation_title(finding)), TITLE_BYTES),
        // GitHub refuses one without words, and the check with it.
        message: if message.is_empty() { "(no words)".to_owned() } else { message },
    };
    Some(mark)
}
