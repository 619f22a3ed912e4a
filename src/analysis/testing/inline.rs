//! Tests that lie beside the code: Rust's test modules and functions, and Python's in files that nobody named as tests.

use crate::analysis::code::{Language, Token, TokenKind, closing, tokenize};
use std::ops::RangeInclusive;

/// Whether a file of code holds tests of its own.
pub fn holds_tests(path: &str, text: &str) -> bool {
    let language = Language::of(path);
    text.contains("test") && language.is_some_and(|language| !inline_tests(text, language).is_empty())
}

/// The lines of a file that are tests: in Rust modules under `#[cfg(test)]` and functions under an attribute that ends with
/// `test`, in Python functions `test_..` that assert something. Empty in other languages.
pub(super) fn inline_tests(text: &str, language: Language) -> Vec<RangeInclusive<u32>> {
    match language {
        Language::Rust => rust_tests(text),
        Language::Python => python_tests(text),
        _ => Vec::new(),
    }
}

fn python_tests(text: &str) -> Vec<RangeInclusive<u32>> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    let mut lines = (1..).zip(text.lines()).peekable();
    while let Some((first, line)) = lines.next() {
        let code = line.trim_start();
        if !code.strip_prefix("async ").unwrap_or(code).starts_with("def test_") {
            continue;
        }
        let (mut last, mut asserts) = (first, false);
        let inside = |inner: &str| inner.trim().is_empty() || indent(inner) > indent(line);
        while let Some((number, inner)) = lines.next_if(|(_, inner)| inside(inner)) {
            last = if inner.trim().is_empty() { last } else { number };
            asserts |= ["assert", "pytest."].iter().any(|word| inner.contains(word));
        }
        if asserts {
            found.push(first..=last);
        }
    }
    found
}

fn rust_tests(text: &str) -> Vec<RangeInclusive<u32>> {
    let mut found: Vec<RangeInclusive<u32>> = Vec::new();
    let tokens: Vec<Token<'_>> =
        tokenize(text, Language::Rust, 1).into_iter().filter(|t| t.kind != TokenKind::Comment).collect();
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
    fn python_functions_that_assert_are_tests_wherever_they_are() {
        let text = "def approx(x):\n    return x\n\nclass TestIt:\n    async def test_it(self):\n        assert approx(1)\n\n        assert 2\n\ndef test_connection(url):\n    return open(url)\n";
        assert_eq!(inline_tests(text, Language::Python), [5..=8]);
        assert_eq!(inline_tests("def test_x():\n    assert 1", Language::Ruby), []);
    }

    #[test]
    fn modules_and_functions_of_tests_are_found() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  #[test]\n  fn b() { [1] }\n}\nfn c() {}\n#[tokio::test(flavor = \"x\")]\n#[ignore]\nasync fn d() {\n}\n#[cfg(not(test))]\nfn e() {}\n#[cfg(test)]\nmod other;\nfn f() {}\n";
        assert_eq!(inline_tests(text, Language::Rust), [2..=6, 8..=11, 14..=15]);
        assert_eq!(inline_tests("#[cfg(test)]\nmod tests {\n", Language::Rust).len(), 1);
    }
}
