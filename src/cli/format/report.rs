//! What every format is given: a verdict, and a way to the text of the lines that it points at.

use crate::diff::{Line, parse_hunks};
use crate::model::{Fact, FileKey, FileText, Patch, Place, RepoPath, Ruleset, Side, Snapshot, Verdict};

/// A verdict to print.
pub(in crate::cli) struct Report<'a> {
    /// What the rules said.
    pub(in crate::cli) verdict: &'a Verdict,
    /// The dangerfile that judged: where formats that need a place put a finding that has none.
    pub(in crate::cli) dangerfile: &'a RepoPath,
    /// Where the lines that are shown come from.
    pub(in crate::cli) texts: &'a dyn Texts,
    /// Only findings and faults, without the line of verdict.
    pub(in crate::cli) quiet: bool,
    /// Whether two commits were compared; without, the verdict's stand for none and are not shown.
    pub(in crate::cli) compares: bool,
}

/// Gives the lines that findings and faults point at.
pub(in crate::cli) trait Texts {
    /// The lines `first..=last` of a file on one side of the change, without their ends; `None` when the text is not
    /// at hand. Fewer lines than asked for are given where the file ends.
    fn lines(&self, side: Side, path: &RepoPath, first: u32, last: u32) -> Option<Vec<String>>;

    /// A line of the dangerfile or of a file that it requires.
    fn script_line(&self, path: &RepoPath, line: u32) -> Option<String>;
}

/// What the snapshot of a run holds: the files that rules read, the hunks of the diff, the scripts.
pub(in crate::cli) struct FromSnapshot<'a>(pub(in crate::cli) &'a Snapshot);

impl Texts for FromSnapshot<'_> {
    fn lines(&self, side: Side, path: &RepoPath, first: u32, last: u32) -> Option<Vec<String>> {
        self.in_files(side, path, first, last).or_else(|| self.in_hunks(side, path, first, last))
    }

    fn script_line(&self, path: &RepoPath, line: u32) -> Option<String> {
        let Ruleset { layers } = &self.0.ruleset;
        let own = layers.iter().find(|layer| layer.path == *path).map(|layer| layer.text.as_str());
        let required = || self.0.sources.iter().find(|((_, at), _)| at == path).and_then(|(_, text)| text.as_deref());
        line_of(own.or_else(required)?, line)
    }
}

impl FromSnapshot<'_> {
    fn in_files(&self, side: Side, path: &RepoPath, first: u32, last: u32) -> Option<Vec<String>> {
        match self.0.files.get(&FileKey { side, path: path.clone() })? {
            Fact::Known(FileText::Text(text)) => Some(lines_of(text, first, last)),
            Fact::Known(FileText::Absent | FileText::NotText(_) | FileText::Folder(_) | FileText::Cut(_))
            | Fact::Unavailable(_) => None,
        }
    }

    /// From one hunk that holds all of the lines.
    fn in_hunks(&self, side: Side, path: &RepoPath, first: u32, last: u32) -> Option<Vec<String>> {
        let Some(Fact::Known(changes)) = &self.0.changes else { return None };
        let number = |line: &Line<'_>| match side {
            Side::Left => line.old,
            Side::Right => line.new,
        };
        let wanted = usize::try_from(last.checked_sub(first)?).ok()? + 1;
        let of_path = changes.iter().filter(|change| match side {
            Side::Left => change.old_path() == path || change.path == *path,
            Side::Right => change.path == *path,
        });
        of_path.filter_map(|change| if let Patch::Text(text) = &change.patch { Some(text) } else { None }).find_map(
            |text| {
                parse_hunks(text).iter().find_map(|hunk| {
                    let inside = |line: &&Line<'_>| number(line).is_some_and(|at| (first..=last).contains(&at));
                    let lines: Vec<String> = hunk.lines.iter().filter(inside).map(|it| it.text.to_owned()).collect();
                    (lines.len() == wanted).then_some(lines)
                })
            },
        )
    }
}

/// The lines `first..=last` of a text, counted from 1.
pub(in crate::cli) fn lines_of(text: &str, first: u32, last: u32) -> Vec<String> {
    let skipped = usize::try_from(first).unwrap_or(usize::MAX).saturating_sub(1);
    let count = usize::try_from(last.saturating_sub(first)).unwrap_or(0).saturating_add(1);
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.strip_suffix('\n').unwrap_or(text);
    let begins = match skipped.checked_sub(1) {
        None => Some(0),
        Some(ends) => memchr::memchr_iter(b'\n', text.as_bytes()).nth(ends).map(|end| end + 1),
    };
    let Some(begins) = begins else { return Vec::new() };
    text[begins..].split('\n').take(count).map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect()
}

fn line_of(text: &str, line: u32) -> Option<String> {
    lines_of(text, line, line).pop()
}

/// The lines of a place, when it has any and they are at hand.
pub(super) fn lines_at(texts: &dyn Texts, place: &Place) -> Option<Vec<String>> {
    let first = place.line?;
    let last = place.last_line().unwrap_or(first).max(first);
    texts.lines(place.side, &place.path, first, last).filter(|lines| !lines.is_empty())
}
