//! Brackets that belong together.

use super::token::{Token, TokenKind};

/// The index of the bracket that closes the one at `open`; `None` when there is none among these tokens.
pub fn closing<'t, 'a: 't>(tokens: impl IntoIterator<Item = &'t Token<'a>>, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.into_iter().enumerate().skip(open).filter(|(_, token)| token.kind == TokenKind::Mark) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}
