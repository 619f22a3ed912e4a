//! The table of formats: adding one is a variant here and a file beside this one.

use super::{Report, github, json, markdown, sarif, text};
use clap::ValueEnum;

/// A format in which findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people at a terminal
    Text,
    /// For programs: the contract's JSON, version 1
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// For a job summary or a comment
    Markdown,
    /// GitHub Actions workflow commands, which become annotations
    Github,
}

/// The report in one format: text for standard output, with a newline at its end (or empty). Styles are ANSI and only
/// in [`Format::Text`]; whoever prints takes them out where they are not wanted.
pub(in crate::cli) fn render(format: Format, report: &Report<'_>) -> String {
    match format {
        Format::Text => text::render(report),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Markdown => markdown::render(report),
        Format::Github => github::render(report),
    }
}
