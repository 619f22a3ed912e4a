//! Words in styles, wrapped at a width.

use crate::cli::terminal::paint;
use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// A paragraph as it is put together.
#[derive(Default)]
pub(super) struct Words {
    /// Pieces of text without a space inside; whether a space goes before.
    pieces: Vec<(bool, String, Style)>,
    after_space: bool,
}

impl Words {
    /// Adds text, which may be broken at its spaces.
    pub(super) fn push(&mut self, text: &str, style: Style) {
        let mut rest = text;
        while !rest.is_empty() {
            let trimmed = rest.trim_start();
            self.after_space |= trimmed.len() < rest.len();
            let end = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
            if end > 0 {
                self.push_whole(&trimmed[..end], style);
            }
            rest = &trimmed[end..];
        }
    }

    /// Adds text that stays on one line, such as code.
    pub(super) fn push_whole(&mut self, text: &str, style: Style) {
        self.pieces.push((self.after_space, text.to_owned(), style));
        self.after_space = false;
    }

    /// A space, or a line break of the source.
    pub(super) fn push_space(&mut self) {
        self.after_space = true;
    }

    /// The lines, `first` before the first and as many spaces before the others; empties the paragraph.
    pub(super) fn wrap(&mut self, first: &str, width: usize) -> String {
        let indent = " ".repeat(first.width());
        let mut out = first.to_owned();
        let mut column = first.width();
        let pieces = std::mem::take(&mut self.pieces);
        let mut at = 0;
        while at < pieces.len() {
            // Pieces without a space between them stay together.
            let end = (at + 1..pieces.len()).find(|&next| pieces[next].0).unwrap_or(pieces.len());
            let chunk = &pieces[at..end];
            let chunk_width: usize = chunk.iter().map(|(_, text, _)| text.width()).sum();
            let is_first = column == indent.len();
            if !is_first && column + 1 + chunk_width > width {
                out.push('\n');
                out.push_str(&indent);
                column = indent.len();
            } else if !is_first {
                out.push(' ');
                column += 1;
            }
            out.extend(chunk.iter().map(|(_, text, style)| paint_if(*style, text)));
            column += chunk_width;
            at = end;
        }
        self.after_space = false;
        out.push('\n');
        out
    }
}

fn paint_if(style: Style, text: &str) -> String {
    if style == Style::new() { text.to_owned() } else { paint(style, text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_between_words_and_never_inside_code() {
        let mut words = Words::default();
        words.push("One two (", Style::new());
        words.push_whole("a b c", Style::new());
        words.push(") three four", Style::new());
        assert_eq!(words.wrap("- ", 12), "- One two\n  (a b c)\n  three four\n");
        assert_eq!(words.wrap("  ", 12), "  \n", "it was emptied");
    }
}
