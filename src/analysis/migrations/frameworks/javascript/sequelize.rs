//! Sequelize: `queryInterface` and its methods. What each makes is what Sequelize 6 sends to PostgreSQL.

use super::super::super::code::{Call, Item, Value};
use super::super::super::sql::{not_null_column_of, parse_type};
use super::super::super::step::{
    ColumnDefault, Constraint, NewColumn, ObjectKind, Operation, Span, SqlType, TableChange,
};
use super::super::read::{Functions, Steps, assignments, default_of_sql};
use super::chain::{Chains, is_by_key, needs_down};

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let names = assignments(items);
    let functions = Functions::of(items);
    let Some(body) = functions.find("up") else { return };
    let read = |chain: &Call, steps: &mut Steps| chain.links.iter().any(|link| method(chain, link, &names, steps));
    Chains { functions: &functions, names: &names, read: &read }.each(body, steps);
    needs_down(&functions, steps);
}

/// `"users"`, or `{ tableName: "users", schema: "app" }`.
fn table_of(value: Option<&Value>) -> String {
    let word = |value: Option<&Value>| value.and_then(Value::word).unwrap_or_default().to_owned();
    match value.and_then(|value| value.key("tableName")) {
        Some(name) => word(Some(name)),
        None => word(value),
    }
}

/// Whether the link was one of Sequelize's methods.
fn method(chain: &Call, link: &Call, names: &[(String, Value)], steps: &mut Steps) -> bool {
    let span = if chain.links.len() > 1 { link.span } else { chain.span };
    let table = table_of(link.arguments.first());
    let second = || link.word(1, "");
    let option =
        |name: &str| link.arguments.iter().skip(1).find_map(|it| it.key(name)).and_then(Value::word).map(str::to_owned);
    let is_on = |name: &str| link.arguments.iter().any(|it| it.key(name) == Some(&Value::Flag(true)));
    match link.short() {
        "query" => {
            if let Some(sql) = link.arguments.first() {
                steps.sql_value(sql, chain.span, names);
            }
        }
        "addColumn" => {
            let column = column_of(&second(), link.arguments.get(2));
            steps.alter(span, &table, TableChange::AddColumn(column));
        }
        "removeColumn" => steps.alter(span, &table, TableChange::DropColumn { column: second(), cascade: false }),
        "changeColumn" => change_column(span, &table, second(), link.arguments.get(2), steps),
        "renameColumn" => {
            steps.alter(span, &table, TableChange::RenameColumn { from: second(), to: link.word(2, "") });
        }
        "renameTable" => steps.alter(span, &table, TableChange::RenameTable { to: table_of(link.arguments.get(1)) }),
        "createTable" => create_table(span, table, link.arguments.get(1), steps),
        "dropTable" => steps.push(span, Operation::DropTable { tables: vec![table], cascade: is_on("cascade") }),
        "dropAllTables" => steps.push(span, Operation::DropTable { tables: Vec::new(), cascade: true }),
        "dropSchema" => {
            let operation = Operation::DropObject { kind: ObjectKind::Schema, names: vec![table], cascade: false };
            steps.push(span, operation);
        }
        "addIndex" => steps.index(span, &table, option("name"), is_on("concurrently")),
        "removeIndex" => {
            let name = link.arguments.get(1).and_then(Value::word).unwrap_or_default().to_owned();
            steps.drop_index(span, &table, name, is_on("concurrently"));
        }
        "addConstraint" => {
            let not_null = option("where").as_deref().and_then(not_null_column_of);
            let constraint = match option("type").unwrap_or_default().to_lowercase().as_str() {
                "foreign key" => {
                    let to = link.arguments.iter().find_map(|it| it.key("references"));
                    let to = to.map(|to| table_of(to.key("table"))).unwrap_or_default();
                    Constraint::ForeignKey { to }
                }
                "unique" => Constraint::Unique { using_index: false },
                "primary key" => Constraint::PrimaryKey { using_index: false },
                "check" => Constraint::Check { not_null },
                _ => return true,
            };
            add(span, &table, option("name"), constraint, steps);
        }
        "removeConstraint" => steps.alter(span, &table, TableChange::DropConstraint { name: second() }),
        "bulkUpdate" | "bulkDelete" => {
            let (statement, place) = if link.short() == "bulkUpdate" { ("UPDATE", 2) } else { ("DELETE", 1) };
            let bounded = is_by_key(link.arguments.get(place));
            steps.push(span, Operation::Write { statement, table, bounded });
        }
        _ => return false,
    }
    true
}

fn add(span: Span, table: &str, name: Option<String>, constraint: Constraint, steps: &mut Steps) {
    steps.alter(span, table, TableChange::AddConstraint { name, constraint, not_valid: false });
}

/// `{ type, allowNull, defaultValue, unique, references: { model } }`, or a type alone.
fn column_of(name: &str, attribute: Option<&Value>) -> NewColumn {
    let key = |name: &str| attribute.and_then(|attribute| attribute.key(name));
    let flag = |name: &str| key(name) == Some(&Value::Flag(true));
    let written = match attribute {
        Some(Value::Map(_)) => key("type"),
        other => other,
    };
    let kind = written.map(type_of).unwrap_or_default();
    let default = key("defaultValue");
    NewColumn {
        name: name.to_owned(),
        numbered: flag("autoIncrement") || kind.is_serial(),
        kind,
        not_null: key("allowNull") == Some(&Value::Flag(false)),
        default: default.map_or(ColumnDefault::None, default_of),
        // `defaultValue: null` is sent as `DEFAULT NULL`.
        default_is_written: default == Some(&Value::Nothing),
        unique: matches!(key("unique"), Some(Value::Flag(true) | Value::Text(_) | Value::Map(_))),
        primary_key: flag("primaryKey"),
        references: key("references").map(|to| match to {
            Value::Map(_) => table_of(to.key("model")),
            other => table_of(Some(other)),
        }),
        ..NewColumn::default()
    }
}

/// `Sequelize.literal("now()")`, `Sequelize.fn("now")`; values that Sequelize computes itself never reach the table.
fn default_of(value: &Value) -> ColumnDefault {
    match value {
        Value::Nothing => ColumnDefault::None,
        Value::Name(name) if matches!(name.rsplit('.').next(), Some("NOW" | "UUIDV1" | "UUIDV4")) => {
            ColumnDefault::None
        }
        Value::Call(call) => match (call.short(), call.word(0, "")) {
            ("literal", text) => default_of_sql(&text),
            ("fn", name) => default_of_sql(&format!("{name}()")),
            _ => ColumnDefault::Constant,
        },
        _ => ColumnDefault::Constant,
    }
}

/// `DataTypes.STRING(20)`, `Sequelize.JSONB`, `"varchar(20)"`.
fn type_of(value: &Value) -> SqlType {
    let plain = |name: &str| SqlType { name: name.to_owned(), ..SqlType::default() };
    let (name, arguments) = match value {
        Value::Text(text) => return parse_type(&text.text),
        Value::Name(name) => (name.rsplit('.').next().unwrap_or(name), Vec::new()),
        Value::Call(call) => (call.short(), call.arguments.iter().filter_map(Value::number).collect()),
        _ => return SqlType::default(),
    };
    match name {
        "STRING" => SqlType { arguments: if arguments.is_empty() { vec![255] } else { arguments }, ..plain("varchar") },
        "CHAR" => SqlType { arguments, ..plain("char") },
        "TEXT" => plain("text"),
        "CITEXT" => plain("citext"),
        "INTEGER" => plain("integer"),
        "BIGINT" => plain("bigint"),
        "SMALLINT" => plain("smallint"),
        "FLOAT" | "DOUBLE" => plain("double"),
        "REAL" => plain("real"),
        "DECIMAL" => SqlType { arguments, ..plain("numeric") },
        "DATE" => plain("timestamptz"),
        "DATEONLY" => plain("date"),
        "TIME" => plain("time"),
        "BOOLEAN" => plain("boolean"),
        "JSON" => plain("json"),
        "JSONB" => plain("jsonb"),
        "UUID" => plain("uuid"),
        "BLOB" => plain("bytea"),
        "ARRAY" => SqlType { array: true, ..plain("array") },
        other => plain(&other.to_lowercase()),
    }
}

/// Each part of the new form is a statement of its own.
fn change_column(span: Span, table: &str, name: String, attribute: Option<&Value>, steps: &mut Steps) {
    let column = column_of(&name, attribute);
    // With a key, Sequelize adds that and nothing else.
    if let Some(to) = column.references {
        return add(span, table, Some(format!("{table}_{name}_fkey")), Constraint::ForeignKey { to }, steps);
    }
    let null = if column.not_null {
        TableChange::SetNotNull { column: name.clone() }
    } else {
        TableChange::DropNotNull { column: name.clone() }
    };
    steps.alter(span, table, null);
    if column.unique {
        add(span, table, Some(format!("{table}_{name}_key")), Constraint::Unique { using_index: false }, steps);
    }
    steps.alter(span, table, TableChange::SetType { column: name, to: column.kind, from: None, using: false });
}

fn create_table(span: Span, table: String, attributes: Option<&Value>, steps: &mut Steps) {
    let (mut references, mut columns) = (Vec::new(), Vec::new());
    if let Some(Value::Map(pairs)) = attributes {
        for (name, attribute) in pairs {
            let column = column_of(name, Some(attribute));
            references.extend(column.references);
            columns.push((column.name, column.kind));
        }
    }
    steps.push(
        span,
        Operation::CreateTable { table, references, partition_of: None, columns, optional: Vec::new(), force: false },
    );
}
