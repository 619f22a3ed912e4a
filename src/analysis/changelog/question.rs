//! What is asked of a change, and the changelogs among what it changes.

use super::document::{Document, read_document};
use super::draft::Author;
use super::markup::LineKind;
use super::names::{FileRole, is_among_notes, is_named_changelog, role_of};
use super::sheet::Sheet;
use super::vacant::keeps_place;
use crate::diff::{Hunk, parse_hunks};
use crate::model::{FileChange, Patch};
use chrono::NaiveDate;

/// What is asked.
pub struct Question<'a> {
    /// The change.
    pub changes: &'a [FileChange],
    /// The pull request's title.
    pub title: &'a str,
    /// Its description.
    pub body: &'a str,
    /// Who asks.
    pub author: Author<'a>,
    /// The run's day.
    pub today: NaiveDate,
    /// The one changelog, as the dangerfile names it: a path or a pattern.
    pub path: Option<&'a str>,
    /// Whether a file is that changelog; only asked with `path`.
    pub is_path: &'a dyn Fn(&str) -> bool,
    /// Whether a change of this file may need an entry.
    pub may_need: &'a dyn Fn(&str) -> bool,
}

impl Question<'_> {
    /// What a file is to this repository's changelog; `None` for everything that is no part of it.
    pub(super) fn role(&self, path: &str) -> Option<FileRole> {
        let known = role_of(path, None);
        let Some(pattern) = self.path else { return known };
        let many = pattern.ends_with('/') || pattern.contains('*');
        let otherwise = if many { FileRole::Fragment } else { FileRole::Changelog };
        (self.is_path)(path).then(|| known.unwrap_or(otherwise))
    }

    /// Whether a file tells of changes, or only lies among those that do.
    pub(super) fn is_note(&self, path: &str) -> bool {
        let named = if self.path.is_some() { (self.is_path)(path) } else { is_among_notes(path, None) };
        named || role_of(path, None).is_some()
    }
}

/// A changed changelog.
pub(super) struct Changed<'a> {
    pub(super) path: &'a str,
    pub(super) text: Option<&'a str>,
    pub(super) hunks: Vec<Hunk<'a>>,
    pub(super) document: Document<'a>,
}

impl<'a> Changed<'a> {
    pub(super) fn new(change: &'a FileChange, text: Option<&'a str>, today: NaiveDate) -> Self {
        let hunks = match &change.patch {
            Patch::Text(patch) => parse_hunks(patch),
            Patch::Empty | Patch::Binary | Patch::Truncated => Vec::new(),
        };
        let path = change.path.as_str();
        let document = read_document(path, Sheet::new(text, &hunks), today);
        Changed { path, text, hunks, document }
    }

    /// Whether a line with words was added where it belongs: in no release that was out before.
    pub(super) fn says_something(&self, release: bool) -> bool {
        let document = &self.document;
        let says = |at: usize| {
            let text = document.sheet.lines[at].text;
            matches!(document.kinds[at], LineKind::Item { .. } | LineKind::Text { .. } | LineKind::Verbatim)
                && text.chars().any(|c| c.is_alphanumeric())
                && !keeps_place(text)
                && document.sections.binary_search_by_key(&at, |section| section.at).is_err()
        };
        let in_old = |at: usize| {
            document
                .release_at(at)
                .is_some_and(|index| !document.releases[index].pending && !document.releases[index].added)
        };
        release
            || (0..document.kinds.len()).filter(|at| document.sheet.lines[*at].added).any(|at| says(at) && !in_old(at))
    }
}

/// Below the root, a page that only is named like one tells of no release and does not begin with a list.
pub(super) fn is_changelog(path: &str, document: &Document<'_>) -> bool {
    !document.sheet.whole
        || !document.releases.is_empty()
        || !path.contains('/')
        || (is_named_changelog(path) && document.begins_with_list())
}
