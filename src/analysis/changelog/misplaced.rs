//! Entries that stand where nobody looks for them, and the line that keeps the place for the next one.

use super::document::{Document, Entry, is_placeholder};
use super::problem::{Problem, ProblemKind};

/// New entries in releases that are out.
pub(super) fn released(
    file: &str,
    document: &Document<'_>,
    new: &[&Entry],
    moved: &dyn Fn(&Entry) -> Option<String>,
) -> Vec<Problem> {
    let pending = document.releases.iter().find(|release| release.pending);
    let mut problems = Vec::new();
    for entry in new {
        let Some(release) = entry.release.map(|index| &document.releases[index]).filter(|it| !it.pending && !it.added)
        else {
            continue;
        };
        let name = release.title.version.unwrap_or(release.name);
        let out = match release.date {
            Some(date) => format!("which came out on {date}"),
            None => "which is out".to_owned(),
        };
        let goal = match pending {
            Some(pending) => format!("Move it to `{}`; a merge may have put it here.", pending.name),
            None => "Begin a section `Unreleased` above it; a merge may have put it here.".to_owned(),
        };
        problems.push(Problem {
            file: file.to_owned(),
            line: document.number(entry.at),
            end_line: document.number(entry.end - 1),
            kind: ProblemKind::Released,
            message: format!("This entry stands under `{name}`, {out}. {goal}"),
            suggestion: None,
            fix: if problems.is_empty() { moved(entry) } else { None },
        });
    }
    problems
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
