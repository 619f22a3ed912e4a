//! SQL into steps: squawk's parser reads, the files beside this one understand.

mod block;
mod bounds;
mod computed;
mod expression;
mod guard;
mod light;
mod names;
mod other;
mod path;
mod read;
mod rename;
mod routine;
mod statement;
mod style;
mod table;
mod types;
mod write;

pub(super) use expression::{is_known_steady, not_null_column_of};
pub(super) use names::{quoted, quoted_joined};
pub(super) use other::is_of_another_database;
pub(super) use read::{Problem, read_sql};
pub(super) use style::find_style;
pub(super) use types::parse_type;
pub(super) use write::is_bounded_condition;
