//! Which flags a file declares: the keys and names of a configuration, or the constants and texts of code.

use crate::analysis::code::{Language, Token, TokenKind, tokenize};
use crate::diff::{Hunk, LineKind};
use std::collections::{BTreeMap, BTreeSet};

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

/// A flag that a change takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemovedFlag<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it was a name of code, not a text: such a name can be declared anew anywhere.
    pub is_name_of_code: bool,
}

/// The names that the text of a file of flags declares, and in code also those that it uses.
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

/// The flags that a change takes out of a file of flags, when the file as it is at the head declares them nowhere else.
/// Without that text (`None`) the file is gone.
pub fn removed_flags<'a>(path: &str, hunks: &[Hunk<'a>], head: Option<&str>) -> Vec<RemovedFlag<'a>> {
    let removed = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == LineKind::Removed);
    // Of a name that was a text too, the text counts.
    let mut gone: BTreeMap<&str, bool> = BTreeMap::new();
    for flag in removed.flat_map(|line| flags_on(path, line.text)) {
        *gone.entry(flag.name).or_insert(true) &= flag.is_name_of_code;
    }
    if gone.is_empty() {
        return Vec::new();
    }
    let still = head.map(|text| declared_flags(path, text)).unwrap_or_default();
    let gone = gone.into_iter().filter(|(name, _)| !still.contains(name));
    gone.map(|(name, is_name_of_code)| RemovedFlag { name, is_name_of_code }).collect()
}

/// The flags that one line declares: in code its texts, and the constants and keys of languages in which nothing else
/// would tell that a name is gone. Functions, parameters and local names are none.
fn flags_on<'a>(path: &str, line: &'a str) -> Vec<RemovedFlag<'a>> {
    let Some(language) = Language::of(path).filter(|language| *language != Language::Plain) else {
        return configured(line).into_iter().map(|name| RemovedFlag { name, is_name_of_code: false }).collect();
    };
    let tokens = tokenize(line, language, 1);
    let texts = tokens.iter().filter(|token| token.kind == TokenKind::Text);
    let mut flags: Vec<RemovedFlag<'a>> =
        texts.map(|it| RemovedFlag { name: it.text.trim_matches(['"', '\'', '`']), is_name_of_code: false }).collect();
    flags.extend(name_declared_on(&tokens, language).map(|name| RemovedFlag { name, is_name_of_code: true }));
    flags.retain(|flag| is_flag_name(flag.name));
    flags
}

/// The constant or key that the line begins with: `newCheckout: ...`, `export const NEW_CHECKOUT = ...`.
fn name_declared_on<'a>(tokens: &[Token<'a>], language: Language) -> Option<&'a str> {
    let unchecked =
        [Language::JavaScript, Language::Python, Language::Ruby, Language::Php, Language::Elixir, Language::Lua];
    if !unchecked.contains(&language) {
        return None;
    }
    let words = ["export", "const", "static", "readonly", "public", "default", "final"];
    let skipped = tokens.iter().take_while(|token| words.contains(&token.text)).count();
    let (name, rest) = tokens.get(skipped..)?.split_first()?;
    let (next, then) = (rest.first()?, rest.get(1));
    let capital = name.text.starts_with(|c: char| c.is_ascii_uppercase());
    // `name = ...` alone is a local name as often.
    let declares = match next.text {
        ":" => !then.is_some_and(|it| it.is(":")),
        "=" => (skipped > 0 || capital) && !then.is_some_and(|it| it.is("=")),
        _ => false,
    };
    (name.kind == TokenKind::Word && declares).then_some(name.text)
}

/// Whether code gives a meaning to the name: as a function, a type, a constant or a key.
pub fn declares_name(path: &str, text: &str, name: &str) -> bool {
    const DEFINING: [&str; 16] = [
        "def",
        "defp",
        "fn",
        "func",
        "function",
        "fun",
        "class",
        "struct",
        "enum",
        "trait",
        "interface",
        "type",
        "const",
        "let",
        "var",
        "val",
    ];
    let Some(language) = Language::of(path) else { return false };
    let tokens = tokenize(text, language, 1);
    (0..tokens.len()).filter(|at| tokens[*at].kind == TokenKind::Word && tokens[*at].text == name).any(|at| {
        let defined = at > 0 && DEFINING.iter().any(|word| tokens[at - 1].is(word));
        let line = tokens[at].line;
        let begin = at - tokens[..at].iter().rev().take(MAX_BACK).take_while(|token| token.line == line).count();
        let end = tokens[at..].iter().take(3).take_while(|token| token.line == line).count() + at;
        defined || name_declared_on(&tokens[begin..end], language) == Some(name)
    })
}

/// So many tokens before a name are looked at on its line.
const MAX_BACK: usize = 8;

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
    // A table of TOML: `[flags.new_checkout]`.
    if line.starts_with('[') {
        names.extend(key.rsplit_once('.').map(|(_, last)| last));
    }
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
        let flag = RemovedFlag { name: "new_checkout", is_name_of_code: false };
        assert_eq!(removed_flags("a.yml", &hunks, head), [flag]);
        assert_eq!(removed_flags("a.yml", &hunks, None).len(), 2);
    }

    #[test]
    fn of_code_only_texts_and_declared_names_are_flags() {
        let gone = |path: &str, lines: &str| {
            let removed: String = lines.lines().map(|line| format!("-{line}\n")).collect();
            let patch = format!("@@ -1,{} +0,0 @@\n{removed}", lines.lines().count());
            let hunks = parse_hunks(&patch);
            let found: Vec<String> =
                removed_flags(path, &hunks, None).iter().map(|flag| flag.name.to_owned()).collect();
            found.join(" ")
        };
        let function =
            "def total_of(all_items, tax_rate):\n    sub_total = sum_up(all_items)\n    return sub_total * tax_rate";
        assert_eq!(gone("features.py", function), "");
        assert_eq!(gone("features.rs", "pub fn total_of(all_items: &[Item]) {\n    is_on(\"dark-mode\")"), "dark-mode");
        assert_eq!(gone("flags.ts", "  newCheckout: flag('new-checkout'),"), "new-checkout newCheckout");
        assert_eq!(gone("flags.ts", "export const NEW_CHECKOUT = 'new-checkout'"), "NEW_CHECKOUT new-checkout");
        assert_eq!(gone("flags.py", "NEW_CHECKOUT = True\nif NEW_MENU == 1:"), "NEW_CHECKOUT");
    }

    #[test]
    fn a_name_is_declared_where_it_gets_a_meaning() {
        for (path, text) in [
            ("a.py", "x = 1\ndef total_of(items):\n"),
            ("a.rs", "    pub fn total_of() {}"),
            ("a.ts", "const x = {\n  total_of: 1,\n}"),
            ("a.ts", "export const total_of = 1"),
        ] {
            assert!(declares_name(path, text, "total_of"), "{text}");
        }
        for (path, text) in
            [("a.py", "x = total_of(1)"), ("a.ts", "if (flags.total_of) go()"), ("a.md", "def total_of")]
        {
            assert!(!declares_name(path, text, "total_of"), "{text}");
        }
    }
}
