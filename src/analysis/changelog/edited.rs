//! A text that grows out of a changelog: lines that stay keep their own ends, new ones end as most of them do.

use super::document::Document;
use std::collections::{BTreeMap, BTreeSet};

/// What is done to a changelog. Positions are indexes into the sheet's lines.
#[derive(Default)]
pub(super) struct Edits {
    /// New lines at the top.
    pub(super) top: Vec<String>,
    /// New lines by the line after which they go.
    pub(super) after: BTreeMap<usize, Vec<String>>,
    /// Lines that go.
    pub(super) gone: BTreeSet<usize>,
}

impl Edits {
    /// Puts lines in after a line, or at the top.
    pub(super) fn insert(&mut self, after: Option<usize>, lines: Vec<String>) {
        let place = after.map_or(&mut self.top, |at| self.after.entry(at).or_default());
        place.extend(lines);
    }

    /// The text with all of it done.
    pub(super) fn apply(&self, document: &Document<'_>, text: &str) -> String {
        let mut out = Edited::new(text);
        self.top.iter().for_each(|line| out.insert(line));
        let (mut was_cut, mut ends_cut) = (false, false);
        for (at, line) in document.sheet.lines.iter().enumerate() {
            let is_cut = self.gone.contains(&at);
            let new = self.after.get(&at).map_or(&[][..], Vec::as_slice);
            // Blank lines on both sides of what went are one too many.
            let is_second = was_cut && out.blank && line.text.trim().is_empty();
            if !is_cut && !is_second {
                out.keep(at, line.text);
            }
            let skipped = new.iter().take_while(|line| is_cut && out.blank && line.is_empty()).count();
            new[skipped..].iter().for_each(|line| out.insert(line));
            (was_cut, ends_cut) = (is_cut, (is_cut || is_second) && new.is_empty());
        }
        if ends_cut {
            out.trim_end();
        }
        out.text
    }
}

struct Edited<'a> {
    text: String,
    lines: Vec<&'a str>,
    ending: &'static str,
    /// Whether the last line is blank; at the top it is as if one was.
    blank: bool,
}

impl<'a> Edited<'a> {
    fn new(old: &'a str) -> Edited<'a> {
        let lines: Vec<&str> = old.split_inclusive('\n').collect();
        let windows = lines.iter().filter(|line| line.ends_with("\r\n")).count();
        let ending = if windows * 2 > lines.len() { "\r\n" } else { "\n" };
        Edited { text: String::with_capacity(old.len() + 200), lines, ending, blank: true }
    }

    /// The old line of this index, which says `bare`.
    fn keep(&mut self, at: usize, bare: &str) {
        match self.lines.get(at).filter(|line| line.ends_with('\n')) {
            Some(line) => self.text.push_str(line),
            None => return self.insert(self.lines.get(at).copied().unwrap_or(bare)),
        }
        self.blank = bare.trim().is_empty();
    }

    fn insert(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str(self.ending);
        self.blank = line.trim().is_empty();
    }

    /// Blank lines at the end go.
    fn trim_end(&mut self) {
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
        if kept > 0 {
            self.text.push_str(self.ending);
        }
    }
}
