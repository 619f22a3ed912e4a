//! The names, words and signs of a script, for reading it without running it.

/// Words of the language, which are no names.
const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or",
    "repeat", "return", "then", "true", "until", "while", "continue",
];

/// One of them, with its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// From 1.
    pub(super) line: u32,
    pub(super) kind: Kind<'a>,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A name of the script's or of ours.
    Name(&'a str),
    /// A word of the language.
    Word(&'a str),
    /// One character.
    Sign(char),
    /// `==` and `~=`.
    Comparison,
    /// Numbers, and other signs of two characters, which mean nothing here.
    Other,
}

/// The tokens of code without texts and comments.
pub(super) fn tokenize(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (length, kind) = if first.is_ascii_digit() {
            (rest.find(|c| !is_word(c) && c != '.').unwrap_or(rest.len()), Some(Kind::Other))
        } else if is_word(first) {
            let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
            (word.len(), Some(if KEYWORDS.contains(&word) { Kind::Word(word) } else { Kind::Name(word) }))
        } else if let Some(sign) =
            ["...", "..", "::", "==", "~=", "<=", ">=", "->"].iter().find(|it| rest.starts_with(**it))
        {
            let kind = if matches!(*sign, "==" | "~=") { Kind::Comparison } else { Kind::Other };
            (sign.len(), Some(kind))
        } else if first.is_whitespace() {
            line += u32::from(first == '\n');
            (first.len_utf8(), None)
        } else {
            (first.len_utf8(), Some(Kind::Sign(first)))
        };
        tokens.extend(kind.map(|kind| Token { line, kind }));
        rest = &rest[length..];
    }
    tokens
}
