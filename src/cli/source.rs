//! The source lines of a finding with a gutter of line numbers, and its suggestion as a small diff.

use super::plain;
use super::terminal::{BLUE, DIM, GREEN, REMOVED, paint};
use crate::model::Place;
use anstyle::Style;
use std::fmt::Write;

/// Of a longer range the first lines are shown.
const MAX_LINES: usize = 8;

/// Of a longer line the beginning is shown.
const MAX_COLUMNS: usize = 160;

/// The lines of a place out of the text of its file, and what the suggestion would make of them.
pub(super) fn render_source(place: &Place, suggestion: Option<&str>, text: &str) -> String {
    let (Some(first), Some(last)) = (place.line, place.last_line()) else { return String::new() };
    let from = usize::try_from(first).unwrap_or(usize::MAX).saturating_sub(1);
    let count = usize::try_from(last.saturating_sub(first)).unwrap_or(0) + 1;
    let lines: Vec<&str> = text.lines().skip(from).take(count).collect();
    if lines.is_empty() {
        return String::new();
    }
    let width = last.to_string().len();
    let mut out = String::new();
    let mut row = |mark: &str, style: Option<Style>, content: &str| {
        let gutter = paint(BLUE, &format!("{mark:>width$} |"));
        let content = shorten(&plain::line(content));
        let content = style.map_or_else(|| content.clone(), |style| paint(style, &content));
        let _ = writeln!(out, "{}", format!("    {gutter} {content}").trim_end());
    };
    match suggestion {
        None => {
            for (number, line) in (first..).zip(&lines).take(MAX_LINES) {
                row(&number.to_string(), None, line);
            }
        }
        Some(suggestion) => {
            for (number, line) in (first..).zip(&lines).take(MAX_LINES) {
                row(&number.to_string(), Some(REMOVED), &format!("- {line}"));
            }
            for line in suggestion.lines().take(MAX_LINES) {
                row("", Some(GREEN), &format!("+ {line}"));
            }
        }
    }
    let hidden = |total: usize| total.saturating_sub(MAX_LINES);
    let more = hidden(lines.len()) + suggestion.map_or(0, |text| hidden(text.lines().count()));
    if more > 0 {
        let _ = writeln!(out, "    {}", paint(DIM, &format!("{:width$} | ... {more} more", "")));
    }
    out
}

fn shorten(line: &str) -> String {
    match line.char_indices().nth(MAX_COLUMNS) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.to_owned(),
    }
}
