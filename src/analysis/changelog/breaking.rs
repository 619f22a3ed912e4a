//! A change that breaks users, and what the changelog makes of it.

use super::document::{Document, Entry};
use super::heading::Version;
use super::problem::{Problem, ProblemKind};
use super::title::{Kind, PullTitle};
use regex::Regex;
use std::sync::LazyLock;

static SAYS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?-u:\b)break(?:s|ing)?(?-u:\b)|incompatib|(?-u:\b)bc(?-u:\b)|💥|(?-u:\b)removed?(?-u:\b)|(?-u:\b)dropp?(?:ed|s)?(?-u:\b)|no longer|(?-u:\b)must now(?-u:\b)")
        .expect("a fixed pattern")
});

/// The title says that users are broken: do the new entries, and the version that they stand under?
pub(super) fn check(file: &str, document: &Document<'_>, new: &[&Entry], title: &PullTitle) -> Option<Problem> {
    let told: Vec<&&Entry> =
        new.iter().filter(|entry| entry.release.is_none_or(|index| document.releases[index].pending)).collect();
    let first = told.first().filter(|_| title.breaking)?;
    let problem = |message: String| Problem {
        file: file.to_owned(),
        line: document.number(first.at),
        end_line: document.number(first.end - 1),
        kind: ProblemKind::Breaking,
        message,
        suggestion: None,
        fix: None,
    };
    let section_of = |entry: &Entry| entry.section.map(|index| document.sections[index].name);
    let says = told.iter().any(|entry| {
        let named = section_of(entry).is_some_and(|name| {
            let lower = name.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let mut names = Kind::Breaking.sections().iter().chain(Kind::Breaking.wider_sections());
            names.any(|known| *known == lower) || SAYS.is_match(name)
        });
        named || SAYS.is_match(&document.text_of(entry))
    });
    if !says {
        return Some(problem(match section_of(first) {
            Some(section) => format!("The pull request says that it breaks users, and its entry stands under \"{section}\" without a word of that. Begin it with `**Breaking:**`, or put it where breaking changes stand."),
            None => "The pull request says that it breaks users, and its entry does not. Begin it with `**Breaking:**` and say what to do.".to_owned(),
        }));
    }
    let release = first.release.map(|index| &document.releases[index])?;
    let next = release.title.version.filter(|_| document.semantic)?;
    let before = document
        .releases
        .iter()
        .filter(|other| !other.pending && other.at > release.at)
        .find_map(|other| other.title.version)?;
    let (to, from) = (Version::read(next)?, Version::read(before)?);
    let steps = if from.numbers[0] == 0 && to.numbers[0] == 0 { 2 } else { 1 };
    let needed =
        if steps == 2 { format!("0.{}.0", from.numbers[1] + 1) } else { format!("{}.0.0", from.numbers[0] + 1) };
    (to.numbers[..steps] == from.numbers[..steps]).then(|| {
        problem(format!("The pull request says that it breaks users, and its entry stands under `{next}`, which after `{before}` promises that nothing breaks. Let the next version be `{needed}`."))
    })
}
