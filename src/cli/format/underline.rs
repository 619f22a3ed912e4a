//! One source line as a terminal shows it, with the part that a finding means: tabs and wide characters keep their
//! columns, what would be obeyed or unseen is written out, and a long line is cut around the part.

use crate::cli::plain;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// Columns of a line that are shown.
const MAX_COLUMNS: usize = 120;

/// Columns that stay in sight before the meant part of a line that is cut at its beginning.
const LEAD_COLUMNS: usize = 20;

/// Of a line longer than this only the surroundings of the part are looked at (a minified file is one line).
const MAX_CHARS: usize = 2_000;

/// A tab reaches to the next multiple of this.
const TAB_COLUMNS: usize = 4;

const CUT: &str = "...";

/// A line ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// The text, harmless on a terminal.
    pub(super) text: String,
    /// Columns before the meant part.
    pub(super) before: usize,
    /// Columns of the meant part, at least 1.
    pub(super) width: usize,
}

/// The bytes of `line` that a message is about: the code that it quotes, when the line holds that once; else the line
/// without the white space around it.
pub(super) fn meant(line: &str, message: &str) -> Range<usize> {
    let quoted = message.split('`').skip(1).step_by(2).filter(|code| code.len() > 1 && !code.contains('\n'));
    for code in quoted {
        let mut found = line.match_indices(code);
        if let (Some((at, _)), None) = (found.next(), found.next()) {
            return at..at + code.len();
        }
    }
    let start = line.len() - line.trim_start().len();
    start..line.trim_end().len().max(start)
}

/// The line with the part at `span` (bytes of the line, at character boundaries) in sight.
pub(super) fn show(line: &str, span: Range<usize>) -> Shown {
    let (line, span, cut_before, cut_after) = near(line, span);
    let mut cells: Vec<String> = Vec::new();
    let (mut column, mut before, mut end) = (0, None, 0);
    let mut columns = Vec::new();
    for (at, c) in line.char_indices() {
        if at >= span.start && before.is_none() {
            before = Some(column);
        }
        let cell = match c {
            '\t' => " ".repeat(TAB_COLUMNS - column % TAB_COLUMNS),
            '#' if line[at..].starts_with(plain::COMMAND) => plain::escape('#'),
            c if plain::is_obeyed(c) => plain::escape(c),
            c => c.to_string(),
        };
        columns.push(column);
        column += cell.width();
        cells.push(cell);
        if at < span.end {
            end = column;
        }
    }
    let before = before.unwrap_or(column);
    let end = end.max(before);
    // The window of columns that is shown.
    let from = if column <= MAX_COLUMNS || before + LEAD_COLUMNS < MAX_COLUMNS { 0 } else { before - LEAD_COLUMNS };
    let to = from + MAX_COLUMNS;
    let mut text = String::new();
    let mut dropped = 0;
    if from > 0 || cut_before {
        text.push_str(CUT);
        dropped = CUT.len();
    }
    let mut first = None;
    for (cell, &at) in cells.iter().zip(&columns) {
        if at >= from && at + cell.width() <= to {
            first.get_or_insert(at);
            text.push_str(cell);
        }
    }
    if column > to || cut_after {
        text.push_str(CUT);
    }
    let first = first.unwrap_or(from);
    let width = end.min(to).saturating_sub(before).max(1);
    Shown { text: text.trim_end().to_owned(), before: before.saturating_sub(first) + dropped, width }
}

/// The surroundings of the part in a very long line; whether something was left out before and after it.
fn near(line: &str, span: Range<usize>) -> (&str, Range<usize>, bool, bool) {
    if line.len() <= MAX_CHARS {
        return (line, span, false, false);
    }
    let boundary = |mut at: usize| {
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = boundary(span.start.saturating_sub(MAX_CHARS / 4));
    let to = boundary((from + MAX_CHARS).min(line.len()));
    let inside = span.start.min(to) - from..span.end.min(to) - from;
    (&line[from..to], inside, from > 0, to < line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_line_is_shown_within_bounds(line in "[^\n]{0,300}", repeats in 1_usize..60, message in ".{0,40}") {
            let line = line.repeat(repeats);
            let span = meant(&line, &message);
            proptest::prop_assert!(line.is_char_boundary(span.start) && line.is_char_boundary(span.end));
            let shown = show(&line, span);
            proptest::prop_assert!(!shown.text.chars().any(plain::is_obeyed), "{:?}", shown.text);
            proptest::prop_assert!(shown.width >= 1 && shown.before + shown.width <= MAX_COLUMNS + 2 * CUT.len());
        }
    }

    fn underlined(line: &str, message: &str) -> String {
        let shown = show(line, meant(line, message));
        format!("{}\n{}{}", shown.text, " ".repeat(shown.before), "^".repeat(shown.width))
    }

    #[test]
    fn the_quoted_code_is_meant_when_it_stands_there_once() {
        assert_eq!(underlined("x = print(1)", "Leftover `print(`."), "x = print(1)\n    ^^^^^^");
        assert_eq!(underlined("  a(); a();", "Leftover `a()`."), "  a(); a();\n  ^^^^^^^^^");
        assert_eq!(underlined("  b  ", "Without a quote"), "  b\n  ^");
        assert_eq!(underlined("", "Nothing"), "\n^");
        assert_eq!(meant("a`b", "`"), 0..3, "a lone backtick quotes nothing");
    }

    #[test]
    fn tabs_and_wide_characters_keep_their_columns() {
        assert_eq!(underlined("\tx\t`yy`", "`yy`"), "    x   `yy`\n         ^^");
        assert_eq!(underlined("\u{5b57}\u{5b57} = abc", "`abc`"), "\u{5b57}\u{5b57} = abc\n       ^^^");
        assert_eq!(underlined("e\u{301} = abc", "`abc`"), "e\u{301} = abc\n    ^^^");
    }

    #[test]
    fn what_a_terminal_would_obey_or_hide_is_written_out() {
        let line = "a\u{1b}[2J\u{202e}\u{200b} = abc";
        assert_eq!(
            underlined(line, "`abc`"),
            format!("a\\u{{1b}}[2J\\u{{202e}}\\u{{200b}} = abc\n{}^^^", " ".repeat(29))
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_part() {
        let line = format!("{}needle{}", "a".repeat(500), "b".repeat(500));
        let shown = show(&line, meant(&line, "`needle`"));
        assert_eq!(shown.text, format!("...{}needle{}...", "a".repeat(20), "b".repeat(94)));
        assert_eq!((shown.before, shown.width), (23, 6));
        let huge = format!("{}needle{}", "\u{fc}".repeat(200_000), "\t".repeat(200_000));
        let shown = show(&huge, meant(&huge, "`needle`"));
        assert_eq!((shown.before, shown.width), (23, 6));
        assert!(shown.text.contains("needle") && shown.text.starts_with("...") && shown.text.len() < 400);
        let short = "c".repeat(300);
        let shown = show(&short, meant(&short, ""));
        assert_eq!((shown.before, shown.width), (0, 120));
        assert_eq!(shown.text, format!("{}...", "c".repeat(120)));
    }
}
