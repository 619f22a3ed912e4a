//! The API of the dangerfile: one file per namespace, one table that lists everything.

mod analyse;
mod git;
mod github;
mod namespace;
mod report;
mod require;
mod rules;
mod settings;
mod table;

pub use settings::build_settings;
pub(super) use table::find_unbuilt;
pub use table::{API, ApiItem, ApiState};

pub(super) use register::register;

mod register;
