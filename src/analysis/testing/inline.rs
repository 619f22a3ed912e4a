//! Tests that lie beside the code: Rust's test modules and functions.

use crate::analysis::code::{Language, Token, TokenKind, closing, tokenize};
use std::ops::RangeInclusive;

/// The lines of a Rust file that are tests: modules under `#[cfg(test)]` and functions under an attribute that ends with
/// `test`. Empty in other languages.
pub(super) fn inline_tests(text: &str, language: Language) -> Vec<RangeInclusive<u32>> {
    let mut found: Vec<RangeInclusive<u32>> = Vec::new();
    if language != Language::Rust {
        return found;
    }
    let tokens: Vec<Token<'_>> =
        tokenize(text, language, 1).into_iter().filter(|t| t.kind != TokenKind::Comment).collect();
    let mut at = 0;
    while at + 2 < tokens.len() {
        if !(tokens[at].is("#") && tokens[at + 1].is("[")) {
            at += 1;
            continue;
        }
        let close = close_of(&tokens, at + 1);
        if !is_test_attribute(&tokens[at + 2..close]) {
            at = close;
            continue;
        }
        let first = tokens[at].line;
        let end = item_end(&tokens, close + 1);
        found.push(first..=tokens.get(end).map_or(u32::MAX, Token::last_line));
        at = end.max(at + 1);
    }
    found
}

/// `cfg(test)`, `test`, `tokio::test(...)`, `rstest`, `test_case(...)`.
fn is_test_attribute(inner: &[Token<'_>]) -> bool {
    let words: Vec<&str> = inner.iter().filter(|token| token.kind == TokenKind::Word).map(|token| token.text).collect();
    let name_end = inner.iter().position(|token| token.is("(")).unwrap_or(inner.len());
    let name =
        inner[..name_end].iter().rev().find(|token| token.kind == TokenKind::Word).map_or("", |token| token.text);
    match name {
        "cfg" => words.contains(&"test") && !words.contains(&"not"),
        name => matches!(name, "test" | "rstest" | "test_case" | "quickcheck" | "proptest"),
    }
}

/// The bracket that closes the one at `open`, or the last token.
fn close_of(tokens: &[Token<'_>], open: usize) -> usize {
    closing(tokens, open).unwrap_or(tokens.len().saturating_sub(1))
}

/// Where the item that begins at `at` ends: at its `;`, or at the end of its braces.
fn item_end(tokens: &[Token<'_>], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        if token.is(";") {
            return at;
        }
        if token.is("{") {
            return close_of(tokens, at);
        }
        at = if token.is("(") || token.is("[") { close_of(tokens, at) + 1 } else { at + 1 };
    }
    tokens.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_functions_of_tests_are_found() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  #[test]\n  fn b() { [1] }\n}\nfn c() {}\n#[tokio::test(flavor = \"x\")]\n#[ignore]\nasync fn d() {\n}\n#[cfg(not(test))]\nfn e() {}\n#[cfg(test)]\nmod other;\nfn f() {}\n";
        assert_eq!(inline_tests(text, Language::Rust), [2..=6, 8..=11, 14..=15]);
        assert_eq!(inline_tests("#[cfg(test)]\nmod tests {\n", Language::Rust).len(), 1);
    }
}
