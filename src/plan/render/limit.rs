//! GitHub's limits count bytes; a cut lies between two characters and says how much is missing.

/// A check's summary and text, each (65,535 bytes); a little is left for what is added at the end.
pub(in crate::plan) const CHECK_BYTES: usize = 65_000;
/// A comment (65,536 characters); held in bytes, so that it is right for every character.
pub(super) const COMMENT_BYTES: usize = 65_000;
/// One message in a list, so that one finding does not push out all others.
pub(super) const MESSAGE_BYTES: usize = 4_000;
/// One `markdown` report, or one message that has a comment to itself.
pub(super) const REPORT_BYTES: usize = 30_000;

/// How the line ends that says how much was cut, and how one ends that counts what was left out.
const CUT: &str = " bytes more)";
pub(super) const LEFT_OUT: &str = " that did not fit here.";
/// More than the line that says how much was cut.
const CUT_LINE: usize = 48;

/// The text, or as much of it as fits into `bytes`, followed by a line that says how much was cut.
pub(in crate::plan) fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}\n\n… ({}{CUT}", &text[..end], text.len() - end)
}

/// Whether something was cut or left out of a text.
pub(in crate::plan) fn is_cut(text: &str) -> bool {
    text.contains(CUT) || text.contains(LEFT_OUT)
}

/// As much of a text as fits into `bytes` (and the line that says how much was cut) once it is rendered: making a text
/// harmless makes it longer.
pub(super) fn fit(text: &str, bytes: usize, render: impl Fn(&str) -> String) -> String {
    let mut room = bytes.min(text.len());
    loop {
        let out = render(&cut(text, room));
        if out.len() <= bytes + CUT_LINE || room == 0 {
            return out;
        }
        room = (room.saturating_mul(bytes) / out.len()).min(room - 1);
    }
}

/// At most so many bytes of a text on one line, between two characters.
pub(in crate::plan) fn cut_short(text: &str, bytes: usize) -> String {
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
        assert!(is_cut(&cut("abc", 2)) && !is_cut("abc"));
    }

    #[test]
    fn a_text_fits_however_much_longer_it_becomes() {
        let tenfold = |text: &str| text.replace('a', "aaaaaaaaaa");
        assert_eq!(fit("abc", 12, tenfold), "aaaaaaaaaabc");
        for bytes in [0, 1, 9, 100, 1_000] {
            let out = fit(&"a".repeat(1_000), bytes, tenfold);
            assert!(out.len() <= bytes + CUT_LINE && is_cut(&out), "{bytes}: {}", out.len());
        }
    }
}
