//! Makes foreign text harmless on a terminal: escapes and control characters are shown, not obeyed.

use std::borrow::Cow;

/// A tab in source text.
const TAB: &str = "    ";

/// Anywhere in a line of a job's log, this begins a command to GitHub Actions.
pub(super) const COMMAND: &str = "##[";

/// One line: tabs become spaces, everything else that a terminal would obey is shown as `\u{1b}`.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    neutralise(text, false)
}

/// Text of several lines.
pub(super) fn block(text: &str) -> Cow<'_, str> {
    neutralise(text, true)
}

/// Text of several lines, none of which is a command to GitHub Actions: in a job's log a line that begins with `::` is one.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in block(text).lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        match line.trim_start().strip_prefix("::") {
            Some(rest) => {
                out.push_str(&escape(':'));
                out.push(':');
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
    }
    out
}

fn neutralise(text: &str, newlines: bool) -> Cow<'_, str> {
    let fine = |c: char| !is_obeyed(c) || (newlines && c == '\n');
    if text.chars().all(fine) && !text.contains(COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        match c {
            '#' if text[at..].starts_with(COMMAND) => out.push_str(&escape('#')),
            _ if fine(c) => out.push(c),
            '\t' => out.push_str(TAB),
            '\r' if newlines => {}
            _ => out.push_str(&escape(c)),
        }
    }
    Cow::Owned(out)
}

/// Control characters, those that turn the direction of writing around ("Trojan Source"), and those that nobody sees.
/// The joiners U+200C and U+200D stay: scripts and emoji need them.
pub(super) fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The form in which such a character is shown.
pub(super) fn escape(c: char) -> String {
    format!("\\u{{{:x}}}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_shown_and_not_obeyed() {
        assert_eq!(line("\u{1b}[2Jx\ty\n"), "\\u{1b}[2Jx    y\\u{a}");
        assert_eq!(line("a\u{202e}b\u{9b}c"), "a\\u{202e}b\\u{9b}c");
        assert_eq!(block("one\r\ntwo\u{7}"), "one\ntwo\\u{7}");
        assert_eq!(line("a ##[error]b ## c"), "a \\u{23}#[error]b ## c");
        assert!(matches!(line("plain ünïcode"), Cow::Borrowed(_)));
    }

    #[test]
    fn no_line_of_prose_is_a_command() {
        assert_eq!(prose("a\n  ::error::x\n\nb ::c\n"), "a\n\\u{3a}:error::x\n\nb ::c");
    }
}
