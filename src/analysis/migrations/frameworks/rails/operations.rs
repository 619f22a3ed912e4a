//! What `change` or `up` of a Rails migration calls.

use super::super::super::code::{COMPUTED, Call, Item, SPLAT, Value, walk};
use super::super::super::sql::parse_type;
use super::super::super::step::{ColumnDefault, Constraint, NewColumn, ObjectKind, Operation, SqlType, TableChange};
use super::super::read::Steps;
use super::column::{column_of, foreign_key_of, index_of, new_column, type_of};
use super::names::{Names, name_of};
use super::words::{join_table, plural};
use std::rc::Rc;

/// The calls that take SQL; `false` when it is none. `written` is the call before its names were followed.
pub(super) fn sql_of(call: &Call, written: &Call, steps: &mut Steps, names: &Names) -> bool {
    let of_connection = !call.name.contains('.') || call.name.contains("conn");
    match call.short() {
        "execute" => {}
        "exec_query" | "exec_update" | "exec_delete" | "exec_insert" | "select_all" | "select_value"
        | "select_values" | "select_rows" | "select_one" | "query_value" | "query_values" | "async_exec" => {
            // A query that Active Record puts together only reads.
            if !matches!(call.arguments.first(), Some(Value::Text(_) | Value::Name(_))) {
                return false;
            }
        }
        // `User.update(..)` and `hash.delete("key")` take no statement.
        "update" | "delete" | "insert" | "exec" | "query" | "exec_params" => {
            let is_sql = |value: &Value| match value {
                Value::Text(text) => of_connection || text.text.trim().contains(' '),
                _ => false,
            };
            if !call.arguments.first().is_some_and(is_sql) {
                return false;
            }
        }
        _ => return false,
    }
    let Some(sql) = written.arguments.first() else { return call.short() == "execute" };
    let followed = match sql {
        Value::Name(name) => names.with(name, Value::clone),
        _ => None,
    };
    let followed = match followed.as_ref().unwrap_or(sql) {
        Value::Text(text) => Value::Text(names.known_text(text)),
        other => other.clone(),
    };
    steps.sql_value(&followed, call.span, names.of_file());
    // What is done with each of the rows is found in the block.
    call.block.is_empty()
}

/// A call whose arguments stand for something, if only for something that is computed.
fn computed(call: &Call) -> Call {
    let known = |value: &Value| !matches!(value, Value::Name(_) | Value::Call(_) | Value::Unknown);
    if call.arguments.iter().all(known) {
        return call.clone();
    }
    let word = |value: &Value| {
        if known(value) { value.clone() } else { Value::Symbol(name_of(Some(value), call)) }
    };
    Call { arguments: Rc::new(call.arguments.iter().map(word).collect()), ..call.clone() }
}

/// Whether options of a call are not in it, nor anywhere that is known.
fn has_unknown_options(call: &Call) -> bool {
    let place = match call.short() {
        "add_column" | "change_column" => 3,
        "add_index" | "add_reference" | "add_belongs_to" | "add_foreign_key" | "add_check_constraint" => 2,
        _ => return false,
    };
    let handed_over = call.arguments.get(place).is_some_and(|it| matches!(it, Value::Name(_) | Value::Call(_)));
    handed_over || call.by_name(SPLAT).is_some()
}

/// The operations that name their table first; `false` when it is none.
pub(super) fn operation(call: &Call, steps: &mut Steps) -> bool {
    if has_unknown_options(call) {
        steps.push(call.span, Operation::Unseen);
        // Whether the index is built concurrently is among what is not known.
        if call.short() == "add_index" {
            return true;
        }
    }
    let call = &computed(call);
    let span = call.span;
    let table = call.word(0, "table_name");
    let not_valid = call.flag("validate") == Some(false);
    match call.short() {
        "create_table" | "create_join_table" => create_table(call, steps),
        "change_table" => change_table(call, steps),
        "truncate" | "truncate_tables" if !call.name.contains('.') || call.name.contains("conn") => {
            let tables = call.arguments.iter().filter_map(Value::word).map(str::to_owned).collect();
            steps.push(span, Operation::Truncate { tables, cascade: false });
        }
        "add_column" => {
            let column = new_column(&call.word(1, "column_name"), &kind_at(call, 2), call);
            steps.alter(span, &table, TableChange::AddColumn(column));
        }
        "add_columns" => {
            let kind = call.by_name("type").and_then(Value::word).unwrap_or_default();
            for column in call.arguments.iter().skip(1).filter_map(Value::word) {
                steps.alter(span, &table, TableChange::AddColumn(new_column(column, kind, call)));
            }
        }
        "add_timestamps" => add_timestamps(call, &table, steps),
        "remove_column" | "remove_columns" => {
            let mut columns: Vec<&str> =
                call.arguments.iter().skip(1).filter_map(Value::word).take(columns_of(call)).collect();
            if columns.is_empty() {
                // `remove_columns(*those)`
                columns.push(COMPUTED);
            }
            for column in columns {
                steps.alter(span, &table, TableChange::DropColumn { column: column.to_owned(), cascade: false });
            }
        }
        "remove_timestamps" => {
            steps.alter(span, &table, TableChange::DropColumn { column: "created_at".to_owned(), cascade: false });
        }
        "remove_reference" | "remove_belongs_to" => {
            let column = format!("{}_id", call.word(1, "ref_name"));
            steps.alter(span, &table, TableChange::DropColumn { column, cascade: false });
        }
        "rename_column" => {
            let (from, to) = (call.word(1, "column_name"), call.word(2, "new_column_name"));
            steps.alter(span, &table, TableChange::RenameColumn { from, to });
        }
        "rename_table" => steps.alter(span, &table, TableChange::RenameTable { to: call.word(1, "new_name") }),
        "change_column" => change_column(call, &table, &call.word(1, "column_name"), &call.word(2, "type"), steps),
        "change_column_null" => change_null(call, &table, steps),
        "change_column_default" => steps.alter(span, &table, TableChange::SetDefault),
        "add_index" => add_index(call, &table, steps),
        "remove_index" => {
            let name = call.by_name("name").and_then(Value::word).unwrap_or_default().to_owned();
            steps.drop_index(span, &table, name, is_concurrent(call.by_name("algorithm")));
        }
        "add_reference" | "add_belongs_to" => add_reference(call, &table, &call.word(1, "ref_name"), steps),
        "add_foreign_key" => {
            let to = call.word(1, "to_table");
            let name = Some(name_of_new_key(call, &table, &to));
            let constraint = Constraint::ForeignKey { to };
            steps.alter(span, &table, TableChange::AddConstraint { name, constraint, not_valid });
        }
        "remove_foreign_key" => steps.alter(span, &table, TableChange::DropConstraint { name: String::new() }),
        "validate_foreign_key" => {
            let name = name_of_key(call, &table, steps);
            steps.alter(span, &table, TableChange::Validate { name });
        }
        "add_check_constraint" => {
            let expression = call.arguments.get(1).and_then(Value::word).unwrap_or_default();
            let not_null = super::super::super::sql::not_null_column_of(expression);
            let name = call.by_name("name").and_then(Value::word).map(str::to_owned);
            let constraint = Constraint::Check { not_null };
            steps.alter(span, &table, TableChange::AddConstraint { name, constraint, not_valid });
        }
        "validate_check_constraint" | "validate_constraint" => {
            let name = call.argument(1, "name").and_then(Value::word).unwrap_or_default().to_owned();
            steps.alter(span, &table, TableChange::Validate { name });
        }
        "remove_check_constraint" => {
            let name = call.by_name("name").and_then(Value::word).unwrap_or_default().to_owned();
            steps.alter(span, &table, TableChange::DropConstraint { name });
        }
        "add_unique_constraint" => {
            let constraint = Constraint::Unique { using_index: call.by_name("using_index").is_some() };
            steps.alter(span, &table, TableChange::AddConstraint { name: None, constraint, not_valid: false });
        }
        "add_exclusion_constraint" => {
            let change = TableChange::AddConstraint { name: None, constraint: Constraint::Exclude, not_valid: false };
            steps.alter(span, &table, change);
        }
        "drop_table" => {
            let cascade = call.by_name("force").and_then(Value::word) == Some("cascade");
            let tables = call.arguments.iter().filter_map(Value::word).map(str::to_owned).collect();
            steps.push(span, Operation::DropTable { tables, cascade });
        }
        "drop_join_table" => {
            steps.push(span, Operation::DropTable { tables: vec![joined(call)], cascade: false });
        }
        "disable_extension" => {
            let operation = Operation::DropObject { kind: ObjectKind::Extension, names: vec![table], cascade: false };
            steps.push(span, operation);
        }
        // Those of the gems scenic and fx.
        "drop_view" | "drop_function" => {
            let kind = match (call.short(), call.by_name("materialized")) {
                ("drop_function", _) => ObjectKind::Function,
                (_, None | Some(Value::Flag(false))) => ObjectKind::View,
                _ => ObjectKind::MaterializedView,
            };
            steps.push(span, Operation::DropObject { kind, names: vec![table], cascade: false });
        }
        "drop_enum" => {
            let operation = Operation::DropObject { kind: ObjectKind::Type, names: vec![table], cascade: false };
            steps.push(span, operation);
        }
        "rename_schema" => {
            steps.push(span, Operation::RenameObject { kind: ObjectKind::Schema, name: table, schema: false });
        }
        "drop_schema" => {
            let operation = Operation::DropObject { kind: ObjectKind::Schema, names: vec![table], cascade: true };
            steps.push(span, operation);
        }
        "add_enum_value" => {
            let operation = Operation::AddEnumValue { type_name: table, value: call.word(1, "value") };
            steps.push(span, operation);
        }
        "rename_enum_value" | "rename_enum" => {
            steps.push(span, Operation::RenameObject { kind: ObjectKind::EnumValue, name: table, schema: false });
        }
        _ => return false,
    }
    true
}

/// What is made inside `revert` goes away, and the rest cannot be told.
pub(super) fn reverted(inner: &Call, steps: &mut Steps) {
    let inner = &computed(inner);
    let (span, table) = (inner.span, inner.word(0, "table_name"));
    match inner.short() {
        "create_table" => steps.push(span, Operation::DropTable { tables: vec![table], cascade: false }),
        "create_join_table" => {
            steps.push(span, Operation::DropTable { tables: vec![joined(inner)], cascade: false });
        }
        "drop_table" | "drop_join_table" => create_table(inner, steps),
        // Without the type it cannot be taken back at all.
        "remove_column" => {
            let column = new_column(&inner.word(1, "column_name"), &kind_at(inner, 2), inner);
            steps.alter(span, &table, TableChange::AddColumn(column));
        }
        "remove_index" => add_index(inner, &table, steps),
        "add_column" => {
            let column = inner.word(1, "column_name");
            steps.alter(span, &table, TableChange::DropColumn { column, cascade: false });
        }
        "add_index" => {
            let name = inner.by_name("name").and_then(Value::word).unwrap_or_default().to_owned();
            steps.drop_index(span, &table, name, is_concurrent(inner.by_name("algorithm")));
        }
        // The columns of a table are no operations.
        _ if inner.name.contains('.') || inner.arguments.is_empty() => {}
        short => {
            let what = format!("`{short}` inside `revert` is done backwards, which is not read here");
            steps.push(span, Operation::Unclear { what });
        }
    }
}

fn change_table(call: &Call, steps: &mut Steps) {
    let table = call.word(0, "table_name");
    let what =
        format!("`change_table :{table}` puts several changes into one block that safety checks do not look into");
    if !steps.assured {
        steps.push(call.span, Operation::Unclear { what });
    }
    for inner in block_calls(&call.block) {
        let name = || inner.word(0, "column_name");
        match inner.short() {
            "remove" => {
                for column in inner.arguments.iter().filter_map(Value::word) {
                    let change = TableChange::DropColumn { column: column.to_owned(), cascade: false };
                    steps.alter(inner.span, &table, change);
                }
            }
            "rename" => {
                let change = TableChange::RenameColumn { from: name(), to: inner.word(1, "new_column_name") };
                steps.alter(inner.span, &table, change);
            }
            "change" => change_column(inner, &table, &name(), &inner.word(1, "type"), steps),
            "index" => add_index(inner, &table, steps),
            "remove_index" => {
                steps.drop_index(inner.span, &table, String::new(), is_concurrent(inner.by_name("algorithm")))
            }
            "references" | "belongs_to" => add_reference(inner, &table, &name(), steps),
            "timestamps" => add_timestamps(inner, &table, steps),
            "column" => {
                let column = new_column(&name(), &kind_at(inner, 1), inner);
                steps.alter(inner.span, &table, TableChange::AddColumn(column));
            }
            kind if !type_of(kind, inner).name.is_empty() => {
                for column in inner.arguments.iter().filter_map(Value::word) {
                    let column = new_column(column, kind, inner);
                    steps.alter(inner.span, &table, TableChange::AddColumn(column));
                }
            }
            _ => {}
        }
    }
}
/// The type of a column; `type:` by name is that of a virtual column's value.
fn kind_at(call: &Call, place: usize) -> String {
    call.arguments.get(place).and_then(Value::word).unwrap_or_default().to_owned()
}

/// `remove_column :users, :age, :integer` has one column, `remove_columns` as many as there are.
fn columns_of(call: &Call) -> usize {
    if call.short() == "remove_column" { 1 } else { usize::MAX }
}

fn is_concurrent(algorithm: Option<&Value>) -> bool {
    algorithm.and_then(Value::word) == Some("concurrently")
}

/// The calls on the block's argument: `t.string :name`.
fn block_calls(body: &[Item]) -> Vec<&Call> {
    let mut found = Vec::new();
    walk(body, &mut |item| {
        if let Item::Call(call) = item {
            found.push(call);
        }
        true
    });
    found
}

fn create_table(call: &Call, steps: &mut Steps) {
    let table =
        if matches!(call.short(), "create_table" | "drop_table") { call.word(0, "table_name") } else { joined(call) };
    let mut references = Vec::new();
    let mut columns: Vec<(String, SqlType)> = Vec::new();
    for inner in block_calls(&call.block) {
        match inner.short() {
            "references" | "belongs_to" => {
                references.extend(foreign_key_of(inner, &inner.word(0, "ref_name")).map(|key| key.0))
            }
            kind => columns.push((inner.word(0, "name"), type_of(kind, inner))),
        }
    }
    let force = !matches!(call.by_name("force"), None | Some(Value::Flag(false) | Value::Nothing));
    let operation =
        Operation::CreateTable { table, references, partition_of: None, columns, optional: Vec::new(), force };
    steps.push_made(call.span, operation, call.is_true("if_not_exists") && !force);
}

/// The table of `create_join_table :users, :products`.
fn joined(call: &Call) -> String {
    let named = call.by_name("table_name").and_then(Value::word).map(str::to_owned);
    named.unwrap_or_else(|| join_table(&call.word(0, "table_1"), &call.word(1, "table_2")))
}

fn add_timestamps(call: &Call, table: &str, steps: &mut Steps) {
    let not_null = call.flag("null") != Some(true);
    let default = call.by_name("default").map_or(ColumnDefault::None, super::column::default_of);
    let name = "created_at".to_owned();
    let kind = SqlType { name: "timestamp".to_owned(), ..SqlType::default() };
    let column = NewColumn { name, kind, not_null, default, ..NewColumn::default() };
    steps.alter(call.span, table, TableChange::AddColumn(column));
}

fn change_column(call: &Call, table: &str, column: &str, kind: &str, steps: &mut Steps) {
    let using = call.by_name("using").is_some();
    let mut to = type_of(kind, call);
    // What Rails does not know it hands to PostgreSQL: `"VARCHAR(20)"`.
    if to.name.is_empty() && !kind.contains(COMPUTED) {
        to = parse_type(kind);
    }
    let change = TableChange::SetType { column: column.to_owned(), to, from: None, using };
    steps.alter(call.span, table, change);
    if call.flag("null") == Some(false) {
        steps.alter(call.span, table, TableChange::SetNotNull { column: column.to_owned() });
    }
}

fn change_null(call: &Call, table: &str, steps: &mut Steps) {
    let column = call.word(1, "column_name");
    match call.arguments.get(2) {
        Some(Value::Flag(true)) => steps.alter(call.span, table, TableChange::DropNotNull { column }),
        // What is not known may well be `false`.
        _ => {
            // A fourth argument fills the rows that are null, all at once.
            if call.arguments.len() > 3 {
                let table = table.to_owned();
                steps.push(call.span, Operation::Write { statement: "UPDATE", table, bounded: false });
            }
            steps.alter(call.span, table, TableChange::SetNotNull { column });
        }
    }
}

/// The name of a new foreign key, or one that says as much: Rails itself makes a hash of the table and the column.
fn name_of_new_key(call: &Call, table: &str, to: &str) -> String {
    let named = |option: &str| call.by_name(option).and_then(Value::word);
    match (named("name"), named("column")) {
        (Some(name), _) => name.to_owned(),
        (None, Some(column)) => format!("fk_{table}_{column}"),
        (None, None) => format!("fk_{table}_{to}"),
    }
}

/// The name of the foreign key that a call means, by its own name, by its column or by the table that it points to.
fn name_of_key(call: &Call, table: &str, steps: &Steps) -> String {
    let own = |option: &str| call.by_name(option).and_then(Value::word);
    let to = call.word(1, "to_table");
    let added = steps.foreign_keys_of(table).find(|(name, points_to)| match (own("name"), own("column")) {
        (Some(own), _) => *name == own,
        (None, Some(column)) => {
            name.ends_with(&format!("_{column}"))
                || column.strip_suffix("_id").is_some_and(|it| points_to.starts_with(it))
        }
        (None, None) => *points_to == to,
    });
    added.map_or_else(|| name_of_new_key(call, table, &to), |(name, _)| name.to_owned())
}

fn add_index(call: &Call, table: &str, steps: &mut Steps) {
    let name = call.by_name("name").and_then(Value::word).map(str::to_owned);
    steps.index(call.span, table, name, is_concurrent(call.by_name("algorithm")));
}

fn add_reference(call: &Call, table: &str, reference: &str, steps: &mut Steps) {
    let column = column_of(reference, call);
    let name = column.name.clone();
    steps.alter(call.span, table, TableChange::AddColumn(column));
    if let Some(concurrently) = index_of(call) {
        steps.index(call.span, table, Some(format!("index_{table}_on_{name}")), concurrently);
    }
    if let Some((to, not_valid)) = foreign_key_of(call, reference) {
        // The column tells more than the table, unless its name is made of the table's.
        let usual = to == plural(reference);
        let key = Some(if usual { format!("fk_{table}_{to}") } else { format!("fk_{table}_{name}") });
        let constraint = Constraint::ForeignKey { to };
        steps.alter(call.span, table, TableChange::AddConstraint { name: key, constraint, not_valid });
    }
}
