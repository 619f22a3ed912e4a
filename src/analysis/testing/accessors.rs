//! Functions that only hand something on: what a field holds, or a call of the same on another value.

use super::evidence::DEFINES;
use super::lines::{CodeLine, Piece};
use crate::analysis::code::TokenKind;

/// A line of more tokens does more than hand on.
const MAX_TOKENS: usize = 20;

/// Calls in such a line: `self.inner.map(|it| it.into_parts())`.
const MAX_CALLS: usize = 2;

/// Whether new lines are such functions and nothing else: each a line that begins it and one that is all it does.
/// In Rust also one or more `impl` around them.
pub(super) fn are_accessors(added: &[CodeLine<'_, '_>]) -> bool {
    let is_frame =
        |line: &CodeLine<'_, '_>| line.tokens[0].is("impl") && line.tokens.last().is_some_and(|it| it.is("{"));
    let lines: Vec<CodeLine<'_, '_>> = added.iter().filter(|line| !is_frame(line)).copied().collect();
    !lines.is_empty()
        && lines.len().is_multiple_of(2)
        && lines.chunks(2).all(|two| begins_function(two[0].tokens) && hands_on(two[1].tokens))
}

fn begins_function(tokens: &[Piece<'_>]) -> bool {
    let defines = tokens.iter().any(|token| DEFINES.contains(&token.text) && !["class", "impl"].contains(&token.text));
    let opens = tokens.last().is_some_and(|last| last.is("{") || last.is(":"));
    defines && (opens || tokens[0].is("def"))
}

/// A field, an assignment of a name to one, or a call with nothing but names in it.
fn hands_on(tokens: &[Piece<'_>]) -> bool {
    const MARKS: [&str; 11] = [".", "(", ")", "&", "*", ";", ":", "|", ",", "=", "@"];
    /// Words that decide, make or wait for something.
    const DOES_MORE: [&str; 12] =
        ["if", "match", "case", "for", "while", "not", "and", "or", "in", "raise", "throw", "yield"];
    let count = |text: &str| tokens.iter().filter(|token| token.is(text)).count();
    let plain = |(at, token): (usize, &Piece<'_>)| match token.kind {
        TokenKind::Word => !DOES_MORE.contains(&token.text),
        TokenKind::Mark => MARKS.contains(&token.text),
        // `self.inner.1`
        TokenKind::Number => at > 0 && tokens[at - 1].is("."),
        TokenKind::Text | TokenKind::Comment => false,
    };
    let logical = tokens.windows(2).any(|two| two[0].is("&") && two[1].is("&") || two[0].is("|") && two[1].is("|"));
    tokens.len() <= MAX_TOKENS
        && count("(") <= MAX_CALLS
        && count("=") <= 1
        && !logical
        && tokens.iter().enumerate().all(plain)
}

#[cfg(test)]
mod tests {
    use super::super::lines::code_lines;
    use super::*;
    use crate::analysis::code::Language;

    #[test]
    fn functions_that_only_hand_on_are_known() {
        for (language, text, expected) in [
            (Language::Rust, "pub fn error(&self) -> &E {\n  &self.error", true),
            (Language::Rust, "pub fn a(self) -> Option<P> {\n  self.inner.map(|it| it.into_parts())", true),
            (Language::Rust, "impl<T> D<T> {\n  pub fn a(&mut self, b: B) {\n    self.b = b", true),
            (Language::Rust, "pub fn a(&self) -> usize {\n  self.inner.1.a()", true),
            (Language::Rust, "impl<T> D<T> {", false),
            (Language::Go, "func (w *W) Flush() {\n\t_ = w.FlushError()", true),
            (Language::Python, "def a(self):\n  self.b = b\ndef c(self):\n  return self._c", true),
            (Language::Ruby, "def a\n  @a", true),
            (Language::Rust, "pub fn a(&self) -> bool {\n  matches!(self.kind, Kind::A)", false),
            (Language::Rust, "pub fn a(&self) -> u8 {\n  self.a + self.b", false),
            (Language::Python, "def a(self):\n  return a or b", false),
            (Language::Python, "def a(self):\n  return f(\"a\")", false),
            (Language::Python, "def a(self):\n  x = f()\n  g(x)", false),
            (Language::JavaScript, "f(a)\ng(b)", false),
        ] {
            let lines = code_lines(text, language, 1);
            let lines: Vec<CodeLine<'_, '_>> = lines.iter().map(|(_, line)| line).collect();
            assert_eq!(are_accessors(&lines), expected, "{text}");
        }
    }
}
