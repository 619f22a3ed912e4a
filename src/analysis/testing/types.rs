//! Lines of code without the types that they declare: a parameter of another type does the same with its value.

use super::lines::{CodeLine, Inside, Piece};
use crate::analysis::code::{Language, TokenKind};

/// Words that begin a line that declares names with types.
const DECLARES: [&str; 9] = ["fn", "fun", "def", "function", "constructor", "let", "const", "var", "val"];

/// Words that may stand before those.
const BEFORE: [&str; 16] = [
    "pub",
    "crate",
    "super",
    "export",
    "default",
    "public",
    "private",
    "protected",
    "internal",
    "static",
    "async",
    "override",
    "unsafe",
    "abstract",
    "open",
    "suspend",
];

/// The tokens of a line without the types of what it declares. Everything where types are not told from values.
pub(super) fn untyped<'t>(line: CodeLine<'_, 't>, language: Language) -> Vec<Piece<'t>> {
    match language {
        Language::Go => untyped_go(line.tokens),
        Language::Rust | Language::JavaScript | Language::Kotlin | Language::Scala if declares(&line, language) => {
            without_types(line.tokens)
        }
        _ => line.tokens.to_vec(),
    }
}

/// Whether the line declares names: a signature, a variable, or one parameter of a signature that goes over lines.
fn declares(line: &CodeLine<'_, '_>, language: Language) -> bool {
    let mut words = line.tokens.iter().filter(|token| !["(", ")"].iter().any(|mark| token.is(mark)));
    let first = words.find(|token| !BEFORE.contains(&token.text));
    let named = first.is_some_and(|first| DECLARES.contains(&first.text));
    let method = || {
        // `name(a: A): B {` of a class.
        language == Language::JavaScript
            && line.inside == Inside::Block
            && line.tokens.last().is_some_and(|last| last.is("{"))
            && line.tokens.first().is_some_and(Piece::is_word)
            && !line
                .tokens
                .iter()
                .any(|token| ["if", "for", "while", "switch", "return", "catch"].contains(&token.text))
    };
    let parameter = || {
        let at = usize::from(line.tokens.get(1).is_some_and(|token| token.is("?"))) + 1;
        let typed = line.tokens[0].is_word() && line.tokens.get(at).is_some_and(|token| token.is(":"));
        // `a::b,` is a value.
        typed && line.inside == Inside::Call && !line.tokens.get(at + 1).is_some_and(|token| token.is(":"))
    };
    named || method() || parameter()
}

/// Without `: Type` up to what ends it, without `-> Type`, and without `<T: Bound>` behind a name.
fn without_types<'t>(tokens: &[Piece<'t>]) -> Vec<Piece<'t>> {
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.is(text));
    let mut kept: Vec<Piece<'t>> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        // A path `a::b` is no type behind a colon.
        let path = is(at, ":") && (is(at + 1, ":") || at > 0 && is(at - 1, ":"));
        let typed =
            is(at, ":") && !path && kept.last().is_some_and(|last| last.is_word() || last.is(")") || last.is("?"));
        let returns = is(at, "-") && is(at + 1, ">");
        let generic = is(at, "<") && kept.last().is_some_and(Piece::is_word) && closes(&tokens[at..]).is_some();
        if generic {
            at += closes(&tokens[at..]).unwrap_or(0) + 1;
        } else if typed || returns {
            if typed && kept.last().is_some_and(|last| last.is("?")) {
                kept.pop();
            }
            at = type_end(tokens, at + 1 + usize::from(returns));
        } else {
            kept.push(tokens[at]);
            at += 1;
        }
    }
    kept
}

/// Types of more tokens are none: keeps reading a line linear.
const MAX_TOKENS: usize = 200;

/// The token at which `<` closes, when what is between can be types.
fn closes(tokens: &[Piece<'_>]) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().take(MAX_TOKENS).enumerate() {
        match token.text {
            "<" if token.kind == TokenKind::Mark => depth += 1,
            ">" if token.kind == TokenKind::Mark && !tokens[at - 1].is("-") && !tokens[at - 1].is("=") => depth -= 1,
            _ if token.kind == TokenKind::Number || token.is(";") || token.is("{") => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Where a type that begins at `at` ends: at the comma, bracket, value or body behind it.
fn type_end(tokens: &[Piece<'_>], mut at: usize) -> usize {
    let mut depth = 0usize;
    let begin = at;
    while let Some(token) = tokens.get(at) {
        let arrow = (token.is("=") || token.is("-")) && tokens.get(at + 1).is_some_and(|next| next.is(">"));
        if token.kind == TokenKind::Mark {
            match token.text {
                // A body; `{ a: A }` is a type where one is wanted.
                "{" if depth == 0 && at > begin => break,
                "(" | "[" | "<" | "{" => depth += 1,
                ">" if at > 0 && (tokens[at - 1].is("=") || tokens[at - 1].is("-")) => {}
                ")" | "]" | ">" | "}" if depth == 0 => break,
                ")" | "]" | ">" | "}" => depth -= 1,
                "," | ";" if depth == 0 => break,
                // `(a: A) => void` is a type; `): A => {` is a body.
                "=" if depth == 0 && !arrow => break,
                "=" if depth == 0 && !tokens[begin].is("(") => break,
                _ => {}
            }
        } else if depth == 0 && token.text == "where" {
            break;
        }
        at += 1;
    }
    at
}

/// Of Go the signature of a function with the names of its parameters only, and `a T = b` as `a = b`.
fn untyped_go<'t>(tokens: &[Piece<'t>]) -> Vec<Piece<'t>> {
    if tokens.first().is_some_and(|token| token.is("func")) && tokens.last().is_some_and(|token| token.is("{")) {
        return go_signature(tokens);
    }
    let at = tokens.iter().position(|token| token.is("="));
    let begin = usize::from(tokens.first().is_some_and(|token| token.is("var")));
    match at {
        Some(at) if at > begin + 1 && tokens[begin].is_word() => {
            let types = &tokens[begin + 1..at];
            let typed =
                types.iter().all(|token| token.is_word() || [".", "*", "[", "]"].iter().any(|mark| token.is(mark)));
            // `a.b = c` and `a[b] = c` set a part of `a`.
            let part = types[0].is(".") || types[0].is("[") && !types[types.len() - 1].is_word();
            if typed && !part && (types[0].is_word() || begin == 1) {
                return tokens[..=begin].iter().chain(&tokens[at..]).copied().collect();
            }
            tokens.to_vec()
        }
        // `var a T`
        None if begin == 1 && tokens.len() > 2 && !tokens.iter().any(|token| token.is(",")) => tokens[..2].to_vec(),
        _ => tokens.to_vec(),
    }
}

/// The words of a signature that begin a parameter, and the name.
fn go_signature<'t>(tokens: &[Piece<'t>]) -> Vec<Piece<'t>> {
    let mut kept: Vec<Piece<'t>> = Vec::new();
    let mut depth = 0usize;
    let mut lists = 0usize;
    // A receiver is one list of parameters, the parameters are the next; what follows is returned.
    let wanted = 1 + usize::from(tokens.get(1).is_some_and(|token| token.is("(")));
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "(" | "[" | "{" if token.kind == TokenKind::Mark => {
                lists += usize::from(depth == 0 && token.is("("));
                depth += 1;
            }
            ")" | "]" | "}" if token.kind == TokenKind::Mark => depth = depth.saturating_sub(1),
            _ if depth == 0 && lists < wanted => kept.push(*token),
            _ if depth == 1
                && lists <= wanted
                && token.is_word()
                && (tokens[at - 1].is("(") || tokens[at - 1].is(",")) =>
            {
                kept.push(*token);
            }
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::lines::code_lines;
    use super::*;

    fn bare(text: &str, language: Language) -> String {
        let lines = code_lines(text, language, 1);
        let words = lines.iter().flat_map(|(_, line)| untyped(line, language)).map(|token| token.text);
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn declared_types_are_left_out() {
        for (language, typed, expected) in [
            (Language::Rust, "pub fn a<T: B>(b: &T, c: Vec<u8>) -> Result<(), E> {", "pub fn a ( b , c ) {"),
            (Language::Rust, "let a: Vec<u8> = b::c();", "let a = b : : c ( ) ;"),
            (
                Language::JavaScript,
                "function a(b?: string | undefined, c: D<E> = f): G {",
                "function a ( b , c = f ) {",
            ),
            (Language::JavaScript, "const a = (b: string): C => d(b)", "const a = ( b ) = > d ( b )"),
            (Language::JavaScript, "const a: (b: C) => void = d", "const a = d"),
            (Language::Kotlin, "fun a(b: Map<String, C>): D = e(b)", "fun a ( b ) = e ( b )"),
            (Language::Go, "func (c *C) A(b string, d func(e E) (F, error)) (g G, err error) {", "func c A b d"),
            (Language::Go, "var a B = c{}", "var a = c { }"),
            (Language::Go, "A    B = c{}", "A = c { }"),
            (Language::Go, "var a func(B) error", "var a"),
        ] {
            assert_eq!(bare(typed, language), expected, "{typed}");
        }
    }

    #[test]
    fn values_stay() {
        for (language, text, expected) in [
            (Language::JavaScript, "f({ a: b, c: d })", "f ( { a : b , c : d } )"),
            (Language::JavaScript, "a ? b : c", "a ? b : c"),
            (Language::Rust, "if a < b && c > d {", "if a < b & & c > d {"),
            (Language::Rust, "let a = b::<C>(d);", "let a = b : : < C > ( d ) ;"),
            (Language::Go, "a.b = c", "a . b = c"),
            (Language::Go, "a[b] = c", "a [ b ] = c"),
            (Language::Go, "a, b = c, d", "a , b = c , d"),
        ] {
            assert_eq!(bare(text, language), expected, "{text}");
        }
    }
}
