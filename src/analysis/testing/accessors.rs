//! Functions that only hand something on: what a field holds, or a call of the same on another value.

use super::evidence::DEFINES;
use super::inert::behind_visibility;
use super::lines::{CodeLine, Piece};
use crate::analysis::code::TokenKind;

/// A line of more tokens does more than hand on.
const MAX_TOKENS: usize = 20;

/// Calls in such a line: `self.inner.map(|it| it.into_parts())`.
const MAX_CALLS: usize = 2;

/// Whether new lines are such functions and nothing else: what begins each, and at most one line that is all it does. In
/// Rust also the `impl` around them, with its bounds and types, and a value whose fields are all handed on.
pub(super) fn are_accessors(added: &[CodeLine<'_, '_>]) -> bool {
    let mut functions = 0;
    let mut at = At::Outside;
    let tells = |tokens: &&[Piece<'_>]| tokens.iter().any(|token| token.kind != TokenKind::Mark);
    for tokens in added.iter().map(|line| line.tokens).filter(tells) {
        let has = |text: &str| tokens.iter().any(|token| token.is(text));
        let opens = tokens.last().is_some_and(|last| last.is("{") || last.is(":"));
        at = match at {
            // Its parameters and bounds, one to a line.
            At::Head if begins_function(tokens) || has("=") => return false,
            At::Head if opens => At::Body { lines: 0 },
            At::Head => At::Head,
            _ if begins_function(tokens) => {
                functions += 1;
                let of_ruby = tokens[0].is("def") && !has("=") && !has(";") && !has(":");
                match opens || of_ruby {
                    true => At::Body { lines: 0 },
                    // All of it on one line, or its parameters follow.
                    false if has("{") || has("=") || has(":") && tokens[0].is("def") => return false,
                    false => At::Head,
                }
            }
            At::Body { lines: 0 } if makes_value(tokens) => At::Fields,
            At::Body { lines: 0 } if hands_on(tokens) => At::Body { lines: 1 },
            At::Fields if hands_on(without_name(tokens)) => At::Fields,
            At::Outside if is_frame(tokens) => At::Outside,
            At::Body { .. } | At::Fields if begins_impl(tokens) => At::Outside,
            _ => return false,
        };
    }
    functions > 0 && !matches!(at, At::Head)
}

/// Where a line stands.
enum At {
    Outside,
    /// A function's parameters and bounds.
    Head,
    Body {
        lines: usize,
    },
    /// The members of the value that a function makes.
    Fields,
}

/// Whether the line begins a function that has a name: its word comes first, but for who may call it and how.
fn begins_function(tokens: &[Piece<'_>]) -> bool {
    let [define, rest @ ..] = behind_visibility(tokens, &["async", "unsafe"]) else { return false };
    // Go's receiver.
    let method = define.is("func") && rest.first().is_some_and(|next| next.is("("));
    let named = if method { rest.iter().skip_while(|token| !token.is(")")).nth(1) } else { rest.first() };
    DEFINES.contains(&define.text)
        && !["class", "impl", "lambda"].contains(&define.text)
        && named.is_some_and(Piece::is_word)
}

fn begins_impl(tokens: &[Piece<'_>]) -> bool {
    tokens[0].is("impl") || tokens[0].is("unsafe") && tokens.get(1).is_some_and(|next| next.is("impl"))
}

/// `impl<S> Layer<S> for L {`, `where`, `S: Clone,`, `type Service = S::Service;`.
fn is_frame(tokens: &[Piece<'_>]) -> bool {
    const OF_BOUNDS: [&str; 8] = [":", "+", "<", ">", ",", "&", "?", "{"];
    let bound = tokens.len() > 2
        && tokens[0].is_word()
        && tokens[1].is(":")
        && tokens.last().is_some_and(|last| last.is(",") || last.is("{"))
        && tokens.iter().all(|token| token.is_word() || OF_BOUNDS.contains(&token.text));
    begins_impl(tokens) || tokens[0].is("where") || tokens[0].is("type") || bound
}

/// `Self {`, `Clone {`.
fn makes_value(tokens: &[Piece<'_>]) -> bool {
    let [name, rest @ ..] = tokens else { return false };
    let is_type = name.is_word() && name.text.starts_with(|c: char| c.is_ascii_uppercase());
    is_type && matches!(rest, [open] if open.is("{"))
}

/// `a: self.a.clone(),` without `a:`.
fn without_name<'t, 'a>(tokens: &'t [Piece<'a>]) -> &'t [Piece<'a>] {
    match tokens {
        [name, colon, rest @ ..] if name.is_word() && colon.is(":") && !rest.is_empty() => rest,
        _ => tokens,
    }
}

/// A field, an assignment of a name to one, or a call with nothing but names in it.
fn hands_on(tokens: &[Piece<'_>]) -> bool {
    const MARKS: [&str; 11] = [".", "(", ")", "&", "*", ";", ":", "|", ",", "=", "@"];
    /// Words that decide, make or wait for something.
    const DOES_MORE: [&str; 22] = [
        "if",
        "match",
        "case",
        "for",
        "while",
        "not",
        "and",
        "or",
        "in",
        "raise",
        "throw",
        "yield",
        "unless",
        "rescue",
        "is",
        "instanceof",
        "delete",
        "go",
        "defer",
        "when",
        "until",
        "del",
    ];
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
            (
                Language::Rust,
                "impl<S, L> Layer<S> for B<L>\nwhere\n  L: Layer<S>,\n{\n  type Service = L::Service;\n  \
                 fn layer(&self, s: S) -> Self::Service {\n    self.layer.layer(s)",
                true,
            ),
            (Language::Rust, "fn clone(&self) -> Self {\n  Self {\n    a: self.a.clone(),\n    b: self.b,", true),
            (Language::Rust, "fn clone(&self) -> Self {\n  Self {\n    a: self.a + 1,", false),
            (Language::JavaScript, "app.get(path, function (req, res) {\n  res.send(users)", false),
            (Language::Go, "go func() {\n\ts.purge(ctx)", false),
            (Language::Python, "def total(self): return sum(self.items)", false),
            (Language::Ruby, "def total = items.sum", false),
            (Language::Ruby, "def discount\n  @discount unless @expired", false),
            (Language::Kotlin, "fun price() = if (member) base else rate\nfun a(): B {\n  return b", false),
            (Language::Rust, "fn a(&self) -> A {\n  unsafe { self.a.get(self.b) }", false),
            (Language::Rust, "fn a(&self) -> Self {\n  Self {\n    a: self.a + self.b,", false),
            (Language::Rust, "pub fn one() -> u8 { 1 }", false),
            (Language::Rust, "fn a<S>(\n  &self,\n  s: S,\n) -> S {\n  s", true),
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
