//! How the entries of a changelog are written: numbers, thanks, full stops, tense, width. New entries follow suit.

use super::document::{Document, Entry};
use super::title::{Kind, without_area};
use super::vacant::keeps_place;
use regex::Regex;
use std::sync::LazyLock;

/// So many entries, the newest, make the habit.
const LOOKED_AT: usize = 40;
/// With fewer entries nobody knows of a habit.
const ENOUGH: usize = 5;

/// Numbers of issues and pull requests, however they are written.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[\s(\[{,/:`-])(?:#|gh-|issue[:\s`-]{1,3}#?|pr[:\s`-]{1,3}#?|pull[:\s`-]{1,3}#?|/(?:issues|pull)/|:gh:`)([0-9]{1,7})(?-u:\b)|/(?:issues|pull)/([0-9]{1,7})(?-u:\b)")
        .expect("a fixed pattern")
});

/// The ways to write a number, most particular first. In the templates `{n}` is the number, and `{pre}` and `{post}` are
/// what stood around it.
static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let link = r"\[(?:[A-Za-z]+ )?#?[0-9]{1,7}\]\(https?://[^\s)]+/(?:pull|issues)/[0-9]{1,7}\)";
    let address = r"https?://[^\s()]+/(?:pull|issues)/[0-9]{1,7}";
    let more = r"(?:,\s?(?:\[[^\]\s]+\](?:\([^\s)]*\)|\[\])?|#[0-9]{1,7}))*";
    [
        format!(r"^{link}:?\s"),
        r"^:(?:issue|pr|pull|gh|user)?[a-z]*:`#?[0-9]{1,7}`:?\s".to_owned(),
        r"^(?:\(#[0-9]{1,7}\)|#[0-9]{1,7})[:\s]\s?".to_owned(),
        format!(r"\s\({link}{more}\)\.?$"),
        format!(r"\s{link}\.?$"),
        format!(r"\s\(\[#[0-9]{{1,7}}\](?:\[\])?{more}\)\.?$"),
        r"\s\[#[0-9]{1,7}\](?:\[\])?\.?$".to_owned(),
        r"\s\(:(?:issue|pr|pull|gh):`#?[0-9]{1,7}`\)\.?$".to_owned(),
        r"\s:(?:issue|pr|pull|gh):`#?[0-9]{1,7}`\.?$".to_owned(),
        r",? (?:see|fixes|closes) #[0-9]{1,7}\.?$".to_owned(),
        format!(r"\s\((?:#|GH-|gh-|PR #|PR )[0-9]{{1,7}}{more}\)\.?$"),
        r"\s(?:#|GH-|gh-)[0-9]{1,7}\.?$".to_owned(),
        format!(r"\s\({address}\)\.?$"),
        format!(r"\s{address}\.?$"),
    ]
    .iter()
    .map(|pattern| Regex::new(pattern).expect("a fixed pattern"))
    .collect()
});

/// What follows the first number where an entry names several.
static MORE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r",\s?(?:\[[^\]\s]+\](?:\([^\s)]*\)|\[\])?|#[0-9]{1,7})").expect("a fixed pattern"));

/// The ways to thank.
static THANKS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\s-\s(?:by )?\[@[[0-9A-Za-z_].-]{1,40}\]\(https?://[^\s)]+\)\.?",
        r"\sby \[?@[[0-9A-Za-z_].-]{1,40}\]?(?:\(https?://[^\s)]+\))?\.?",
        r"\s\(\[@[[0-9A-Za-z_].-]{1,40}\]\(https?://[^\s)]+\)\)\.?",
        r"\s\((?:thanks(?: to)? |by )?@[[0-9A-Za-z_].-]{1,40}\)\.?",
        r"\s\[@[[0-9A-Za-z_].-]{1,40}\]\.?$",
        r"\s[Tt]hanks,? (?:to )?@[[0-9A-Za-z_].-]{1,40}!?\.?",
        r"\s@[[0-9A-Za-z_].-]{1,40}\.?$",
    ]
    .iter()
    .map(|pattern| Regex::new(pattern).expect("a fixed pattern"))
    .collect()
});

static INLINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\]\(https?://[^\s)]+/(?:pull|issues)/[0-9]").expect("a fixed pattern"));
static AUTHOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"@[[0-9A-Za-z_].-]{1,40}").expect("a fixed pattern"));
static LEAD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:\*\*([A-Za-z ]{2,20}):?\*\*:?|([A-Z][a-z]{2,14}):)\s").expect("a fixed pattern"));

/// What entries have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Habits {
    /// How many entries were looked at.
    pub entries: usize,
    /// How many of them name a number.
    pub numbered: usize,
    /// The mark of a list with its spaces, such as `- `.
    pub mark: String,
    /// Bytes before the mark.
    pub indent: String,
    /// The text that names a number, as one entry has it, and whether it stands at the beginning.
    pub number: Option<(String, bool)>,
    /// The text that names a person, as one entry has it.
    pub thanks: Option<String>,
    /// Whether most entries link their numbers right where they stand.
    pub linked: bool,
    /// Whether thanks stand behind the number.
    pub thanks_last: bool,
    /// Whether entries end with a full stop.
    pub full_stop: bool,
    /// Whether the last sign of an entry is a full stop although a number or thanks stand at its end.
    pub dot_last: bool,
    /// Whether entries begin with a capital letter.
    pub capital: bool,
    /// Whether they say what was done ("Added") and not what to do ("Add").
    pub past: bool,
    /// Whether long entries are broken, and after how many characters.
    pub width: Option<usize>,
    /// The words that begin entries, such as `**added:** `, with one example each.
    pub leads: Vec<String>,
    /// Whether entries begin with the area that they are about, as in `router: ...`.
    pub areas: bool,
    /// Whether a blank line stands between entries.
    pub spaced: bool,
    /// Whether new entries are put first.
    pub newest_first: bool,
}

impl Habits {
    /// Whether a new entry has to name a number: nearly all others do.
    pub fn wants_number(&self) -> bool {
        self.entries >= ENOUGH && self.numbered * 10 >= self.entries * 9
    }
}

/// The numbers that a text names.
pub fn numbers_in(text: &str) -> Vec<u32> {
    let mut found: Vec<u32> = NUMBER
        .captures_iter(text)
        .filter_map(|parts| parts.get(1).or(parts.get(2))?.as_str().parse().ok())
        .take(50)
        .collect();
    found.dedup();
    found
}

/// The first person that a text names, without the `@`.
pub(super) fn author_in(text: &str) -> Option<&str> {
    AUTHOR.find(text).map(|found| found.as_str().trim_start_matches('@').trim_end_matches(['.', '-']))
}

/// The habits of the entries that were there before.
pub fn habits_of(document: &Document<'_>) -> Habits {
    let old: Vec<(&Entry, String)> = document
        .entries
        .iter()
        .filter(|entry| !entry.added && (entry.release.is_some() || document.releases.is_empty()))
        .map(|entry| (entry, document.text_of(entry)))
        .filter(|(_, text)| !keeps_place(text) && text.len() < 4_000)
        .take(LOOKED_AT)
        .collect();
    let texts: Vec<&str> = old.iter().map(|(_, text)| text.as_str()).collect();
    let most = |count: usize| count * 2 > texts.len();
    let unthanked: Vec<String> = texts
        .iter()
        .map(|text| {
            THANKS
                .iter()
                .find(|shape| shape.is_match(text))
                .map_or_else(|| (*text).to_owned(), |shape| shape.replace(text, "").into_owned())
        })
        .collect();
    let unthanked: Vec<&str> = unthanked.iter().map(String::as_str).collect();
    let number = most_frequent(&SHAPES, &unthanked).filter(|(_, count)| most(*count)).map(|(shape, _)| {
        let at_start = unthanked.iter().any(|text| text.starts_with(&shape));
        (MORE.replace_all(&shape, "").into_owned(), at_start)
    });
    let thanks = most_frequent(&THANKS, &texts).filter(|(_, count)| most(*count)).map(|(shape, _)| shape);
    let thanks_last = thanks.as_ref().zip(number.as_ref()).is_none_or(|(thanks, (number, _))| {
        texts.iter().find_map(|text| Some(text.find(thanks.as_str())? > text.find(number.as_str())?)).unwrap_or(true)
    });
    let bare: Vec<String> = texts.iter().map(|text| without_ends(text)).collect();
    let count = |is: &dyn Fn(&str) -> bool| bare.iter().filter(|text| is(text)).count();
    let letters = count(&|text| text.starts_with(char::is_alphabetic));
    let marks = old.first().map(|(entry, _)| document.mark_of(entry));
    let indent = old.first().map_or("", |(entry, _)| {
        let text = document.sheet.lines[entry.at].text;
        &text[..text.len() - text.trim_start().len()]
    });
    let past = count(&|text| first_word(text).is_some_and(|word| TENSES.iter().any(|(_, past)| *past == word)));
    let present = count(&|text| first_word(text).is_some_and(|word| TENSES.iter().any(|(now, _)| *now == word)));
    let spaced = old.windows(2).filter(|pair| pair[0].0.end < pair[1].0.at && pair[0].0.section == pair[1].0.section);
    let ends = thanks.is_some() || number.as_ref().is_some_and(|(_, first)| !first);
    Habits {
        entries: texts.len(),
        linked: most(texts.iter().filter(|text| INLINE.is_match(text)).count()),
        numbered: texts.iter().filter(|text| !numbers_in(text).is_empty()).count(),
        mark: marks.unwrap_or("- ").to_owned(),
        indent: indent.to_owned(),
        number,
        thanks,
        thanks_last,
        full_stop: most(count(&|text| text.ends_with('.'))),
        dot_last: most(texts.iter().filter(|text| text.ends_with('.')).count()) && ends,
        capital: texts.is_empty() || count(&|text| text.starts_with(char::is_uppercase)) * 2 >= letters,
        past: past > present,
        width: width_of(document, &old),
        leads: leads_in(&texts),
        areas: count(&|text| without_area(text).is_some()) * 4 > texts.len(),
        spaced: spaced.count() * 2 > texts.len(),
        newest_first: is_newest_first(&old),
    }
}

/// The text of the shape that most entries have, as the first of them has it, and how many do.
fn most_frequent(shapes: &[Regex], texts: &[&str]) -> Option<(String, usize)> {
    let mut best: Option<(String, usize)> = None;
    for shape in shapes {
        let mut found = texts.iter().filter_map(|text| shape.find(text)).map(|found| found.as_str().to_owned());
        let Some(first) = found.next() else { continue };
        let count = 1 + found.count();
        if best.as_ref().is_none_or(|(_, most)| count > *most) {
            best = Some((first, count));
        }
    }
    best
}

/// An entry without number and thanks at its ends.
pub(super) fn without_ends(text: &str) -> String {
    let mut text = text.trim().to_owned();
    for shape in SHAPES.iter().chain(THANKS.iter()) {
        if let Some(found) = shape.find(&text) {
            let dot =
                found.as_str().ends_with('.') && !text[..found.start()].ends_with('.') && found.end() == text.len();
            let rest = format!("{} {}", text[..found.start()].trim_end(), text[found.end()..].trim_start());
            text = rest.trim().to_owned();
            if dot {
                text.push('.');
            }
        }
    }
    text
}

/// Long entries are broken when some go on over lines and few lines are longer than the usual ones.
fn width_of(document: &Document<'_>, old: &[(&Entry, String)]) -> Option<usize> {
    let lines = |entry: &Entry| document.sheet.lines[entry.at..entry.end].iter().map(|line| line.text.chars().count());
    let broken = old.iter().filter(|(entry, text)| entry.end > entry.at + 1 && text.chars().count() > 60).count();
    let mut lengths: Vec<usize> = old.iter().flat_map(|(entry, _)| lines(entry)).collect();
    lengths.sort_unstable();
    let longest = *lengths.get(lengths.len().saturating_sub(1 + lengths.len() / 20))?;
    (broken * 5 > old.len() && longest <= 120).then_some(longest.max(72))
}

fn leads_in(texts: &[&str]) -> Vec<String> {
    let leads: Vec<&str> = texts.iter().filter_map(|text| LEAD.find(text)).map(|found| found.as_str()).collect();
    // Others name the area that an entry is about.
    let is_kind = |lead: &&&str| {
        let word = lead.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        Kind::of_section(&word).is_some() || ["chang", "improv", "enhanc"].iter().any(|start| word.starts_with(start))
    };
    let kinds = leads.iter().filter(is_kind).count();
    if leads.len() * 2 <= texts.len() || texts.len() < 3 || kinds * 2 <= leads.len() {
        return Vec::new();
    }
    let mut distinct: Vec<String> = Vec::new();
    for lead in leads {
        if !distinct.iter().any(|seen| seen == lead) {
            distinct.push(lead.to_owned());
        }
    }
    distinct
}

/// Numbers that mostly fall from entry to entry: the newest stands first.
fn is_newest_first(old: &[(&Entry, String)]) -> bool {
    let (mut falls, mut rises) = (0, 0);
    for pair in
        old.windows(2).filter(|pair| pair[0].0.release == pair[1].0.release && pair[0].0.section == pair[1].0.section)
    {
        if let (Some(first), Some(second)) = (numbers_in(&pair[0].1).first(), numbers_in(&pair[1].1).first()) {
            falls += usize::from(first > second);
            rises += usize::from(first < second);
        }
    }
    falls > rises * 2 && falls >= 3
}

fn first_word(text: &str) -> Option<String> {
    let word = text.split(|c: char| !c.is_alphabetic()).next()?;
    (!word.is_empty()).then(|| word.to_lowercase())
}

/// Words that begin titles and entries: what to do, and what was done.
pub(super) const TENSES: [(&str, &str); 34] = [
    ("add", "added"),
    ("allow", "allowed"),
    ("avoid", "avoided"),
    ("bump", "bumped"),
    ("change", "changed"),
    ("correct", "corrected"),
    ("deprecate", "deprecated"),
    ("disable", "disabled"),
    ("drop", "dropped"),
    ("enable", "enabled"),
    ("ensure", "ensured"),
    ("expose", "exposed"),
    ("extend", "extended"),
    ("fix", "fixed"),
    ("handle", "handled"),
    ("ignore", "ignored"),
    ("implement", "implemented"),
    ("improve", "improved"),
    ("introduce", "introduced"),
    ("make", "made"),
    ("move", "moved"),
    ("optimize", "optimized"),
    ("prevent", "prevented"),
    ("reduce", "reduced"),
    ("refactor", "refactored"),
    ("remove", "removed"),
    ("rename", "renamed"),
    ("replace", "replaced"),
    ("restore", "restored"),
    ("revert", "reverted"),
    ("simplify", "simplified"),
    ("support", "supported"),
    ("update", "updated"),
    ("use", "used"),
];
