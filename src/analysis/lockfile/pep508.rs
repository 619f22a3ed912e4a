//! Python's requirement strings: `name[extra]>=1; marker`.

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

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
const PLATFORM: [&str; 8] = [
    "sys_platform",
    "platform_system",
    "os_name",
    "platform_machine",
    "implementation_name",
    "platform_python_implementation",
    "platform_release",
    "platform_version",
];

/// Variables as they were called before PEP 508, and today.
const OLD_NAMES: [(&str, &str); 6] = [
    ("os.name", "os_name"),
    ("sys.platform", "sys_platform"),
    ("platform.version", "platform_version"),
    ("platform.machine", "platform_machine"),
    ("platform.python_implementation", "platform_python_implementation"),
    ("python_implementation", "platform_python_implementation"),
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
    let marker = marker_in_one_form(marker);
    Some(Requirement { name: normalize(label), label: label.to_owned(), extras, versions, marker })
}

/// Names of extras, sorted and in lower case.
pub(super) fn join_extras<'a>(extras: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<String> = extras.map(|extra| normalize(extra.trim())).filter(|extra| !extra.is_empty()).collect();
    all.sort();
    all.dedup();
    all.join(",")
}

/// The platform that a lockfile's marker has to be for, to be that of a requirement. Package managers rewrite markers: only
/// whether a platform is named at all is compared, and which one where the marker is a single comparison; where it is
/// several, nothing.
pub(super) fn platform_of(wanted: &str) -> String {
    if outside_quotes(wanted).flat_map(words).any(|word| matches!(word, "and" | "or")) {
        return ANY.to_owned();
    }
    let value = wanted.split('\'').nth(1).filter(|_| wanted.starts_with("sys_platform"));
    value.map_or_else(|| names_platform(wanted).to_owned(), |value| format!("'{value}"))
}

/// Every platform that a lockfile's marker is for, in the words of [`platform_of`].
pub(super) fn platforms_for(held: &str) -> Vec<String> {
    let python = held.contains("python_version") || held.contains("python_full_version");
    let mut all = vec![ANY.to_owned(), names_platform(held).to_owned(), names_python(python).to_owned()];
    if names_platform(held) == SOME {
        all.extend(held.split('\'').skip(1).step_by(2).map(|value| format!("'{value}")));
    }
    all
}

/// Whether a condition names a version of Python, in the words of [`platforms_for`].
pub(super) fn names_python(named: bool) -> &'static str {
    if named { "python" } else { "no python" }
}

/// Whether the lockfile's condition has to name a version of Python, to be that of a requirement: uv leaves out what holds for
/// every version that the project allows, which is known of a single comparison and of a least version.
pub(super) fn is_about_python(wanted: &str, language: &str) -> Option<bool> {
    if wanted.is_empty() {
        return Some(false);
    }
    let (_, sign, version) = PYTHON.captures(wanted).map(|found| found.extract::<3>().1).map(|[a, b, c]| (a, b, c))?;
    let least = numbers(language.strip_prefix(">=")?)?;
    let version = numbers(version)?;
    let needed = match sign {
        "<" | ">=" => version > least,
        _ => version >= least,
    };
    needed.then_some(true)
}

static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(python_version|python_full_version) ?(<=|>=|<|>) ?'([0-9.]+)'$").expect("a pattern of our own")
});

fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

const ANY: &str = "any";
const SOME: &str = "some";

fn names_platform(marker: &str) -> &'static str {
    if PLATFORM.iter().any(|variable| marker.contains(variable)) { SOME } else { "none" }
}

fn outside_quotes(marker: &str) -> impl Iterator<Item = &str> {
    marker.split('\'').step_by(2)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_of_word(c))
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.')
}

/// A marker with one kind of quotes and of spaces, and today's names of variables.
fn marker_in_one_form(marker: &str) -> String {
    let marker = marker.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "'");
    let mut out = String::with_capacity(marker.len());
    for (index, piece) in marker.split('\'').enumerate() {
        if index > 0 {
            out.push('\'');
        }
        for word in piece.split_inclusive(|c| !is_of_word(c)).filter(|_| index % 2 == 0) {
            let name = word.trim_end_matches(|c| !is_of_word(c));
            out.push_str(OLD_NAMES.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| new));
            out.push_str(&word[name.len()..]);
        }
        if index % 2 == 1 {
            out.push_str(piece);
        }
    }
    out
}

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?(\.\*)?$";
    Regex::new(pattern).expect("a pattern of our own")
});

/// A list of versions in one form, by which two can be compared. uv writes versions as PEP 440 does: `1.0.0-beta.1` as
/// `1.0.0b1`, `2024.01` as `2024.1`, `v1.0-1` as `1.0.post1`.
pub(super) fn versions_in_one_form(text: &str) -> String {
    let part = |part: &str| {
        let part: String = part.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
        let begin = part.find(|c| !matches!(c, '<' | '>' | '=' | '!' | '~')).unwrap_or(part.len());
        let (sign, version) = part.split_at(begin);
        let form = version_in_one_form(version, sign == "~=");
        format!("{sign}{}", form.as_deref().unwrap_or(version))
    };
    let all: BTreeSet<String> = text.split(',').map(part).filter(|part| !part.is_empty()).collect();
    all.into_iter().collect::<Vec<_>>().join(",")
}

/// Zeros at the end say nothing, except after `~=`, which counts the numbers.
fn version_in_one_form(version: &str, counts: bool) -> Option<String> {
    let found = VERSION.captures(version)?;
    let text = |index: usize| found.get(index).map(|it| it.as_str());
    let number = |digits: &str| match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    };
    let mut out = text(1).map(|epoch| format!("{}!", number(epoch))).unwrap_or_default();
    let mut release: Vec<String> = text(2)?.split('.').map(number).collect();
    while !counts && release.len() > 1 && release.last().is_some_and(|last| last == "0") {
        release.pop();
    }
    out += &release.join(".");
    if let Some(kind) = text(3) {
        let kind = match kind {
            "alpha" | "a" => "a",
            "beta" | "b" => "b",
            _ => "rc",
        };
        out += &format!("{kind}{}", number(text(4).unwrap_or_default()));
    }
    if let Some(digits) = text(5).or_else(|| text(6).and(text(7))) {
        out += &format!(".post{}", number(digits));
    }
    if text(8).is_some() {
        out += &format!(".dev{}", number(text(9).unwrap_or_default()));
    }
    if let Some(local) = text(10) {
        out += &format!("+{}", local.replace(['-', '_'], "."));
    }
    Some(out + text(11).unwrap_or_default())
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
            ("==v1.0", "==1.0", true),
            (">=1.0-1", ">=1.0.post1", true),
            (">=1.0c1", ">=1.0rc1", true),
            (">=1.0.Preview", ">=1.0rc0", true),
            ("==1!2.0+CU_121", "==1!2.0+cu.121", true),
            ("==1.0.dev", "==1.0.dev0", true),
            ("==1.0", "==1.0.0", true),
            (">=1.15", ">=1.15.0", true),
            (">=1.0rc1", ">=1.0.0rc1", true),
            ("==1.10", "==1.1", false),
            ("==0", "==0.0.0", true),
            ("~=1.15", "~=1.15.0", false),
            (">=1.0rc1", ">=1.0", false),
            ("==1.0.post1", "==1.01", false),
        ] {
            assert_eq!(versions_in_one_form(one) == versions_in_one_form(other), same, "{one} / {other}");
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
            // What uv itself made of these.
            ("sys_platform == 'linux' or sys_platform != 'linux'", "", true),
            ("sys_platform == 'win32' and os_name == 'posix'", "python_version < '0'", true),
            (
                "sys_platform=='linux'and python_version<'3.9'",
                "python_full_version < '3.9' and sys_platform == 'linux'",
                true,
            ),
            ("'linux' == sys.platform", "sys_platform == 'linux'", true),
            ("sys.platform == 'linux'", "sys_platform == 'linux'", true),
            ("sys.platform == 'linux'", "sys_platform == 'win32'", false),
            ("os.name == 'posix'", "os_name == 'posix'", true),
            ("python_implementation == 'CPython'", "platform_python_implementation == 'CPython'", true),
            (
                "platform_release >= '1'",
                "platform_release >= '1' and (sys_platform != 'darwin' or sys_platform == 'darwin')",
                true,
            ),
        ] {
            let wanted = marker_in_one_form(wanted);
            assert_eq!(platforms_for(held).contains(&platform_of(&wanted)), same, "{wanted} / {held}");
        }
        assert_eq!(marker_in_one_form("os.name ==  \"os.name\""), "os_name == 'os.name'");
    }
}
