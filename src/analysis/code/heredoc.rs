//! Heredocs: the opening names a word, and the text goes on to the line that is that word.

use super::syntax::Heredocs;

/// An opened heredoc whose text begins on the next line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heredoc {
    word: String,
    indented: bool,
    /// PHP lets code follow the word.
    tail: bool,
}

/// The longest word that closes a heredoc; longer ones are no heredoc.
const MAX_WORD_BYTES: usize = 80;

/// Reads an opening at the start of `rest`: its length, and what it opens.
pub(super) fn open(rest: &str, known: Heredocs) -> Option<(usize, Heredoc)> {
    let (signs, after) = match known {
        Heredocs::None => return None,
        Heredocs::Php => ("<<<", rest.strip_prefix("<<<")?),
        Heredocs::Ruby | Heredocs::Shell => ("<<", rest.strip_prefix("<<")?),
    };
    let mut at = signs.len();
    let mut indented = known == Heredocs::Php;
    match (known, after.as_bytes().first()?) {
        (Heredocs::Ruby, b'~' | b'-') | (Heredocs::Shell, b'-') => {
            indented = true;
            at += 1;
        }
        (Heredocs::Php | Heredocs::Shell, b' ') => at += 1,
        _ => {}
    }
    let quote = rest[at..].bytes().next().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    at += usize::from(quote.is_some());
    let length =
        rest[at..].bytes().take(MAX_WORD_BYTES).take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let word = &rest[at..at + length];
    at += length;
    // `a << b` and `1 <<2` are shifts: a bare word is in capitals, as everybody writes it.
    let bare = word
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_uppercase() || (byte == b'_' || indented) && !byte.is_ascii_digit());
    match quote {
        Some(quote) if !word.is_empty() && rest.as_bytes().get(at) == Some(&quote) => at += 1,
        None if bare => {}
        _ => return None,
    }
    Some((at, Heredoc { word: word.to_owned(), indented, tail: known == Heredocs::Php }))
}

impl Heredoc {
    /// Whether this line closes it, and how many of its bytes belong to the closing.
    pub(super) fn closes(&self, line: &str) -> Option<usize> {
        let text = if self.indented { line.trim_start() } else { line };
        let begin = line.len() - text.len();
        let rest = text.strip_prefix(self.word.as_str())?;
        let ends = if self.tail {
            !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        } else {
            rest.trim_end_matches('\r').is_empty()
        };
        ends.then_some(begin + self.word.len())
    }
}
