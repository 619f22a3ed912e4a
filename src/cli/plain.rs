//! Makes foreign text harmless on a terminal: escapes and control characters are shown, not obeyed.

use std::borrow::Cow;
use std::fmt::Write;

/// A tab in source text.
const TAB: &str = "    ";

/// One line: tabs become spaces, everything else that a terminal would obey is shown as `\u{1b}`.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    neutralise(text, false)
}

/// Text of several lines.
pub(super) fn block(text: &str) -> Cow<'_, str> {
    neutralise(text, true)
}

fn neutralise(text: &str, newlines: bool) -> Cow<'_, str> {
    let fine = |c: char| !is_obeyed(c) || (newlines && c == '\n');
    if text.chars().all(fine) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            _ if fine(c) => out.push(c),
            '\t' => out.push_str(TAB),
            '\r' if newlines => {}
            _ => write!(out, "\\u{{{:x}}}", u32::from(c)).expect("a string takes all text"),
        }
    }
    Cow::Owned(out)
}

/// Control characters, and those that turn the direction of writing around ("Trojan Source").
fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_shown_and_not_obeyed() {
        assert_eq!(line("\u{1b}[2Jx\ty\n"), "\\u{1b}[2Jx    y\\u{a}");
        assert_eq!(line("a\u{202e}b\u{9b}c"), "a\\u{202e}b\\u{9b}c");
        assert_eq!(block("one\r\ntwo\u{7}"), "one\ntwo\\u{7}");
        assert!(matches!(line("plain ünïcode"), Cow::Borrowed(_)));
    }
}
