//! The dangerfile's text, and what is said about it.

use super::choose::{Choice, render_use};
use super::look::{Look, counted};
use crate::cli::terminal::{BOLD, DIM, paint};
use crate::lua::rule_metadata;
use crate::model::{Severity, Verdict};
use std::fmt::Write;

/// The dangerfile.
pub(super) fn render_file(choice: &Choice) -> String {
    let mut out = "\
-- The rules that judge pull requests here; a first version by `deckhand init`, yours from here on.
-- `deckhand rules` lists what is built in, `deckhand rules NAME` explains a rule, `deckhand local` tries this file.

"
    .to_owned();
    for taken in &choice.taken {
        let call = render_use(taken.name, &taken.form);
        match &taken.relaxed {
            Some(reason) => {
                let _ = writeln!(out, "{} -- stricter, {reason}", call.trim_end());
            }
            None => out.push_str(&call),
        }
    }
    out
}

/// What was looked at, taken and left out, each with its reason.
pub(super) fn render_report(look: &Look, choice: &Choice, verdicts: &[Verdict], is_shallow: bool) -> String {
    let mut out = format!("Looked at {}.\n", look.describe(verdicts.len(), is_shallow));
    let names = choice.taken.iter().map(|it| it.name).chain(choice.left_out.iter().map(|(name, _)| *name));
    let width = names.map(str::len).max().unwrap_or(0);
    let mut row = |name: &str, text: &str| {
        let _ = writeln!(out, "  {}  {text}", paint(BOLD, &format!("{name:<width$}")));
    };
    for taken in &choice.taken {
        let summary = rule_metadata(taken.name).map(|metadata| metadata.summary).unwrap_or_default();
        let form = if taken.form.is_empty() { String::new() } else { paint(DIM, &format!(" {{ {} }}", taken.form)) };
        let relaxed = taken.relaxed.as_ref().map(|reason| format!(" (stricter, {reason})")).unwrap_or_default();
        row(taken.name, &format!("{summary}{form}{relaxed}"));
    }
    if !choice.left_out.is_empty() {
        out.push_str("Left out:\n");
        let mut row = |name: &str, text: &str| {
            let _ = writeln!(out, "  {}  {text}", paint(DIM, &format!("{name:<width$}")));
        };
        for (name, reason) in &choice.left_out {
            row(name, reason);
        }
    }
    if !verdicts.is_empty() {
        let warnings = verdicts.iter().flat_map(|it| &it.findings).filter(|it| it.severity == Severity::Warn).count();
        let with = if warnings > 0 { format!(", with {}", counted(warnings, "warning")) } else { String::new() };
        let which = if verdicts.len() == 1 {
            "the last commit".to_owned()
        } else {
            format!("all of the last {} commits", verdicts.len())
        };
        let _ = writeln!(out, "It would have passed {which}{with}.");
    }
    out
}
