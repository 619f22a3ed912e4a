//! Lines of text, indented, with the gaps between them.

use crate::sim::pages::{visible, without_hidden};

/// The text so far.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    /// All of it.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// One line; line breaks within it become spaces.
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        let text = visible(text).replace('\n', " ");
        self.raw(indent, text.trim_end());
    }

    /// Markdown as it was written, without what nobody sees; several empty lines become one.
    pub(super) fn body(&mut self, indent: usize, source: &str, otherwise: &str) {
        let shown = without_hidden(source);
        if shown.is_empty() && !otherwise.is_empty() {
            self.raw(indent, otherwise);
        }
        for line in shown.lines().map(str::trim_end) {
            if line.is_empty() {
                self.gap();
            } else {
                self.raw(indent, line);
            }
        }
    }

    /// The head of a part, after an empty line.
    pub(super) fn heading(&mut self, text: &str) {
        self.gap();
        self.raw(0, &format!("== {text} =="));
    }

    /// One empty line, if there is none yet.
    pub(super) fn gap(&mut self) {
        if !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    /// One line as it is.
    pub(super) fn raw(&mut self, indent: usize, text: &str) {
        if !text.is_empty() {
            self.0.push_str(&" ".repeat(indent));
            self.0.push_str(text);
        }
        self.0.push('\n');
    }
}
