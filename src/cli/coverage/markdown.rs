//! The coverage of a diff as Markdown, for a job summary or a comment.

use super::view::{View, render_ranges, without_number};
use crate::plan::{code_span, neutralise};
use std::fmt::Write;

/// So many ranges of missing lines are listed per file.
const MAX_RANGES: usize = 10;

/// So many files are listed; comments have a limit.
const MAX_FILES: usize = 200;

pub(super) fn render(view: &View<'_>) -> String {
    let mut headline = view.headline();
    if let Some(first) = headline.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mut out = format!("**{headline}**");
    if let Some(verdict) = view.verdict() {
        let _ = write!(out, ": {verdict}");
    }
    out.push('\n');
    let files = &view.measured.files;
    if !files.is_empty() {
        out.push_str("\n| file | coverage | lines | missing |\n|---|---:|---:|---|\n");
    }
    for file in files.iter().take(MAX_FILES) {
        // In a table a bar ends the cell, also inside code.
        let path = code_span(file.path.as_str()).replace('|', "\\|");
        let _ = match without_number(file) {
            Some(reason) => writeln!(out, "| {path} | - | - | {reason} |"),
            None => {
                let share = file.share();
                let missing = render_ranges(&file.ranges, MAX_RANGES);
                writeln!(
                    out,
                    "| {path} | {} | {} of {} | {missing} |",
                    share.render_percent(),
                    share.covered,
                    share.lines
                )
            }
        };
    }
    if files.len() > MAX_FILES {
        let _ = writeln!(out, "\n{} more files are not listed.", files.len() - MAX_FILES);
    }
    if !view.remarks.is_empty() {
        out.push('\n');
    }
    for remark in view.remarks {
        let _ = writeln!(out, "- {}", neutralise(remark));
    }
    out
}
