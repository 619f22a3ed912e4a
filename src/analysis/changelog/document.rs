//! A changelog taken apart: releases, their sections, and the entries in them.

use super::entries::is_dangers_form;
use super::heading::{Title, find_date_text, names_file, read_date, read_title};
use super::markup::{LineKind, Markup, classify};
use super::sheet::Sheet;
use super::vacant::is_placeholder;
use chrono::NaiveDate;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The habits that decide what is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The six sections of <https://keepachangelog.com>; the flag says whether the file names that page.
    KeepAChangelog {
        /// Whether it promises to follow it.
        said: bool,
    },
    /// That of danger-changelog: `* [#12](address): What - [@who](address).`
    Intridea,
    /// Headings and lists.
    Headings,
    /// Written by a tool from the commits.
    Generated,
}

impl Style {
    /// The word by which rules know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Style::KeepAChangelog { .. } => "keep_a_changelog",
            Style::Intridea => "intridea",
            Style::Headings => "headings",
            Style::Generated => "generated",
        }
    }
}

/// A release, or what will be one. Positions are indexes into the sheet's lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release<'a> {
    /// Its heading.
    pub at: usize,
    /// The index after its last line.
    pub end: usize,
    /// The heading's depth.
    pub level: usize,
    /// The heading without its signs.
    pub name: &'a str,
    /// What the heading says.
    pub title: Title<'a>,
    /// The day, from the heading or from the line below it.
    pub date: Option<NaiveDate>,
    /// Whether it is not released yet.
    pub pending: bool,
    /// Whether that is only assumed, because it stands first and has no date, as the others have none.
    pub assumed: bool,
    /// Whether the change added the heading, or the line below it that says that it is released.
    pub added: bool,
}

/// A heading inside a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// Its heading.
    pub at: usize,
    /// The index after its last line.
    pub end: usize,
    /// The heading's depth; 9 for a line such as `Bug fixes:`.
    pub level: usize,
    /// Its name.
    pub name: &'a str,
    /// Its release.
    pub release: usize,
    /// The heading of the section that it lies in.
    pub inside: Option<usize>,
    /// Whether the change added the heading.
    pub added: bool,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its first line.
    pub at: usize,
    /// The index after its last line.
    pub end: usize,
    /// Its release; `None` above all of them, and where it is not known.
    pub release: Option<usize>,
    /// Its section.
    pub section: Option<usize>,
    /// Whether the change added its first line.
    pub added: bool,
}

/// `[label]: address`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// Where.
    pub at: usize,
    /// The label.
    pub label: &'a str,
    /// The address.
    pub address: &'a str,
}

/// A changelog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// Its lines.
    pub sheet: Sheet<'a>,
    /// What each line is.
    pub kinds: Vec<LineKind<'a>>,
    /// How it is written.
    pub markup: Markup,
    /// Its habits.
    pub style: Style,
    /// Whether it promises semantic versions.
    pub semantic: bool,
    /// In the order of the file.
    pub releases: Vec<Release<'a>>,
    /// In the order of the file.
    pub sections: Vec<Section<'a>>,
    /// In the order of the file; items of inner lists belong to the outer item.
    pub entries: Vec<Entry>,
    /// In the order of the file.
    pub links: Vec<Link<'a>>,
}

/// Headings after so many are plain text.
const MAX_HEADINGS: usize = 20_000;

/// The six sections of Keep a Changelog, in its order.
pub const SECTIONS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

static RELEASED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^0-9A-Za-z_]*(?:released|release[ -]date|date)(?-u:\b)").expect("a fixed pattern")
});
static UNRELEASED: LazyLock<Regex> = LazyLock::new(|| {
    // Nothing but the state: a sentence that begins with these words speaks of something else.
    let state = r"unreleased(?: (?:changes|version|release))?|not (?:yet )?released(?: yet)?|(?:release[ -])?date[^0-9A-Za-z_?]*(?:unreleased|tb[da]|\?+)|(?:currently |still )?in (?:progress|development)|tb[da]";
    Regex::new(&format!(r"(?i)^[^0-9A-Za-z_]*(?:{state}) *(?:[^0-9A-Za-z_ ]|$)")).expect("a fixed pattern")
});
/// A longer line is no section's name.
const MAX_SECTION_BYTES: usize = 66;

static PSEUDO_SECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\*\*([A-Z][^*:]+):?\*\*:?|([A-Z][A-Za-z ,&/()-]{2,60}):)$").expect("a fixed pattern")
});
static COMMIT_LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"/commit/[0-9a-f]{7,40}(?-u:\b)|(?:^|[\s\[(`])[0-9a-f]{7,40}[\])`:]").expect("a fixed pattern")
});
static GENERATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)conventionalcommits\.org\)? for commit guidelines|this (?:file|changelog) (?:is|was) (?:auto(?:matically)?[- ]?)generated|generated by (?:git-cliff|release-please|semantic-release|standard-version|auto-changelog|github_changelog_generator)|automatically generated by (?:python semantic release|\S*changelog\S*)|do not edit this file (?:manually|by hand)")
        .expect("a fixed pattern")
});

/// Takes a changelog apart. `today` decides whether a date is still to come.
pub fn read_document<'a>(path: &str, sheet: Sheet<'a>, today: NaiveDate) -> Document<'a> {
    let markup = Markup::of(path, &sheet);
    let kinds = classify(&sheet, markup);
    let mut document = Document {
        kinds,
        markup,
        style: Style::Headings,
        semantic: false,
        releases: Vec::new(),
        sections: Vec::new(),
        entries: Vec::new(),
        links: Vec::new(),
        sheet,
    };
    document.find_releases(today);
    document.find_sections();
    document.find_entries();
    let link = |(at, kind): (usize, &LineKind<'a>)| match kind {
        LineKind::Link { label, address } => Some(Link { at, label, address }),
        _ => None,
    };
    document.links = document.kinds.iter().enumerate().filter_map(link).collect();
    document.find_style();
    document
}

impl<'a> Document<'a> {
    /// The text of an entry: its lines joined by spaces, without the mark.
    pub fn text_of(&self, entry: &Entry) -> String {
        let first = self.sheet.lines[entry.at].text.trim_start();
        let mark = self.mark_of(entry).len();
        let rest = self.sheet.lines[entry.at + 1..entry.end].iter().map(|line| line.text.trim());
        let words = std::iter::once(first.get(mark..).unwrap_or(first).trim_end()).chain(rest);
        let mut text = String::new();
        for piece in words.filter(|piece| !piece.is_empty()) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(piece);
        }
        text
    }

    /// The mark of an entry with the spaces behind it, such as `- `.
    pub fn mark_of(&self, entry: &Entry) -> &'a str {
        match self.kinds[entry.at] {
            LineKind::Item { mark, .. } => mark,
            _ => "",
        }
    }

    /// The line number of a position.
    pub fn number(&self, at: usize) -> u32 {
        self.sheet.lines[at].number
    }

    /// The release that a line belongs to.
    pub fn release_at(&self, at: usize) -> Option<usize> {
        self.releases.iter().position(|release| (release.at..release.end).contains(&at))
    }

    /// Whether entries stand right below the file's title, or at its top: in some files they do until there is a release.
    pub fn begins_with_list(&self) -> bool {
        let is_title = |kind: &LineKind<'_>| matches!(kind, LineKind::Heading { level: 1, title } if names_file(title));
        let quiet = |kind: &&LineKind<'_>| {
            matches!(kind, LineKind::Blank | LineKind::Rule | LineKind::Comment | LineKind::Link { .. })
                || is_title(kind)
        };
        self.kinds.iter().find(|kind| !quiet(kind)).is_some_and(|kind| matches!(kind, LineKind::Item { .. }))
    }

    /// The first line of a heading: the one above its text, where it has one.
    pub(super) fn heading_start(&self, at: usize) -> usize {
        let sign = |at: usize| {
            let line = self.sheet.lines.get(at).filter(|_| self.kinds[at] == LineKind::Rule);
            line.and_then(|line| line.text.chars().next())
        };
        let lined = matches!(self.markup, Markup::Rst | Markup::Plain) && !self.sheet.lines[at].after_gap;
        let Some(over) = at.checked_sub(1).filter(|_| lined) else { return at };
        // The line under one heading is none over the next.
        let is_under = over.checked_sub(1).is_some_and(|at| matches!(self.kinds[at], LineKind::Heading { .. }));
        if !is_under && sign(over).is_some() && sign(over) == sign(at + 1) { over } else { at }
    }

    /// Whether the change added a heading of a finished release: it moves what was pending to a version.
    pub fn makes_release(&self) -> bool {
        self.releases.iter().any(|release| release.added && !release.pending)
    }

    fn find_releases(&mut self, today: NaiveDate) {
        let headings: Vec<(usize, usize, &'a str, Title<'a>)> = self
            .kinds
            .iter()
            .enumerate()
            .filter_map(|(at, kind)| match kind {
                LineKind::Heading { level, title } => Some((at, *level, *title, read_title(title))),
                _ => None,
            })
            .take(MAX_HEADINGS)
            .collect();
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, level, name, title) in &headings {
            if title.is_release() && !names_file(name) {
                *counts.entry(*level).or_default() += 1;
            }
        }
        let most = counts.values().max().copied().unwrap_or(0);
        let Some(main) = counts.iter().find(|(_, count)| **count == most).map(|(level, _)| *level) else { return };
        // `# Changelog for v1.9` is the heading of a release when its notes stand right below it.
        let of_file = headings.first().filter(|(at, _, name, title)| {
            let next = headings.iter().skip(1).find(|(_, _, name, title)| title.is_release() && !names_file(name));
            let end = next.map_or(self.kinds.len(), |(at, ..)| *at);
            let has_items = self.kinds[*at..end].iter().any(|kind| matches!(kind, LineKind::Item { .. }));
            names_file(name) && title.version.is_some() && has_items
        });
        let of_file = of_file.map(|(at, ..)| *at);
        let is_release = |level: usize, name: &str, title: &Title<'_>| {
            title.is_release()
                && !names_file(name)
                && (level == main
                    || title.begins_with_version
                    || (level < main && title.pending)
                    || (title.pending && title.version.is_none() && name.len() < 25))
        };
        for (at, level, name, title) in &headings {
            if of_file == Some(*at) || is_release(*level, name, title) {
                self.releases.push(Release {
                    at: *at,
                    end: self.kinds.len(),
                    level: *level,
                    name,
                    date: title.date,
                    pending: false,
                    assumed: false,
                    added: self.sheet.lines[*at].added,
                    title: title.clone(),
                });
            }
        }
        let ends: Vec<usize> = (0..self.releases.len()).map(|index| self.end_of(index, &headings)).collect();
        for (release, end) in self.releases.iter_mut().zip(ends) {
            release.end = end;
        }
        self.settle_states(today);
    }

    /// A release ends at the next one, at another heading of its depth or a higher one, or where lines are not known.
    fn end_of(&self, index: usize, headings: &[(usize, usize, &str, Title<'_>)]) -> usize {
        let release = &self.releases[index];
        let next = self.releases.get(index + 1).map_or(self.kinds.len(), |next| next.at);
        let from = headings.partition_point(|(at, ..)| *at <= release.at);
        let inside = headings[from..].iter().take_while(|(at, ..)| *at < next);
        let ends = |(at, level, name, _): &&(usize, usize, &str, Title<'_>)| {
            *level <= release.level && !self.is_slipped(*at, name, *level, release.level)
        };
        let end = inside.clone().find(ends).map_or(next, |(at, ..)| *at);
        let end = if end < self.kinds.len() { self.heading_start(end) } else { end };
        let gap = self.sheet.lines[release.at + 1..end].iter().position(|line| line.after_gap);
        gap.map_or(end, |gap| release.at + 1 + gap)
    }

    fn settle_states(&mut self, today: NaiveDate) {
        let begins = self.sheet.lines.first().is_some_and(|line| line.number == 1) || self.sheet.whole;
        let (mut earlier, mut awaited) = (false, false);
        // The heading of what was to come became that of a version.
        let renamed = !self.releases.iter().any(|release| release.title.pending)
            && self.sheet.removed.iter().any(|line| names_what_comes(line, self.markup));
        // Further down, so many have no date; where all others have one, the first is not out yet.
        let undated = self.releases.iter().skip(1).filter(|release| release.date.is_none()).count();
        let undated = if undated * 2 > self.releases.len() { undated } else { 0 };
        for index in 0..self.releases.len() {
            let release = &self.releases[index];
            // What the first lines below the heading say of its state; an entry says nothing of it, nor do its other lines.
            let below = (release.at + 1..release.end.min(release.at + 5))
                .take_while(|at| !matches!(self.kinds[*at], LineKind::Item { .. } | LineKind::Heading { .. }))
                .find(|at| matches!(self.kinds[*at], LineKind::Text { .. } | LineKind::Verbatim));
            let below_text = below.map_or("", |at| self.sheet.lines[at].text.trim());
            // The day in a heading is a better witness, unless it is still to come.
            let is_dated = release.date.is_some_and(|date| date < today);
            let says_pending = !is_dated && below_text.len() < 200 && UNRELEASED.is_match(below_text);
            let day = if below_text.len() < 80 && (RELEASED.is_match(below_text) || below_text.len() < 25) {
                find_date_text(below_text).and_then(read_date)
            } else {
                None
            };
            let date = release.date.or(day);
            let top = !earlier && (begins || index == 0);
            // What comes next has its heading already: a version below it is out, also without a date.
            let is_out = (awaited && !self.has_only_candidates(release)) || (renamed && release.added);
            let is_next = top && (date.is_some() || !is_out);
            // An undated heading further down is an old one when something released stands above it.
            let pending = says_pending
                || (release.title.pending && date.is_none())
                || (is_next && date.is_none_or(|date| date >= today && !release.added))
                || (!self.sheet.whole && date.is_none() && index == 0);
            let assumed = pending && !says_pending && !release.title.pending && date.is_none() && undated >= 2;
            let added_below = below.is_some_and(|at| self.sheet.lines[at].added) && day.is_some();
            let release = &mut self.releases[index];
            release.date = date;
            release.pending = pending;
            release.assumed = assumed;
            release.added |= added_below;
            earlier |= !release.title.pending;
            awaited |= release.title.pending || says_pending;
        }
    }

    /// Whether below a release nothing stood before but its candidates: `rc.1`, `alpha.2`.
    fn has_only_candidates(&self, release: &Release<'_>) -> bool {
        let told = (release.at + 1..release.end).filter(|at| !self.sheet.lines[*at].added);
        let mut told = told
            .map(|at| self.kinds[at])
            .filter(|kind| matches!(kind, LineKind::Heading { .. } | LineKind::Item { .. } | LineKind::Text { .. }));
        let is_candidate = |title: &str| {
            let lower = title.to_lowercase();
            ["rc", "alpha", "beta", "pre"]
                .iter()
                .any(|name| lower.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphabetic)))
        };
        matches!(told.next(), Some(LineKind::Heading { title, .. }) if is_candidate(title))
    }

    fn find_sections(&mut self) {
        for (index, release) in self.releases.iter().enumerate() {
            let mut found: Vec<Section<'a>> = Vec::new();
            // Those that are still open, outermost first.
            let mut open: Vec<usize> = Vec::new();
            for at in release.at + 1..release.end {
                let (level, name) = match self.kinds[at] {
                    LineKind::Heading { level, title } if level >= release.level => (level, title),
                    LineKind::Text { indent: 0 } => {
                        let text = self.sheet.lines[at].text.trim_end();
                        let alone =
                            self.sheet.lines[at - 1].text.trim().is_empty() || self.kinds[at - 1] == LineKind::Rule;
                        let may_be = alone && text.len() <= MAX_SECTION_BYTES;
                        match PSEUDO_SECTION.captures(text).filter(|_| may_be) {
                            Some(parts) => (9, parts.get(1).or(parts.get(2)).map_or("", |name| name.as_str())),
                            None => continue,
                        }
                    }
                    _ => continue,
                };
                while let Some(inner) = open.pop_if(|inner| found[*inner].level >= level) {
                    found[inner].end = self.heading_start(at);
                }
                let added = self.sheet.lines[at].added;
                let inside = open.last().map(|outer| found[*outer].at);
                open.push(found.len());
                found.push(Section { at, end: release.end, level, name, release: index, inside, added });
            }
            self.sections.extend(found);
        }
    }

    fn find_entries(&mut self) {
        let mut open: Option<(Entry, usize)> = None;
        let mut blank = false;
        let (mut release, mut section) = (None, None);
        let (mut releases, mut sections) =
            (self.releases.iter().enumerate().peekable(), self.sections.iter().enumerate().peekable());
        let mut entries = Vec::new();
        for (at, kind) in self.kinds.iter().enumerate() {
            if let Some((index, _)) = releases.next_if(|(_, it)| it.at == at) {
                (release, section) = (Some(index), None);
            }
            if let Some((index, _)) = sections.next_if(|(_, it)| it.at == at) {
                section = Some(index);
            }
            release = release.filter(|index| at < self.releases[*index].end);
            section = section.filter(|index: &usize| at < self.sections[*index].end);
            let closes = match kind {
                _ if self.sheet.lines[at].after_gap => true,
                LineKind::Heading { .. } | LineKind::Link { .. } | LineKind::Rule => true,
                LineKind::Item { indent, .. } => open.as_ref().is_none_or(|(_, outer)| *indent <= outer + 1),
                LineKind::Text { indent } => {
                    section.is_some_and(|index| self.sections[index].at == at)
                        || (blank && open.as_ref().is_some_and(|(_, outer)| *indent <= *outer))
                }
                LineKind::Blank | LineKind::Comment | LineKind::Verbatim => false,
            };
            if closes && let Some((entry, _)) = open.take() {
                entries.push(entry);
            }
            match kind {
                LineKind::Item { indent, .. } if open.is_none() => {
                    let added = self.sheet.lines[at].added;
                    open = Some((Entry { at, end: at + 1, release, section, added }, *indent));
                }
                LineKind::Item { .. } | LineKind::Text { .. } | LineKind::Verbatim => {
                    if let Some((entry, _)) = &mut open {
                        entry.end = at + 1;
                    }
                }
                _ => {}
            }
            blank = *kind == LineKind::Blank || (blank && *kind == LineKind::Comment);
        }
        entries.extend(open.map(|(entry, _)| entry));
        self.entries = entries;
    }

    fn find_style(&mut self) {
        let text = |at: usize| self.sheet.lines[at].text;
        let head = self.releases.first().map_or(self.kinds.len(), |release| release.at).min(60);
        let opening = (0..head).map(|at| text(at).to_lowercase()).collect::<Vec<_>>().join("\n");
        self.semantic = opening.contains("semver.org") || opening.contains("semantic versioning");
        let recent: Vec<String> = self.entries.iter().take(60).map(|entry| self.text_of(entry)).collect();
        let links = recent.iter().filter(|text| COMMIT_LINK.is_match(text)).count();
        // A change that removes the placeholder makes no other style.
        let placeholder = recent.iter().any(|text| is_placeholder(text))
            || self.sheet.removed.iter().any(|line| is_placeholder(line))
            || self.is_written_for_danger();
        let known = self.sections.iter().filter(|section| SECTIONS.contains(&section.name)).count();
        self.style = if placeholder {
            Style::Intridea
        } else if GENERATED.is_match(&opening) || (recent.len() >= 5 && links * 10 >= recent.len() * 6) {
            Style::Generated
        } else if opening.contains("keepachangelog") || opening.contains("keep a changelog") {
            Style::KeepAChangelog { said: true }
        } else if known >= 2 && known * 2 >= self.sections.len() {
            Style::KeepAChangelog { said: false }
        } else {
            Style::Headings
        };
    }
}

impl Document<'_> {
    /// Whether the entries that were there before are nearly all of the form of danger-changelog.
    fn is_written_for_danger(&self) -> bool {
        let old = self.entries.iter().filter(|entry| !entry.added).take(60);
        let (all, so) = old.fold((0, 0), |(all, so), entry| {
            (all + 1, so + usize::from(is_dangers_form(self.sheet.lines[entry.at].text)))
        });
        all >= 5 && so * 10 >= all * 9
    }
}

/// Whether a line that is gone was the heading of what is not released yet.
fn names_what_comes(line: &str, markup: Markup) -> bool {
    let bare = line.trim_start_matches(['#', '=', '*', ' ']);
    let is_marked = matches!(markup, Markup::Rst | Markup::Plain) || line.starts_with(['#', '=']);
    let is_heading = is_marked && bare.len() < MAX_SECTION_BYTES && !line.starts_with([' ', '-', '+', '*']);
    is_heading && read_title(bare).pending
}
