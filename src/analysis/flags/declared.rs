//! Which flags a file declares: the keys and names of a configuration, or the constants and texts of code.

use crate::analysis::code::{Language, TokenKind, tokenize};
use crate::diff::{Hunk, LineKind};
use std::collections::BTreeSet;

/// Words of configurations that name a property of a flag, not a flag.
const PROPERTIES: [&str; 34] = [
    "feature_flags",
    "feature-flags",
    "featureFlags",
    "default_enabled",
    "default-enabled",
    "defaultEnabled",
    "introduced_by_url",
    "rollout_issue_url",
    "rollout_percentage",
    "rolloutPercentage",
    "created_at",
    "createdAt",
    "updated_at",
    "expires_at",
    "expiresAt",
    "owner_team",
    "default_value",
    "defaultValue",
    "defaultVariant",
    "display_name",
    "displayName",
    "feature_issue_url",
    "is_enabled",
    "isEnabled",
    "is_active",
    "remove_by",
    "feature_flag",
    "featureFlag",
    "frozen_string_literal",
    "use_case",
    "targeting_key",
    "percentage_of_time",
    "percentage_of_actors",
    "log_state_changes",
];

/// Shorter names are words of every language.
const MIN_NAME_BYTES: usize = 6;

/// The names that the text of a file of flags declares.
pub fn declared_flags<'a>(path: &str, text: &'a str) -> BTreeSet<&'a str> {
    match Language::of(path) {
        None | Some(Language::Plain) => text.lines().flat_map(configured).collect(),
        Some(language) => {
            let tokens = tokenize(text, language, 1);
            let names = tokens.iter().filter_map(|token| match token.kind {
                TokenKind::Word => Some(token.text),
                TokenKind::Text => Some(token.text.trim_matches(['"', '\'', '`'])),
                TokenKind::Number | TokenKind::Comment | TokenKind::Mark => None,
            });
            names.filter(|name| is_flag_name(name)).collect()
        }
    }
}

/// The names that a change takes out of a file of flags, when the file as it is at the head declares them nowhere else.
/// Without that text (`None`) the file is gone.
pub fn removed_flags<'a>(path: &str, hunks: &[Hunk<'a>], head: Option<&str>) -> BTreeSet<&'a str> {
    let removed = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Removed);
    let gone: BTreeSet<&str> = removed.flat_map(|line| declared_flags(path, line.text)).collect();
    if gone.is_empty() {
        return gone;
    }
    let still = head.map(|text| declared_flags(path, text)).unwrap_or_default();
    gone.into_iter().filter(|name| !still.contains(name)).collect()
}

/// The names on a line of a configuration: its key, and its value when it is a list's item or a name.
fn configured(line: &str) -> Vec<&str> {
    let line = line.split(" #").next().unwrap_or(line).trim();
    if line.starts_with(['#', ';']) || line.starts_with("//") {
        return Vec::new();
    }
    let line = line.trim_start_matches("- ");
    let (key, value) = match line.find([':', '=']) {
        Some(at) => (&line[..at], line[at + 1..].trim()),
        None => (line, ""),
    };
    let key = trim(key);
    let value = trim(value);
    let mut names = vec![key];
    if matches!(key, "name" | "key" | "id" | "flag") {
        names.push(value);
    }
    names.retain(|name| is_flag_name(name));
    names
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | ']' | '{' | '}'))
}

/// Whether a text can be the name of a flag: several words in one, no sentence, no property.
fn is_flag_name(name: &str) -> bool {
    let inner = name.get(1..).unwrap_or_default();
    let joined = name.contains(['_', '-', '.']) || inner.bytes().any(|byte| byte.is_ascii_uppercase());
    (MIN_NAME_BYTES..=80).contains(&name.len())
        && joined
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && name.bytes().any(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && !PROPERTIES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    fn names(path: &str, text: &str) -> String {
        declared_flags(path, text).into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_are_read_from_configurations_and_code() {
        assert_eq!(
            names("a.yml", "# new_old: x\nnew_checkout: true # a_b_c_d\nother:\n  default_enabled: false\n- dark-mode"),
            "dark-mode new_checkout"
        );
        assert_eq!(
            names("a.json", "{\n  \"newCheckout\": { \"enabled\": true },\n  \"name\": \"dark-mode\",\n"),
            "dark-mode newCheckout"
        );
        assert_eq!(names("a.toml", "[flags]\nnew_checkout = true"), "new_checkout");
        assert_eq!(
            names("a.ts", "// oldFlag\nexport const newCheckout = flag('dark-mode', 'some text here');"),
            "dark-mode newCheckout"
        );
        assert_eq!(names("a.yml", "enabled: true\nowner: my_team\nname: x"), "");
    }

    #[test]
    fn a_flag_that_moves_inside_the_file_is_not_removed() {
        let hunks = parse_hunks("@@ -1,3 +1,2 @@\n-new_checkout: true\n-dark_mode: true\n+dark_mode: false\n x: 1\n");
        let head = Some("dark_mode: false\nx: 1\n");
        assert_eq!(removed_flags("a.yml", &hunks, head).into_iter().collect::<Vec<_>>(), ["new_checkout"]);
        assert_eq!(removed_flags("a.yml", &hunks, None).len(), 2);
    }
}
