//! The Luau host: sandbox, budgets, loading, the API of the dangerfile, script errors.
//!
//! A [`Script`] is one dangerfile in a machine of its own. It sees a snapshot and nothing else; whatever stops it
//! (a missing fact, a spent budget) is latched, so that `pcall` cannot swallow it.

mod api;
mod budget;
mod builtin;
mod bytecode;
mod chains;
mod check;
mod clock;
mod comparisons;
mod convert;
mod danger_names;
mod error;
mod file_kinds;
mod foreign_syntax;
mod github_shapes;
mod loops;
mod metadata;
mod names;
mod options;
mod patterns;
mod place;
mod plugins;
mod registry;
mod script;
mod session;
mod tokens;
mod words;

pub(crate) use crate::analysis::globs::plain_path;
pub use crate::analysis::globs::{GlobError, Globs};
pub use api::{
    API, ApiItem, ApiState, ROBOT, RobotArgument, RobotCall, Takes, TypeDefinition, build_settings, render_definitions,
    type_definitions,
};
pub use budget::{MAX_FINDINGS, MAX_MEMORY_BYTES, MAX_STEPS};
pub use builtin::{BuiltinRule, builtin_rules, find_builtin, is_planned_rule};
pub use check::{Checked, check};
pub use clock::Clock;
pub use error::ScriptError;
pub use metadata::{OptionSpec, RuleMetadata, rule_metadata};
pub use options::OptionKind;
pub use registry::{Registered, RuleOptions};
pub use script::{Execution, Script, Stop};
pub use session::RawFinding;
pub use words::nearest;
