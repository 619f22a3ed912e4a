//! Columns in the words of Knex and TypeORM.

use super::super::super::code::{Call, Value};
use super::super::super::lines::Lines;
use super::super::super::sql::{parse_type, read_sql};
use super::super::super::step::{ColumnDefault, NewColumn, Operation, SqlType, TableChange};
use super::super::read::default_of_sql;

/// The type that a method of Knex' table builder makes; `None` for a method that makes no column.
pub(super) fn knex_type(call: &Call) -> Option<SqlType> {
    let plain = |name: &str| SqlType { name: name.to_owned(), ..SqlType::default() };
    let number = |place: usize| call.arguments.get(place).and_then(Value::number);
    Some(match call.short() {
        "increments" | "serial" => plain("serial"),
        "bigIncrements" | "bigincrements" => plain("bigserial"),
        "integer" | "mediumint" | "int" | "year" => plain("integer"),
        "bigInteger" | "biginteger" | "bigint" => plain("bigint"),
        "tinyint" | "smallint" => plain("smallint"),
        "text" | "tinytext" | "tinyText" | "mediumtext" | "mediumText" | "longtext" | "longText" => plain("text"),
        "char" => SqlType { arguments: vec![number(1).unwrap_or(1)], ..plain("char") },
        "bit" => SqlType { arguments: number(1).into_iter().collect(), ..plain("bit") },
        "string" | "varchar" => SqlType { arguments: vec![number(1).unwrap_or(255)], ..plain("varchar") },
        "float" | "real" => plain("real"),
        "double" => plain("double"),
        "decimal" => SqlType { arguments: vec![number(1).unwrap_or(8), number(2).unwrap_or(2)], ..plain("numeric") },
        "boolean" | "bool" => plain("boolean"),
        "date" => plain("date"),
        "time" => plain("time"),
        "datetime" | "dateTime" | "timestamp" => plain("timestamptz"),
        "binary" | "varbinary" | "blob" | "tinyblob" | "tinyBlob" | "mediumblob" | "mediumBlob" | "longblob"
        | "longBlob" => plain("bytea"),
        "enum" | "enu" | "set" => plain("text"),
        "json" => plain("json"),
        "jsonb" => plain("jsonb"),
        "uuid" => plain("uuid"),
        "specificType" => column_of_sql(&call.word(1, "")).map_or_else(|| parse_type(&call.word(1, "")), |it| it.kind),
        "geometry" | "geography" | "point" => plain(call.short()),
        _ => return None,
    })
}

/// A column whose type is written in SQL, with all that may come after it: `integer NOT NULL`,
/// `bigint GENERATED ALWAYS AS IDENTITY`.
pub(super) fn column_of_sql(definition: &str) -> Option<NewColumn> {
    if definition.len() > MAX_DEFINITION {
        return None;
    }
    let sql = format!("ALTER TABLE t ADD COLUMN c {definition}");
    let read = read_sql(&sql, &Lines::new(&sql), false, false);
    let mut added = read.steps.into_iter().filter_map(|step| match step.operation {
        Operation::Alter { change: TableChange::AddColumn(column), .. } => Some(column),
        _ => None,
    });
    added.next()
}

/// A longer text is no definition of a column, in bytes.
const MAX_DEFINITION: usize = 10_000;

/// `defaultTo(..)`: a value, or `knex.fn.uuid()`, or `knex.raw("now()")`.
pub(super) fn default_of(value: &Value) -> ColumnDefault {
    match value {
        Value::Nothing => ColumnDefault::None,
        Value::Call(call) => match call.short() {
            "uuid" => ColumnDefault::Volatile("gen_random_uuid".to_owned()),
            "raw" => call
                .links
                .last()
                .unwrap_or(call)
                .arguments
                .first()
                .and_then(Value::word)
                .map_or(ColumnDefault::Constant, default_of_sql),
            _ => ColumnDefault::Constant,
        },
        _ => ColumnDefault::Constant,
    }
}

/// `{ name, type, isNullable, default, .. }` of TypeORM's `TableColumn`.
pub(super) fn typeorm_column(options: &Value) -> NewColumn {
    let word = |key: &str| options.key(key).and_then(Value::word).unwrap_or_default().to_owned();
    let flag = |key: &str| options.key(key) == Some(&Value::Flag(true));
    let mut kind = parse_type(&word("type"));
    if let Some(length) = options.key("length") {
        let length = length.number().or_else(|| length.word().and_then(|text| text.parse().ok()));
        kind.arguments = length.into_iter().collect();
    }
    kind.array |= flag("isArray");
    let generated = flag("isGenerated");
    let strategy = word("generationStrategy");
    let default = match options.key("default") {
        None | Some(Value::Nothing) => ColumnDefault::None,
        Some(Value::Text(text)) => default_of_sql(&text.text),
        Some(_) => ColumnDefault::Constant,
    };
    let default = if generated && strategy == "uuid" && default == ColumnDefault::None {
        ColumnDefault::Volatile("uuid_generate_v4".to_owned())
    } else {
        default
    };
    NewColumn {
        name: word("name"),
        numbered: kind.is_serial() || generated && matches!(strategy.as_str(), "" | "increment" | "identity"),
        stored: word("generatedType") == "STORED",
        // Not null is what TypeORM makes of a column that says nothing.
        not_null: !flag("isNullable"),
        unique: flag("isUnique"),
        primary_key: flag("isPrimary"),
        default,
        kind,
        ..NewColumn::default()
    }
}
