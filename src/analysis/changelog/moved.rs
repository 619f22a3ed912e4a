//! Entries that a merge put into a release that is out, moved to where news are looked for.

use super::document::{Document, Entry};
use super::edited::Edits;
use super::habit::Habits;
use super::markup::LineKind;
use super::place::{find_place, heading_last, numbered_mark};
use super::title::Kind;
use std::collections::BTreeSet;

/// The file's text with these entries moved to the pending release; `None` when it has none.
pub(super) fn moved(document: &Document<'_>, entries: &[&Entry], text: &str, habits: &Habits) -> Option<String> {
    if !document.sheet.whole || !document.releases.iter().any(|release| release.pending) {
        return None;
    }
    let mut edits = Edits::default();
    // The headings that were begun for one entry do for the others of its kind.
    let mut begun: Vec<(Option<usize>, Vec<String>)> = Vec::new();
    for entry in entries {
        let place = find_place(document, habits, kind_of(document, entry));
        place.at?;
        let new = !place.before.is_empty() && place.before.iter().any(|line| !line.is_empty());
        let key = (place.at, place.before.clone());
        let goes_on = new && begun.contains(&key);
        let mut lines = if goes_on { Vec::new() } else { place.before };
        lines.extend(lines_of(document, entry, habits, place.at));
        if goes_on && let Some(last) = edits.after.get_mut(&place.at?) {
            // What stands behind the first one stands behind all.
            let behind = place.after.len().min(last.len());
            let at = last.len() - behind;
            last.splice(at..at, lines);
        } else {
            lines.extend(place.after);
            edits.insert(place.at, lines);
            begun.push(key);
        }
        edits.gone.extend(place.gone);
        edits.gone.extend(entry.at..entry.end);
        if let Some((after, lines)) = place.link.filter(|_| !goes_on) {
            edits.insert(Some(after), lines);
        }
    }
    let emptied: Vec<usize> = entries.iter().filter_map(|entry| entry.section).collect();
    drop_empty(document, &emptied, &mut edits.gone);
    Some(edits.apply(document, text))
}

fn kind_of(document: &Document<'_>, entry: &Entry) -> Kind {
    let name = entry.section.map_or("changed", |index| document.sections[index].name).to_lowercase();
    let kinds =
        [Kind::Added, Kind::Fixed, Kind::Removed, Kind::Deprecated, Kind::Security, Kind::Breaking, Kind::Faster];
    let known = kinds.into_iter().find(|kind| kind.sections().contains(&name.as_str()));
    known.or_else(|| Kind::of_section(&name)).unwrap_or(Kind::Changed)
}

/// An entry's lines; one of a numbered list has the number of its new place.
fn lines_of(document: &Document<'_>, entry: &Entry, habits: &Habits, at: Option<usize>) -> Vec<String> {
    let mut lines: Vec<String> =
        document.sheet.lines[entry.at..entry.end].iter().map(|line| line.text.to_owned()).collect();
    let mark = document.mark_of(entry);
    if mark.starts_with(|c: char| c.is_ascii_digit())
        && let Some(new) = numbered_mark(document, habits, at)
    {
        lines[0] = lines[0].replacen(mark, &new, 1);
    }
    lines
}

/// Sections in which nothing is left go with their headings, and so do those that they alone stood in.
fn drop_empty(document: &Document<'_>, emptied: &[usize], gone: &mut BTreeSet<usize>) {
    let mut open: Vec<usize> = emptied.to_vec();
    while let Some(index) = open.pop() {
        let section = &document.sections[index];
        let heading = document.heading_start(section.at)..heading_last(document, section.at) + 1;
        let is_empty = |at: usize| gone.contains(&at) || document.kinds[at] == LineKind::Blank;
        if !(heading.end..section.end).all(is_empty) {
            continue;
        }
        let end = gone.range(heading.end..section.end).next_back().map_or(heading.end, |last| last + 1);
        gone.extend(heading.start..end);
        let outer = section.inside.and_then(|at| document.sections.iter().position(|other| other.at == at));
        open.extend(outer);
    }
}
