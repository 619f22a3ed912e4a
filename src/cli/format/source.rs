//! The source lines of a finding with a gutter of line numbers: underlined, or as a small diff with its suggestion.

use super::report::lines_of;
use super::underline::{meant, show};
use crate::cli::terminal::{BLUE, DIM, GREEN, REMOVED, paint};
use crate::model::suggested_lines;
use anstyle::Style;
use std::fmt::Write;

/// Of a longer range the first lines are shown.
const MAX_LINES: usize = 8;

/// Lines to show: where they stand, what is said of them, and how they are marked.
pub(super) struct Excerpt<'a> {
    /// The number of the first line.
    pub(super) first: u32,
    /// The lines, at least one.
    pub(super) lines: &'a [String],
    /// What is said; code that it quotes is underlined.
    pub(super) message: &'a str,
    /// Replacement text for the lines.
    pub(super) suggestion: Option<&'a str>,
    /// The colour of the underline.
    pub(super) style: Style,
}

/// The excerpt, each line indented by four columns.
pub(super) fn render_source(excerpt: &Excerpt<'_>) -> String {
    let Excerpt { first, lines, suggestion, .. } = *excerpt;
    let last = first.saturating_add(u32::try_from(lines.len()).unwrap_or(u32::MAX)).saturating_sub(1);
    let width = last.to_string().len();
    let mut out = String::new();
    let mut row = |mark: &str, content: &str| {
        let gutter = paint(BLUE, &format!("{mark:>width$} |"));
        let _ = writeln!(out, "{}", format!("    {gutter} {content}").trim_end());
    };
    let more = match (suggestion, lines) {
        (None, [line]) => {
            let shown = show(line, meant(line, excerpt.message));
            row(&first.to_string(), &shown.text);
            let line = format!("{}{}", " ".repeat(shown.before), "^".repeat(shown.width));
            row("", &paint(excerpt.style, &line));
            0
        }
        (None, lines) => {
            render_range(excerpt, &mut row);
            lines.len().saturating_sub(MAX_LINES)
        }
        (Some(suggestion), lines) => {
            for (number, line) in (first..).zip(lines).take(MAX_LINES) {
                row(&number.to_string(), &paint(REMOVED, &signed('-', line)));
            }
            let new = lines_of(&suggested_lines(suggestion), 1, u32::MAX);
            for line in new.iter().take(MAX_LINES) {
                row("", &paint(GREEN, &signed('+', line)));
            }
            lines.len().saturating_sub(MAX_LINES) + new.len().saturating_sub(MAX_LINES)
        }
    };
    if more > 0 {
        let _ = writeln!(out, "    {}", paint(DIM, &format!("{:width$} | ... {more} more", "")));
    }
    out
}

/// A bracket down the left side; it closes below the last character when all lines are shown.
fn render_range(excerpt: &Excerpt<'_>, row: &mut impl FnMut(&str, &str)) {
    let bar = |mark: &str| paint(excerpt.style, mark);
    for (index, line) in excerpt.lines.iter().take(MAX_LINES).enumerate() {
        let number = u64::from(excerpt.first) + index as u64;
        row(&number.to_string(), &format!("{} {}", bar(if index == 0 { "/" } else { "|" }), whole(line)));
    }
    if let (Some(last), true) = (excerpt.lines.last(), excerpt.lines.len() <= MAX_LINES) {
        let shown = show(last, meant(last, ""));
        row("", &bar(&format!("|{}^", "_".repeat(shown.before + shown.width))));
    }
}

/// A line of a diff; of a blank one only the sign.
fn signed(sign: char, line: &str) -> String {
    if line.is_empty() { sign.to_string() } else { format!("{sign} {}", whole(line)) }
}

fn whole(line: &str) -> String {
    show(line, 0..0).text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(first: u32, lines: &[&str], message: &str, suggestion: Option<&str>) -> String {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let excerpt = Excerpt { first, lines: &lines, message, suggestion, style: BLUE };
        anstream::adapter::strip_str(&render_source(&excerpt)).to_string()
    }

    #[test]
    fn one_line_is_underlined() {
        assert_eq!(shown(9, &["\tx = 1"], "", None), "    9 |     x = 1\n      |     ^^^^^\n");
    }

    #[test]
    fn a_range_has_a_bracket() {
        let expected = "     9 | / a\n    10 | |   bc\n       | |____^\n";
        assert_eq!(shown(9, &["a", "  bc"], "", None), expected);
        let many = ["x"; 20];
        let text = shown(1, &many, "", None);
        assert!(text.ends_with("     8 | | x\n       | ... 12 more\n"), "{text}");
    }

    #[test]
    fn a_suggestion_is_a_diff() {
        let expected = "    4 | - four\n      | + FOUR\n      | + FIVE\n";
        assert_eq!(shown(4, &["four"], "`four`", Some("FOUR\nFIVE")), expected);
        assert_eq!(shown(4, &["four"], "", Some("")), "    4 | - four\n", "an empty suggestion removes the line");
        assert_eq!(shown(4, &["four"], "", Some("\n")), "    4 | - four\n      | +\n", "a blank line is one");
    }

    #[test]
    fn a_line_number_at_the_end_of_the_range_is_no_error() {
        assert!(shown(u32::MAX, &["a", "b"], "", None).contains("4294967296 | | b"));
    }
}
