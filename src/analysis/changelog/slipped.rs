//! Sections that stand as high as their release, as in `## [Unreleased]` and `## Fixed`: to tools such a heading ends the
//! release, and to readers it is one of its sections.

use super::document::{Document, Release, SECTIONS, Section};
use super::markup::{LineKind, Markup};

impl Document<'_> {
    /// Whether the heading at `at` is meant as a section of the release above it although it is as high: it is called so,
    /// and a list follows.
    pub(super) fn is_slipped(&self, at: usize, name: &str, level: usize, release_level: usize) -> bool {
        let bare = name.trim_end_matches(':');
        let mut below = self.kinds[at + 1..].iter().take_while(|kind| !matches!(kind, LineKind::Heading { .. }));
        level == release_level
            && SECTIONS.iter().any(|known| known.eq_ignore_ascii_case(bare))
            && below.any(|kind| matches!(kind, LineKind::Item { .. }))
    }

    /// Whether a section stands as high as its release.
    pub(super) fn stands_too_high(&self, section: &Section<'_>) -> bool {
        section.level <= self.releases[section.release].level
    }
}

/// New sections that stand too high in a file whose others do not: the line, what to say, and the line as it should be.
pub(super) fn too_high(document: &Document<'_>) -> Vec<(usize, String, Option<String>)> {
    let all = || document.sections.iter().filter(|section| section.level != 9);
    let is_usual = all().any(|section| !section.added && document.stands_too_high(section));
    let keeps = !is_usual && all().any(|section| !document.stands_too_high(section));
    if document.markup != Markup::Markdown || !keeps {
        return Vec::new();
    }
    // Where the release's own heading is the one that is too low, its sections are right.
    let is_of_others = |release: &Release<'_>| {
        let mut others = document.releases.iter().filter(|other| other.at != release.at);
        others.any(|other| (!other.added || release.added) && other.level == release.level)
    };
    let new = document.sections.iter().filter(|section| {
        section.added && document.stands_too_high(section) && is_of_others(&document.releases[section.release])
    });
    new.map(|section| {
        let release = &document.releases[section.release];
        let right = format!("{} {}", "#".repeat(release.level + 1), section.name);
        let message = format!(
            "This heading is as high as that of `{}` above it, so that it ends that release. Write `{right}`, as for the other sections.",
            release.name
        );
        let is_marked = document.sheet.lines[section.at].text.trim_start().starts_with('#');
        (section.at, message, is_marked.then_some(right))
    })
    .collect()
}
