//! The options that every command takes.

use super::failure::Failure;
use clap::ValueEnum;
use std::path::PathBuf;

/// Options before or after the command's name.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Common {
    /// Use this file instead of dangerfile.lua or .github/dangerfile.lua
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) dangerfile: Option<PathBuf>,
    /// How to print findings: text, json, or github for workflow annotations [default: text; ci: github]
    #[arg(long, global = true, value_name = "FORMAT")]
    format: Option<String>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value = "auto")]
    pub(super) color: Color,
    /// Print findings and errors, nothing else
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more: what is compared, and what became of each rule
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// A format that this version can print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
    Github,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Also in a pipe
    Always,
    /// Never
    Never,
}

impl Common {
    /// The format to print in.
    pub(super) fn format(&self) -> Result<Format, Failure> {
        self.format_or(Format::Text)
    }

    /// The same for a command that has another default.
    pub(super) fn format_or(&self, default: Format) -> Result<Format, Failure> {
        match self.format.as_deref() {
            None => Ok(default),
            Some("text") => Ok(Format::Text),
            Some("json") => Ok(Format::Json),
            Some("github") => Ok(Format::Github),
            Some(other @ ("sarif" | "markdown")) => {
                Err(Failure::usage(format!("--format {other} is not built yet in this version: use text or json")))
            }
            Some(other) => Err(Failure::usage(format!("--format {other:?} is unknown: use text or json"))),
        }
    }
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}
