//! The way that blocks nobody, in the language of the author's own framework.

mod alembic;
mod django;
mod ecto;
mod rails;
mod sql;

use super::framework::{Dialect, Framework};
use super::hazard::Hazard;
use super::judge::Danger;
use super::step::{Operation, TableChange};
use super::words::Names;

/// The advice for a danger: prose, then code.
pub(super) fn advice_of(danger: &Danger<'_>, framework: Framework) -> Option<String> {
    let names = Names::of(danger.step);
    let context = Context {
        hazard: danger.hazard,
        table: or(&names.table, "the_table"),
        column: or(&names.column, "the_column"),
        constraint: or(&names.constraint, "the_constraint"),
        index: or(&names.index, "the_index"),
        other: or(&names.other_table, "the_other_table"),
        new_name: or(&names.new_name, "new_name"),
        new_type: or(&names.new_type, "the_type"),
        object: or(&names.object, "the_name"),
        partition: or(&names.partition, "the_partition"),
        is_index: matches!(danger.step.operation, Operation::Reindex { kind: "index", .. }),
        statement: names.statement,
        adds_column: matches!(danger.step.operation, Operation::Alter { change: TableChange::AddColumn(_), .. }),
        framework,
    };
    let own = match framework.dialect() {
        Dialect::Sql => None,
        Dialect::Django => django::advice(&context),
        Dialect::Alembic => alembic::advice(&context),
        Dialect::Rails => rails::advice(&context),
        Dialect::Ecto => ecto::advice(&context),
    };
    own.or_else(|| sql::advice(&context))
}

fn or(name: &str, otherwise: &str) -> String {
    if name.is_empty() { otherwise.to_owned() } else { name.to_owned() }
}

/// What the advice may name.
pub(super) struct Context {
    hazard: Hazard,
    table: String,
    column: String,
    constraint: String,
    index: String,
    other: String,
    new_name: String,
    new_type: String,
    object: String,
    partition: String,
    is_index: bool,
    statement: &'static str,
    adds_column: bool,
    framework: Framework,
}
