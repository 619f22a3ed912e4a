//! New entries: where they stand, whether they stand there twice, whether they name what the others name.

use super::document::{Document, Entry, Style};
use super::habit::{Habits, numbers_in, without_ends};
use super::problem::{Problem, ProblemKind};
use super::vacant::keeps_place;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// So many pairs of new and removed lines are compared.
const MAX_COMPARED: usize = 5_000;
/// Longer lines are cut before they are compared.
const MAX_COMPARED_CHARS: usize = 200;
/// Shorter entries, such as "Bug fixes", may stand anywhere twice.
const MIN_TELLING_CHARS: usize = 20;

/// As danger-changelog has it: any number of numbers, and of authors. Its addresses are of GitHub alone.
static INTRIDEA: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\* (?:\[#[0-9]+\]\(https?://.*[0-9]+\): )?[`\p{Lu}].*[^.,] - \[@[[0-9A-Za-z_].-]+\]\([^)\s]+\)(?:.*\))?\.$",
    )
    .expect("a fixed pattern")
});

/// Whether a line is an entry in the form of danger-changelog.
pub(super) fn is_dangers_form(line: &str) -> bool {
    INTRIDEA.is_match(line) && line.matches('(').count() == line.matches(')').count()
}

/// The new entries: added, and neither a changed form of a removed line nor one that only moved.
pub fn new_entries<'d>(document: &'d Document<'_>) -> Vec<&'d Entry> {
    let removed: BTreeSet<String> =
        document.sheet.removed.iter().map(|line| plain(line)).filter(|line| !line.is_empty()).collect();
    let cut = |line: &str| line.chars().take(MAX_COMPARED_CHARS).collect::<String>();
    let is_near = |old: &str, new: &str| strsim::normalized_levenshtein(&cut(old), &cut(new)) > 0.5;
    let mut compared = 0;
    let mut is_edit = |number: u32, text: &str| {
        document.sheet.replaced.get(&number).is_some_and(|old| is_near(&plain(old), text))
            || is_rewrapped(&removed, text)
            || removed
                .iter()
                .take_while(|_| {
                    compared += 1;
                    compared < MAX_COMPARED
                })
                .any(|old| is_near(old, text))
    };
    let added = document.entries.iter().filter(|entry| entry.added);
    added
        .filter(|entry| !keeps_place(&document.text_of(entry)))
        .filter(|entry| !is_edit(document.number(entry.at), &plain(document.sheet.lines[entry.at].text)))
        .collect()
}

/// Whether a removed line has the words of an entry's first line, and lines end elsewhere now.
fn is_rewrapped(removed: &BTreeSet<String>, text: &str) -> bool {
    let tells = |line: &str| line.chars().count() >= MIN_TELLING_CHARS;
    let longer = removed.range(text.to_owned()..).next().is_some_and(|old| old.starts_with(text) && tells(text));
    let shorter = removed.range(..text.to_owned()).next_back();
    longer || shorter.is_some_and(|old| text.starts_with(old.as_str()) && tells(old))
}

/// An entry's words, to compare it with others.
fn plain(text: &str) -> String {
    let text = text.trim_start_matches([' ', '\t', '*', '-', '+']);
    let bare = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = bare.strip_prefix(['.', ')']).filter(|rest| bare.len() < text.len() && rest.starts_with(' '));
    numbered.unwrap_or(text).trim().to_lowercase()
}

/// The problems of new entries. `number` is the pull request's, when it is known; `is_release` when the change makes a
/// release, which moves entries about.
pub fn check_entries(
    file: &str,
    document: &Document<'_>,
    habits: &Habits,
    number: Option<u32>,
    is_release: bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if document.style == Style::Generated {
        return problems;
    }
    let new = new_entries(document);
    let mut say = |entry: &Entry, kind: ProblemKind, message: String, suggestion: Option<String>| {
        problems.push(Problem {
            file: file.to_owned(),
            line: document.number(entry.at),
            end_line: document.number(entry.end - 1).max(document.number(entry.at)),
            kind,
            message,
            suggestion,
            fix: None,
        });
    };
    if document.style == Style::Intridea {
        for entry in &new {
            let line = document.sheet.lines[entry.at].text;
            if let Some(wrong) = wrong_form(line).filter(|_| entry.end == entry.at + 1) {
                let trimmed = line.trim_end();
                let suggestion = (line != trimmed && wrong_form(trimmed).is_none()).then(|| trimmed.to_owned());
                let message = format!(
                    "This entry {wrong}. Write it as the others: `* [#12](address): What changes - [@who](address).`"
                );
                say(entry, ProblemKind::Form, message, suggestion);
            }
        }
    } else {
        no_section(document, &new, &mut say);
    }
    if is_release {
        return problems;
    }
    same_entries(document, &new, &mut say);
    if let Some(number) = number.filter(|_| habits.wants_number() && document.style != Style::Intridea) {
        for entry in new.iter().filter(|entry| entry.release.is_none_or(|index| document.releases[index].pending)) {
            let text = document.text_of(entry);
            if numbers_in(&text).is_empty() && !text.contains("://") {
                let line = document.sheet.lines[entry.end - 1].text;
                let shape =
                    super::draft::number_text(habits, number).filter(|(_, first)| !first).map(|(shape, _)| shape);
                let suggestion =
                    shape.filter(|_| entry.end == entry.at + 1).map(|shape| format!("{}{shape}", line.trim_end()));
                let message =
                    format!("Nearly all entries name their pull request, and this one does not. Add #{number}.");
                say(entry, ProblemKind::NoNumber, message, suggestion);
            }
        }
    }
    problems
}

type Say<'s> = dyn FnMut(&Entry, ProblemKind, String, Option<String>) + 's;

fn no_section(document: &Document<'_>, new: &[&Entry], say: &mut Say<'_>) {
    if !matches!(document.style, Style::KeepAChangelog { .. }) {
        return;
    }
    let places: BTreeSet<usize> = new.iter().map(|entry| entry.at).collect();
    let others = document.entries.iter().filter(|entry| entry.release.is_some() && !places.contains(&entry.at));
    let (all, inside) =
        others.fold((0, 0), |(all, inside), entry| (all + 1, inside + usize::from(entry.section.is_some())));
    let new_inside = new.iter().filter(|entry| entry.section.is_some()).count();
    let wanted = if all == 0 { new_inside > 0 } else { inside * 10 >= all * 7 };
    for entry in new.iter().filter(|entry| wanted && entry.section.is_none()) {
        if let Some(release) = entry.release.map(|index| &document.releases[index]) {
            let message = format!(
                "This entry of `{}` stands in no section, and the others do. Put it under \"Added\", \"Changed\", \"Deprecated\", \"Removed\", \"Fixed\" or \"Security\".",
                release.name
            );
            say(entry, ProblemKind::NoSection, message, None);
        }
    }
}

fn same_entries(document: &Document<'_>, new: &[&Entry], say: &mut Say<'_>) {
    if new.is_empty() {
        return;
    }
    let words = |entry: &Entry| {
        let text = document.text_of(entry);
        (without_ends(&text).trim_end_matches('.').to_lowercase(), text)
    };
    let mut seen: BTreeMap<String, Vec<(&Entry, String)>> = BTreeMap::new();
    for entry in &document.entries {
        let (key, text) = words(entry);
        if key.chars().count() >= MIN_TELLING_CHARS && !keeps_place(&text) {
            seen.entry(key).or_default().push((entry, text));
        }
    }
    for entry in new {
        let (key, text) = words(entry);
        let Some(same) = seen.get(&key) else { continue };
        let first_new = same.iter().find(|(other, _)| other.added).is_some_and(|(other, _)| other.at == entry.at);
        let twin = same.iter().find(|(other, other_text)| {
            let here = other.release == entry.release;
            // In another release the same words may be another change; with the same number they are not.
            let again = *other_text == text && !numbers_in(&text).is_empty();
            other.at != entry.at && (here || again) && (!other.added || !first_new)
        });
        if let Some((twin, _)) = twin {
            let where_ = match twin.release.filter(|release| Some(*release) != entry.release) {
                Some(release) => {
                    format!("under `{}`, line {}", document.releases[release].name, document.number(twin.at))
                }
                None => format!("in line {}", document.number(twin.at)),
            };
            let message = format!(
                "This entry stands {where_} already; a merge may have brought it here again. Delete one of them."
            );
            say(entry, ProblemKind::SameEntry, message, None);
        }
    }
}

/// What keeps a line from the form of danger-changelog.
fn wrong_form(line: &str) -> Option<&'static str> {
    if is_dangers_form(line) {
        return None;
    }
    let trimmed = line.trim_end();
    let begin = trimmed.strip_prefix("* [");
    Some(if !line.starts_with("* ") {
        "does not begin with a star and a space"
    } else if line != trimmed {
        "ends with a space"
    } else if !trimmed.contains("[@") {
        "does not name its author"
    } else if !trimmed.ends_with('.') {
        "does not end with a full stop"
    } else if !trimmed.contains(" - [@") {
        "has no ` - ` before its author"
    } else if trimmed.matches('(').count() != trimmed.matches(')').count() {
        "has a parenthesis without its counterpart"
    } else if [". - [@", ", - [@"].iter().any(|end| trimmed.contains(end)) {
        "has a full stop or a comma before its ` - `"
    } else if begin.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        "has no `#` before its number"
    } else if begin.is_some_and(|rest| rest.starts_with('#') && !rest.contains("): ")) {
        "has no colon behind its number"
    } else if trimmed.contains(": - [@") {
        "does not say what changes"
    } else {
        "does not begin with a capital letter"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_that_of_danger_changelog() {
        let number = "[#6](https://github.com/o/r/pull/6)";
        let author = "[@al](https://github.com/al)";
        for line in [
            format!("* {number}: Added z - {author}."),
            format!("* {number}, [#7](https://github.com/o/r/pull/7): Added z - {author}."),
            format!("* {number}: Added z - {author}, [@bo](https://github.com/bo)."),
            format!("* {number}: Él z (and y) - {author}."),
            format!("* `z` is there - {author}."),
        ] {
            assert_eq!(wrong_form(&line), None, "{line}");
        }
        for (line, wrong) in [
            (format!("* {number}: added z - {author}."), "does not begin with a capital letter"),
            (format!("* {number} Added z - {author}."), "has no colon behind its number"),
            (format!("* [6](https://github.com/o/r/pull/6): Added z - {author}."), "has no `#` before its number"),
            (format!("* {number}: Added z. - {author}."), "has a full stop or a comma before its ` - `"),
            (format!("* {number}: Added (z - {author}."), "has a parenthesis without its counterpart"),
            (format!("* {number}: - {author}."), "does not say what changes"),
            (format!("* {number}: Added z - {author}"), "does not end with a full stop"),
        ] {
            assert_eq!(wrong_form(&line), Some(wrong), "{line}");
        }
    }
}
