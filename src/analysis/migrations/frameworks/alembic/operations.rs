//! What each operation of Alembic does.

use super::super::super::code::{Call, Value};
use super::super::super::step::{Constraint, Operation, TableChange};
use super::super::read::Steps;
use super::column::{add_column, column_of, table_of_key, type_of};
use super::scope::{in_schema, table_at};
use super::statement::texts_of;

/// What `op` or a batch is told to do; `false` when nobody knows. In a batch the table is not among the arguments.
pub(super) fn operation(call: &Call, batch: Option<String>, steps: &mut Steps) -> bool {
    let shift = usize::from(batch.is_none());
    let span = call.span;
    let table_at = |place: usize, name: &str| batch.clone().unwrap_or_else(|| table_at(call, place, name));
    match call.short() {
        "add_column" => {
            let table = table_at(0, "table_name");
            match call.argument(shift, "column").and_then(Value::call).filter(|column| column.short() == "Column") {
                Some(column) => add_column(&table, column, call, steps),
                None => steps.unseen(span),
            }
        }
        "drop_column" => {
            let column = call.word(shift, "column_name");
            steps.alter(span, &table_at(0, "table_name"), TableChange::DropColumn { column, cascade: false });
        }
        "alter_column" => alter_column(&table_at(0, "table_name"), &call.word(shift, "column_name"), call, steps),
        // `**options` may say that it is concurrent.
        "create_index" | "drop_index" if call.arguments.contains(&Value::Unknown) => steps.unseen(span),
        "create_index" => {
            let concurrently = call.is_true("postgresql_concurrently");
            let name = Some(call.word(0, "index_name")).filter(|name| !name.is_empty());
            steps.index(span, &table_at(1, "table_name"), name, concurrently);
        }
        "drop_index" => {
            let concurrently = call.is_true("postgresql_concurrently");
            steps.drop_index(span, &table_at(1, "table_name"), call.word(0, "index_name"), concurrently);
        }
        "create_foreign_key" => {
            let to = in_schema(call.word(1 + shift, "referent_table"), call, "referent_schema");
            let table = match &batch {
                Some(table) => table.clone(),
                None => in_schema(call.word(1, "source_table"), call, "source_schema"),
            };
            constraint(call, &table, Constraint::ForeignKey { to }, steps);
        }
        "create_check_constraint" => {
            let condition = call.argument(1 + shift, "condition").and_then(Value::word).unwrap_or_default();
            let not_null = super::super::super::sql::not_null_column_of(condition);
            constraint(call, &table_at(1, "table_name"), Constraint::Check { not_null }, steps);
        }
        "create_unique_constraint" => {
            let using_index = call.by_name("postgresql_using_index").is_some();
            constraint(call, &table_at(1, "table_name"), Constraint::Unique { using_index }, steps);
        }
        "create_primary_key" => {
            let kind = Constraint::PrimaryKey { using_index: false };
            constraint(call, &table_at(1, "table_name"), kind, steps);
        }
        "create_exclude_constraint" => {
            constraint(call, &table_at(1, "table_name"), Constraint::Exclude, steps);
        }
        "drop_constraint" => {
            let name = call.word(0, "constraint_name");
            steps.alter(span, &table_at(1, "table_name"), TableChange::DropConstraint { name });
        }
        "create_table" => create_table(call, steps),
        "drop_table" => {
            steps.push(span, Operation::DropTable { tables: vec![table_at(0, "table_name")], cascade: false });
        }
        "rename_table" => {
            let to = in_schema(call.word(1, "new_table_name"), call, "schema");
            steps.alter(span, &table_at(0, "old_table_name"), TableChange::RenameTable { to });
        }
        // `op.get_context()`, and what is called on what it returns.
        short => return call.name.matches('.').count() > 1 || HARMLESS.contains(&short),
    }
    true
}

/// Operations that neither lock a table in use for long nor break what reads it.
const HARMLESS: [&str; 22] = [
    "bulk_insert",
    "batch_alter_table",
    "create_comment",
    "create_entity",
    "create_enum",
    "create_function",
    "create_schema",
    "create_sequence",
    "create_table_comment",
    "create_trigger",
    "create_view",
    "drop_table_comment",
    "f",
    "get_bind",
    "get_context",
    "implementation_for",
    "inline_literal",
    "register_operation",
    "replace_entity",
    "replace_function",
    "replace_view",
    "run_async",
];

fn constraint(call: &Call, table: &str, constraint: Constraint, steps: &mut Steps) {
    let name = Some(call.word(0, "constraint_name")).filter(|name| !name.is_empty());
    let not_valid = call.is_true("postgresql_not_valid");
    steps.alter(call.span, table, TableChange::AddConstraint { name, constraint, not_valid });
}

fn alter_column(table: &str, column: &str, call: &Call, steps: &mut Steps) {
    let span = call.span;
    let own = || column.to_owned();
    if let Some(to) = call.by_name("new_column_name").and_then(Value::word) {
        steps.alter(span, table, TableChange::RenameColumn { from: own(), to: to.to_owned() });
    }
    if let Some(kind) = call.by_name("type_") {
        let from = call.by_name("existing_type").map(type_of);
        let using = call.by_name("postgresql_using").is_some_and(|using| !is_plain_cast(using, column));
        steps.alter(span, table, TableChange::SetType { column: own(), to: type_of(kind), from, using });
    }
    match call.flag("nullable") {
        Some(false) => steps.alter(span, table, TableChange::SetNotNull { column: own() }),
        Some(true) => steps.alter(span, table, TableChange::DropNotNull { column: own() }),
        None => {}
    }
    match call.by_name("server_default") {
        Some(Value::Nothing | Value::Flag(false)) => {
            steps.alter(span, table, TableChange::DropDefault { column: own() })
        }
        Some(_) => {
            steps.alter(span, table, TableChange::SetDefault);
            steps.quoting(span, || texts_of(call));
        }
        None => {}
    }
}

/// `column` and `column::type` compute nothing that PostgreSQL would not do by itself.
fn is_plain_cast(using: &Value, column: &str) -> bool {
    let Some(expression) = using.word() else { return false };
    let value = expression.split("::").next().unwrap_or_default();
    value.trim_matches(['(', ')', ' ', '"']).eq_ignore_ascii_case(column) && expression.matches("::").count() <= 1
}

fn create_table(call: &Call, steps: &mut Steps) {
    let parts = call.arguments.iter().skip(1).filter_map(Value::call);
    let mut references = Vec::new();
    let mut columns = Vec::new();
    for part in parts {
        match part.short() {
            "Column" => {
                let column = column_of(part);
                references.extend(column.references);
                columns.push((column.name, column.kind));
            }
            "ForeignKeyConstraint" => {
                let keys = part.arguments.get(1).map(Value::list).unwrap_or_default();
                references.extend(keys.first().and_then(Value::word).map(table_of_key));
            }
            _ => {}
        }
    }
    let table = table_at(call, 0, "table_name");
    let operation =
        Operation::CreateTable { table, references, partition_of: None, columns, optional: Vec::new(), force: false };
    steps.push_made(call.span, operation, call.is_true("if_not_exists"));
}
