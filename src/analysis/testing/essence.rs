//! What lines say when everything is left out that does not change what code does: layout, manners, types, wording, versions.

use super::lines::{CodeLine, Piece, is_query};
use super::types::untyped;
use crate::analysis::code::{Language, TokenKind};

/// Tokens that say how code is laid out or nested, not what it does: with everything else the same, `if a { if b {` is
/// `if a && b {`.
const LAYOUT: [&str; 8] = [",", ";", "(", ")", "{", "}", "&", "if"];

/// What lines say whatever their formatting: layout, quotes, types and wording left out.
pub(super) fn sequence<'l>(lines: impl Iterator<Item = CodeLine<'l, 'l>>, language: Language) -> Vec<String> {
    let mut tokens: Vec<Piece<'_>> = Vec::new();
    for line in lines {
        tokens.extend(untyped(line, language));
    }
    let tokens = match language {
        Language::Python => without_type_arguments(&without_annotations(&tokens)),
        Language::Rust => without_lifetimes(&tokens),
        Language::JavaScript => without_casts(&tokens),
        _ => tokens,
    };
    let mut said: Vec<String> = Vec::with_capacity(tokens.len());
    let quiet = |token: &Piece<'_>| {
        LAYOUT.iter().any(|mark| token.is(mark))
            || MANNERS.iter().any(|word| token.is(word))
            // What is borrowed and what is looked through, the compiler holds.
            || language == Language::Rust && (token.is("*") || token.is("ref"))
    };
    let tokens: Vec<Piece<'_>> = tokens.into_iter().filter(|token| !quiet(token)).collect();
    let tokens = without_idioms(&tokens, language);
    let mut at = 0;
    while at < tokens.len() {
        let end = at + text_length(&tokens[at..]);
        // What a text for people is filled with is part of its wording.
        let whole = tokens[at..end].iter().map(|token| token.text).collect::<Vec<_>>().concat();
        if end > at + 1 && wording(&whole) == TEXT {
            at = end;
            continue;
        }
        let token = tokens[at];
        at += 1;
        let prefix = language == Language::Python && ["f", "r", "b", "u", "rb", "fr"].contains(&token.text);
        if prefix && tokens.get(at).is_some_and(|next| next.kind == TokenKind::Text) {
            continue;
        }
        let text = if token.kind == TokenKind::Text { wording(token.text) } else { token.text.to_owned() };
        // Whether something is said at all is wording too.
        if text != TEXT {
            said.push(text);
        }
    }
    without_version_tuples(said)
}

/// How many tokens a text that code is filled into takes, with that code; one for anything else.
fn text_length(tokens: &[Piece<'_>]) -> usize {
    const MANY: usize = 60;
    let opens = |token: &Piece<'_>| token.kind == TokenKind::Text && token.text.ends_with('{');
    let mut at = 0;
    while tokens.get(at).is_some_and(opens) {
        let close = tokens
            .iter()
            .take(MANY)
            .skip(at + 1)
            .position(|token| token.kind == TokenKind::Text && token.text.starts_with('}'));
        match close {
            Some(length) => at += length + 1,
            None => return 1,
        }
    }
    at + 1
}

/// `(3, 0, 2)` is a version too: three numbers and more in a row.
fn without_version_tuples(said: Vec<String>) -> Vec<String> {
    let is_number = |text: &&String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut kept: Vec<String> = Vec::with_capacity(said.len());
    let mut at = 0;
    while at < said.len() {
        let run = said[at..].iter().take_while(is_number).count();
        match run {
            0 => kept.push(said[at].clone()),
            1 | 2 => kept.extend_from_slice(&said[at..at + run]),
            _ => kept.push(VERSION.to_owned()),
        }
        at += run.max(1);
    }
    kept
}

/// What is written in two ways and does the same: the newer way as the older one, without layout.
fn idioms(language: Language) -> &'static [(&'static [&'static str], &'static [&'static str])] {
    match language {
        Language::JavaScript => {
            const {
                &[
                    (&["=", "=", "="], &["=", "="]),
                    (&["!", "=", "="], &["!", "="]),
                    (&["trimEnd"], &["trimRight"]),
                    (&["trimStart"], &["trimLeft"]),
                ]
            }
        }
        Language::Rust => {
            const {
                &[
                    (&["is_some_and"], &["map_or", "false"]),
                    (&["is_ok_and"], &["map_or", "false"]),
                    (&["is_none_or"], &["map_or", "true"]),
                    (&["next_back"], &["last"]),
                    // Between types of the same content, the compiler holds.
                    (&[".", "as_str"], &[]),
                    (&[".", "as_ref"], &[]),
                    (&[".", "as_deref"], &[]),
                    (&[".", "to_string"], &[]),
                    (&[".", "to_owned"], &[]),
                    (&[".", "into"], &[]),
                    (&[".", "clone"], &[]),
                ]
            }
        }
        Language::Ruby => const { &[(&[".", "freeze"], &[])] },
        Language::Go => const { &[(&["any"], &["interface"]), (&["io"], &["ioutil"]), (&["os"], &["ioutil"])] },
        _ => &[],
    }
}

fn without_idioms<'t>(tokens: &[Piece<'t>], language: Language) -> Vec<Piece<'t>> {
    let idioms = idioms(language);
    let mut kept: Vec<Piece<'t>> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        let fits = |newer: &&[&str]| {
            rest.len() >= newer.len() && newer.iter().zip(rest).all(|(wanted, token)| token.is(wanted))
        };
        match idioms.iter().find(|(newer, _)| fits(newer)) {
            Some((newer, older)) => {
                kept.extend(older.iter().map(|text| Piece { text, ..tokens[at] }));
                at += newer.len();
            }
            None => {
                kept.push(tokens[at]);
                at += 1;
            }
        }
    }
    kept
}

/// Stands for any text for people.
const TEXT: &str = "some text";

/// Stands for any version and any checksum: which one it is, no test says.
const VERSION: &str = "some version";

/// Words that say who sees something and whether it changes: the same code with others does the same.
const MANNERS: [&str; 14] = [
    "pub",
    "crate",
    "export",
    "public",
    "private",
    "protected",
    "internal",
    "final",
    "readonly",
    "const",
    "let",
    "var",
    "val",
    "mut",
];

/// Rust without lifetimes: `Cow<'_, str>` as `Cow<str>`.
fn without_lifetimes<'t>(tokens: &[Piece<'t>]) -> Vec<Piece<'t>> {
    let mut kept: Vec<Piece<'t>> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].is("'") {
            at += 2;
            continue;
        }
        kept.push(tokens[at]);
        at += 1;
    }
    kept
}

/// TypeScript without `as A.B<C>`.
fn without_casts<'t>(tokens: &[Piece<'t>]) -> Vec<Piece<'t>> {
    let mut kept: Vec<Piece<'t>> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let cast = tokens[at].is("as") && !kept.is_empty() && tokens.get(at + 1).is_some_and(Piece::is_word);
        if !cast {
            kept.push(tokens[at]);
            at += 1;
            continue;
        }
        at += 2;
        let mut depth = 0usize;
        while let Some(token) = tokens.get(at) {
            match token.text {
                "<" => depth += 1,
                ">" if depth > 0 => depth -= 1,
                _ if depth > 0 => {}
                "." => at += 1,
                _ => break,
            }
            at += 1;
        }
    }
    kept
}

/// Python without type arguments: `A[str](x)` as `A(x)`, `class B(C[int]):` as `class B(C):`.
fn without_type_arguments<'t>(tokens: &[Piece<'t>]) -> Vec<Piece<'t>> {
    let mut kept: Vec<Piece<'t>> = Vec::with_capacity(tokens.len());
    let mut in_class = false;
    let mut at = 0;
    while at < tokens.len() {
        in_class = tokens[at].text == "class" || in_class && !tokens[at].is(":");
        if tokens[at].is("[") && kept.last().is_some_and(Piece::is_word) {
            let mut depth = 0usize;
            let length = tokens[at..].iter().position(|token| {
                depth = if token.is("[") { depth + 1 } else { depth - usize::from(token.is("]")) };
                depth == 0
            });
            let end = length.map(|length| at + length + 1);
            if let Some(end) = end.filter(|end| in_class || tokens.get(*end).is_some_and(|next| next.is("("))) {
                at = end;
                continue;
            }
        }
        kept.push(tokens[at]);
        at += 1;
    }
    kept
}

/// A text for people is as good as another; anything else stays, without its quotes.
fn wording(text: &str) -> String {
    let unquoted = text.trim_start_matches(['f', 'b', 'r', 'u']).trim_matches(['"', '\'', '`']);
    // A line break in a sentence makes no pattern of it.
    let inner = unquoted.replace("\\n", " ").replace("\\t", " ");
    let words = inner.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2).count();
    let is_pattern = inner.contains(['\\', '^', '<', '|']);
    if !is_query(&inner) && (words >= 4 || words >= 2 && !is_pattern) {
        TEXT.to_owned()
    } else if is_version(&inner) || is_digest(&inner) {
        VERSION.to_owned()
    } else {
        unquoted.to_owned()
    }
}

/// `1.2.0`, `v2.0.0-rc.1`: numbers with dots and what may follow them.
fn is_version(text: &str) -> bool {
    let numbers = text.strip_prefix('v').unwrap_or(text);
    let end = numbers.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(numbers.len());
    let (numbers, rest) = numbers.split_at(end);
    let parts = numbers.split('.').filter(|part| !part.is_empty()).count();
    let tail = rest.chars().all(|c| c.is_ascii_alphanumeric() || "-+.".contains(c));
    numbers.starts_with(|c: char| c.is_ascii_digit()) && parts >= 3 && tail && rest.len() <= 20
}

/// A checksum in hexadecimal.
fn is_digest(text: &str) -> bool {
    [32, 40, 56, 64, 96, 128].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Python without annotations: `a: int = 1` as `a = 1`, `-> str` as nothing.
fn without_annotations<'t>(tokens: &[Piece<'t>]) -> Vec<Piece<'t>> {
    let mut kept: Vec<Piece<'t>> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        let arrow = token.is("-") && tokens.get(at + 1).is_some_and(|next| next.is(">"));
        let annotated = token.is(":")
            && kept.last().is_some_and(Piece::is_word)
            && tokens.get(at + 1).is_some_and(|next| next.is_word() || next.kind == TokenKind::Text);
        if arrow || annotated && !begins_block(&kept) {
            let mut depth = 0usize;
            at += 1 + usize::from(arrow);
            while let Some(next) = tokens.get(at) {
                match next.text {
                    "[" | "(" => depth += 1,
                    "]" => depth = depth.saturating_sub(1),
                    ")" if depth == 0 => break,
                    ")" => depth -= 1,
                    "=" | "," if depth == 0 => break,
                    ":" if depth == 0 && arrow => break,
                    _ => {}
                }
                at += 1;
            }
            continue;
        }
        kept.push(token);
        at += 1;
    }
    kept
}

fn begins_block(kept: &[Piece<'_>]) -> bool {
    kept.last().is_some_and(|token| ["else", "try", "finally", "lambda"].contains(&token.text))
}
