//! How a verdict is printed: one file a format, listed once in `formats.rs`. Every command that prints findings
//! builds a `Report` and calls `render`.

mod effects;
mod formats;
mod github;
mod json;
mod markdown;
mod report;
#[cfg(test)]
mod sample;
mod sarif;
mod source;
mod text;
mod underline;

pub(super) use formats::{Format, render};
pub(super) use github::command;
pub(super) use report::{FromSnapshot, Report, Texts, lines_of};
