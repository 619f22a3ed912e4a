//! Chooses the words: those of the framework, else those of SQL.

use super::super::framework::{Dialect, Framework};
use super::super::hazard::Hazard;
use super::super::judge::Danger;
use super::super::step::{Operation, TableChange};
use super::super::words::{Names, is_computed, shown};
use super::{alembic, django, ecto, rails, sequelize, sql};

/// The advice for a danger: prose, then code.
pub(in super::super) fn advice_of(danger: &Danger<'_>, framework: Framework, path: &str) -> Option<String> {
    let names = Names::of(danger.step);
    let context = Context {
        hazard: danger.hazard,
        table: or(&names.table, "the_table"),
        model: or(model_of(&names.table, path), "Model"),
        column: or(&names.column, "the_column"),
        field: or(danger.step.field.as_ref().map_or(&names.column, |field| &field.name), "the_field"),
        class: danger
            .step
            .field
            .as_ref()
            .and_then(|field| field.class.as_deref())
            .map_or("TextField".to_owned(), shown),
        constraint: or(&names.constraint, "the_constraint"),
        index: or(&names.index, "the_index"),
        other: or(&names.other_table, "the_other_table"),
        new_name: or(&names.new_name, "new_name"),
        new_type: or(&names.new_type, "the_type"),
        object: or(&names.object, "the_name"),
        partition: or(&names.partition, "the_partition"),
        in_block: danger.step.in_block,
        kind: names.kind,
        statement: names.statement,
        partitioned: danger.partitioned,
        empties: matches!(danger.step.operation, Operation::Refresh { empties: true, .. }),
        adds_column: matches!(danger.step.operation, Operation::Alter { change: TableChange::AddColumn(_), .. }),
        fills: matches!(danger.step.operation, Operation::Alter { change: TableChange::FillNotNull { .. }, .. }),
        null_default: match &danger.step.operation {
            Operation::Alter { change: TableChange::AddColumn(column), .. } => column.has_null_default(),
            _ => false,
        },
        outside: match framework {
            Framework::Sql if path.ends_with(".up.sql") => "make it the only statement of its file",
            _ => framework.without_transaction(),
        },
    };
    let own = match framework.dialect() {
        // Frameworks have no words of their own for the parts of a table.
        _ if context.partitioned => None,
        Dialect::JavaScript if framework == Framework::Sequelize => sequelize::advice(&context),
        Dialect::Sql | Dialect::JavaScript => None,
        Dialect::Django => django::advice(&context),
        Dialect::Alembic => alembic::advice(&context),
        Dialect::Rails => rails::advice(&context),
        Dialect::Ecto => ecto::advice(&context),
    };
    let in_own_words = own.is_some();
    own.or_else(|| sql::advice(&context)).map(|advice| match framework {
        _ if in_own_words => advice,
        Framework::Knex => advice.replacen("\n\n    ", " With `knex.raw`:\n\n    ", 1),
        Framework::TypeOrm => advice.replacen("\n\n    ", " With `queryRunner.query`:\n\n    ", 1),
        Framework::Sequelize => advice.replacen("\n\n    ", " With `queryInterface.sequelize.query`:\n\n    ", 1),
        Framework::Kysely => advice.replacen("\n\n    ", " With the `sql` of Kysely:\n\n    ", 1),
        _ => advice,
    })
}

/// `order` of the table `shop_order` in `shop/migrations/0002_x.py`.
fn model_of<'a>(table: &'a str, path: &str) -> &'a str {
    let app = path.rsplit('/').nth(2).unwrap_or_default();
    table.strip_prefix(app).and_then(|rest| rest.strip_prefix('_')).unwrap_or(table)
}

fn or(name: &str, otherwise: &str) -> String {
    if name.is_empty() || is_computed(name) { otherwise.to_owned() } else { shown(name) }
}

/// What the advice may name.
pub(in super::super) struct Context {
    pub(super) hazard: Hazard,
    pub(super) table: String,
    /// Django's name for it.
    pub(super) model: String,
    pub(super) column: String,
    /// Django's name for it, and the class of the field.
    pub(super) field: String,
    pub(super) class: String,
    pub(super) constraint: String,
    pub(super) index: String,
    pub(super) other: String,
    pub(super) new_name: String,
    pub(super) new_type: String,
    pub(super) object: String,
    pub(super) partition: String,
    /// Inside a block, or among statements of one text, that share a transaction.
    pub(super) in_block: bool,
    /// What is rebuilt, dropped or renamed.
    pub(super) kind: &'static str,
    pub(super) statement: &'static str,
    pub(super) adds_column: bool,
    /// Whether the table is shown to be partitioned.
    pub(super) partitioned: bool,
    /// Whether a materialized view is emptied.
    pub(super) empties: bool,
    /// Whether rows that are null get a value with the same step.
    pub(super) fills: bool,
    /// Whether the column is added with `DEFAULT NULL`.
    pub(super) null_default: bool,
    /// How the migration runs outside a transaction.
    pub(super) outside: &'static str,
}
