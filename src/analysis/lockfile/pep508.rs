//! Python's requirement strings: `name[extra]>=1; marker`.

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
