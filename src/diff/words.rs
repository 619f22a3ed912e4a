//! Which words of a changed line differ, for showing the change inside the line.

use similar::{ChangeTag, TextDiff};

/// A stretch of one side of a changed line. The stretches of a side, in order, are the whole line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordChange<'a> {
    /// Whether the other side lacks it.
    pub changed: bool,
    /// The stretch itself; neighbouring words with the same answer are one stretch only when they adjoin in the text.
    pub text: &'a str,
}

/// Lines longer than this are not compared word by word: the whole line counts as changed.
const MAX_LINE_BYTES: usize = 4096;

/// The stretches of the old and of the new line.
pub fn word_changes<'a>(old: &'a str, new: &'a str) -> (Vec<WordChange<'a>>, Vec<WordChange<'a>>) {
    if old.len() > MAX_LINE_BYTES || new.len() > MAX_LINE_BYTES {
        return (whole(old), whole(new));
    }
    let diff = TextDiff::from_words(old, new);
    let (mut left, mut right) = (Side::new(old), Side::new(new));
    for change in diff.iter_all_changes() {
        let length = change.value().len();
        match change.tag() {
            ChangeTag::Equal => {
                left.take(length, false);
                right.take(length, false);
            }
            ChangeTag::Delete => left.take(length, true),
            ChangeTag::Insert => right.take(length, true),
        }
    }
    (left.changes, right.changes)
}

fn whole(text: &str) -> Vec<WordChange<'_>> {
    if text.is_empty() { Vec::new() } else { vec![WordChange { changed: true, text }] }
}

/// One side while its words are handed out from left to right.
struct Side<'a> {
    text: &'a str,
    begin: usize,
    end: usize,
    changes: Vec<WordChange<'a>>,
}

impl<'a> Side<'a> {
    fn new(text: &'a str) -> Self {
        Side { text, begin: 0, end: 0, changes: Vec::new() }
    }

    fn take(&mut self, length: usize, changed: bool) {
        match self.changes.last_mut() {
            Some(last) if last.changed == changed => {
                self.end += length;
                last.text = &self.text[self.begin..self.end];
            }
            _ => {
                (self.begin, self.end) = (self.end, self.end + length);
                self.changes.push(WordChange { changed, text: &self.text[self.begin..self.end] });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_that_differ_are_changed() {
        let (old, new) = word_changes("let x = 1;", "let y = 1;");
        let shown = |side: &[WordChange<'_>]| side.iter().map(|w| (w.changed, w.text.to_owned())).collect::<Vec<_>>();
        let plain = |changed: bool, text: &str| (changed, text.to_owned());
        assert_eq!(shown(&old), [plain(false, "let "), plain(true, "x"), plain(false, " = 1;")]);
        assert_eq!(shown(&new), [plain(false, "let "), plain(true, "y"), plain(false, " = 1;")]);
        assert_eq!(word_changes("", "a").1, [WordChange { changed: true, text: "a" }]);
    }
}
