//! Python's requirement strings: `name[extra]>=1; marker`.

use super::lock::is_same_loosely;

/// A requirement taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Requirement {
    /// The name as indexes compare it.
    pub(super) name: String,
    /// The name as it is written.
    pub(super) label: String,
    /// Optional parts, in one form.
    pub(super) extras: String,
    /// The versions, or `@` and an address.
    pub(super) versions: String,
    /// The condition.
    pub(super) marker: String,
}

/// Variables of markers that uv repeats; those of Python's version it simplifies.
const PLATFORM: [&str; 6] = [
    "sys_platform",
    "platform_system",
    "os_name",
    "platform_machine",
    "implementation_name",
    "platform_python_implementation",
];

pub(super) fn split(requirement: &str) -> Option<Requirement> {
    let (text, marker) = requirement.split_once(';').unwrap_or((requirement, ""));
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')).unwrap_or(text.len());
    let (label, rest) = text.split_at(end);
    if label.is_empty() {
        return None;
    }
    let mut rest = rest.trim();
    let mut extras = String::new();
    if let Some(inner) = rest.strip_prefix('[') {
        let (inside, after) = inner.split_once(']')?;
        extras = join_extras(inside.split(','));
        rest = after.trim();
    }
    let versions = rest.trim_start_matches('(').trim_end_matches(')').trim().to_owned();
    let marker = marker.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "'");
    Some(Requirement { name: normalize(label), label: label.to_owned(), extras, versions, marker })
}

/// Names of extras, sorted and in lower case.
pub(super) fn join_extras<'a>(extras: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<String> = extras.map(|extra| normalize(extra.trim())).filter(|extra| !extra.is_empty()).collect();
    all.sort();
    all.dedup();
    all.join(",")
}

/// Whether a lockfile's marker can be that of a requirement. Package managers rewrite markers: only whether a platform
/// is named at all is compared, and which one where the marker is a single comparison.
pub(super) fn is_same_platform(wanted: &str, held: &str) -> bool {
    let names = |marker: &str| PLATFORM.iter().any(|variable| marker.contains(variable));
    if wanted.contains("python_") && names(wanted) && wanted.contains("version") {
        return true;
    }
    let single = wanted.starts_with("sys_platform") && ![" and ", " or "].iter().any(|word| wanted.contains(word));
    let value = wanted.split('\'').nth(1).filter(|_| single);
    names(wanted) == names(held) && value.is_none_or(|value| held.contains(&format!("'{value}'")))
}

/// Whether two lists of versions say the same. uv writes versions in the form of PEP 440: `1.0.0-beta.1` as `1.0.0b1`,
/// `2024.01` as `2024.1`.
pub(super) fn is_same_versions(one: &str, other: &str) -> bool {
    is_same_loosely(&plain_versions(one), &plain_versions(other))
}

fn plain_versions(text: &str) -> String {
    let text: Vec<char> =
        text.to_lowercase().chars().filter(|c| !matches!(c, '-' | '_') && !c.is_whitespace()).collect();
    let at = |index: Option<usize>| index.and_then(|index| text.get(index)).copied().unwrap_or(' ');
    let mut out = String::with_capacity(text.len());
    for (index, c) in text.iter().enumerate() {
        let (before, after) = (at(index.checked_sub(1)), at(Some(index + 1)));
        let parts_a_word = *c == '.' && (before.is_ascii_alphabetic() || after.is_ascii_alphabetic());
        let leads = *c == '0' && !before.is_ascii_digit() && after.is_ascii_digit();
        if !parts_a_word && !leads {
            out.push(*c);
        }
    }
    out.replace("alpha", "a").replace("beta", "b").replace("preview", "rc")
}

/// A version of numbers alone, without leading zeros; `None` for any other, which tools write in forms of their own.
pub(super) fn plain_version(text: &str) -> Option<String> {
    let parts: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
    Some(parts?.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
}

/// Lower case, and one `-` for every run of `-`, `_` and `.`.
pub(super) fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.push(c.to_ascii_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_taken_apart() {
        for (text, name, versions, extras, marker) in [
            (
                "Flask_SQLAlchemy>=3,<4; python_version>\"3.8\"",
                "flask-sqlalchemy",
                ">=3,<4",
                "",
                "python_version>'3.8'",
            ),
            ("uvicorn[standard, A_b] >= 0.3", "uvicorn", ">= 0.3", "a-b,standard", ""),
            ("a (>=1)", "a", ">=1", "", ""),
            ("a @ https://x/y.whl", "a", "@ https://x/y.whl", "", ""),
            ("a", "a", "", "", ""),
        ] {
            let read = split(text).expect(text);
            assert_eq!((read.name.as_str(), read.versions.as_str()), (name, versions), "{text}");
            assert_eq!((read.extras.as_str(), read.marker.as_str()), (extras, marker), "{text}");
        }
        assert_eq!(split(">=1"), None);
    }

    #[test]
    fn versions_are_compared_in_one_form() {
        for (one, other, same) in [
            (">=1.0.0-beta.1, <2", "<2,>=1.0.0b1", true),
            ("==2024.01.10", "==2024.1.10", true),
            ("==1.0.post1", "==1.0.post1", true),
            ("==1.0", "==10", false),
            ("==1.*", "==1.*", true),
        ] {
            assert_eq!(is_same_versions(one, other), same, "{one} / {other}");
        }
        assert_eq!(plain_version("2024.01.2").as_deref(), Some("2024.1.2"));
        assert_eq!(plain_version("1.0rc1"), None);
    }

    #[test]
    fn platforms_are_compared_and_versions_of_python_are_not() {
        for (wanted, held, same) in [
            ("sys_platform == 'linux'", "", false),
            ("", "sys_platform == 'linux'", false),
            ("sys_platform == 'linux'", "sys_platform == 'linux' and extra == 'docs'", true),
            ("sys_platform == 'linux'", "sys_platform == 'win32'", false),
            ("platform_system == 'Windows'", "sys_platform == 'win32'", true),
            ("python_version < '3.9'", "", true),
            ("python_version < '3.9' and sys_platform == 'linux'", "python_full_version < '0'", true),
        ] {
            assert_eq!(is_same_platform(wanted, held), same, "{wanted} / {held}");
        }
    }
}
