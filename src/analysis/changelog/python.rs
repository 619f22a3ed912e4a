//! Python without what does nothing when it runs: documentation strings, annotations, imports for annotations.

use super::notice::{Piece, closing};
use crate::analysis::code::TokenKind;

/// Modules that are imported for annotations alone.
const MODULES: [&str; 6] = ["typing", "typing_extensions", "__future__", "abc", "types", "_typeshed"];

/// What is left.
pub(super) fn without_annotations(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut kept: Vec<Piece<'_>> = Vec::with_capacity(pieces.len());
    let text = |at: usize| pieces.get(at).map_or("", |(token, _)| token.text);
    let mut at = 0;
    while at < pieces.len() {
        let (token, indent) = pieces[at];
        if indent.is_some() {
            let end = line_end(&pieces, at);
            let is_text = pieces[at..end].iter().all(|(token, _)| token.kind == TokenKind::Text);
            if is_text || is_import_for_types(&pieces[at..end]) {
                at = end;
                continue;
            }
            if token.is("if") && pieces[at..end].iter().any(|(token, _)| token.is("TYPE_CHECKING")) {
                let inside = |piece: &Piece<'_>| piece.1.is_none_or(|other| Some(other) > indent);
                at = end + pieces[end..].iter().take_while(|piece| inside(piece)).count();
                continue;
            }
            // `name: Type = value`
            if token.kind == TokenKind::Word && text(at + 1) == ":" && !is_keyword(token.text) {
                let mut next = at + 2;
                while next < end && !pieces[next].0.is("=") {
                    next = if is_open(&pieces[next]) { closing(&pieces, next).min(end) + 1 } else { next + 1 };
                }
                if next < end {
                    kept.push(pieces[at]);
                    at = next;
                    continue;
                }
            }
        }
        // The parameters of generic base classes.
        if token.is("class") && text(at + 2) == "(" {
            let close = closing(&pieces, at + 2);
            let mut next = at;
            while next < close {
                if pieces[next].0.is("[") {
                    next = closing(&pieces, next) + 1;
                } else {
                    kept.push(pieces[next]);
                    next += 1;
                }
            }
            at = close;
            continue;
        }
        if token.is("def") && text(at + 2) == "(" {
            let close = closing(&pieces, at + 2);
            kept.extend(&pieces[at..at + 3]);
            parameters(&pieces, at + 3, close, &mut kept);
            at = close;
            if at < pieces.len() {
                kept.push(pieces[at]);
                at += 1;
            }
            if text(at) == "-" && text(at + 1) == ">" {
                while at < pieces.len() && !pieces[at].0.is(":") {
                    at = if is_open(&pieces[at]) { closing(&pieces, at) + 1 } else { at + 1 };
                }
            }
            continue;
        }
        kept.push(pieces[at]);
        at += 1;
    }
    kept
}

/// The parameters between two brackets without their annotations.
fn parameters<'a>(pieces: &[Piece<'a>], from: usize, close: usize, kept: &mut Vec<Piece<'a>>) {
    let mut at = from;
    while at < close {
        if pieces[at].0.is(":") {
            while at < close && !pieces[at].0.is(",") && !pieces[at].0.is("=") {
                at = if is_open(&pieces[at]) { closing(pieces, at) + 1 } else { at + 1 };
            }
            continue;
        }
        // A default's lambda has colons of its own.
        let end = if is_open(&pieces[at]) { (closing(pieces, at) + 1).min(close) } else { at + 1 };
        kept.extend(&pieces[at..end]);
        at = end;
    }
}

fn is_import_for_types(line: &[Piece<'_>]) -> bool {
    let word = |at: usize| line.get(at).map_or("", |(token, _)| token.text);
    match word(0) {
        "from" => MODULES.contains(&word(1)) || (word(1) == "collections" && word(3) == "abc"),
        "import" => MODULES.contains(&word(1)) || (word(1) == "collections" && word(3) == "abc"),
        _ => false,
    }
}

/// The index after the statement that begins at `at`.
fn line_end(pieces: &[Piece<'_>], at: usize) -> usize {
    pieces[at + 1..].iter().position(|(_, indent)| indent.is_some()).map_or(pieces.len(), |next| at + 1 + next)
}

fn is_open((token, _): &Piece<'_>) -> bool {
    token.kind == TokenKind::Mark && matches!(token.text, "(" | "[" | "{")
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "else" | "try" | "finally" | "lambda" | "except" | "case" | "match" | "with" | "if" | "while" | "for"
    )
}
