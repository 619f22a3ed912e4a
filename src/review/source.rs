//! The lines that findings stand on, as the snapshot knows them.

use crate::diff::parse_hunks;
use crate::model::{Fact, FileKey, FileText, Patch, Place, Side, Snapshot};
use std::collections::HashMap;

/// Reads each diff once.
#[derive(Default)]
pub(super) struct SourceLines {
    of_diffs: HashMap<(String, Side), Option<HashMap<u32, String>>>,
}

impl SourceLines {
    /// The text of line `line` in the file and on the side of `place`, when the diff or the file is known.
    pub(super) fn text(&mut self, snapshot: &Snapshot, place: &Place, line: u32) -> Option<String> {
        let key = (place.path.as_str().to_owned(), place.side);
        let lines = self.of_diffs.entry(key).or_insert_with(|| diff_lines(snapshot, place));
        let text = lines.as_ref().and_then(|lines| lines.get(&line).cloned());
        text.or_else(|| file_line(snapshot, place, line))
    }

    /// The texts of all lines of `place` that are known: those of the diff where it has any of them.
    pub(super) fn texts(&mut self, snapshot: &Snapshot, place: &Place) -> Vec<String> {
        let (first, last) = (place.line.unwrap_or(1), place.last_line().unwrap_or(u32::MAX));
        let key = (place.path.as_str().to_owned(), place.side);
        let lines = self.of_diffs.entry(key).or_insert_with(|| diff_lines(snapshot, place));
        let of_diff = lines.iter().flatten().filter(|(line, _)| (first..=last).contains(*line));
        let texts: Vec<String> = of_diff.map(|(_, text)| text.clone()).collect();
        if !texts.is_empty() {
            return texts;
        }
        let (skipped, count) = (first.saturating_sub(1), last.saturating_sub(first).saturating_add(1));
        let of_file =
            file_text(snapshot, place).map(|text| text.split('\n').skip(skipped as usize).take(count as usize));
        of_file.into_iter().flatten().map(str::to_owned).collect()
    }
}

fn diff_lines(snapshot: &Snapshot, place: &Place) -> Option<HashMap<u32, String>> {
    let Some(Fact::Known(changes)) = &snapshot.changes else { return None };
    let change = changes.iter().rev().find(|change| match place.side {
        Side::Left => *change.old_path() == place.path,
        Side::Right => change.path == place.path,
    })?;
    let Patch::Text(text) = &change.patch else { return None };
    let numbered = parse_hunks(text).into_iter().flat_map(|hunk| hunk.lines).filter_map(|line| {
        let number = if place.side == Side::Left { line.old } else { line.new };
        number.map(|number| (number, line.text.to_owned()))
    });
    Some(numbered.collect())
}

fn file_line(snapshot: &Snapshot, place: &Place, line: u32) -> Option<String> {
    file_text(snapshot, place)?.split('\n').nth(line.checked_sub(1)? as usize).map(str::to_owned)
}

fn file_text<'a>(snapshot: &'a Snapshot, place: &Place) -> Option<&'a str> {
    let key = FileKey { side: place.side, path: place.path.clone() };
    match snapshot.files.get(&key) {
        Some(Fact::Known(FileText::Text(text))) => Some(text),
        _ => None,
    }
}
