//! The form of a changelog, judged on added lines: old sins stay silent.

use super::document::{Document, Release, SECTIONS, Style};
use super::heading::{compare_versions, names_file};
use super::markup::{LineKind, Markup};
use super::problem::{Problem, ProblemKind};
use super::slipped::too_high;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// So many releases show what is usual.
const USUAL: usize = 5;

/// The problems of headings, sections and links. Entries are judged by the module `entries`.
pub fn lint(file: &str, document: &Document<'_>) -> Vec<Problem> {
    let mut lint = Lint { file, document, problems: Vec::new() };
    if document.style == Style::Generated {
        return lint.problems;
    }
    lint.titles();
    lint.headings();
    lint.order();
    lint.sections();
    if document.sheet.whole {
        lint.links();
    }
    lint.problems
}

struct Lint<'d, 'a> {
    file: &'d str,
    document: &'d Document<'a>,
    problems: Vec<Problem>,
}

impl<'a> Lint<'_, 'a> {
    fn say(&mut self, at: usize, kind: ProblemKind, message: String, suggestion: Option<String>) {
        let line = self.document.number(at);
        let file = self.file.to_owned();
        self.problems.push(Problem { file, line, end_line: line, kind, message, suggestion, fix: None });
    }

    fn is_added(&self, at: usize) -> bool {
        self.document.sheet.lines[at].added
    }

    /// A heading's line with a piece of it replaced.
    fn replaced(&self, at: usize, old: &str, new: &str) -> Option<String> {
        Some(self.document.sheet.lines[at].text.replacen(old, new, 1)).filter(|_| !old.is_empty())
    }

    fn titles(&mut self) {
        if !matches!(self.document.style, Style::KeepAChangelog { .. }) || self.document.markup != Markup::Markdown {
            return;
        }
        let is_title = |at: &usize| matches!(self.document.kinds[*at], LineKind::Heading { level: 1, .. });
        let titles: Vec<usize> = (0..self.document.kinds.len()).filter(is_title).collect();
        let is_release = |at: &usize| self.document.releases.iter().any(|release| release.at == *at);
        // Some files give their releases headings of the first level.
        if titles.iter().any(is_release) {
            return;
        }
        let document = self.document;
        for at in titles.into_iter().skip(1).filter(|at| document.sheet.lines[*at].added) {
            let text = "The file has a second title here, and readers and tools expect one. Make it a `##` heading, or delete it.";
            self.say(at, ProblemKind::Title, text.to_owned(), None);
        }
    }

    fn headings(&mut self) {
        let strict = matches!(self.document.style, Style::KeepAChangelog { said: true });
        let others = |release: &Release<'a>| {
            let at = release.at;
            self.document.releases.iter().filter(move |other| other.at != at && !other.added)
        };
        let mut found = Vec::new();
        for release in self.document.releases.iter().filter(|release| self.is_added(release.at)) {
            let (dated, iso) = others(release)
                .filter(|other| other.title.date_text.is_some())
                .fold((0, 0), |(all, iso), other| (all + 1, iso + usize::from(other.title.has_iso_date())));
            let wants_iso = (strict && iso * 2 >= dated) || (dated >= 3 && iso == dated);
            let title = &release.title;
            if let Some(text) = title.date_text.filter(|_| title.date.is_none()) {
                let message =
                    format!("`{text}` is no day that can be told for certain. Write it as `2026-01-31`, year first.");
                found.push((release.at, ProblemKind::Date, message, None));
            } else if let (Some(text), Some(date), true) =
                (title.date_text, title.date, wants_iso && !title.has_iso_date())
            {
                let iso = date.format("%Y-%m-%d").to_string();
                let message =
                    format!("The date `{text}` is not written as the file promises, year first. Write `{iso}`.");
                found.push((release.at, ProblemKind::Date, message, self.replaced(release.at, text, &iso)));
            } else if strict && !release.pending && release.date.is_none() && title.date_text.is_none() {
                let all_dated = others(release).filter(|other| !other.pending).all(|other| other.date.is_some());
                if all_dated {
                    let message =
                        format!("`{}` has no date. Add the day of the release, as in ` - 2026-01-31`.", release.name);
                    found.push((release.at, ProblemKind::Date, message, None));
                }
            }
            if let Some(version) = title.version.filter(|_| self.document.semantic) {
                let is_semantic = |version: &str| semver::Version::parse(version.trim_start_matches('v')).is_ok();
                let (all, semantic) = others(release)
                    .filter_map(|other| other.title.version)
                    .fold((0, 0), |(all, semantic), other| (all + 1, semantic + usize::from(is_semantic(other))));
                if !is_semantic(version) && semantic * 2 >= all {
                    let message = format!(
                        "`{version}` is no semantic version, and the file promises those. Write three numbers, as in `{}`.",
                        three(version)
                    );
                    found.push((
                        release.at,
                        ProblemKind::Version,
                        message,
                        self.replaced(release.at, version, &three(version)),
                    ));
                }
            }
            if let Some(text) = title.yanked.filter(|text| *text != "[YANKED]")
                && matches!(self.document.style, Style::KeepAChangelog { .. })
            {
                let message =
                    "A withdrawn release is marked `[YANKED]`, in capitals and brackets, so that it is found."
                        .to_owned();
                found.push((release.at, ProblemKind::Yanked, message, self.replaced(release.at, text, "[YANKED]")));
            }
        }
        for (at, kind, message, suggestion) in found {
            self.say(at, kind, message, suggestion);
        }
    }

    fn order(&mut self) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut found = Vec::new();
        let versioned: Vec<&Release<'a>> =
            self.document.releases.iter().filter(|release| release.title.version.is_some()).collect();
        for release in &versioned {
            // `a@1.0.0` and `b@1.0.0` are two packages.
            let key = match (release.title.version, release.title.begins_with_version) {
                (Some(version), true) => version.to_owned(),
                _ => release.name.to_owned(),
            };
            let version = release.title.version.unwrap_or_default();
            if let Some(first) = seen.get(&key) {
                let (old, new) = if self.is_added(release.at) { (*first, release.at) } else { (release.at, *first) };
                let message = format!(
                    "`{version}` has a heading in line {} already. Move the entries under one of them and delete the other.",
                    self.document.number(old)
                );
                found.push((new, ProblemKind::SameVersion, message));
            } else {
                seen.insert(key, release.at);
            }
        }
        for pair in versioned.windows(2) {
            let [upper, lower] = pair else { continue };
            let (Some(first), Some(second)) = (upper.title.version, lower.title.version) else { continue };
            if !upper.title.begins_with_version || !lower.title.begins_with_version {
                continue;
            }
            let at = if self.is_added(upper.at) { upper.at } else { lower.at };
            let days = upper.date.zip(lower.date);
            match compare_versions(first, second) {
                // In the order of days an older line of versions may get a release later.
                Some(Ordering::Less) if days.is_none_or(|(upper, lower)| upper < lower) => {
                    let message =
                        format!("`{first}` stands above `{second}`, which is later. The newest version stands first.");
                    found.push((at, ProblemKind::VersionOrder, message));
                }
                Some(Ordering::Greater)
                    if days.is_some_and(|(upper, lower)| upper < lower) && follows(first, second) =>
                {
                    let message = format!(
                        "`{first}` is dated before `{second}`, which it follows. Correct the date; a wrong year is the usual slip."
                    );
                    found.push((at, ProblemKind::DateOrder, message));
                }
                _ => {}
            }
        }
        for (at, kind, message) in found {
            if self.is_added(at) {
                self.say(at, kind, message, None);
            }
        }
    }

    fn sections(&mut self) {
        let strict = matches!(self.document.style, Style::KeepAChangelog { .. });
        let used: BTreeSet<&str> = self.document.sections.iter().filter(|it| !it.added).map(|it| it.name).collect();
        // What the file promises and keeps so far.
        let keeps_to_six = self.document.style == Style::KeepAChangelog { said: true }
            && !used.is_empty()
            && used.iter().all(|name| SECTIONS.contains(&name.trim_end_matches(':')));
        let mut seen: BTreeMap<(usize, usize, Option<usize>, String), usize> = BTreeMap::new();
        let mut found = Vec::new();
        for section in &self.document.sections {
            // Each section may have inner ones of the same names.
            let key = (section.release, section.level, section.inside, section.name.to_lowercase());
            if let Some(first) = seen.get(&key) {
                let at = if section.added { section.at } else { *first };
                let other = if section.added { *first } else { section.at };
                if self.is_added(at) && self.document.markup == Markup::Markdown {
                    let release = self.document.releases[section.release].name;
                    let message = format!(
                        "`{release}` has a section \"{}\" in line {} already; a merge may have made it two. Move the entries into one.",
                        section.name,
                        self.document.number(other)
                    );
                    found.push((at, ProblemKind::SameSection, message, None));
                }
            } else {
                seen.insert(key, section.at);
            }
            let bare = section.name.trim_end_matches(':');
            if section.added
                && strict
                && section.level != 9
                && !used.contains(section.name)
                && !SECTIONS.contains(&bare)
                && let Some(right) = nearest_section(bare)
            {
                let message = format!("Keep a Changelog calls this section \"{right}\".");
                let suggestion = self.replaced(section.at, section.name, right);
                found.push((section.at, ProblemKind::SectionName, message, suggestion));
            } else if section.added && keeps_to_six && section.level == 3 && !SECTIONS.contains(&bare) {
                let message = format!(
                    "Keep a Changelog has no section \"{bare}\", and this file has none but its six. Take \"Added\", \"Changed\", \"Deprecated\", \"Removed\", \"Fixed\" or \"Security\"."
                );
                found.push((section.at, ProblemKind::SectionName, message, None));
            }
        }
        for (at, message, suggestion) in too_high(self.document) {
            found.push((at, ProblemKind::SectionName, message, suggestion));
        }
        for (at, kind, message, suggestion) in found {
            self.say(at, kind, message, suggestion);
        }
    }

    fn links(&mut self) {
        if self.document.markup != Markup::Markdown {
            return;
        }
        let label_of = |label: &str| label.to_lowercase();
        let mut defined: BTreeMap<String, (usize, &str)> = BTreeMap::new();
        let mut found = Vec::new();
        for link in &self.document.links {
            match defined.get(&label_of(link.label)) {
                Some((first, address)) if *address != link.address => {
                    let (at, other) = if self.is_added(link.at) { (link.at, *first) } else { (*first, link.at) };
                    let message = format!(
                        "`[{}]` has another address in line {}. Only the first counts; delete one.",
                        link.label,
                        self.document.number(other)
                    );
                    found.push((at, ProblemKind::SameLink, message));
                }
                Some(_) => {}
                None => {
                    defined.insert(label_of(link.label), (link.at, link.address));
                }
            }
        }
        let used = self.labels();
        for link in self.document.links.iter().filter(|link| self.is_added(link.at)) {
            // Without the heading of what is to come its link waits for it.
            let waits = link.label.eq_ignore_ascii_case("unreleased");
            if !waits && !used.contains(&label_of(link.label)) {
                let message = format!(
                    "Nothing refers to `[{}]`. Delete the line, or write the heading or text in brackets.",
                    link.label
                );
                found.push((link.at, ProblemKind::UnusedLink, message));
            }
        }
        let is_defined = |label: &str| defined.contains_key(&label_of(label));
        // The last releases show what is usual: some files gave their links up.
        let last = self.document.releases.iter().filter(|release| !release.added && !release.pending);
        let last: Vec<bool> = last.filter_map(|release| release.title.label).take(USUAL).map(is_defined).collect();
        let has_links = last.iter().filter(|has| **has).count() * 2 > last.len();
        for release in self.document.releases.iter().filter(|release| self.is_added(release.at)) {
            let Some(label) = release.title.label else { continue };
            if has_links && !is_defined(label) {
                let message = format!(
                    "`[{label}]` has no address, so that it is no link. Add a line `[{label}]: ...` below, as for the other versions."
                );
                found.push((release.at, ProblemKind::NoLink, message));
            }
        }
        found.extend(self.stale_link(&defined));
        for (at, kind, message) in found {
            if self.is_added(at) {
                self.say(at, kind, message, None);
            }
        }
    }

    /// A new version, and `[Unreleased]` still compares with the one before.
    fn stale_link(&self, defined: &BTreeMap<String, (usize, &str)>) -> Option<(usize, ProblemKind, String)> {
        let (_, address) = defined.get("unreleased")?;
        let newest =
            self.document.releases.iter().find(|release| !release.pending && release.title.version.is_some())?;
        let version = newest.title.version?;
        let (before, _) = address.rsplit_once("/compare/")?.1.split_once("..")?;
        let compared = before.trim_start_matches(|c: char| !c.is_ascii_digit());
        // Where the link was old before, nobody keeps it.
        let before = self.document.releases.iter().filter(|release| !release.pending && !release.added);
        let was_kept = before.filter_map(|release| release.title.version).next() == Some(compared);
        (was_kept && compared != version).then(|| {
            let message = format!("`[Unreleased]` still compares with `{compared}`. Let it begin at `{version}`, and give `{version}` a link of its own.");
            (newest.at, ProblemKind::StaleLink, message)
        })
    }

    /// Everything in brackets outside of the lines that define labels.
    fn labels(&self) -> BTreeSet<String> {
        let mut labels = BTreeSet::new();
        let lines = self.document.sheet.lines.iter().zip(&self.document.kinds);
        for (line, _) in lines.filter(|(_, kind)| !matches!(kind, LineKind::Link { .. })) {
            for piece in line.text.split('[').skip(1) {
                if let Some((label, _)) = piece.split_once(']') {
                    labels.insert(label.to_lowercase());
                }
            }
        }
        labels
    }
}

/// Whether a release of `later` must be younger than `earlier`: it is of the same line, or the other opened a line.
fn follows(later: &str, earlier: &str) -> bool {
    use super::heading::Version;
    let (Some(later), Some(earlier)) = (Version::read(later), Version::read(earlier)) else { return false };
    let opens = later.numbers[0] == earlier.numbers[0] && earlier.numbers[2] == 0 && earlier.numbers[3] == 0;
    later.numbers[..2] == earlier.numbers[..2] || opens
}

/// `1.0` as `1.0.0`.
fn three(version: &str) -> String {
    let digits = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let (numbers, rest) = version.split_at(digits);
    let mut parts: Vec<&str> =
        numbers.trim_matches('.').split('.').take(3).map(|part| part.trim_start_matches('0')).collect();
    parts.resize(3, "0");
    let parts: Vec<&str> = parts.into_iter().map(|part| if part.is_empty() { "0" } else { part }).collect();
    let rest = rest.trim_start_matches(['-', '+']);
    if rest.is_empty() { parts.join(".") } else { format!("{}-{rest}", parts.join(".")) }
}

/// The section of Keep a Changelog that a name is a slip for.
fn nearest_section(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    if names_file(name) {
        return None;
    }
    Some(match lower.as_str() {
        "add" | "adds" | "addition" | "additions" | "added" => "Added",
        "change" | "changes" | "changed" => "Changed",
        "deprecate" | "deprecation" | "deprecations" | "deprecated" => "Deprecated",
        "remove" | "removes" | "removal" | "removals" | "removed" => "Removed",
        "fix" | "fixes" | "fixed" | "bugfix" | "bugfixes" | "bug fixes" => "Fixed",
        "security" => "Security",
        _ => {
            let near = |section: &&&str| strsim::damerau_levenshtein(&section.to_lowercase(), &lower) <= 2;
            return SECTIONS.iter().find(near).copied().filter(|_| lower.len() >= 4);
        }
    })
}
