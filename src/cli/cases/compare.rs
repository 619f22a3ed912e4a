//! What a case expects beside what the rules said: the difference, or nothing.

use super::effects::{ExpectedEffect, arguments_of};
use super::findings::Expected;
use crate::model::{Effect, Fault, Finding, Verdict};
use std::fmt::{Display, Write};

/// A small diff, `-` expected and `+` found; empty when both are the same. Without expected effects any may be asked for.
pub(super) fn compare(findings: &[Expected], effects: Option<&[ExpectedEffect]>, verdict: &Verdict) -> String {
    let mut difference = String::new();
    let fits = |wanted: &Expected, found: &Finding| {
        describe(found) == wanted.to_string() && holds(&found.message, &wanted.texts)
    };
    for found in pair(findings, &verdict.findings, fits, |wanted| &wanted.texts, &mut difference) {
        add(&mut difference, '+', describe(found), found.message.lines());
    }
    if let Some(effects) = effects {
        let fits = |wanted: &ExpectedEffect, asked: &Effect| {
            wanted.kind == asked.kind && wanted.rule == asked.rule && holds(&arguments_of(asked), &wanted.texts)
        };
        for asked in pair(effects, &verdict.effects, fits, |wanted| &wanted.texts, &mut difference) {
            add(&mut difference, '+', format!("{} {}", asked.kind, asked.rule), arguments_of(asked).lines());
        }
    }
    for fault in &verdict.faults {
        let _ = writeln!(difference, "+ fault {}:{} {}", fault.rule, place_of(fault), fault.message);
    }
    difference
}

/// Pairs each expected thing with the first found one that fits. What is left of the expected is told; what is left of the
/// found comes back.
fn pair<'a, E: Display, F>(
    expected: &[E],
    found: &'a [F],
    fits: impl Fn(&E, &F) -> bool,
    texts: impl Fn(&E) -> &[String],
    difference: &mut String,
) -> Vec<&'a F> {
    let mut left: Vec<&F> = found.iter().collect();
    for wanted in expected {
        match left.iter().position(|found| fits(wanted, found)) {
            Some(at) => drop(left.remove(at)),
            None => add(difference, '-', wanted, texts(wanted).iter().map(String::as_str)),
        }
    }
    left
}

fn add<'a>(difference: &mut String, sign: char, what: impl Display, texts: impl Iterator<Item = &'a str>) {
    let _ = writeln!(difference, "{sign} {what}");
    for text in texts {
        let _ = writeln!(difference, "{sign}   {text}");
    }
}

fn holds(text: &str, parts: &[String]) -> bool {
    parts.iter().all(|part| text.contains(part.as_str()))
}

fn place_of(fault: &Fault) -> String {
    match (&fault.path, fault.line) {
        (Some(path), Some(line)) => format!(" {path}:{line}:"),
        (Some(path), None) => format!(" {path}:"),
        (None, _) => String::new(),
    }
}

fn describe(finding: &Finding) -> String {
    let place = match &finding.place {
        None => "-".to_owned(),
        Some(place) => match place.line {
            Some(line) => format!("{}:{line}", place.path),
            None => place.path.to_string(),
        },
    };
    format!("{place} {} {}", finding.severity.as_str(), finding.rule)
}
