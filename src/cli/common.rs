//! The options that every command takes.

use super::format::Format;
use clap::ValueEnum;
use std::path::PathBuf;

/// Options before or after the command's name.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Common options")]
pub(super) struct Common {
    /// Use this file instead of dangerfile.lua or .github/dangerfile.lua
    #[arg(long, global = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(super) dangerfile: Option<PathBuf>,
    /// How to print findings [default: text; in ci: github]
    #[arg(long, global = true, value_name = "FORMAT", value_enum)]
    format: Option<Format>,
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

impl Common {
    /// The format to print in.
    pub(super) fn format(&self) -> Format {
        self.format_or(Format::Text)
    }

    /// The same for a command with another default.
    pub(super) fn format_or(&self, default: Format) -> Format {
        self.format.unwrap_or(default)
    }
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

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}
