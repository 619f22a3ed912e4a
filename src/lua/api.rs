//! The API of the dangerfile: one file per namespace, one table that lists everything.

mod analysis;
mod changelog;
mod code_analyses;
mod coverage;
mod definitions;
mod git;
mod github;
mod github_utils;
mod json_diff;
mod lint;
mod migrations;
mod namespace;
mod record;
mod report;
mod require;
mod robot;
mod robot_table;
mod rules;
mod settings;
mod sizes;
mod table;
mod testing;
mod types;
mod unbuilt;
mod utils;

pub use definitions::{TypeDefinition, render_definitions, type_definitions};
pub(super) use record::unknown_member;
pub use robot_table::{ROBOT, RobotArgument, RobotCall, Takes};
pub use settings::build_settings;
pub use table::{API, ApiItem, ApiState};
pub(super) use table::{hint, hint_among, names_in, signature_of};
pub(super) use types::{RecordType, find_record};
pub(super) use unbuilt::find_unbuilt;

pub(super) use register::register;

mod register;
