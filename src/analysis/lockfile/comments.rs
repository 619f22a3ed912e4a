//! Programs without their comments, for readers that look for what stands there literally.

/// How a language writes comments.
pub(super) enum Style {
    /// `//` to the end of the line, and `/* */`.
    Slashes,
    /// `#` to the end of the line.
    Hash,
}

/// The text with its comments left out and its lines kept. Texts in quotes end with their line. What follows a backslash
/// is plain, also in a regular expression (Groovy's `/a\/*b/`), and a comment that never ends is none.
pub(super) fn without_comments(text: &str, style: &Style) -> String {
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut quote: Option<u8> = None;
    let mut at = 0;
    // That none ends any more is found once.
    let last_end = memchr::memmem::rfind(bytes, b"*/").unwrap_or(0);
    while at < bytes.len() {
        let byte = bytes[at];
        match (quote, byte) {
            (_, b'\n') => quote = None,
            (_, b'\\') if at + 1 < bytes.len() && bytes[at + 1] != b'\n' => {
                out.extend([byte, bytes[at + 1]]);
                at += 2;
                continue;
            }
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, _) => {
                let rest = &bytes[at..];
                let line = match style {
                    Style::Slashes => rest.starts_with(b"//"),
                    Style::Hash => byte == b'#',
                };
                if line {
                    at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    continue;
                }
                if matches!(style, Style::Slashes)
                    && rest.starts_with(b"/*")
                    && at + 2 <= last_end
                    && let Some(end) = memchr::memmem::find(&rest[2..], b"*/").map(|end| end + 4)
                {
                    out.extend(rest[..end].iter().filter(|byte| **byte == b'\n'));
                    at += end;
                    continue;
                }
            }
        }
        out.push(byte);
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_quotes_are_no_comments() {
        let slashes = |text: &str| without_comments(text, &Style::Slashes);
        assert_eq!(slashes("a(\"https://x\") // b\n/* c\n */d"), "a(\"https://x\") \n\nd");
        assert_eq!(slashes("\"a\\\"//b\" /* b */ /* open"), "\"a\\\"//b\"  /* open");
        assert_eq!(slashes("x =~ /a\\/*b/ /* c */\nd"), "x =~ /a\\/*b/ \nd");
        assert_eq!(slashes("x = /a\\// // b\n'c'"), "x = /a\\// \n'c'");
        let hash = |text: &str| without_comments(text, &Style::Hash);
        assert_eq!(hash("# it's\ngem 'a' # b\n\"#{c}\"\n'"), "\ngem 'a' \n\"#{c}\"\n'");
    }
}
