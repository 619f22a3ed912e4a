//! Migrations: what they do, which locks they take, and what is dangerous about that on a database that is in use.
//!
//! Readers turn SQL and the code of frameworks into steps; `judge` looks at steps only, so that a danger is the same in
//! every language; `words` and `advice` say it in the author's own. PostgreSQL first: other databases are not judged.

mod advice;
mod changesets;
mod check;
mod check_names;
mod code;
mod convention;
mod effects;
mod finding;
mod framework;
mod frameworks;
mod halves;
mod hazard;
mod judge;
mod keys;
mod known;
mod lines;
mod lock;
mod mistaken;
mod models;
mod object;
mod order;
mod placeholders;
mod psql;
mod review;
mod sql;
mod standing;
mod step;
mod suppress;
mod uses;
mod words;

pub use check::{Before, CheckOptions, check, read_steps, read_steps_as};
pub use convention::{Migration, find_migration, is_migration_path, settings_of, transaction_in_settings};
pub use effects::{Effects, effects_of};
pub use finding::{Finding, Level, RuleName};
pub use framework::Framework;
pub use hazard::Hazard;
pub use lock::Lock;
pub use models::{Field, Many, Model, ModelChange};
pub use order::{Neighbours, directory_of, neighbours, reverse_of};
pub use review::{SchemaChange, is_rewritten, parents, schema_changes};
pub use step::{FieldName, Operation, Span, Step, TableChange};
pub use uses::{lines_that_use, names_in_code, names_of_table};
