//! A text as lines of tokens, without comments and documentation.

use crate::analysis::code::{Language, Token, TokenKind, tokenize};
use std::collections::BTreeMap;

/// What a line says once comments are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CodeLine<'a> {
    /// Its tokens. A text over several lines has a piece on each.
    pub(super) tokens: Vec<Piece<'a>>,
    /// How many brackets are open where it begins.
    pub(super) depth: usize,
}

/// A token, or the part of one that lies on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
}

impl Piece<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Mark) && self.text == text
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }
}

/// The code of each line that has some.
pub(super) type CodeLines<'a> = BTreeMap<u32, CodeLine<'a>>;

/// Splits a text into lines of code; the first line has the number `first`.
pub(super) fn code_lines(text: &str, language: Language, first: u32) -> CodeLines<'_> {
    let tokens = tokenize(text, language, first);
    let mut lines = CodeLines::new();
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == TokenKind::Comment || is_documentation(&tokens, at, language, depth) {
            continue;
        }
        let mut number = token.line;
        for text in token.text.split('\n') {
            let line = lines.entry(number).or_insert_with(|| CodeLine { tokens: Vec::new(), depth });
            if !text.trim().is_empty() {
                line.tokens.push(Piece { kind: token.kind, text: text.trim() });
            }
            number = number.saturating_add(1);
        }
        if token.kind == TokenKind::Mark {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    lines.retain(|_, line| !line.tokens.is_empty());
    lines
}

/// A text that is a statement of its own: Python's docstrings. In Elixir the text after `@doc` and its like.
fn is_documentation(tokens: &[Token<'_>], at: usize, language: Language, depth: usize) -> bool {
    let token = &tokens[at];
    if token.kind != TokenKind::Text {
        return false;
    }
    let before = tokens[..at].iter().rev().find(|other| other.kind != TokenKind::Comment);
    match language {
        Language::Python => {
            let after = tokens[at + 1..].iter().find(|other| other.kind != TokenKind::Comment);
            depth == 0
                && before.is_none_or(|before| before.last_line() < token.line)
                && after.is_none_or(|after| after.line > token.last_line())
        }
        Language::Elixir => {
            let names = ["doc", "moduledoc", "typedoc", "shortdoc"];
            before.is_some_and(|before| names.contains(&before.text)) && at >= 2 && tokens[at - 2].is("@")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str, language: Language) -> Vec<u32> {
        code_lines(text, language, 1).into_keys().collect()
    }

    #[test]
    fn comments_and_documentation_are_no_code() {
        assert_eq!(seen("def a():\n    \"\"\"Says\n\n    much.\"\"\"\n    return 1 # one\n", Language::Python), [1, 5]);
        assert_eq!(seen("x = \"\"\"a\nb\"\"\"\n", Language::Python), [1, 2]);
        assert_eq!(seen("f(\n  \"a\"\n)\n", Language::Python), [1, 2, 3]);
        assert_eq!(seen("/* a\n b */\nint x; // c\n", Language::C), [3]);
        assert_eq!(seen("@doc \"\"\"\nhi\n\"\"\"\ndef a, do: 1\n", Language::Elixir), [1, 4]);
    }
}
