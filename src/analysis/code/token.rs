//! What the lexer gives.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a keyword.
    Word,
    /// A number.
    Number,
    /// A piece of a string, a character, a regular expression or a heredoc, with its quotes. Code that is interpolated
    /// into a string comes as tokens of its own between two pieces.
    Text,
    /// A comment, with its signs.
    Comment,
    /// One character of anything else.
    Mark,
}

/// A piece of source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// Its text.
    pub text: &'a str,
    /// Its first byte's offset in the source.
    pub start: usize,
    /// The line on which it begins, counted from the number that [`tokenize`](super::tokenize) was given.
    pub line: u32,
}

impl Token<'_> {
    /// The offset after its last byte.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The line on which it ends.
    pub fn last_line(&self) -> u32 {
        // Only texts and comments go over several lines.
        if !matches!(self.kind, TokenKind::Text | TokenKind::Comment) {
            return self.line;
        }
        let breaks = self.text.bytes().filter(|byte| *byte == b'\n').count();
        self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX))
    }

    /// Whether it is this word or mark.
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Mark) && self.text == text
    }
}
