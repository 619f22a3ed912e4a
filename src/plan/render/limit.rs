//! GitHub's limits count bytes; a cut lies between two characters and says how much is missing.

/// A check's summary and text, each (65,535 bytes); a little is left for what is added at the end.
pub(in crate::plan) const CHECK_BYTES: usize = 65_000;
/// A comment (65,536 characters); held in bytes, so that it is right for every character.
pub(super) const COMMENT_BYTES: usize = 65_000;
/// One message in a list, so that one finding does not push out all others.
pub(super) const MESSAGE_BYTES: usize = 4_000;
/// One `markdown` report, or one message that has a comment to itself.
pub(super) const REPORT_BYTES: usize = 30_000;

/// The text, or as much of it as fits into `bytes`, followed by a line that says how much was cut.
pub(in crate::plan) fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}\n\n… ({} bytes more)", &text[..end], text.len() - end)
}

/// At most so many bytes of a text on one line, between two characters.
pub(super) fn cut_short(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters_and_says_so() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("ab😀", 4), "ab\n\n… (4 bytes more)");
        assert_eq!(cut_short("😀😀😀", 8), "😀…");
        assert_eq!(cut_short("abc", 3), "abc");
    }
}
