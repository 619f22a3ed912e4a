//! Columns in Rails' words.

use super::super::super::code::{COMPUTED, Call, Item, Value};
use super::super::super::lines::Lines;
use super::super::super::sql::{parse_type, read_sql};
use super::super::super::step::{ColumnDefault, NewColumn, Operation, SqlType, TableChange};
use super::super::read::default_of_sql;
use super::words::plural;

/// `add_column :table, :name, :kind, ..`.
pub(super) fn new_column(name: &str, kind: &str, call: &Call) -> NewColumn {
    let written = type_of(kind, call);
    // What Rails does not know it hands to PostgreSQL as it stands: `"bigint GENERATED ALWAYS AS IDENTITY"`.
    if (written.name.is_empty() || kind.contains(' '))
        && let Some(column) = column_of_sql(name, kind)
    {
        let own = call.by_name("default").map(|value| default_with_type(value, &column.kind));
        return NewColumn {
            not_null: column.not_null || is_required(call),
            default: own.unwrap_or(column.default),
            ..column
        };
    }
    let kind_of = if kind == "virtual" {
        call.by_name("type").and_then(Value::word).map(|word| type_of(word, call)).unwrap_or_default()
    } else {
        written
    };
    NewColumn {
        name: name.to_owned(),
        numbered: kind_of.is_serial() || kind == "primary_key",
        primary_key: kind == "primary_key",
        stored: kind == "virtual" && call.is_true("stored"),
        not_null: is_required(call),
        default: call.by_name("default").map_or(ColumnDefault::None, |value| default_with_type(value, &kind_of)),
        kind: kind_of,
        ..NewColumn::default()
    }
}

/// `null: false`; what is not known may well be that.
fn is_required(call: &Call) -> bool {
    matches!(call.by_name("null"), Some(Value::Flag(false) | Value::Name(_) | Value::Call(_)))
}

/// A column whose type is written in SQL, with whatever stands behind it.
fn column_of_sql(name: &str, kind: &str) -> Option<NewColumn> {
    if kind.len() > MAX_KIND || kind.contains(';') || kind.contains(COMPUTED) {
        return None;
    }
    let text = format!("ALTER TABLE t ADD COLUMN c {kind}");
    let read = read_sql(&text, &Lines::new(&text), false, false);
    read.steps.into_iter().find_map(|step| match step.operation {
        Operation::Alter { change: TableChange::AddColumn(column), .. } => {
            Some(NewColumn { name: name.to_owned(), ..column })
        }
        _ => None,
    })
}

/// Bytes of a type that is written in SQL.
const MAX_KIND: usize = 1000;

/// The column of a reference: nullable unless it says otherwise.
pub(super) fn column_of(reference: &str, call: &Call) -> NewColumn {
    let kind = call.by_name("type").and_then(Value::word).unwrap_or("bigint").to_owned();
    new_column(&format!("{reference}_id"), &kind, call)
}

/// `default: -> { "now()" }` is SQL; so is a text for a column of type `uuid` that looks like a call.
fn default_with_type(value: &Value, kind: &SqlType) -> ColumnDefault {
    match value {
        Value::Text(text) if kind.name == "uuid" && text.text.contains('(') => default_of_sql(&text.text),
        other => default_of(other),
    }
}

pub(super) fn default_of(value: &Value) -> ColumnDefault {
    match value {
        Value::Nothing => ColumnDefault::None,
        Value::Code(body) => match body.first() {
            Some(Item::Assign { value: Value::Text(text), .. }) => default_of_sql(&text.text),
            _ => ColumnDefault::Constant,
        },
        _ => ColumnDefault::Constant,
    }
}

/// Whether a reference has an index, and whether it is built concurrently.
pub(super) fn index_of(call: &Call) -> Option<bool> {
    match call.by_name("index") {
        Some(Value::Flag(false)) => None,
        Some(index @ Value::Map(_)) => Some(index.key("algorithm").and_then(Value::word) == Some("concurrently")),
        _ => Some(false),
    }
}

/// The table that a reference points to, and whether old rows are left unchecked.
pub(super) fn foreign_key_of(call: &Call, reference: &str) -> Option<(String, bool)> {
    let key = call.by_name("foreign_key")?;
    if matches!(key, Value::Flag(false) | Value::Nothing) {
        return None;
    }
    let named = key.key("to_table").and_then(Value::word).map(str::to_owned);
    let not_valid = key.key("validate") == Some(&Value::Flag(false));
    Some((named.unwrap_or_else(|| plural(reference)), not_valid))
}

/// The type of a Rails column; empty for a word that is no type.
pub(super) fn type_of(kind: &str, call: &Call) -> SqlType {
    let number = |name: &str| call.by_name(name).and_then(Value::number);
    let plain = |name: &str| SqlType { name: name.to_owned(), ..SqlType::default() };
    let mut found = match kind {
        "string" => SqlType { arguments: number("limit").into_iter().collect(), ..plain("varchar") },
        "text" => plain("text"),
        "integer" => match number("limit") {
            Some(5..) => plain("bigint"),
            Some(..=2) => plain("smallint"),
            _ => plain("integer"),
        },
        "decimal" | "numeric" => {
            SqlType { arguments: number("precision").into_iter().chain(number("scale")).collect(), ..plain("numeric") }
        }
        "datetime" | "timestamp" => {
            SqlType { arguments: number("precision").into_iter().collect(), ..plain("timestamp") }
        }
        "timestamptz" => SqlType { arguments: number("precision").into_iter().collect(), ..plain("timestamptz") },
        "float" => plain("double"),
        "binary" | "blob" => plain("bytea"),
        "primary_key" => plain("bigserial"),
        "bigint" | "boolean" | "date" | "time" | "json" | "jsonb" | "uuid" | "inet" | "cidr" | "macaddr" | "hstore"
        | "citext" | "ltree" | "tsvector" | "xml" | "point" | "money" | "bit" | "serial" | "bigserial"
        | "smallserial" | "interval" | "enum" | "virtual" | "daterange" | "tsrange" | "tstzrange" | "int4range"
        | "int8range" | "numrange" | "oid" => plain(kind),
        other if other.contains(COMPUTED) => SqlType::default(),
        other if other.contains([' ', '(']) => parse_type(other),
        _ => SqlType::default(),
    };
    found.array |= call.is_true("array");
    found
}
