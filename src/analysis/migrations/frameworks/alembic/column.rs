//! Columns of SQLAlchemy: their types, defaults and constraints.

use super::super::super::code::{Call, Value};
use super::super::super::step::{ColumnDefault, Constraint, NewColumn, SqlType, TableChange};
use super::super::read::{Steps, default_of_sql};

pub(super) fn add_column(table: &str, column: &Call, call: &Call, steps: &mut Steps) {
    let span = call.span;
    let mut new = column_of(column);
    let name = new.name.clone();
    if column.is_true("primary_key") {
        // Alembic numbers the rows and makes no key of them, unless it is told to.
        new.numbered |= numbers_itself(column, &new);
        new.not_null = true;
        new.primary_key = call.is_true("inline_primary_key");
    }
    // Alembic adds keys, unique constraints and indexes in statements of their own.
    let references = new.references.take_if(|_| !call.is_true("inline_references"));
    let index = column.is_true("index");
    let unique = std::mem::take(&mut new.unique) && !index;
    new.default_is_written |= column.by_name("server_default").is_some_and(|default| *default != Value::Nothing);
    let unknown = column.by_name("nullable").is_some_and(|flag| !matches!(flag, Value::Flag(_) | Value::Nothing));
    let hidden = unknown
        || column.arguments.contains(&Value::Unknown)
        || column.by_name("server_default").is_some_and(is_unknown);
    steps.alter(span, table, TableChange::AddColumn(new));
    if hidden {
        steps.unseen(span);
    }
    if let Some(to) = references {
        let key = Some(format!("{table}_{name}_fkey"));
        let not_valid = key_of(column).is_some_and(|key| key.is_true("postgresql_not_valid"));
        let constraint = Constraint::ForeignKey { to };
        steps.alter(span, table, TableChange::AddConstraint { name: key, constraint, not_valid });
    }
    if unique {
        let constraint = Constraint::Unique { using_index: false };
        let key = Some(format!("{table}_{name}_key"));
        steps.alter(span, table, TableChange::AddConstraint { name: key, constraint, not_valid: false });
    }
    if index {
        steps.index(span, table, Some(format!("ix_{table}_{name}")), false);
    }
}

/// What is given to a column beside its name.
fn parts(column: &Call) -> impl Iterator<Item = &Value> {
    column.arguments.iter().skip(1).chain(column.by_name("type_"))
}

fn key_of(column: &Call) -> Option<&Call> {
    parts(column).filter_map(Value::call).find(|part| part.short() == "ForeignKey")
}

/// Whether SQLAlchemy makes a key `serial`: a whole number that nothing else gives a value.
fn numbers_itself(column: &Call, new: &NewColumn) -> bool {
    let whole = matches!(new.kind.name.as_str(), "integer" | "bigint" | "smallint");
    let sequence = parts(column).filter_map(Value::call).any(|part| part.short() == "Sequence");
    whole
        && !sequence
        && key_of(column).is_none()
        && column.flag("autoincrement") != Some(false)
        && new.default == ColumnDefault::None
}

pub(super) fn column_of(column: &Call) -> NewColumn {
    let mut new = NewColumn { name: column.word(0, "name"), ..NewColumn::default() };
    for argument in parts(column) {
        match argument {
            Value::Call(inner) => match inner.short() {
                "ForeignKey" => new.references = inner.arguments.first().and_then(Value::word).map(table_of_key),
                "Computed" => new.stored = inner.flag("persisted") != Some(false),
                "Identity" => new.numbered = true,
                "Sequence" => {}
                "CheckConstraint" => new.check = true,
                _ if new.kind.name.is_empty() => {
                    // A type that demands its own values: `sa.Boolean(create_constraint=True)`.
                    let plain = inner.short() != "Enum" || inner.flag("native_enum") == Some(false);
                    new.check |= plain && inner.is_true("create_constraint");
                    new.kind = type_of(argument);
                }
                _ => {}
            },
            Value::Name(_) if new.kind.name.is_empty() => new.kind = type_of(argument),
            _ => {}
        }
    }
    new.primary_key = column.is_true("primary_key");
    new.not_null = column.flag("nullable") == Some(false);
    new.unique = column.is_true("unique");
    new.default = column.by_name("server_default").map_or(ColumnDefault::None, default_of);
    new
}

/// The default that an expression gives; the first part of it that differs from row to row decides.
fn default_of(value: &Value) -> ColumnDefault {
    let mut whole = match value {
        Value::Nothing => return ColumnDefault::None,
        Value::Call(call) if call.short() == "null" => return ColumnDefault::None,
        _ => ColumnDefault::Constant,
    };
    let mut pending = vec![(value, 0)];
    while let Some((value, depth)) = pending.pop() {
        let Value::Call(call) = value else { continue };
        let own = match call.short() {
            "next_value" => ColumnDefault::Volatile("nextval".to_owned()),
            // `sa.text("..")`, `DefaultClause("..")`
            _ if !call.name.contains("func.") && call.arguments.first().and_then(Value::call).is_none() => {
                let text = match call.arguments.first() {
                    Some(Value::Text(text)) if !matches!(call.short(), "literal" | "bindparam") => &text.text,
                    _ => continue,
                };
                default_of_sql(text)
            }
            name if call.name.contains("func.") => default_of_sql(&format!("{name}()")),
            _ => ColumnDefault::Constant,
        };
        match own {
            ColumnDefault::Volatile(_) => return own,
            ColumnDefault::None if depth == 0 => whole = own,
            _ => {}
        }
        pending.extend(call.arguments.iter().map(|argument| (argument, depth + 1)));
    }
    whole
}

/// Whether nothing is known of a default.
fn is_unknown(value: &Value) -> bool {
    match value {
        Value::Unknown => true,
        Value::Name(name) => !name.contains('.'),
        _ => false,
    }
}

/// `users.id` points to `users`.
pub(super) fn table_of_key(key: &str) -> String {
    key.rsplit_once('.').map_or(key, |(table, _)| table).to_owned()
}

pub(super) fn type_of(value: &Value) -> SqlType {
    let (name, call) = match value {
        Value::Call(call) => (call.short(), Some(call)),
        Value::Name(name) => (name.rsplit('.').next().unwrap_or(name), None),
        _ => return SqlType::default(),
    };
    let number = |place, key: &str| call.and_then(|call| call.argument(place, key)).and_then(Value::number);
    let precision = || call.and_then(|call| call.by_name("precision")).and_then(Value::number).into_iter().collect();
    let plain = |name: &str| SqlType { name: name.to_owned(), ..SqlType::default() };
    match name {
        "String" | "Unicode" | "VARCHAR" | "AutoString" => {
            SqlType { arguments: number(0, "length").into_iter().collect(), ..plain("varchar") }
        }
        "Text" | "UnicodeText" | "TEXT" => plain("text"),
        "Integer" | "INTEGER" => plain("integer"),
        "BigInteger" | "BIGINT" => plain("bigint"),
        "SmallInteger" | "SMALLINT" => plain("smallint"),
        "Boolean" | "BOOLEAN" => plain("boolean"),
        "Float" | "Double" | "DOUBLE_PRECISION" => plain("double"),
        "Numeric" | "DECIMAL" | "NUMERIC" => {
            let arguments = number(0, "precision").into_iter().chain(number(1, "scale")).collect();
            SqlType { arguments, ..plain("numeric") }
        }
        "DateTime" | "TIMESTAMP" => {
            let zoned = call.is_some_and(|call| call.is_true("timezone"));
            SqlType { arguments: precision(), ..plain(if zoned { "timestamptz" } else { "timestamp" }) }
        }
        "Date" => plain("date"),
        "Time" | "TIME" => {
            let zoned = call.is_some_and(|call| call.is_true("timezone"));
            SqlType { arguments: precision(), ..plain(if zoned { "timetz" } else { "time" }) }
        }
        "JSON" => plain("json"),
        "JSONB" => plain("jsonb"),
        "UUID" | "Uuid" => plain("uuid"),
        "ARRAY" => SqlType { array: true, ..plain("array") },
        other => plain(&other.to_lowercase()),
    }
}
