//! The options that every command takes.

use super::failure::Failure;
use super::format::Format;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
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
    format: Option<Printed>,
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
        match self.format {
            Some(Printed::Text) => Format::Text,
            Some(Printed::Json) => Format::Json,
            Some(Printed::Sarif) => Format::Sarif,
            Some(Printed::Markdown) => Format::Markdown,
            Some(Printed::Github) => Format::Github,
            // Refused before a command runs that has no pages.
            Some(Printed::Html) | None => default,
        }
    }

    /// Refuses a format that `command` does not print in: what was asked for is never passed over in silence.
    pub(super) fn check_format(&self, command: &str, printed: &[Printed]) -> Result<(), Failure> {
        let Some(asked) = self.format.filter(|asked| !printed.contains(asked)) else { return Ok(()) };
        let asked = if asked == Printed::Html { "pages" } else { asked.name() };
        let names: Vec<&str> = printed.iter().map(|format| format.name()).collect();
        let choice = match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("choose --format {} or {last}", rest.join(", ")),
            _ => "it takes no --format".to_owned(),
        };
        Err(Failure::usage(format!("`deckhand {command}` prints no {asked}: {choice}")))
    }

    /// Refuses a dangerfile where none is used: a path that is never read would seem to be.
    pub(super) fn check_dangerfile(&self, command: &str, is_used: bool) -> Result<(), Failure> {
        match &self.dangerfile {
            Some(file) if !is_used => Err(Failure::usage(format!(
                "`deckhand {command}` reads no dangerfile here: leave out `--dangerfile {}`",
                file.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Lets `--format` of a command offer pages beside what every command prints.
    pub(super) fn offer_pages(command: clap::Command) -> clap::Command {
        let common = Common::augment_args(clap::Command::new(""));
        let formats = common.get_arguments().find(|arg| arg.get_id() == "format").expect("it is a common option");
        let all =
            Printed::value_variants().iter().filter_map(Printed::to_possible_value).map(|value| value.hide(false));
        let read = PossibleValuesParser::new(all)
            .map(|name| Printed::from_str(&name, false).expect("one of the names is written"));
        command.arg(formats.clone().value_parser(read))
    }

    /// Whether a page was asked for, which only some commands have.
    pub(super) fn wants_html(&self) -> bool {
        self.format == Some(Printed::Html)
    }
}

/// What `--format` takes: the formats of findings, and pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Printed {
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
    /// A page for a browser; only of `coverage`
    #[value(hide = true)]
    Html,
}

impl Printed {
    /// What a command without results for programs prints.
    pub(super) const TEXT: &'static [Printed] = &[Printed::Text];
    /// What a command with results that are no findings prints.
    pub(super) const DATA: &'static [Printed] = &[Printed::Text, Printed::Json];
    /// What a command that prints findings prints.
    pub(super) const FINDINGS: &'static [Printed] =
        &[Printed::Text, Printed::Json, Printed::Sarif, Printed::Markdown, Printed::Github];

    fn name(self) -> &'static str {
        match self {
            Printed::Text => "text",
            Printed::Json => "json",
            Printed::Sarif => "sarif",
            Printed::Markdown => "markdown",
            Printed::Github => "github",
            Printed::Html => "html",
        }
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
