//! `danger.migrations`, and the same with options for the built-in rule.

mod earlier;
mod find;
mod neighbours;
mod opened;
mod said;
mod uses;

pub(super) use find::{field, migrations};
pub(super) use neighbours::neighbours_of;
