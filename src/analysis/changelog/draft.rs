//! The entry that is missing, written as the file's others are, and where it goes.

use super::document::{Document, Style};
use super::edited::Edits;
use super::habit::{Habits, author_in};
use super::place::{find_place, numbered_mark, release_end};
use super::title::{Kind, PullTitle, phrase};
use regex::Regex;
use std::sync::LazyLock;

/// Who asks for the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Author<'a> {
    /// The pull request's number, when it has one.
    pub number: Option<u32>,
    /// Its author's login.
    pub login: &'a str,
    /// `owner/name`
    pub repository: Option<&'a str>,
}

/// A drafted entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The file that it goes into.
    pub file: String,
    /// The section or heading that it stands under.
    pub under: Option<String>,
    /// The entry itself.
    pub entry: String,
    /// The line of the head after which `inserted` goes; `None` when that is at the top, when lines go in at two places
    /// or others go, or when the file is new.
    pub after: Option<u32>,
    /// The text of that line.
    pub line: String,
    /// The lines that go in there: the entry, and perhaps a heading and blank lines.
    pub inserted: String,
    /// The file's whole new text.
    pub text: String,
}

static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(#|GH-|gh-|PR |`|(?:pull|issues)/|\[(?:[A-Za-z]+ )?)([0-9]{1,7})").expect("a fixed pattern")
});
static PLACE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"/issues/([0-9])").expect("a fixed pattern"));
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\[(?:BUG|FEATURE|PERF|MISC) ").expect("a fixed pattern"));

/// The text that names the number as the file does, and whether it stands first.
pub(super) fn number_text(habits: &Habits, number: u32) -> Option<(String, bool)> {
    let (shape, first) = habits.number.as_ref()?;
    let text = DIGITS.replace_all(shape, |parts: &regex::Captures<'_>| format!("{}{number}", &parts[1]));
    let text = PLACE.replace_all(&text, "/pull/$1").replace(":issue:`", ":pr:`");
    Some((text.trim_end_matches('.').to_owned(), *first))
}

/// The entry without its mark, in one line.
pub fn entry_text(title: &PullTitle, habits: &Habits, author: Author<'_>, style: Style) -> String {
    let mut words = phrase(&title.text, habits);
    if let Some(lead) = lead_for(title.kind, habits) {
        words = format!("{lead}{words}");
    }
    let (mut number, thanks) = match style {
        // The placeholder alone says how an entry is written.
        Style::Intridea => {
            let link = author.number.zip(author.repository).map(|(number, repository)| {
                (format!("[#{number}](https://github.com/{repository}/pull/{number}): "), true)
            });
            (link, Some(format!(" - [@{0}](https://github.com/{0}).", author.login)))
        }
        _ => (
            author.number.and_then(|number| number_text(habits, number)),
            habits.thanks.as_ref().map(|shape| {
                let old = author_in(shape).unwrap_or_default().to_owned();
                shape.replace(&old, author.login)
            }),
        ),
    };
    if habits.number.is_none() && habits.entries < 3 && style != Style::Intridea {
        // Nobody knows the file's habit yet.
        number = author.number.map(|number| (format!(" (#{number})"), false));
    } else if number.is_none() && habits.wants_number() {
        // Each entry names it in its own way.
        number = author.number.map(|number| (plain_number(number, habits, author), false));
    }
    let own = habits.number.is_none() && habits.thanks.is_none();
    if let Some((text, true)) = &number {
        let text = WORD.replace(
            text,
            match title.kind {
                Kind::Fixed | Kind::Security => "[BUG ",
                Kind::Faster => "[PERF ",
                _ => "[FEATURE ",
            },
        );
        words = format!("{}{words}", if text.ends_with(' ') { text.into_owned() } else { format!("{text} ") });
    }
    let behind = number.filter(|(_, first)| !first).map(|(text, _)| text);
    let ends = match (behind, thanks) {
        (Some(number), Some(thanks)) if habits.thanks_last => vec![number, thanks],
        (Some(number), Some(thanks)) => vec![thanks, number],
        (number, thanks) => number.into_iter().chain(thanks).collect(),
    };
    let dot_last = ends.last().is_some_and(|end| end.ends_with('.')) || habits.dot_last || (own && habits.full_stop);
    if habits.full_stop && !dot_last && !words.ends_with(['.', '!', '?', ':']) {
        words.push('.');
    }
    for end in &ends {
        words.push_str(end.trim_end_matches('.'));
    }
    if dot_last && !words.ends_with('.') {
        words.push('.');
    }
    words
}

/// The number in the way that most readers know.
fn plain_number(number: u32, habits: &Habits, author: Author<'_>) -> String {
    match author.repository.filter(|_| habits.linked) {
        Some(repository) => format!(" ([#{number}](https://github.com/{repository}/pull/{number}))"),
        None => format!(" (#{number})"),
    }
}

fn lead_for(kind: Kind, habits: &Habits) -> Option<&str> {
    let bare = |lead: &str| lead.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let wanted =
        kind.sections().iter().chain(kind.wider_sections()).find_map(|name| {
            habits.leads.iter().find(|lead| bare(lead) == *name || format!("{}s", bare(lead)) == *name)
        });
    wanted.or_else(|| habits.leads.iter().find(|lead| bare(lead).starts_with("change"))).map(String::as_str)
}

/// Writes the entry into a changelog that is known whole.
pub fn draft(
    file: &str,
    document: &Document<'_>,
    text: &str,
    habits: &Habits,
    title: &PullTitle,
    author: Author<'_>,
) -> Draft {
    let words = entry_text(title, habits, author, document.style);
    let place = find_place(document, habits, title.kind);
    let entry = match numbered_mark(document, habits, place.list()) {
        Some(mark) => render(&words, &Habits { mark, ..habits.clone() }),
        None => render(&words, habits),
    };
    let mut lines = place.before;
    lines.extend(entry.iter().cloned());
    let mut edits = Edits { gone: place.gone.collect(), ..Edits::default() };
    let mut definitions: Vec<(usize, Vec<String>)> = Vec::from_iter(place.link);
    if let Some((after, definition)) = definition_for(document, habits, author, place.at) {
        match after {
            Some(after) => definitions.push((after, definition)),
            None => lines.extend(definition),
        }
    }
    lines.extend(place.after);
    let after = place.at.filter(|_| definitions.is_empty() && edits.gone.is_empty());
    edits.insert(place.at, lines.clone());
    definitions.into_iter().for_each(|(after, lines)| edits.insert(Some(after), lines));
    Draft {
        file: file.to_owned(),
        under: place.under,
        entry: entry.join("\n"),
        after: after.map(|at| document.number(at)),
        line: after.map_or_else(String::new, |at| document.sheet.lines[at].text.to_owned()),
        inserted: lines.join("\n"),
        text: edits.apply(document, text),
    }
}

/// The lines of an entry, broken as the others are.
fn render(words: &str, habits: &Habits) -> Vec<String> {
    let first = format!("{}{}", habits.indent, habits.mark);
    let rest = " ".repeat(first.chars().count());
    let Some(width) = habits.width else { return vec![format!("{first}{words}")] };
    let mut lines = vec![first];
    let mut fresh = true;
    for word in words.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        if !fresh && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(format!("{rest}{word}"));
        } else {
            if !fresh {
                line.push(' ');
            }
            line.push_str(word);
        }
        fresh = false;
    }
    lines
}

/// `[#12]: address`, where the file keeps such lines, with the line after which it goes; without one it goes right behind
/// the entry. A blank line keeps it apart from a list, of whose last item it would be a part.
fn definition_for(
    document: &Document<'_>,
    habits: &Habits,
    author: Author<'_>,
    at: Option<usize>,
) -> Option<(Option<usize>, Vec<String>)> {
    let number = author.number?;
    let (shape, _) = habits.number.as_ref()?;
    if !shape.contains("[#") || shape.contains("](") {
        return None;
    }
    let is_number =
        |label: &str| label.strip_prefix('#').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let links = || document.links.iter().filter(|link| is_number(link.label));
    let first = links().next()?;
    let at_bottom = document.entries.last().is_none_or(|last| first.at > last.at);
    let release = at.and_then(|at| document.release_at(at)).map(|index| &document.releases[index]);
    let end = if at_bottom { document.kinds.len() } else { release.map_or(0, |release| release.end) };
    let near = links().rfind(|link| link.at < end && at.is_none_or(|at| link.at > at));
    let model = near.unwrap_or(first);
    let old = model.label.trim_start_matches('#');
    let address = PLACE.replace_all(&model.address.replace(old, &number.to_string()), "/pull/$1").into_owned();
    let line = format!("[#{number}]: {address}");
    Some(match (near, release) {
        (Some(near), _) => (Some(near.at), vec![line]),
        (None, Some(release)) => (Some(release_end(document, release)), vec![String::new(), line]),
        (None, None) => (None, vec![String::new(), line]),
    })
}
