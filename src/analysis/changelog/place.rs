//! Where a new entry goes in a changelog, and the headings that it needs there.

use super::document::{Document, Release, SECTIONS, Section, Style, is_placeholder};
use super::habit::Habits;
use super::markup::{LineKind, Markup};
use super::title::Kind;

/// Where lines go in: after the line `at` (at the top without one), with more lines before and behind the entry.
pub(super) struct Place {
    pub(super) at: Option<usize>,
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
    /// The headings that it stands under.
    pub(super) under: Option<String>,
}

/// The place for an entry of a kind.
pub(super) fn find_place(document: &Document<'_>, habits: &Habits, kind: Kind) -> Place {
    let pending = document.releases.iter().position(|release| release.pending && !release.assumed);
    match pending {
        Some(index) => in_release(document, habits, index, kind),
        None => new_release(document, kind),
    }
}

fn in_release(document: &Document<'_>, habits: &Habits, index: usize, kind: Kind) -> Place {
    let release = &document.releases[index];
    let own: Vec<&Section<'_>> = document.sections.iter().filter(|section| section.release == index).collect();
    let under = |name: &str| Some(format!("{} / {name}", release.name));
    if let Some(section) = best(&own, kind) {
        let mut entries = document.entries.iter().filter(|entry| (section.at..section.end).contains(&entry.at));
        let at = match (entries.clone().next(), entries.next_back()) {
            (Some(first), _) if habits.newest_first && first.at > 0 => first.at - 1,
            (_, Some(last)) => last_text(document, last.end - 1),
            _ => heading_end(document, section.at),
        };
        let before = blank_if(habits.spaced && document.entries.iter().any(|entry| entry.end == at + 1));
        return Place { at: Some(at), before, after: Vec::new(), under: under(section.name) };
    }
    let loose: Vec<_> =
        document.entries.iter().filter(|entry| entry.release == Some(index) && entry.section.is_none()).collect();
    let others: Vec<&Section<'_>> = document.sections.iter().filter(|section| section.release != index).collect();
    let standard = matches!(document.style, Style::KeepAChangelog { .. });
    let model = best(&others, kind);
    let uses_sections = !own.is_empty()
        || (loose.is_empty()
            && (model.is_some()
                || (standard && habits.leads.is_empty() && others.is_empty() && document.releases.len() < 2)));
    if uses_sections && habits.leads.is_empty() {
        let name = model.map_or(kind.standard(), |section| section.name);
        let heading = heading_lines(document, model.or(own.first().copied()), name, release);
        let open = model.or(own.first().copied()).is_none_or(|model| is_blank(document, model.at + heading.len()));
        let rank = |name: &str| SECTIONS.iter().position(|section| *section == name);
        let next =
            own.iter().find(|section| rank(section.name).zip(rank(name)).is_some_and(|(other, own)| other > own));
        let mut before = heading;
        before.extend(blank_if(open));
        let under = under(name);
        if let Some(next) = next {
            return Place { at: Some(next.at - 1), before, after: vec![String::new()], under };
        }
        let at = release_end(document, release);
        before.insert(0, String::new());
        let after = blank_if(!is_blank(document, at + 1));
        return Place { at: Some(at), before, after, under };
    }
    let under = Some(release.name.to_owned());
    match loose.last() {
        Some(last) => {
            let at = if habits.newest_first {
                loose[0].at.saturating_sub(1)
            } else {
                before_placeholder(document, last.at, last.end)
            };
            Place { at: Some(at), before: blank_if(habits.spaced), after: Vec::new(), under }
        }
        None => {
            let at = heading_end(document, release.at);
            let after = blank_if(!is_blank(document, at + 1));
            let others = document.releases.iter().filter(|other| other.at != release.at);
            let tight = others.map(|other| heading_end(document, other.at)).any(|end| !is_blank(document, end + 1));
            Place { at: Some(at), before: blank_if(!tight), after, under }
        }
    }
}

/// A section whose name suits the kind, the best name first.
fn best<'s, 'a>(sections: &[&'s Section<'a>], kind: Kind) -> Option<&'s Section<'a>> {
    let plain = |name: &str| {
        let bare: String = name.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).collect();
        // An emoji's name, as in `:bug: Fixes`.
        let named =
            name.trim().strip_prefix(':').and_then(|rest| rest.split_once(": ")).map(|(_, rest)| rest.to_owned());
        named.unwrap_or(bare).trim().to_lowercase()
    };
    kind.sections().iter().find_map(|wanted| sections.iter().find(|section| plain(section.name) == *wanted)).copied()
}

/// A file without a pending release gets one.
fn new_release(document: &Document<'_>, kind: Kind) -> Place {
    let Some(first) = document.releases.first() else { return new_list(document) };
    let bracketed = first.title.label.is_some();
    let name = if bracketed { "[Unreleased]" } else { "Unreleased" };
    let mut before = heading_like(document, first.at, name, first.level);
    before.push(String::new());
    let sections: Vec<&Section<'_>> = document.sections.iter().collect();
    let mut under = name.trim_matches(['[', ']']).to_owned();
    if let Some(model) = best(&sections, kind) {
        let heading = heading_lines(document, Some(model), model.name, first);
        let open = is_blank(document, model.at + heading.len());
        before.extend(heading);
        before.extend(blank_if(open));
        under = format!("{under} / {}", model.name);
    }
    Place { at: first.at.checked_sub(1), before, after: vec![String::new()], under: Some(under) }
}

/// A file without any release: below its title, or at the end of what is there.
fn new_list(document: &Document<'_>) -> Place {
    match document.entries.last() {
        Some(last) => Place {
            at: Some(before_placeholder(document, last.at, last.end)),
            before: Vec::new(),
            after: Vec::new(),
            under: None,
        },
        None => {
            let at = document.kinds.iter().rposition(|kind| *kind != LineKind::Blank);
            let mut before = blank_if(at.is_some());
            before.extend(if document.markup == Markup::Rst {
                ["Unreleased", "----------", ""].map(str::to_owned).to_vec()
            } else {
                ["## Unreleased", ""].map(str::to_owned).to_vec()
            });
            Place { at, before, after: Vec::new(), under: Some("Unreleased".to_owned()) }
        }
    }
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
        (_, Some(sign)) => vec![name.to_owned(), sign.to_string().repeat(name.chars().count())],
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

/// The last line of a release that is neither blank nor a link.
fn release_end(document: &Document<'_>, release: &Release<'_>) -> usize {
    let is_text = |at: &usize| !matches!(document.kinds[*at], LineKind::Blank | LineKind::Link { .. });
    (release.at..release.end).rev().find(is_text).unwrap_or(release.at)
}

/// The last line up to `from` that is not blank.
pub(super) fn last_text(document: &Document<'_>, from: usize) -> usize {
    (0..=from).rev().find(|at| document.kinds[*at] != LineKind::Blank).unwrap_or(from)
}

fn is_blank(document: &Document<'_>, at: usize) -> bool {
    document.kinds.get(at).is_none_or(|kind| *kind == LineKind::Blank)
}

fn blank_if(wanted: bool) -> Vec<String> {
    if wanted { vec![String::new()] } else { Vec::new() }
}
