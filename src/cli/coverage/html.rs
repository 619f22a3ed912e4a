//! A page on which the diff is coloured by coverage. It holds all that it needs, runs no script and loads nothing.
//! Colour is never the only sign: every line has a mark in its margin.

use super::view::{View, render_ranges, without_number};
use crate::analysis::coverage::{FileMeasure, Share};
use crate::cli::plain;
use crate::diff::{Hunk, Line, LineKind, parse_hunks};
use crate::model::{FileChange, Patch};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// A browser shows no more with pleasure; the rest of the diff is counted, not shown.
const MAX_LINES: usize = 50_000;

/// Of a longer line the beginning is shown.
const MAX_COLUMNS: usize = 500;

/// So many ranges of missing lines are listed per file.
const MAX_RANGES: usize = 12;

pub(super) fn render(view: &View<'_>) -> String {
    let mut left = MAX_LINES;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                link rel="icon" href="data:,";
                title { "Coverage of the diff" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "Coverage of the diff" }
                    (summary(view))
                    @if !view.remarks.is_empty() {
                        ul.remarks aria-label="Remarks" { @for remark in view.remarks { li { (code_in(remark)) } } }
                    }
                    @if !view.measured.files.is_empty() { (table(view)) (legend()) }
                    @for (index, file) in view.measured.files.iter().enumerate() {
                        @if let Some(change) = view.changes.iter().rev().find(|change| change.path == file.path) {
                            (file_section(index, file, change, &mut left))
                        }
                    }
                    @if left == 0 { p.rest { "The diff has more than " (MAX_LINES) " lines; the rest is counted and not shown." } }
                }
                footer { "Made by deckhand " (env!("CARGO_PKG_VERSION")) "." }
            }
        }
    };
    page.into_string()
}

fn summary(view: &View<'_>) -> Markup {
    let total = view.measured.total();
    html! {
        @match view.measured.state.explain() {
            Some(reason) => { p.total { span.number.none { "no number" } span.words { "because " (reason) } } }
            None => {
                p.total {
                    span.number { (total.render_percent()) }
                    span.words { (total.covered) " of " (total.lines) " added lines that the reports know" }
                }
                (bar(total))
            }
        }
        @if let Some(verdict) = view.verdict() {
            p.verdict.good[view.passes()].bad[!view.passes()] { @if view.passes() { "✓ " } @else { "✗ " } (verdict) }
        }
    }
}

fn bar(share: Share) -> Markup {
    let tenths = share.covered.saturating_mul(1000).checked_div(share.lines).unwrap_or(0);
    html! { div.bar aria-hidden="true" { span style={ "width:" (tenths / 10) "." (tenths % 10) "%" } {} } }
}

fn table(view: &View<'_>) -> Markup {
    html! {
        div.scroll {
            table.files {
                thead { tr { th scope="col" { "File" } th scope="col" { "Coverage" } th scope="col" { "Lines" } th scope="col" { "Missing" } } }
                tbody {
                    @for (index, file) in view.measured.files.iter().enumerate() {
                        @let share = file.share();
                        tr {
                            th scope="row" { a href={ "#file-" (index) } { (plain::line(file.path.as_str())) } }
                            @if let Some(reason) = without_number(file) {
                                td {} td {} td.why { (reason) }
                            } @else {
                                td.percent { (share.render_percent()) (bar(share)) }
                                td.count { (share.covered) " of " (share.lines) }
                                td { (render_ranges(&file.ranges, MAX_RANGES)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn legend() -> Markup {
    html! {
        p.legend {
            span.key.covered { "✓ ran" } span.key.partial { "◐ ran, a branch did not" } span.key.missing { "✗ did not run" }
            span.key.unknown { "added, no code" }
        }
    }
}

fn file_section(index: usize, file: &FileMeasure, change: &FileChange, left: &mut usize) -> Markup {
    let share = file.share();
    let hunks = match &change.patch {
        Patch::Text(text) => parse_hunks(text),
        Patch::Empty | Patch::Binary | Patch::Truncated => Vec::new(),
    };
    html! {
        details.file open id={ "file-" (index) } {
            summary {
                span.path { (plain::line(file.path.as_str())) }
                span.share { (without_number(file).map_or_else(|| share.render_percent(), str::to_owned)) }
            }
            @if file.unknown { p.why { "No report knows this file." } }
            div.scroll {
                table.code {
                    tbody { @for hunk in &hunks { @if *left > 0 { (hunk_rows(file, hunk, left)) } } }
                }
            }
        }
    }
}

fn hunk_rows(file: &FileMeasure, hunk: &Hunk<'_>, left: &mut usize) -> Markup {
    html! {
        tr.hunk { td.mark {} td.line {} td { "@@ line " (hunk.new_start) " " (plain::line(hunk.heading)) } }
        @for line in &hunk.lines {
            @if *left > 0 { (row(file, line, left)) }
        }
    }
}

fn row(file: &FileMeasure, line: &Line<'_>, left: &mut usize) -> Markup {
    *left -= 1;
    let (class, mark, words) = look(file, line);
    let text: String = line.text.chars().take(MAX_COLUMNS).collect();
    html! {
        tr class=(class) {
            td.mark title=[words] { (mark) }
            td.line { @if let Some(number) = line.new { (number) } }
            td.text { (plain::line(text.trim_end_matches('\r'))) }
        }
    }
}

/// Class, mark in the margin, and what the mark means.
fn look(file: &FileMeasure, line: &Line<'_>) -> (&'static str, &'static str, Option<&'static str>) {
    let number = match (line.kind, line.new) {
        (LineKind::Added, Some(number)) => number,
        (LineKind::Removed, _) => return ("removed", "-", None),
        (LineKind::Context | LineKind::Added, _) => return ("context", "", None),
    };
    let among = |list: &[u32]| list.binary_search(&number).is_ok();
    match () {
        () if among(&file.missing) && !among(&file.partial) => ("missing", "✗", Some("did not run")),
        () if among(&file.partial) => ("partial", "◐", Some("ran, and one of its branches did not")),
        () if among(&file.covered) => ("covered", "✓", Some("ran")),
        () => ("unknown", "+", Some("added; no code, or not in any report")),
    }
}

/// A sentence with its parts between backticks as code.
fn code_in(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (plain::line(part)) } } @else { (plain::line(part)) }
        }
    }
}
