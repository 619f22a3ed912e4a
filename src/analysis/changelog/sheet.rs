//! A changelog as numbered lines that know whether the change added them: from the whole text, or from the hunks alone.

use crate::diff::{Hunk, LineKind};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A longer text is judged by its hunks alone.
pub const MAX_TEXT_BYTES: usize = 4 << 20;

/// A line of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetLine<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// Its text without the line end.
    pub text: &'a str,
    /// Whether the change added it.
    pub added: bool,
    /// Whether lines before it are not known.
    pub after_gap: bool,
}

/// The lines of a changelog at the head, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet<'a> {
    /// In the order of the file.
    pub lines: Vec<SheetLine<'a>>,
    /// Whether these are all lines.
    pub whole: bool,
    /// The lines that the change removed.
    pub removed: Vec<&'a str>,
    /// By the number of an added line the removed one in whose place it stands.
    pub replaced: BTreeMap<u32, &'a str>,
}

impl<'a> Sheet<'a> {
    /// From the text of the head and the hunks; without a text, or with one that is too long, from the hunks.
    pub fn new(text: Option<&'a str>, hunks: &[Hunk<'a>]) -> Self {
        let all = || hunks.iter().flat_map(|hunk| &hunk.lines);
        let removed = all().filter(|line| line.kind == LineKind::Removed).map(|line| bare(line.text)).collect();
        let replaced = replaced_in(hunks);
        let Some(text) = text.filter(|text| text.len() <= MAX_TEXT_BYTES) else {
            return Sheet { lines: from_hunks(hunks), whole: false, removed, replaced };
        };
        let added: BTreeSet<u32> =
            all().filter(|line| line.kind == LineKind::Added).filter_map(|line| line.new).collect();
        let line = |(number, text): (u32, &'a str)| SheetLine {
            number,
            text: bare(text),
            added: added.contains(&number),
            after_gap: false,
        };
        Sheet { lines: (1u32..).zip(text.lines()).map(line).collect(), whole: true, removed, replaced }
    }

    /// A text of which nothing is new.
    pub fn unchanged(text: &'a str) -> Self {
        Sheet::new(Some(text), &[])
    }
}

/// In a run of removed and then added lines the first stands for the first, and so on.
fn replaced_in<'a>(hunks: &[Hunk<'a>]) -> BTreeMap<u32, &'a str> {
    let mut replaced = BTreeMap::new();
    for hunk in hunks {
        let mut waiting: VecDeque<&'a str> = VecDeque::new();
        for line in &hunk.lines {
            match line.kind {
                LineKind::Removed => waiting.push_back(bare(line.text)),
                LineKind::Added => replaced.extend(line.new.zip(waiting.pop_front())),
                LineKind::Context => waiting.clear(),
            }
        }
    }
    replaced
}

fn from_hunks<'a>(hunks: &[Hunk<'a>]) -> Vec<SheetLine<'a>> {
    let mut lines = Vec::new();
    let mut last = 0;
    for line in hunks.iter().flat_map(|hunk| &hunk.lines) {
        let Some(number) = line.new else { continue };
        let added = line.kind == LineKind::Added;
        lines.push(SheetLine { number, text: bare(line.text), added, after_gap: number != last + 1 });
        last = number;
    }
    lines
}

fn bare(text: &str) -> &str {
    text.strip_suffix('\r').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    #[test]
    fn both_sources_know_what_was_added() {
        let hunks = parse_hunks("@@ -1,2 +1,3 @@\n a\n+b\n c\n@@ -9,2 +10,1 @@\n i\n-j\n");
        let sparse = Sheet::new(None, &hunks);
        let seen: Vec<_> = sparse.lines.iter().map(|it| (it.number, it.text, it.added, it.after_gap)).collect();
        assert_eq!(
            seen,
            [(1, "a", false, false), (2, "b", true, false), (3, "c", false, false), (10, "i", false, true)]
        );
        assert_eq!((sparse.whole, sparse.removed.as_slice()), (false, ["j"].as_slice()));
        let edited = parse_hunks("@@ -1,3 +1,3 @@\n-a\n-b\n+c\n+d\n e\n+f\n");
        assert_eq!(Sheet::new(None, &edited).replaced, BTreeMap::from([(1, "a"), (2, "b")]));
        let whole = Sheet::new(Some("a\r\nb\r\nc\r\n"), &hunks);
        assert!(whole.whole && whole.lines[1].added && whole.lines[0].text == "a");
    }
}
