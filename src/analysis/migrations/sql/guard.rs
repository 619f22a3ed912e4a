//! Before a parser sees a text: its size, and how deep it nests.
//!
//! The parser descends recursively and its trees are released recursively, so that some tens of thousands of brackets,
//! operators or joins end the process, which nothing can catch. A migration that people wrote stays far below these.

use squawk_lexer::{TokenKind, tokenize};

/// The largest text that is read, in bytes.
pub(in super::super) const MAX_BYTES: usize = 4 << 20;
/// How deep brackets nest.
const MAX_DEPTH: u32 = 120;
/// How many operators, joins or prefixes follow each other without a comma or a semicolon, counted through brackets.
const MAX_CHAIN: u32 = 1500;
/// Below both of these the ordinary stack of a thread is enough.
const CALM: (u32, u32) = (12, 60);

/// How a text may be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// On the caller's stack.
    Calm,
    /// On a stack of its own.
    Deep,
    /// Not at all.
    TooDeep,
}

/// How deep a text nests.
pub(super) fn measure(text: &str) -> Depth {
    let (mut at, mut chain, mut joined) = (0usize, 0u32, 0u32);
    let (mut deepest, mut longest) = (0usize, 0u32);
    let mut outer: Vec<u32> = Vec::new();
    for token in tokenize(text) {
        let start = at;
        at += token.len as usize;
        match token.kind {
            TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenCurly => {
                chain += 1;
                outer.push(chain);
            }
            TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseCurly => {
                chain = outer.pop().unwrap_or(chain);
            }
            TokenKind::Comma => chain = outer.last().copied().unwrap_or(0),
            TokenKind::Semi => {
                (chain, joined) = (0, 0);
                // A bracket that was never closed does not reach beyond its statement.
                outer.clear();
            }
            TokenKind::Whitespace
            | TokenKind::LineComment
            | TokenKind::BlockComment { .. }
            | TokenKind::Literal { .. }
            | TokenKind::Eof => {}
            TokenKind::Ident => {
                let word = text.get(start..at).unwrap_or_default();
                if is_one_of(word, &JOINING) {
                    joined += 1;
                } else if is_one_of(word, &CHAINING) {
                    chain += 1;
                }
            }
            _ => chain += 1,
        }
        deepest = deepest.max(outer.len());
        longest = longest.max(chain).max(joined);
        if deepest > MAX_DEPTH as usize || longest > MAX_CHAIN {
            return Depth::TooDeep;
        }
    }
    if deepest <= CALM.0 as usize && longest <= CALM.1 { Depth::Calm } else { Depth::Deep }
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    word.len() <= 10 && list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Words that join queries across commas.
const JOINING: [&str; 9] = ["union", "intersect", "except", "join", "explain", "prepare", "begin", "loop", "if"];
/// Words that continue an expression or begin a nested one.
const CHAINING: [&str; 26] = [
    "and", "or", "not", "is", "isnull", "notnull", "like", "ilike", "similar", "in", "between", "collate", "at",
    "case", "when", "then", "else", "end", "select", "array", "row", "any", "all", "some", "overlaps", "escape",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_texts_are_calm_and_long_lists_are_not_deep() {
        assert_eq!(measure("SELECT a FROM t WHERE x = 1 AND y = 2;"), Depth::Calm);
        let rows = format!("INSERT INTO t VALUES {}(1, -2);", "(1, -2), ".repeat(50_000));
        assert_eq!(measure(&rows), Depth::Calm);
        let statements = "ALTER TABLE t ADD COLUMN a int;\n".repeat(10_000);
        assert_eq!(measure(&statements), Depth::Calm);
    }

    #[test]
    fn bombs_are_seen() {
        for part in ["(", "[", "NOT ", "- ", "a OR ", "a UNION SELECT ", "a.", "a::int::", "CASE WHEN ", "EXPLAIN "] {
            assert_eq!(measure(&format!("SELECT {}", part.repeat(50_000))), Depth::TooDeep, "{part}");
        }
        assert_eq!(measure(&format!("SELECT {}1{}", "(".repeat(60), ")".repeat(60))), Depth::Deep);
    }
}
