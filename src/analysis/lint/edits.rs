//! A linter's fix as the lines that it makes.

use super::filter::LineFilter;
use crate::model::{ColumnKind, LintEdit, LintRange, LintResult, suggested_lines, suggestion_of};

/// A longer suggestion is no help in a comment.
const MAX_LINES: u32 = 40;

/// Lines and what stands in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The first line, from 1.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
    /// The new lines as [`suggestion_of`] gives them.
    pub text: String,
}

/// Applies edits to a file's text and gives the whole lines that change. `None` when a place is not in the text, when
/// nothing changes, or when the change is too long.
pub fn apply_edits(text: &str, edits: &[LintEdit]) -> Option<Replacement> {
    let lines = Lines::new(text);
    let mut spans = Vec::with_capacity(edits.len());
    for edit in edits {
        let (start, end) = if removes_lines(edit) { lines.whole(&edit.range)? } else { lines.span(&edit.range)? };
        spans.push((start, end, edit.text.as_str()));
    }
    let (first, last) = (spans.first()?.0, spans.iter().map(|(_, end, _)| *end).max()?);
    let (line, mut end_line) = (lines.line_of(first), lines.line_of(last));
    let from = lines.start(line)?;
    let mut out = String::new();
    let mut at = from;
    for (start, end, new) in spans {
        out.push_str(text.get(at..start)?);
        out.push_str(new);
        at = end;
    }
    // What ends at the begin of a line leaves that line alone, unless something now stands before it.
    let leaves_last = last == lines.start(end_line)? && end_line > line && (out.is_empty() || out.ends_with('\n'));
    let mut before = text.get(from..last)?.to_owned();
    if leaves_last {
        end_line -= 1;
    } else {
        let to = lines.end(end_line)?;
        out.push_str(text.get(at..to)?);
        // A newline at the end of the text is no line more, and a last line that is gone leaves none.
        let has_end = to == text.len() && !text.ends_with('\n') && out.ends_with('\n');
        if !(has_end || out.is_empty() && edits.last().is_some_and(removes_lines)) {
            out.push('\n');
        }
        before = format!("{}\n", text.get(from..to)?);
    }
    let (out, before) = (out.replace("\r\n", "\n"), before.replace("\r\n", "\n"));
    (out != before).then(|| Replacement { line, end_line, text: suggestion_of(&out) }).filter(Replacement::is_short)
}

/// What mends a result, on lines that the diff shows and that are as near to it as the result is: its own lines where the
/// result is about them, otherwise with the line that the linter names.
pub fn mend(text: &str, result: &LintResult, filter: &LineFilter<'_>) -> Option<Replacement> {
    let new = apply_edits(text, &result.edits)?;
    let fits = |first: u32, last: u32| filter.shows(&result.path, first, last);
    let Some(range) = result.range else { return fits(new.line, new.end_line).then_some(new) };
    let reach = filter.reach_of(result);
    let is_near = |(first, last): &(u32, u32)| {
        let place = LintRange { line: *first, end_line: *last, column: None, end_column: None, ..range };
        fits(*first, *last) && filter.reach_of(&LintResult { range: Some(place), ..result.clone() }) <= reach
    };
    let end = range.end_line.max(range.line);
    let is_about = range.line <= new.line && new.end_line <= end;
    let own = is_about.then_some((new.line, new.end_line));
    let wider = [range.line, end].map(|last| (new.line.min(range.line), new.end_line.max(last)));
    let (first, last) = own.into_iter().chain(wider).find(is_near)?;
    new.widened(text, first, last)
}

impl Replacement {
    /// The same with lines around it that stay as they are.
    fn widened(self, text: &str, first: u32, last: u32) -> Option<Replacement> {
        let lines = Lines::new(text);
        let kept = |first: u32, last: u32| -> Option<String> {
            if last < first {
                return Some(String::new());
            }
            Some(format!("{}\n", text.get(lines.start(first)?..lines.end(last)?)?).replace("\r\n", "\n"))
        };
        let (before, after) = (kept(first, self.line - 1)?, kept(self.end_line + 1, last)?);
        let all = format!("{before}{}{after}", suggested_lines(&self.text));
        Some(Replacement { line: first, end_line: last, text: suggestion_of(&all) }).filter(Replacement::is_short)
    }

    fn is_short(&self) -> bool {
        self.end_line - self.line < MAX_LINES && self.text.matches('\n').count() as u64 <= u64::from(MAX_LINES)
    }
}

/// Whole lines with nothing in their place are no blank line.
fn removes_lines(edit: &LintEdit) -> bool {
    edit.text.is_empty() && edit.range.column.is_none() && edit.range.end_column.is_none()
}

/// Where the lines of a text begin.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Lines { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Where a line begins; the line after the last begins at the end.
    fn start(&self, line: u32) -> Option<usize> {
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        self.starts.get(at).copied()
    }

    /// Where a line ends, without its newline.
    fn end(&self, line: u32) -> Option<usize> {
        let start = self.start(line)?;
        let rest = &self.text[start..];
        Some(start + memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len()))
    }

    fn line_of(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    /// A range as bytes. Without columns it is whole lines without the last newline.
    fn span(&self, range: &LintRange) -> Option<(usize, usize)> {
        let start = match range.column {
            Some(column) => self.offset(range.line, column, range.columns)?,
            None => self.start(range.line)?,
        };
        let end = match range.end_column {
            Some(column) => self.offset(range.end_line, column, range.columns)?,
            None => self.end(range.end_line)?,
        };
        (start <= end).then_some((start, end))
    }

    /// A range as whole lines with the last newline, where there is one.
    fn whole(&self, range: &LintRange) -> Option<(usize, usize)> {
        let (start, last) = (self.start(range.line)?, self.end(range.end_line)?);
        Some((start, self.start(range.end_line + 1).unwrap_or(last)))
    }

    /// The byte at a column; a column right behind the line is its end.
    fn offset(&self, line: u32, column: u32, kind: ColumnKind) -> Option<usize> {
        let (start, end) = (self.start(line)?, self.end(line)?);
        let units = usize::try_from(column).ok()?.checked_sub(1)?;
        let text = &self.text[start..end];
        let at = match kind {
            ColumnKind::Bytes => Some(units).filter(|at| text.is_char_boundary(*at)),
            ColumnKind::Characters => nth(text, units, |_| 1),
            ColumnKind::Utf16 => nth(text, units, char::len_utf16),
            // Up to there all count the same only when every sign is ASCII.
            ColumnKind::Unknown => Some(units).filter(|at| text.get(..*at).is_some_and(str::is_ascii)),
        };
        at.map(|at| start + at)
    }
}

/// The byte after so many units.
fn nth(text: &str, units: usize, width: impl Fn(char) -> usize) -> Option<usize> {
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        if seen >= units {
            return (seen == units).then_some(at);
        }
        seen += width(c);
    }
    (seen == units).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(columns: ColumnKind, place: (u32, Option<u32>, u32, Option<u32>), text: &str) -> LintEdit {
        let (line, column, end_line, end_column) = place;
        LintEdit { range: LintRange { line, column, end_line, end_column, columns }, text: text.to_owned() }
    }

    fn shown(text: &str, edits: &[LintEdit]) -> Option<String> {
        apply_edits(text, edits).map(|it| format!("{}-{}: {}", it.line, it.end_line, it.text))
    }

    #[test]
    fn edits_become_whole_lines() {
        let text = "import os\nä = List[int]\nend\n";
        let bytes = ColumnKind::Bytes;
        // A whole line goes, as ruff says it.
        assert_eq!(shown(text, &[edit(bytes, (1, Some(1), 2, Some(1)), "")]), Some("1-1: ".to_owned()));
        assert_eq!(
            shown(text, &[edit(bytes, (2, Some(6), 2, Some(10)), "list")]),
            Some("2-2: ä = list[int]".to_owned())
        );
        assert_eq!(
            shown(text, &[edit(ColumnKind::Utf16, (2, Some(5), 2, Some(9)), "list")]),
            Some("2-2: ä = list[int]".to_owned())
        );
        assert_eq!(shown(text, &[edit(bytes, (3, None, 3, None), "fin")]), Some("3-3: fin".to_owned()));
        let two = [edit(bytes, (1, Some(8), 1, Some(10)), "re"), edit(bytes, (3, Some(1), 3, Some(4)), "x")];
        assert_eq!(shown(text, &two), Some("1-3: import re\nä = List[int]\nx".to_owned()));
        // Up to the begin of a line, behind something that stays: both become one line.
        assert_eq!(shown("a b\nc\n", &[edit(bytes, (1, Some(3), 2, Some(1)), "")]), Some("1-2: a c".to_owned()));
        // A line that is blank now is no line that is gone.
        assert_eq!(shown("a\n  \nb\n", &[edit(bytes, (2, Some(1), 2, Some(3)), "")]), Some("2-2: \n".to_owned()));
        assert_eq!(shown("a\r\n  \r\n", &[edit(bytes, (2, Some(1), 2, Some(3)), "")]), Some("2-2: \n".to_owned()));
        // Put in before a line.
        assert_eq!(shown(text, &[edit(bytes, (3, Some(1), 3, Some(1)), "new\n")]), Some("3-3: new\nend".to_owned()));
    }

    #[test]
    fn a_column_that_could_be_another_one_is_no_place() {
        let text = "x = 1  # ä\nä = List[int]\n";
        let unknown = ColumnKind::Unknown;
        assert_eq!(shown(text, &[edit(unknown, (1, Some(5), 1, Some(6)), "2")]), Some("1-1: x = 2  # ä".to_owned()));
        assert_eq!(shown(text, &[edit(unknown, (2, Some(5), 2, Some(9)), "list")]), None);
        assert_eq!(shown(text, &[edit(unknown, (2, Some(1), 3, Some(1)), "")]), Some("2-2: ".to_owned()));
    }

    #[test]
    fn places_outside_the_text_are_no_fix() {
        let text = "a\nä\n";
        for place in
            [(9, Some(1), 9, Some(2)), (1, Some(9), 1, Some(9)), (2, Some(2), 2, Some(3)), (1, Some(2), 1, Some(1))]
        {
            assert_eq!(shown(text, &[edit(ColumnKind::Bytes, place, "x")]), None, "{place:?}");
        }
        assert_eq!(shown(text, &[edit(ColumnKind::Bytes, (1, Some(1), 1, Some(2)), "a")]), None);
        assert_eq!(shown(text, &[]), None);
    }

    #[test]
    fn lines_that_go_leave_no_blank_line() {
        let gone = |line: u32, end_line: u32| edit(ColumnKind::Unknown, (line, None, end_line, None), "");
        for text in ["a\nb\nc\n", "a\r\nb\r\nc\r\n", "a\nb\nc"] {
            assert_eq!(shown(text, &[gone(2, 3)]), Some("2-3: ".to_owned()), "{text:?}");
            assert_eq!(shown(text, &[gone(2, 2)]), Some("2-2: ".to_owned()), "{text:?}");
            assert_eq!(shown(text, &[gone(1, 1), gone(3, 3)]), Some("1-3: b".to_owned()), "{text:?}");
        }
        // A newline at the end is nothing that a suggestion of lines can bring.
        assert_eq!(shown("x\ny", &[edit(ColumnKind::Unknown, (2, Some(2), 2, Some(2)), "\n")]), None);
    }

    #[test]
    fn a_fix_elsewhere_does_not_take_the_result_with_it() {
        use crate::diff::parse_hunks;
        use crate::model::{ChangeStatus, FileChange, LintSeverity, Patch};
        let text = "def f(\n    a: int,\n):\n    pass\n\n\nx = 1\ny = 2\nz = 3\n";
        let patch = "@@ -1,7 +1,7 @@\n-def g(\n+def f(\n     a: int,\n ):\n     pass\n \n \n x = 1\n";
        assert_eq!(parse_hunks(patch).len(), 1);
        let change = FileChange {
            path: "a.py".into(),
            old_path: None,
            old_mode: None,
            new_mode: None,
            hidden: false,
            status: ChangeStatus::Modified,
            additions: 1,
            deletions: 1,
            patch: Patch::Text(patch.into()),
        };
        let changes = [change];
        let filter = LineFilter::new(&changes);
        let found = |(line, end_line): (u32, u32), place, new: &str| {
            let result = LintResult {
                path: "a.py".into(),
                range: Some(LintRange { line, column: None, end_line, end_column: None, columns: ColumnKind::Bytes }),
                tool: String::new(),
                rule: String::new(),
                url: None,
                severity: LintSeverity::Error,
                message: String::new(),
                edits: vec![edit(ColumnKind::Bytes, place, new)],
                fatal: false,
            };
            mend(text, &result, &filter).map(|it| format!("{}-{}: {}", it.line, it.end_line, it.text))
        };
        // The added line stays part of it.
        assert_eq!(
            found((1, 1), (3, Some(2), 3, Some(2)), " -> None"),
            Some("1-3: def f(\n    a: int,\n) -> None:".to_owned())
        );
        assert_eq!(
            found((1, 4), (3, Some(2), 3, Some(2)), " -> None"),
            Some("1-3: def f(\n    a: int,\n) -> None:".to_owned())
        );
        assert_eq!(found((1, 4), (1, Some(5), 1, Some(6)), "h"), Some("1-1: def h(".to_owned()));
        // On lines that the diff does not show there is no suggestion.
        assert_eq!(found((1, 1), (9, None, 9, None), "z = 4"), None);
    }
}
