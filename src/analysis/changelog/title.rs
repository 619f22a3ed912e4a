//! What the title and description of a pull request say about an entry: of which kind, whether it breaks something,
//! and the words.

use super::habit::{Habits, TENSES};
use regex::Regex;
use std::sync::LazyLock;

/// Where an entry belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something new.
    Added,
    /// Something different.
    Changed,
    /// Something that will go.
    Deprecated,
    /// Something that is gone.
    Removed,
    /// A mistake less.
    Fixed,
    /// A hole less.
    Security,
    /// Something faster.
    Faster,
    /// Something that breaks users.
    Breaking,
}

impl Kind {
    /// Names of its section, the best first; in lower case, without decoration.
    pub fn sections(self) -> &'static [&'static str] {
        match self {
            Kind::Added => &[
                "added",
                "features",
                "feature",
                "new features",
                "new",
                "enhancements",
                "enhancement",
                "feature enhancements",
                "additions",
                "added features",
            ],
            Kind::Changed => &[
                "changed",
                "changes",
                "improvements",
                "enhancements",
                "other changes",
                "other",
                "others",
                "miscellaneous",
                "internal",
                "minor changes",
                "refactor",
            ],
            Kind::Deprecated => &["deprecated", "deprecations", "deprecation"],
            Kind::Removed => &["removed", "removals", "removal"],
            Kind::Fixed => {
                &["fixed", "bug fixes", "bugfixes", "bugfix", "bug fix", "fixes", "fix", "bugs", "bugs fixed"]
            }
            Kind::Security => &["security", "security fixes", "security fix"],
            Kind::Faster => &["performance", "performance improvements", "performance improvement"],
            Kind::Breaking => &[
                "breaking changes",
                "breaking change",
                "breaking",
                "bc breaks",
                "backwards incompatible changes",
                "backward incompatible changes",
                "incompatible changes",
            ],
        }
    }

    /// Names of sections that take it in where a file has none of its own for it, the best first.
    pub fn wider_sections(self) -> &'static [&'static str] {
        match self {
            Kind::Added => &["improvements", "minor changes"],
            Kind::Changed => &[],
            Kind::Deprecated => &["changed", "changes"],
            Kind::Removed => &["changed", "changes", "other changes", "miscellaneous"],
            Kind::Fixed => &["patch changes", "changed", "changes"],
            Kind::Security => &["fixed", "bug fixes", "fixes"],
            Kind::Faster => &["improvements", "enhancements", "improved", "changed", "changes"],
            Kind::Breaking => &["removed", "changed", "changes", "major changes"],
        }
    }

    /// What a section with another name is for, by its words: `Fixed bugs`, `Deprecated features`.
    pub(super) fn of_section(name: &str) -> Option<Kind> {
        /// The word that says most stands first.
        const WORDS: [(Kind, &[&str]); 7] = [
            (Kind::Breaking, &["breaking", "breaks", "incompatible"]),
            (Kind::Security, &["security", "vulnerabilities"]),
            (Kind::Deprecated, &["deprecated", "deprecations", "deprecation"]),
            (Kind::Removed, &["removed", "removals", "removal"]),
            (Kind::Faster, &["performance"]),
            (Kind::Fixed, &["fixed", "fix", "fixes", "bug", "bugs", "bugfix", "bugfixes"]),
            (Kind::Added, &["added", "new", "feature", "features", "additions"]),
        ];
        /// Sections of these are for other readers.
        const APART: [&str; 12] = [
            "build",
            "ci",
            "doc",
            "docs",
            "documentation",
            "internal",
            "known",
            "packaging",
            "test",
            "testing",
            "tests",
            "typing",
        ];
        let words: Vec<&str> = name.split_whitespace().take(8).collect();
        let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
        let found = WORDS.iter().find(|(_, known)| has(known)).map(|(kind, _)| *kind);
        found.filter(|_| !has(&APART))
    }

    /// The section of Keep a Changelog.
    pub fn standard(self) -> &'static str {
        match self {
            Kind::Added => "Added",
            Kind::Changed | Kind::Faster | Kind::Breaking => "Changed",
            Kind::Deprecated => "Deprecated",
            Kind::Removed => "Removed",
            Kind::Fixed => "Fixed",
            Kind::Security => "Security",
        }
    }
}

/// What a title says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullTitle {
    /// The words, without type, tags and number.
    pub text: String,
    /// Where an entry belongs.
    pub kind: Kind,
    /// The conventional type in lower case.
    pub conventional: Option<String>,
    /// Whether title or description say that users are broken.
    pub breaking: bool,
    /// Whether git or GitHub made it: it undoes another pull request, or merges branches. What it brings was told there.
    pub made: bool,
    /// Whether it speaks of work inside the house: typos, lints, polish, refactoring.
    pub internal: bool,
}

/// Conventional types; another word before a colon is part of the sentence, or an area such as `docs/api:`.
const TYPES: [&str; 27] = [
    "feat",
    "feature",
    "fix",
    "bugfix",
    "hotfix",
    "perf",
    "refactor",
    "docs",
    "doc",
    "style",
    "test",
    "tests",
    "build",
    "ci",
    "chore",
    "revert",
    "types",
    "type",
    "typing",
    "security",
    "deps",
    "release",
    "add",
    "remove",
    "deprecate",
    "breaking",
    "sec",
];

static CONVENTIONAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*([A-Za-z]{2,12})(\([^)]*\))?(!)?:\s*").expect("a fixed pattern"));
static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(?:\[[^\]]{1,40}\]|:[a-z_]{2,30}:)\s*").expect("a fixed pattern"));
/// `core: ` and the like.
static AREA: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[[0-9A-Za-z_]./,*-]{1,40}: ").expect("a fixed pattern"));
static MERGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:Merge (?:branch|tag|commit|remote-tracking|origin|upstream)(?-u:\b)|Back-?merge(?-u:\b))")
        .expect("a fixed pattern")
});
/// Spaces do not count here.
static INTERNAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi)
        (?-u:\b) (?: typos? | clippy | rustfmt | lint(?:s|er|ing)? | clean(?:ing)?[\ -]?ups? | touch-?ups? | dead\ code
            | un-?used | formatting | code\ style | pre-commit | type\ (?:hints|annotations|errors) | typing | pyright
            | mypy ) (?-u:\b)
        | (?-u:\b) refactor | (?-u:\b) dev\ dependenc | ^ bump\ .+\ from\ .+\ to\  | ^ update\ (?:dependency|module|.*\ digest) (?-u:\b)
        | ^ (?: slightly\  )? simplify(?-u:\b) .* (?-u:\b)(?: code | implementation | internals | logic | routine | strategy )(?-u:\b) | (?-u:\b) stray(?-u:\b) | (?-u:\b) left\ in\ by\ accident (?-u:\b) | (?-u:\b) (?: un-?needed | needless ) (?-u:\b)
        | ^ polish(?:ing)? (?: $ | \ the\ ) | (?-u:\b) (?: some | small | minor ) \ polish(?:ing)? (?-u:\b)
        | ^ (?: progress | wip | work\ in\ progress ) $",
    )
    .expect("a fixed pattern")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s*\(?#[0-9]{1,7}\)?\s*$").expect("a fixed pattern"));
/// As conventional commits have it: in a line of its own, or as a footer.
static BREAKING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*(?:\*\*)?BREAKING[ -]CHANGES?(?:\*\*)?\s*:").expect("a fixed pattern"));

/// Longer titles are cut.
const MAX_TITLE_BYTES: usize = 500;

/// Reads title and description.
pub fn read_pull_title(title: &str, body: &str) -> PullTitle {
    // A merge commit that stands in for its pull request has the title in its second paragraph.
    let is_merged = |title: &str| title.starts_with("Merge pull request #") && title.contains(" from ");
    let title = body.lines().map(str::trim).find(|line| !line.is_empty() && is_merged(title)).unwrap_or(title);
    let end = (0..=title.len().min(MAX_TITLE_BYTES)).rev().find(|end| title.is_char_boundary(*end)).unwrap_or(0);
    let one_line = title[..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = one_line.as_str();
    let made = MERGE.is_match(rest)
        || rest.starts_with("Revert \"")
        || rest.to_lowercase().starts_with("revert:")
        || rest.starts_with("Reapply \"");
    while let Some(tag) = TAG.find(rest) {
        rest = &rest[tag.end()..];
    }
    let parts = CONVENTIONAL.captures(rest).filter(|parts| {
        let word = parts[1].to_lowercase();
        TYPES.contains(&word.as_str()) || parts.get(3).is_some()
    });
    let conventional = parts.as_ref().map(|parts| parts[1].to_lowercase());
    let breaking = parts.as_ref().is_some_and(|parts| parts.get(3).is_some())
        || BREAKING.is_match(body)
        || BREAKING.is_match(&one_line);
    let text = parts.map_or(rest, |parts| &rest[parts.get(0).map_or(0, |whole| whole.end())..]);
    let text = NUMBER.replace(text, "").trim().trim_end_matches('.').to_owned();
    let words = without_area(&text).filter(|_| conventional.is_none()).unwrap_or(&text);
    let kind = kind_of(conventional.as_deref(), words, breaking);
    let internal = INTERNAL.is_match(words) && !breaking;
    PullTitle { text, kind, conventional, breaking, made, internal }
}

fn kind_of(conventional: Option<&str>, text: &str, breaking: bool) -> Kind {
    if breaking {
        return Kind::Breaking;
    }
    match conventional {
        Some("feat" | "feature" | "add") => return Kind::Added,
        Some("fix" | "bugfix" | "hotfix") => return Kind::Fixed,
        Some("perf") => return Kind::Faster,
        Some("security" | "sec") => return Kind::Security,
        Some("deprecate") => return Kind::Deprecated,
        Some("remove") => return Kind::Removed,
        Some(_) => return Kind::Changed,
        None => {}
    }
    let lower = text.to_lowercase();
    let first = lower.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    if lower.contains("cve-") || lower.contains("vulnerab") {
        return Kind::Security;
    }
    match first {
        "add" | "adds" | "added" | "support" | "supports" | "introduce" | "introduces" | "implement" | "implements"
        | "new" | "allow" | "allows" | "expose" | "provide" => Kind::Added,
        "fix" | "fixes" | "fixed" | "correct" | "prevent" | "avoid" | "repair" | "handle" | "resolve" | "bugfix" => {
            Kind::Fixed
        }
        "remove" | "removes" | "removed" | "drop" | "drops" | "delete" => Kind::Removed,
        "deprecate" | "deprecates" | "deprecated" => Kind::Deprecated,
        "speed" | "optimize" | "optimise" | "faster" => Kind::Faster,
        _ => Kind::Changed,
    }
}

/// What follows the area that a text begins with, as in `core: read dates`; `None` where it names none.
pub(super) fn without_area(text: &str) -> Option<&str> {
    AREA.find(text).map(|area| &text[area.end()..])
}

/// The words of a title as the entries of a file are written: without an area where they name none, tense, first letter.
pub(super) fn phrase(title: &str, habits: &Habits) -> String {
    let title = without_area(title).filter(|_| !habits.areas).unwrap_or(title);
    let word = title.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let lower = word.to_lowercase();
    let other = TENSES.iter().find_map(|(now, past)| match habits.past {
        true if *now == lower => Some(*past),
        false if *past == lower && habits.entries > 0 => Some(*now),
        _ => None,
    });
    let text = other.map_or_else(|| title.to_owned(), |other| format!("{other}{}", &title[word.len()..]));
    let mut letters = text.chars();
    match letters.next() {
        // A name such as `os.path` or `iOS` keeps its first letter.
        Some(first) if habits.capital && first.is_lowercase() && is_plain_word(&text) => {
            first.to_uppercase().chain(letters).collect()
        }
        Some(first) if !habits.capital && first.is_uppercase() && is_plain_word(&text) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text,
    }
}

fn is_plain_word(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    !word.ends_with(':') && word.chars().skip(1).all(|c| c.is_lowercase() || matches!(c, '\'' | '-' | ','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_kind_and_words() {
        for (title, kind, text, breaking) in [
            ("feat(api)!: drop the old index (#12)", Kind::Breaking, "drop the old index", true),
            ("fix: Crash on empty input.", Kind::Fixed, "Crash on empty input", false),
            ("[core] Add a search", Kind::Added, "Add a search", false),
            ("Remove support for 3.8", Kind::Removed, "Remove support for 3.8", false),
            ("axum: Fix the router", Kind::Fixed, "axum: Fix the router", false),
            ("Update the parser", Kind::Changed, "Update the parser", false),
            ("perf: faster search", Kind::Faster, "faster search", false),
        ] {
            let read = read_pull_title(title, "");
            assert_eq!((read.kind, read.text.as_str(), read.breaking), (kind, text, breaking), "{title}");
        }
        assert!(read_pull_title("x", "Text\n\nBREAKING CHANGE: all").breaking);
        assert!(!read_pull_title("x", "There is no BREAKING CHANGE here").breaking);
        assert!(read_pull_title("Revert \"Add x\"", "").made && read_pull_title("Merge branch 'a' into b", "").made);
        assert_eq!(read_pull_title("Merge pull request #1 from a/b", "\nAdd a search\n").text, "Add a search");
        for title in
            ["core: fix typos", "globset: polishing", "Polish the core", "printer: slightly simplify code", "wip"]
        {
            assert!(read_pull_title(title, "").internal, "{title}");
        }
        for title in [
            "fix crash",
            "Polish translation",
            "Add Polish",
            "Show progress",
            "Add a simplify command",
            "Simplify the login page",
        ] {
            assert!(!read_pull_title(title, "").internal, "{title}");
        }
        assert_eq!(read_pull_title("ignore: fix deadlock", "").kind, Kind::Fixed);
    }
}
