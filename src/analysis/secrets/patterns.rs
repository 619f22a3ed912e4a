//! Tokens that do not begin with a prefix of their own, told by what stands inside them or at their end.

use super::placeholder::is_placeholder;
use super::randomness::entropy;
use regex::Regex;
use std::sync::LazyLock;

/// A kind of token.
pub(super) struct Pattern {
    pub(super) what: &'static str,
    pub(super) revoke: &'static str,
    /// What may be shown of it.
    pub(super) shown: &'static str,
    /// What stands on every line that has one, and says little alone.
    sign: &'static str,
    /// A word that the line has to have as well, in lower case, where the shape alone says too little.
    word: &'static str,
    regex: &'static LazyLock<Regex>,
}

static TELEGRAM: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?:[^A-Za-z0-9_-]|$)"));
static MAILCHIMP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[0-9a-f]{32}-us[0-9]{1,2}\b"));
static MAILGUN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bkey-[0-9a-f]{32}\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of our own")
}

#[rustfmt::skip]
static PATTERNS: [Pattern; 3] = [
    Pattern { what: "a Telegram bot token", revoke: "with @BotFather", shown: "...:AA...", sign: ":AA", word: "", regex: &TELEGRAM },
    Pattern { what: "a Mailchimp API key", revoke: "in Mailchimp under API keys", shown: "...-us", sign: "-us", word: "", regex: &MAILCHIMP },
    // Caches have keys like it.
    Pattern { what: "a Mailgun API key", revoke: "in Mailgun under API security", shown: "key-...", sign: "key-", word: "mailgun", regex: &MAILGUN },
];

/// A longer line is data.
const MAX_LINE_BYTES: usize = 2_000;
/// Hexadecimal noise has at least so many bits a byte.
const MIN_ENTROPY: f64 = 2.9;

/// The first token of each kind on the line, with its text.
pub(super) fn match_patterns(line: &str) -> impl Iterator<Item = (&'static Pattern, &str)> {
    PATTERNS.iter().filter(move |_| line.len() <= MAX_LINE_BYTES).filter_map(move |pattern| {
        memchr::memmem::find(line.as_bytes(), pattern.sign.as_bytes())?;
        let named = pattern.word.is_empty() || line.to_ascii_lowercase().contains(pattern.word);
        let token = pattern.regex.find(line).filter(|_| named)?.as_str();
        let counts = !is_placeholder(token) && entropy(token) >= MIN_ENTROPY;
        counts.then_some((pattern, token))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_by_what_stands_inside_them() {
        let found = |line: &str| match_patterns(line).map(|(pattern, _)| pattern.shown).collect::<Vec<_>>();
        for (line, shown) in [
            ("t = \"1295667969:AAZY5lK4xei_vy3UdQypYEMnRfDn57Z3ASJ\"", "...:AA..."),
            ("k=\"d3a1c3d29b70f5d51bdcb90daf0a673c-us12\"", "...-us"),
            ("MAILGUN_KEY=key-6c69cab46211a2edb0a5e8118e708c16", "key-..."),
        ] {
            assert_eq!(found(line), [shown], "{line}");
        }
        for line in [
            "cache.get('key-6c69cab46211a2edb0a5e8118e708c16')",
            "mac = 1295667969:AA:BB:CC",
            "t = \"1295667969:AAZY5lK4xei_vy3UdQypYEMnRfDn57Z3ASJx\"",
            "bucket-d3a1c3d29b70f5d5-us12",
            "0123456789abcdef0123456789abcdef-us1",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-us12",
        ] {
            assert_eq!(found(line), [""; 0], "{line}");
        }
    }
}
