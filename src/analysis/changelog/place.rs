//! Where a new entry goes in a changelog, and the headings that it needs there.

use super::document::{Document, Entry, Link, Release, SECTIONS, Section, Style};
use super::habit::Habits;
use super::markup::{LineKind, Markup};
use super::title::Kind;
use super::vacant::{is_placeholder, vacant_entry, vacant_line};
use std::collections::BTreeMap;
use std::ops::Range;

/// So many releases show what is usual.
const RECENT: usize = 10;

/// Where lines go in: after the line `at` (at the top without one), with more lines before and behind the entry.
#[derive(Default)]
pub(super) struct Place {
    pub(super) at: Option<usize>,
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
    /// The definition of a label in `before`, with the line after which it goes.
    pub(super) link: Option<(usize, Vec<String>)>,
    /// The headings that it stands under.
    pub(super) under: Option<String>,
    /// The lines that kept the place, and go.
    pub(super) gone: Range<usize>,
}

impl Place {
    /// The line after which it goes in a list that is there; `None` where it begins one.
    pub(super) fn list(&self) -> Option<usize> {
        self.at.filter(|_| self.before.iter().all(String::is_empty))
    }
}

/// The place for an entry of a kind.
pub(super) fn find_place(document: &Document<'_>, habits: &Habits, kind: Kind) -> Place {
    let pending = document.releases.iter().position(|release| release.pending && !release.assumed);
    match (pending, document.releases.first()) {
        (Some(index), _) => in_release(document, habits, index, kind),
        (None, Some(first)) if !is_listed_above(document) => new_release(document, habits, first, kind),
        _ => new_list(document, habits, kind),
    }
}

/// Whether entries wait for their heading above the first release.
fn is_listed_above(document: &Document<'_>) -> bool {
    document.begins_with_list() && document.entries.first().is_some_and(|first| first.release.is_none())
}

fn in_release(document: &Document<'_>, habits: &Habits, index: usize, kind: Kind) -> Place {
    let release = &document.releases[index];
    let own: Vec<&Section<'_>> = document.sections.iter().filter(|section| section.release == index).collect();
    let under = |name: &str| Some(format!("{} / {name}", release.name));
    let others: Vec<&Section<'_>> = document.sections.iter().filter(|section| section.release != index).collect();
    // A section of its own that the last releases had is better than one of the pending release that would do.
    let recent = index + RECENT;
    let usual: Vec<&Section<'_>> = others.iter().copied().filter(|section| section.release <= recent).collect();
    let does = || if best(&usual, kind).is_some() { None } else { wider(&own, kind) };
    let loose = document.entries.iter().filter(|entry| entry.release == Some(index) && entry.section.is_none());
    let loose_end = own.first().map_or(release.end, |section| section.at);
    let (gone, loose) = without_vacant(document, loose, release.at, loose_end);
    if let Some(section) = best(&own, kind).or_else(does) {
        let inside = document.entries.iter().filter(|entry| (section.at..section.end).contains(&entry.at));
        let (vacant, entries) = without_vacant(document, inside, section.at, section.end);
        let at = match (entries.first(), entries.last()) {
            (None, _) if !vacant.is_empty() => vacant.end - 1,
            (Some(first), _) if habits.newest_first && first.at > 0 => first.at - 1,
            (_, Some(last)) => last_text(document, last.end - 1),
            _ => heading_end(document, section.at),
        };
        let begins = entries.is_empty() && vacant.is_empty();
        let goes_on = habits.spaced && document.entries.iter().any(|entry| entry.end == at + 1);
        let before = blank_if(goes_on || (begins && has_open_headings(document, section.at)));
        let gone = if vacant.is_empty() { gone } else { vacant };
        return Place { at: Some(at), before, under: under(section.name), gone, ..Place::default() };
    }
    let model = best(&others, kind).or_else(|| wider(&others, kind));
    let uses_sections =
        !own.is_empty() || (loose.is_empty() && (model.is_some() || keeps_sections(document, Some(index))));
    if uses_sections && habits.leads.is_empty() {
        let name = model.map_or(kind.standard(), |section| section.name);
        let shape = model.or(own.first().copied()).or(others.first().copied());
        let heading = heading_lines(document, shape, name, release);
        let open = shape.is_none_or(|shape| is_blank(document, heading_last(document, shape.at) + 1));
        let rank = |name: &str| SECTIONS.iter().position(|section| *section == name);
        let next =
            own.iter().find(|section| rank(section.name).zip(rank(name)).is_some_and(|(other, own)| other > own));
        let mut before = heading;
        before.extend(blank_if(open));
        let under = under(name);
        if let Some(next) = next {
            let at = document.heading_start(next.at).checked_sub(1);
            return Place { at, before, after: vec![String::new()], link: None, under, gone };
        }
        let at = release_end(document, release);
        before.insert(0, String::new());
        let after = blank_if(!is_blank(document, at + 1));
        return Place { at: Some(at), before, after, link: None, under, gone };
    }
    let under = Some(release.name.to_owned());
    match loose.last() {
        Some(last) => {
            let at = if habits.newest_first {
                loose[0].at.saturating_sub(1)
            } else {
                before_placeholder(document, last.at, last.end)
            };
            Place { at: Some(at), before: blank_if(habits.spaced), under, gone, ..Place::default() }
        }
        None if !gone.is_empty() => Place { at: Some(gone.end - 1), under, gone, ..Place::default() },
        None => {
            let at = heading_end(document, release.at);
            let after = blank_if(!is_blank(document, at + 1));
            let others = document.releases.iter().filter(|other| other.at != release.at);
            let tight = others.map(|other| heading_end(document, other.at)).any(|end| !is_blank(document, end + 1));
            Place { at: Some(at), before: blank_if(!tight), after, under, ..Place::default() }
        }
    }
}

/// Whether a blank line stands between the headings of sections and their lists, going by the first one but this.
fn has_open_headings(document: &Document<'_>, except: usize) -> bool {
    let lists = document.entries.iter().filter_map(|entry| entry.section);
    let first = lists.map(|index| document.sections[index].at).find(|at| *at != except);
    first.is_some_and(|at| is_blank(document, heading_last(document, at) + 1))
}

/// The lines below a heading that only keep the place, and the entries that are some.
fn without_vacant<'d>(
    document: &'d Document<'_>,
    entries: impl Iterator<Item = &'d Entry>,
    heading: usize,
    end: usize,
) -> (Range<usize>, Vec<&'d Entry>) {
    let (mut vacant, mut told) = (None, Vec::new());
    for entry in entries {
        match vacant_entry(document, entry) {
            Some(lines) => vacant = vacant.or(Some(lines)),
            None => told.push(entry),
        }
    }
    (vacant.or_else(|| vacant_line(document, heading, end)).unwrap_or_default(), told)
}

/// The mark of an entry that goes in after the line `at` where lists are numbered: it goes on counting where the list does.
pub(super) fn numbered_mark(document: &Document<'_>, habits: &Habits, at: Option<usize>) -> Option<String> {
    let digits = |mark: &str| mark.len() - mark.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let behind = &habits.mark[digits(&habits.mark)..];
    if behind.len() == habits.mark.len() {
        return None;
    }
    let number = |entry: &Entry| {
        let mark = document.mark_of(entry);
        mark[..digits(mark)].parse::<u32>().ok()
    };
    let unbroken = |lines: Range<usize>| {
        !document
            .kinds
            .get(lines)
            .is_some_and(|kinds| kinds.iter().any(|kind| matches!(kind, LineKind::Heading { .. })))
    };
    let next = at.map(|at| document.entries.partition_point(|entry| entry.end <= at + 1));
    let before = next.zip(at).and_then(|(next, at)| {
        let last = document.entries.get(next.checked_sub(1)?)?;
        (unbroken(last.at..at + 1)).then_some((next - 1, last))
    });
    let new = match (before, next.and_then(|next| document.entries.get(next))) {
        (Some((_, last)), _) if vacant_entry(document, last).is_some() => number(last),
        (Some((index, last)), _) => {
            let earlier = index.checked_sub(1).map(|index| &document.entries[index]);
            let same = earlier.is_some_and(|other| number(other) == number(last) && unbroken(other.at..last.at));
            number(last).map(|last| if same { last } else { last.saturating_add(1) })
        }
        (None, Some(following)) if unbroken(at.unwrap_or_default() + 1..following.at) => number(following),
        _ => None,
    };
    Some(format!("{}{behind}", new.unwrap_or(1)))
}

/// Whether each entry belongs into a section of Keep a Changelog, also one that the file never had: the others stand in
/// such, or the file says that it follows that page and no release but this one has entries outside of sections.
fn keeps_sections(document: &Document<'_>, except: Option<usize>) -> bool {
    let mut others = document.sections.iter().filter(|section| Some(section.release) != except).peekable();
    if others.peek().is_some() {
        return matches!(document.style, Style::KeepAChangelog { .. })
            || others.all(|section| SECTIONS.contains(&section.name));
    }
    let is_loose = |release: Option<usize>| release.is_some() && release != except;
    matches!(document.style, Style::KeepAChangelog { .. })
        && !document.entries.iter().any(|entry| entry.section.is_none() && is_loose(entry.release))
}

/// A section whose name suits the kind, the best name first.
fn best<'s, 'a>(sections: &[&'s Section<'a>], kind: Kind) -> Option<&'s Section<'a>> {
    let names: Vec<String> = sections.iter().map(|section| plain(section.name)).collect();
    let meant = || names.iter().position(|name| Kind::of_section(name) == Some(kind));
    position_of(&names, kind.sections()).or_else(meant).map(|at| sections[at])
}

/// A section that takes the kind in.
fn wider<'s, 'a>(sections: &[&'s Section<'a>], kind: Kind) -> Option<&'s Section<'a>> {
    let names: Vec<String> = sections.iter().map(|section| plain(section.name)).collect();
    position_of(&names, kind.wider_sections()).map(|at| sections[at])
}

fn position_of(names: &[String], wanted: &[&str]) -> Option<usize> {
    wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted))
}

/// A section's name in lower case, without decoration: `:bug: Fixes` and `2. Fixes` are both `fixes`.
fn plain(name: &str) -> String {
    let bare: String = name.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).collect();
    let emoji = name.trim().strip_prefix(':').and_then(|rest| rest.split_once(": "));
    let words = emoji.map_or(bare, |(_, rest)| rest.to_owned());
    words.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace()).trim_end().to_lowercase()
}

/// A file without a pending release gets one.
fn new_release(document: &Document<'_>, habits: &Habits, first: &Release<'_>, kind: Kind) -> Place {
    let link = unreleased_link(document, first);
    let name = if first.title.label.is_some() && link.is_ok() { "[Unreleased]" } else { "Unreleased" };
    let mut before = heading_like(document, first.at, name, first.level);
    before.push(String::new());
    let sections: Vec<&Section<'_>> = document.sections.iter().collect();
    let mut under = name.trim_matches(['[', ']']).to_owned();
    let model = best(&sections, kind).or_else(|| wider(&sections, kind));
    if model.is_some() || (habits.leads.is_empty() && keeps_sections(document, None)) {
        let shape = model.or(sections.first().copied());
        let name = model.map_or(kind.standard(), |section| section.name);
        before.extend(heading_lines(document, shape, name, first));
        before.extend(blank_if(shape.is_none_or(|it| is_blank(document, heading_last(document, it.at) + 1))));
        under = format!("{under} / {name}");
    }
    let link = link.ok().flatten();
    let (at, under) = (before_heading(document, first.at), Some(under));
    Place { at, before, after: vec![String::new()], link, under, ..Place::default() }
}

/// What `[Unreleased]` needs to be a link where the versions are: nothing, a definition with the line after which it
/// goes, or what nobody can tell (an error).
fn unreleased_link(document: &Document<'_>, first: &Release<'_>) -> Result<Option<(usize, Vec<String>)>, ()> {
    let links: BTreeMap<String, &Link<'_>> =
        document.links.iter().rev().map(|link| (link.label.to_lowercase(), link)).collect();
    let defined = |label: &str| links.get(&label.to_lowercase()).copied();
    let is_linked = |release: &Release<'_>| release.title.label.is_some_and(|label| defined(label).is_some());
    if defined("unreleased").is_some() || !document.releases.iter().any(is_linked) {
        return Ok(None);
    }
    let link = first.title.label.and_then(defined).filter(|link| link.at > 0).ok_or(())?;
    let (repository, tag) = match link.address.split_once("/compare/") {
        Some((repository, range)) => (repository, range.rsplit_once("..").map(|(_, tag)| tag)),
        None => link.address.split_once("/releases/tag/").map_or(("", None), |(start, tag)| (start, Some(tag))),
    };
    let tag = tag.filter(|tag| !tag.is_empty()).ok_or(())?;
    Ok(Some((link.at - 1, vec![format!("[Unreleased]: {repository}/compare/{tag}...HEAD")])))
}

/// A file without a heading for what is new: among the entries above all headings, or below the title.
fn new_list(document: &Document<'_>, habits: &Habits, kind: Kind) -> Place {
    let mut loose = document.entries.iter().filter(|entry| entry.release.is_none());
    let Some(first) = loose.next() else {
        let at = document.kinds.iter().rposition(|kind| *kind != LineKind::Blank);
        let mut before = blank_if(at.is_some());
        let section = kind.standard();
        let rst = document.markup == Markup::Rst;
        let top: &[&str] = if rst { &["Unreleased", "----------", ""] } else { &["## Unreleased", ""] };
        before.extend(top.iter().map(|line| (*line).to_owned()));
        let mut under = "Unreleased".to_owned();
        if matches!(document.style, Style::KeepAChangelog { .. }) {
            let line = "~".repeat(section.len());
            let heading = if rst { vec![section.to_owned(), line] } else { vec![format!("### {section}")] };
            before.extend(heading);
            before.push(String::new());
            under = format!("{under} / {section}");
        }
        return Place { at, before, under: Some(under), ..Place::default() };
    };
    let last = loose.next_back().unwrap_or(first);
    // What follows such a list speaks of what is older.
    let goes_on =
        document.kinds[last.end..].iter().any(|kind| !matches!(kind, LineKind::Blank | LineKind::Link { .. }));
    let spaced = habits.spaced || (is_blank(document, first.end) && first.end < last.at);
    if (goes_on || habits.newest_first) && !is_placeholder(document.sheet.lines[first.at].text) {
        let (at, after) = (first.at.checked_sub(1), blank_if(spaced));
        return Place { at, after, ..Place::default() };
    }
    let at = before_placeholder(document, last.at, last.end);
    Place { at: Some(at), before: blank_if(spaced), ..Place::default() }
}

/// The line before a placeholder, or the entry's last line.
fn before_placeholder(document: &Document<'_>, at: usize, end: usize) -> usize {
    if is_placeholder(document.sheet.lines[at].text) && at > 0 { at - 1 } else { last_text(document, end - 1) }
}

fn heading_lines(
    document: &Document<'_>,
    model: Option<&Section<'_>>,
    name: &str,
    release: &Release<'_>,
) -> Vec<String> {
    match model {
        Some(model) if model.level == 9 => {
            let old = document.sheet.lines[model.at].text;
            vec![old.replacen(model.name, name, 1)]
        }
        Some(model) => heading_like(document, model.at, name, model.level),
        None => vec![format!("{} {name}", "#".repeat(release.level + 1))],
    }
}

/// The line before a heading and before the labels by which others find it; `None` at the top.
fn before_heading(document: &Document<'_>, at: usize) -> Option<usize> {
    let is_label = |at: usize| {
        let text = document.sheet.lines[at].text.trim();
        (text.starts_with(".. _") && text.ends_with(':')) || text.starts_with("<a name=") || text.starts_with("<a id=")
    };
    let mut start = document.heading_start(at);
    while let Some(above) =
        (0..start).rev().find(|at| document.kinds[*at] != LineKind::Blank).filter(|at| is_label(*at))
    {
        start = above;
    }
    start.checked_sub(1)
}

/// The last line of a heading alone: the one under its text, where it has one.
pub(super) fn heading_last(document: &Document<'_>, at: usize) -> usize {
    if document.kinds.get(at + 1) == Some(&LineKind::Rule) { at + 1 } else { at }
}

/// A heading written as the one at `at` is.
fn heading_like(document: &Document<'_>, at: usize, name: &str, level: usize) -> Vec<String> {
    let sign = document
        .sheet
        .lines
        .get(at + 1)
        .filter(|_| document.kinds.get(at + 1) == Some(&LineKind::Rule))
        .and_then(|line| line.text.chars().next());
    let marked = |sign: &str| format!("{} {name}", sign.repeat(level));
    match (document.markup, sign) {
        (Markup::Markdown, None) => vec![marked("#")],
        (Markup::AsciiDoc, _) => vec![marked("=")],
        (Markup::Org, _) => vec![marked("*")],
        (_, Some(sign)) => {
            // Text between two lines may stand away from their ends.
            let over = document.heading_start(at) < at;
            let old = document.sheet.lines[at].text;
            let margin = if over { old.len() - old.trim_start().len() } else { 0 };
            let line = sign.to_string().repeat(name.chars().count() + 2 * margin);
            let text = format!("{}{name}", " ".repeat(margin));
            over.then(|| line.clone()).into_iter().chain([text, line]).collect()
        }
        (_, None) => vec![name.to_owned()],
    }
}

/// The last line of a heading with its underline and what is said of its state.
fn heading_end(document: &Document<'_>, at: usize) -> usize {
    let mut end = at;
    for next in at + 1..document.kinds.len().min(at + 6) {
        match document.kinds[next] {
            LineKind::Rule => end = next,
            LineKind::Text { .. } => end = next,
            LineKind::Blank => {}
            _ => break,
        }
    }
    end
}

/// The last line of a release that tells something: what stands behind it (links, comments, a rule, a label of the next
/// heading) is not of its entries.
pub(super) fn release_end(document: &Document<'_>, release: &Release<'_>) -> usize {
    let tells = |at: &usize| match document.kinds[*at] {
        LineKind::Blank | LineKind::Link { .. } | LineKind::Comment => false,
        LineKind::Rule => matches!(document.kinds[at.saturating_sub(1)], LineKind::Heading { .. }),
        LineKind::Text { .. } => !document.sheet.lines[*at].text.trim_start().starts_with("<a "),
        _ => true,
    };
    (release.at..release.end).rev().find(tells).unwrap_or(release.at)
}

/// The last line up to `from` that is not blank.
fn last_text(document: &Document<'_>, from: usize) -> usize {
    (0..=from).rev().find(|at| document.kinds[*at] != LineKind::Blank).unwrap_or(from)
}

fn is_blank(document: &Document<'_>, at: usize) -> bool {
    document.kinds.get(at).is_none_or(|kind| *kind == LineKind::Blank)
}

fn blank_if(wanted: bool) -> Vec<String> {
    if wanted { vec![String::new()] } else { Vec::new() }
}
