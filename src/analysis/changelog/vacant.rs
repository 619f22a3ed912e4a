//! Lines that only keep a place: for the next entry, or until there is one.

use super::document::{Document, Entry};
use super::markup::LineKind;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A longer line says something.
const MAX_BYTES: usize = 80;

/// What a list says that has no entry yet.
static NOTHING: LazyLock<Regex> = LazyLock::new(|| {
    let what = "(?:unreleased |notable |user-facing |new )?(?:changes?|entries|news)";
    let nothing = "nothing(?: (?:new|has changed|changed|here|to report|to see here))?";
    let add = "(?:add|put|write|list) (?:your |new )?(?:changes?|entr(?:y|ies)|notes?) (?:here|below)";
    Regex::new(&format!(
        r"(?i)^(?:[0-9]{{1,4}}[.)] +)?(?:(?:{nothing}|no {what}|none)(?: (?:so far|yet))?|tb[da]|to be (?:announced|determined|done|written)|todo|n/?a|coming soon|{add})$"
    ))
    .expect("a fixed pattern")
});

/// The line that keeps the place for the next entry in Intridea's style.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim_start_matches(['*', '-', ' ']).trim_end_matches(['.', ' ']);
    text.eq_ignore_ascii_case("your contribution here")
}

/// Whether a line, with its mark or without it, says that nothing has changed yet.
pub fn is_nothing(text: &str) -> bool {
    text.len() <= MAX_BYTES && NOTHING.is_match(text.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether an entry is none: it keeps a place.
pub(super) fn keeps_place(text: &str) -> bool {
    is_placeholder(text) || is_nothing(text)
}

/// The lines of an entry that says that nothing has changed yet.
pub(super) fn vacant_entry(document: &Document<'_>, entry: &Entry) -> Option<Range<usize>> {
    is_nothing(&document.text_of(entry)).then_some(entry.at..entry.end)
}

/// The line without a mark that says so right below a heading, before `end`.
pub(super) fn vacant_line(document: &Document<'_>, heading: usize, end: usize) -> Option<Range<usize>> {
    let words = |at: &usize| !matches!(document.kinds[*at], LineKind::Blank | LineKind::Comment | LineKind::Rule);
    let mut told = (heading + 1..end).filter(words);
    let first = told.next().filter(|at| matches!(document.kinds[*at], LineKind::Text { .. }))?;
    // A sentence may go on in the next line.
    let alone = document.kinds.get(first + 1).is_none_or(|kind| !matches!(kind, LineKind::Text { .. }));
    (alone && is_nothing(document.sheet.lines[first].text)).then_some(first..first + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_says_nothing_is_told_from_an_entry() {
        for text in [
            "- Nothing changed yet.",
            "*   No changes yet.",
            "TBD",
            "_No unreleased changes._",
            "- Nothing yet",
            "* N/A",
            "- None.",
            "TODO",
            "1. No changes so far",
            "- Nothing has changed yet",
            "- Add your changes here",
        ] {
            assert!(is_nothing(text), "{text}");
        }
        for text in [
            "- Nothing changes for users of Redis",
            "- No changes to the API",
            "- TBD is a type now",
            "- None is taken for null",
            "- Nothing",
            "- Todo lists",
            "- Add changes",
        ] {
            assert_eq!(is_nothing(text), text == "- Nothing", "{text}");
        }
        assert!(is_placeholder("* Your contribution here.") && !is_nothing("* Your contribution here."));
    }
}
