//! What a heading of a changelog says: a version, a date, that it is not released yet, that it was withdrawn.

use chrono::NaiveDate;
use regex::Regex;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// The parts of a heading. Texts are pieces of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Title<'a> {
    /// The version without a `v` before it.
    pub version: Option<&'a str>,
    /// The date as it is written.
    pub date_text: Option<&'a str>,
    /// The day, when it is one.
    pub date: Option<NaiveDate>,
    /// Whether it says that it is not released yet.
    pub pending: bool,
    /// How it says that the release was withdrawn, such as `[YANKED]`.
    pub yanked: Option<&'a str>,
    /// The label of a reference link, as in `[1.2.0]`; not of an inline link.
    pub label: Option<&'a str>,
    /// Whether the version begins the heading, but for brackets, `v` and the word "version".
    pub begins_with_version: bool,
}

impl Title<'_> {
    /// Whether it could be the heading of a release.
    pub fn is_release(&self) -> bool {
        self.version.is_some() || self.pending || self.date.is_some()
    }

    /// Whether the date is written as `2026-01-31`.
    pub fn has_iso_date(&self) -> bool {
        self.date.is_some() && self.date_text.is_some_and(|text| ISO.is_match(text))
    }
}

fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a fixed pattern")
}

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?:^|[\s\[(`*_@/-])[vV]?([0-9]{1,9}(?:\.[0-9]{1,9}){1,3}(?:[-.+]?[0-9A-Za-z]{1,30}(?:[.+-][0-9A-Za-z]{1,30}){0,6})?)(?:$|[\s\])`*_,:;])",
    )
});
static WORD_VERSION: LazyLock<Regex> = LazyLock::new(|| {
    fixed(r"(?i)^[^0-9A-Za-z_]*(?:version|release|v|r)\s?([0-9]{1,9}(?:[-.][0-9a-z]{1,20})?)(?:$|[\s\])(,:;])")
});
static ISO: LazyLock<Regex> = LazyLock::new(|| fixed(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"));
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let month = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}";
    fixed(&format!(
        r"(?i)[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}|[0-9]{{1,2}}[-/.][0-9]{{1,2}}[-/.][0-9]{{4}}|{month}\.?\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s[0-9]{{4}}|[0-9]{{1,2}}(?:st|nd|rd|th)?[\s-]{month}\.?,?[\s-][0-9]{{4}}"
    ))
});
static YANKED: LazyLock<Regex> = LazyLock::new(|| fixed(r"(?i)\[yanked\]|\(yanked\)|(?-u:\b)yanked(?-u:\b)"));
/// These say it wherever they stand.
static PENDING: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)(?-u:\b)unreleased(?-u:\b)|(?-u:\b)not (?:yet )?released(?-u:\b)|(?-u:\b)to be (?:released|announced|determined)(?-u:\b)|(?-u:\b)vnext(?-u:\b)|(?-u:\b)t\.?b\.?[da](?-u:\b)|(?-u:\b)in (?:progress|development)(?-u:\b)|(?-u:\b)coming soon(?-u:\b)|(?-u:\b)unpublished(?-u:\b)|snapshot(?-u:\b)|(?-u:\b)x{4}|\?\?|(?-u:\b)yyyy(?-u:\b)|\[(?:date|day)\]|(?-u:\b)under development(?-u:\b)|[[0-9].-](?:dev|pre)[0-9]*(?-u:\b)",
    )
});
/// These only where nothing else is said.
static PENDING_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)^(?:(?:the )?(?:next|upcoming|future|pending|current)(?: (?:release|version|changes|major|minor|patch))*|head|main|master|trunk|dev|develop(?:ment)?|wip|latest|staging)$",
    )
});
static PENDING_IN_BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| fixed(r"(?i)[(\[](?:next|upcoming|pending|dev|development|main|master|wip|future)[)\]]"));
/// What stands in longer brackets is text.
const MAX_LABEL_BYTES: usize = 80;
static LABEL: LazyLock<Regex> = LazyLock::new(|| fixed(r"\[([^\]\[]+)\](\(|\[)?"));
/// A heading of the file, not of a release.
static OF_FILE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)(?-u:\b)change ?log(?-u:\b)|^changes$|^history$|(?-u:\b)release (?:notes|history)(?-u:\b)|^news$|(?-u:\b)revision history(?-u:\b)|^releases$|(?-u:\b)migrati|(?-u:\b)upgrad",
    )
});

/// Whether a heading names the file, as "Changelog for v1.9" does.
pub(super) fn names_file(title: &str) -> bool {
    OF_FILE.is_match(title)
}

/// Reads a heading's text without its signs. Only its first 300 bytes count.
pub fn read_title(text: &str) -> Title<'_> {
    let end = (0..=text.len().min(300)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let text = text[..end].trim();
    let version = VERSION.captures(text).or_else(|| WORD_VERSION.captures(text)).and_then(|found| found.get(1));
    let rest = version.map_or(0, |found| found.end());
    let date_text = find_date_text(&text[rest..]);
    let date = date_text.and_then(read_date);
    let label = LABEL.captures(text).filter(|found| found.get(2).is_none()).and_then(|found| found.get(1));
    let yanked = YANKED.find(text).map(|found| found.as_str());
    let label = label.map(|found| found.as_str());
    let label = label.filter(|label| label.len() <= MAX_LABEL_BYTES && !label.eq_ignore_ascii_case("yanked"));
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let pending = date.is_none()
        && (PENDING.is_match(text)
            || PENDING_IN_BRACKETS.is_match(text)
            || (version.is_none() && PENDING_ALONE.is_match(bare)));
    let begins_with_version = version.is_some_and(|found| {
        let before = text[..found.start()].trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        matches!(before.as_str(), "" | "v" | "version" | "release")
    });
    Title {
        version: version.map(|found| found.as_str().trim_end_matches(['.', '-', '+'])),
        date_text,
        date,
        pending,
        yanked,
        label,
        begins_with_version,
    }
}

/// The first piece that is written as a date.
pub(super) fn find_date_text(text: &str) -> Option<&str> {
    DATE.find(text).map(|found| found.as_str())
}

/// The day of a date as people write it; of `03/04/2026` nobody knows which it is, so that it is none.
pub(super) fn read_date(text: &str) -> Option<NaiveDate> {
    let numbers: Vec<i32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok())
        .collect();
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    let lower = text.to_lowercase();
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if let Some(month) = (1..).zip(months).find(|(_, name)| lower.contains(name)).map(|(number, _)| number) {
        return match numbers[..] {
            [number, year] => day(year, month, number),
            _ => None,
        };
    }
    match numbers[..] {
        [year, month, number] if year > 1000 => day(year, month, number),
        [number, month, year] if number > 12 || text.contains('.') => day(year, month, number),
        [month, number, year] if number > 12 => day(year, month, number),
        [first, second, year] if first == second => day(year, first, second),
        _ => None,
    }
}

/// Which version is later; `None` when that cannot be told.
pub fn compare_versions(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (Version::read(one)?, Version::read(other)?);
    if one.is_line() || other.is_line() {
        return None;
    }
    Some(one.numbers.cmp(&other.numbers).then_with(|| match (one.rest, other.rest) {
        (first, second) if first == second => Ordering::Equal,
        ("", _) => Ordering::Greater,
        (_, "") => Ordering::Less,
        (first, second) => {
            let full = |rest: &str| format!("0.0.0-{}", rest.trim_start_matches(['-', '.']));
            match (semver::Version::parse(&full(first)), semver::Version::parse(&full(second))) {
                (Ok(first), Ok(second)) => first.cmp(&second),
                _ => first.cmp(second),
            }
        }
    }))
}

/// A version's numbers and what follows them: of `1.2-rc.1` these are 1, 2, 0, 0 and `-rc.1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version<'a> {
    /// Four numbers; those that are not written are 0.
    pub numbers: [u64; 4],
    /// What follows, without build metadata.
    pub rest: &'a str,
}

impl<'a> Version<'a> {
    /// Whether it stands for a line of versions, as `3.17.x` does.
    fn is_line(&self) -> bool {
        matches!(self.rest.trim_start_matches('.'), "x" | "X" | "x.x")
    }

    /// Reads a version; `None` when it does not begin with a number.
    pub fn read(text: &'a str) -> Option<Self> {
        let text = text.trim_start_matches(['v', 'V']);
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let mut numbers = [0u64; 4];
        let mut rest = text;
        for (index, number) in numbers.iter_mut().enumerate() {
            let piece = if index == 0 { rest } else { rest.strip_prefix('.').unwrap_or("") };
            let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            if digits == 0 {
                if index == 0 {
                    return None;
                }
                break;
            }
            *number = piece[..digits].parse().ok()?;
            rest = &piece[digits..];
        }
        Some(Version { numbers, rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_version_date_and_state() {
        for (text, version, date, pending) in [
            ("[1.2.0] - 2026-01-02", Some("1.2.0"), Some("2026-01-02"), false),
            ("v10.4.2", Some("10.4.2"), None, false),
            ("Version 3.2.0", Some("3.2.0"), None, false),
            ("15.2.0 (2026-07-15)", Some("15.2.0"), Some("2026-07-15"), false),
            ("4.2.1 / 2025-10-10", Some("4.2.1"), Some("2025-10-10"), false),
            ("1.3.1 (June 12, 2026)", Some("1.3.1"), Some("2026-06-12"), false),
            ("1.0.0 - 02.01.2026", Some("1.0.0"), Some("2026-01-02"), false),
            ("1.0.0-rc.1 - 2026-01-03", Some("1.0.0-rc.1"), Some("2026-01-03"), false),
            ("Gin v1.10.0", Some("1.10.0"), None, false),
            ("@scope/pkg@2.0.1", Some("2.0.1"), None, false),
            ("0.7.1 (Next)", Some("0.7.1"), None, true),
            ("[Unreleased]", None, None, true),
            ("Unreleased Changes", None, None, true),
            ("2.1.0.dev0", Some("2.1.0.dev0"), None, true),
            ("1.2.0 (unreleased)", Some("1.2.0"), None, true),
            ("1.4.0 - YYYY-MM-DD", Some("1.4.0"), None, true),
            ("TBD", None, None, true),
            ("Next", None, None, true),
            ("Next.js support", None, None, false),
            ("2024-10-01", None, Some("2024-10-01"), false),
            ("Added", None, None, false),
            ("Release 12", Some("12"), None, false),
        ] {
            let read = read_title(text);
            let day = read.date.map(|date| date.to_string());
            assert_eq!((read.version, day.as_deref(), read.pending), (version, date, pending), "{text}");
        }
        assert_eq!(read_title("1.0.1 - 2026-01-03 [YANKED]").yanked, Some("[YANKED]"));
        assert_eq!(read_title("1.0.1 - 2026-01-03 [YANKED]").label, None);
        assert_eq!(read_title("[1.0.1] - 2026-01-03").label, Some("1.0.1"));
        assert_eq!(read_title("[1.0.1](https://x) - 2026-01-03").label, None);
        assert!(
            read_title("1.0.0 - 2026-02-30").date_text.is_some() && read_title("1.0.0 - 2026-02-30").date.is_none()
        );
        assert!(names_file("Changelog for v1.9") && !names_file("v1.9"));
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        for (lower, higher) in
            [("1.9.0", "1.10.0"), ("1.0.0-rc.1", "1.0.0"), ("1.0.0-alpha.2", "1.0.0-alpha.10"), ("1.0", "1.0.1")]
        {
            assert_eq!(compare_versions(lower, higher), Some(Ordering::Less), "{lower} {higher}");
        }
        assert_eq!(compare_versions("1.0", "v1.0.0"), Some(Ordering::Equal));
        assert_eq!(compare_versions("next", "1.0"), None);
        assert_eq!(compare_versions("1.0.x", "1.0.1"), None);
    }
}
