//! Columns in Rails' words.

use super::super::super::code::{COMPUTED, Call, Item, Value};
use super::super::super::sql::parse_type;
use super::super::super::step::{ColumnDefault, NewColumn, SqlType};
use super::super::read::default_of_sql;
use super::words::plural;

/// `add_column :table, :name, :kind, ..`.
pub(super) fn new_column(name: &str, kind: &str, call: &Call) -> NewColumn {
    let written = type_of(kind, call);
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
        // What is not known may well be `false`.
        not_null: matches!(call.by_name("null"), Some(Value::Flag(false) | Value::Name(_) | Value::Call(_))),
        default: call.by_name("default").map_or(ColumnDefault::None, |value| default_with_type(value, &kind_of)),
        kind: kind_of,
        ..NewColumn::default()
    }
}

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
        "datetime" | "timestamp" => plain("timestamp"),
        "timestamptz" => plain("timestamptz"),
        "float" => plain("double"),
        "binary" | "blob" => plain("bytea"),
        "primary_key" => plain("bigserial"),
        "bigint" | "boolean" | "date" | "time" | "json" | "jsonb" | "uuid" | "inet" | "cidr" | "macaddr" | "hstore"
        | "citext" | "ltree" | "tsvector" | "xml" | "point" | "money" | "bit" | "serial" | "bigserial" | "interval"
        | "enum" | "virtual" | "daterange" | "tsrange" | "tstzrange" | "int4range" | "int8range" | "numrange"
        | "oid" => plain(kind),
        other if other.contains(COMPUTED) => SqlType::default(),
        other if other.contains([' ', '(']) => parse_type(other),
        _ => SqlType::default(),
    };
    found.array |= call.is_true("array");
    found
}
