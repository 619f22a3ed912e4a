//! Entries that stand where nobody looks for them, and the line that keeps the place for the next one.

use super::document::{Document, Entry, Release};
use super::problem::{Problem, ProblemKind};
use super::vacant::is_placeholder;

/// New entries in releases that are out. The first one brings the fix that moves them all.
pub(super) fn released(
    file: &str,
    document: &Document<'_>,
    new: &[&Entry],
    moved: &dyn Fn(&[&Entry]) -> Option<String>,
) -> Vec<Problem> {
    let pending = document.releases.iter().find(|release| release.pending);
    let release_of = |entry: &Entry| entry.release.map(|index| &document.releases[index]);
    let found: Vec<(&Entry, &Release<'_>)> = new
        .iter()
        .filter_map(|entry| Some((*entry, release_of(entry)?)))
        .filter(|(_, release)| !release.pending && !release.added)
        .collect();
    let entries: Vec<&Entry> = found.iter().map(|(entry, _)| *entry).collect();
    let mut fix = if entries.is_empty() { None } else { moved(&entries) };
    let problem = |(entry, release): (&Entry, &Release<'_>)| {
        let name = release.title.version.unwrap_or(release.name);
        let out = match release.date {
            Some(date) => format!("which came out on {date}"),
            None => "which is out".to_owned(),
        };
        let goal = match pending {
            Some(pending) => format!("Move it to `{}`; a merge may have put it here.", pending.name),
            None => "Begin a section `Unreleased` above it; a merge may have put it here.".to_owned(),
        };
        Problem {
            file: file.to_owned(),
            line: document.number(entry.at),
            end_line: document.number(entry.end - 1),
            kind: ProblemKind::Released,
            message: format!("This entry stands under `{name}`, {out}. {goal}"),
            suggestion: None,
            fix: fix.take(),
        }
    };
    found.into_iter().map(problem).collect()
}

/// The line that keeps the place for the next entry was removed.
pub(super) fn placeholder(file: &str, document: &Document<'_>) -> Option<Problem> {
    let removed = document.sheet.removed.iter().any(|line| is_placeholder(line));
    let pending = document.releases.iter().position(|release| release.pending);
    let has = document
        .entries
        .iter()
        .any(|entry| is_placeholder(&document.text_of(entry)) && (pending.is_none() || entry.release == pending));
    let added =
        document.entries.iter().rev().find(|entry| entry.added && (pending.is_none() || entry.release == pending));
    let entry = added.filter(|_| removed && !has)?;
    Some(Problem {
        file: file.to_owned(),
        line: document.number(entry.at),
        end_line: document.number(entry.at),
        kind: ProblemKind::Placeholder,
        message:
            "The line `* Your contribution here.` is gone, which keeps merges apart. Put it back below this entry."
                .to_owned(),
        suggestion: (entry.end == entry.at + 1)
            .then(|| format!("{}\n* Your contribution here.", document.sheet.lines[entry.at].text)),
        fix: None,
    })
}
