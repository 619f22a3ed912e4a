//! Standard output and standard error: colours only where they are wanted, and a reader who left is no error.

use super::common::Common;
use super::failure::Failure;
use super::format::Format;
use super::job::Job;
use super::plain;
use super::workflow::defuse;
use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::io::{ErrorKind, Write};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const RED: Style = AnsiColor::Red.on_default().bold();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
pub(super) const BLUE: Style = AnsiColor::Blue.on_default().bold();
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();

/// How wide the terminal is; 80 columns where there is none.
pub(super) fn columns() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}

/// Text in a style.
pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Writes results to standard output.
pub(super) fn print_result(common: &Common, text: &str) -> Result<(), Failure> {
    let mut out = AutoStream::new(std::io::stdout().lock(), common.color.into());
    // Markdown repeats foreign lines as they stand; the other formats do not.
    let is_exposed = common.format() == Format::Markdown && Job::is_read(&|name| std::env::var(name).ok());
    let text = if is_exposed { Cow::Owned(defuse(text)) } else { Cow::Borrowed(text) };
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("could not write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes text of several lines to standard error as it stands, unless `--quiet`.
pub(super) fn print_remark(common: &Common, text: &str) {
    if !common.quiet {
        let mut err = AutoStream::new(std::io::stderr().lock(), common.color.into());
        // Where standard error is closed there is nobody to tell.
        let _ = err.write_all(text.as_bytes());
    }
}

/// Writes a remark to standard error, unless `--quiet`.
pub(super) fn note(common: &Common, text: &str) {
    if !common.quiet {
        complain(common, "note", BLUE, text);
    }
}

/// Writes a warning to standard error, unless `--quiet`.
pub(super) fn warn(common: &Common, text: &str) {
    if !common.quiet {
        complain(common, "warning", YELLOW, text);
    }
}

/// Writes an error to standard error.
pub(super) fn error(common: Option<&Common>, text: &str) {
    let color = common.map_or(anstream::ColorChoice::Auto, |common| common.color.into());
    write_stderr(color, "error", RED, text);
}

fn complain(common: &Common, word: &str, style: Style, text: &str) {
    write_stderr(common.color.into(), word, style, text);
}

fn write_stderr(color: anstream::ColorChoice, word: &str, style: Style, text: &str) {
    let mut err = AutoStream::new(std::io::stderr().lock(), color);
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(err, "{}: {}", paint(style, word), plain::prose(text));
}
