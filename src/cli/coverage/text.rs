//! The coverage of a diff for people at a terminal: a line a file, the sum at the end.

use super::view::{View, render_ranges, without_number};
use crate::cli::plain;
use crate::cli::terminal::{DIM, GREEN, RED, YELLOW, paint};
use std::fmt::Write;

/// So many ranges of missing lines are listed per file.
const MAX_RANGES: usize = 12;

pub(super) fn render(view: &View<'_>) -> String {
    let mut out = String::new();
    let files = &view.measured.files;
    let names: Vec<String> = files.iter().map(|file| plain::line(file.path.as_str()).into_owned()).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(60);
    for (file, name) in files.iter().zip(&names) {
        let share = file.share();
        if let Some(reason) = without_number(file) {
            let _ = writeln!(out, "{name:<width$}  {}", paint(YELLOW, reason));
            continue;
        }
        let style = if file.missing.is_empty() { GREEN } else { RED };
        let counts = format!("{} of {}", share.covered, share.lines);
        let missing = match render_ranges(&file.ranges, MAX_RANGES) {
            none if none.is_empty() => String::new(),
            ranges => format!("  missing {ranges}"),
        };
        let partial = match file.partial.len() {
            0 => String::new(),
            count => paint(DIM, &format!("  {count} with branches that did not run")),
        };
        let _ = writeln!(
            out,
            "{name:<width$}  {}  {counts:<9}{missing}{partial}",
            paint(style, &format!("{:>7}", share.render_percent()))
        );
    }
    if !files.is_empty() {
        out.push('\n');
    }
    let _ = write!(out, "{}", view.headline());
    if let Some(verdict) = view.verdict() {
        let _ = write!(out, ": {}", paint(if view.passes() { GREEN } else { RED }, &verdict));
    }
    out.push('\n');
    out
}
