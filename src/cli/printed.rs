//! Findings of a live pull request in a format.

use super::common::Format;
use super::live::Reviewed;
use super::{annotations, text};
use crate::diff;
use crate::model::{Fact, FileKey, FileText, Patch, Place, Side, Snapshot, render_report};

/// Lines of a file that are laid out from its patch; nobody is shown more.
const MAX_LINES: usize = 100_000;

/// The verdict, with a newline at its end.
pub(super) fn render(format: Format, reviewed: &Reviewed, quiet: bool) -> String {
    let Reviewed { verdict, snapshot } = reviewed;
    match format {
        Format::Json => format!("{:#}\n", render_report(verdict)),
        Format::Text => text::render(verdict, quiet, &|place| text_of(snapshot, place)),
        Format::Github => annotations::render(verdict),
    }
}

/// The text that a place lies in, as far as the snapshot has it.
fn text_of(snapshot: &Snapshot, place: &Place) -> Option<String> {
    let key = FileKey { side: place.side, path: place.path.clone() };
    match snapshot.files.get(&key) {
        Some(Fact::Known(FileText::Text(text))) => Some(text.clone()),
        _ => text_of_patch(snapshot, place),
    }
}

/// The lines of the diff at their places, empty ones between.
fn text_of_patch(snapshot: &Snapshot, place: &Place) -> Option<String> {
    let Some(Fact::Known(changes)) = &snapshot.changes else { return None };
    let change = changes.iter().find(|change| change.path == place.path || *change.old_path() == place.path)?;
    let Patch::Text(patch) = &change.patch else { return None };
    let mut lines: Vec<&str> = Vec::new();
    for line in diff::parse_hunks(patch).iter().flat_map(|hunk| &hunk.lines) {
        let number = match place.side {
            Side::Left => line.old,
            Side::Right => line.new,
        };
        let Some(at) = number.and_then(|number| usize::try_from(number).ok()).filter(|at| *at <= MAX_LINES) else {
            continue;
        };
        lines.resize(lines.len().max(at), "");
        lines[at.saturating_sub(1)] = line.text;
    }
    Some(lines.join("\n"))
}
