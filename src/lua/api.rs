//! The API of the dangerfile: one file per namespace, one table that lists everything.

mod git;
mod github;
mod namespace;
mod report;
mod require;
mod rules;
mod settings;
mod table;

pub use settings::build_settings;
pub use table::{API, ApiItem, ApiState};
pub(super) use table::{blank_out_texts, find_unbuilt, names_in};

pub(super) use register::register;

mod register;
