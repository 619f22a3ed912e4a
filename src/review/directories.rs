//! Patterns that name a directory and mean a file, so that they match nothing and nobody is told.

use crate::lua::{Globs, plain_path};
use crate::model::FileChange;
use std::collections::{BTreeMap, BTreeSet};

/// At most so many are told.
const MAX_NOTES: usize = 5;

/// A note for each pattern that matches no changed file and is the beginning of one's path. `patterns` are rules with what
/// they were given.
pub(super) fn find_directories(patterns: &[(String, String)], changes: &[FileChange]) -> Vec<String> {
    let mut suspects: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (rule, pattern) in patterns.iter().filter(|(_, pattern)| plain_path(pattern).is_some()) {
        if !is_covered(rule, pattern, patterns) {
            suspects.entry(pattern).or_default().insert(rule);
        }
    }
    if suspects.is_empty() {
        return Vec::new();
    }
    let paths: BTreeSet<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    let is_directory = |pattern: &str| {
        let Some(path) = plain_path(pattern) else { return false };
        let below = format!("{path}/");
        let first = paths.range(below.as_str()..).next();
        let globs = || Globs::parse(&[pattern.strip_prefix('!').unwrap_or(pattern)]);
        first.is_some_and(|first| first.starts_with(&below))
            && globs().is_ok_and(|globs| !paths.iter().any(|path| globs.matches(path)))
    };
    let found = suspects.into_iter().filter(|(pattern, _)| is_directory(pattern));
    found.take(MAX_NOTES).map(|(pattern, rules)| say_directory(pattern, rules)).collect()
}

/// Whether the rule names what lies in the directory in another pattern: `src/`, `src/**`.
pub fn is_covered(rule: &str, pattern: &str, patterns: &[(String, String)]) -> bool {
    let below = format!("{}/", pattern.trim_end_matches('/'));
    patterns.iter().any(|(of, other)| of == rule && other.starts_with(&below))
}

/// What is to be written instead.
pub fn say_directory<'a>(pattern: &str, rules: impl IntoIterator<Item = &'a str>) -> String {
    let rules: Vec<String> = rules.into_iter().map(|rule| format!("`{rule}`")).collect();
    let noun = if rules.len() == 1 { "rule" } else { "rules" };
    let rules = rules.join(", ");
    format!(
        "`{pattern}` is a directory, and the pattern (of the {noun} {rules}) matches no file in it: write `{pattern}/`."
    )
}
