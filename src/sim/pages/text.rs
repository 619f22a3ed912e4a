//! Foreign text made harmless: what cannot be seen is spelled out, what goes into an address is encoded.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with control characters and characters that turn the direction of writing spelled out as `⟨U+202E⟩`.
/// Tabs and newlines stay; a carriage return before a newline goes.
pub(in crate::sim) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c == '\r' || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\r' && chars.peek() == Some(&'\n') {
            continue;
        }
        if is_hidden(c) {
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The text with the characters escaped that mean something in HTML, also within double quotes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// One segment of an address: everything but unreserved characters is percent-encoded, `/` too.
pub(super) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A path in an address: its segments encoded one by one.
pub(super) fn path_segments(path: &str) -> String {
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The first seven digits of a commit id, as people quote it.
pub(in crate::sim) fn short(sha: &str) -> String {
    visible(&sha.chars().take(7).collect::<String>()).into_owned()
}

/// `1 comment`, `2 comments`.
pub(in crate::sim) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Control characters, and those with which text can pretend to stand elsewhere (Unicode TR 36, bidirectional spoofing).
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        assert_eq!(visible("plain\ttext\n"), "plain\ttext\n");
        assert_eq!(visible("a\u{202e}b\u{0}c\r\nd\re"), "a⟨U+202E⟩b⟨U+0000⟩c\nd⟨U+000D⟩e");
        assert_eq!(visible("👩\u{200d}💻"), "👩\u{200d}💻");
    }

    #[test]
    fn addresses_keep_their_segments() {
        assert_eq!(segment("feature/x y"), "feature%2Fx%20y");
        assert_eq!(path_segments("a b/ü\"?#.rs"), "a%20b/%C3%BC%22%3F%23.rs");
    }
}
