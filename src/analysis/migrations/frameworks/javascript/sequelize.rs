//! Sequelize: `queryInterface` and its methods. What each makes is what Sequelize 6 sends to PostgreSQL.

use super::super::super::code::{Call, Item, Text, Value};
use super::super::super::sql::{not_null_column_of, parse_type};
use super::super::super::step::{
    ColumnDefault, Constraint, NewColumn, ObjectKind, Operation, Span, SqlType, TableChange,
};
use super::super::parameters::without_parameters;
use super::super::read::{Steps, default_of_sql};
use super::chain::{Chains, is_by_key};
use super::scope::Scope;

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let scope = Scope::of(items);
    let read = |chain: &Call, steps: &mut Steps| read_chain(&scope, chain, steps);
    let chains = Chains { scope: &scope, read: &read, begins: true };
    scope.read_up(items, false, steps, |up, steps| chains.each(up, steps));
}

/// `"users"`, or `{ tableName: "users", schema: "app" }`.
fn table_of(value: Option<&Value>) -> String {
    let word = |value: Option<&Value>| value.and_then(Value::word).unwrap_or_default().to_owned();
    match value.and_then(|value| value.key("tableName")) {
        Some(name) => word(Some(name)),
        None => word(value),
    }
}

/// Whether the chain was one of Sequelize's.
fn read_chain(scope: &Scope<'_>, chain: &Call, steps: &mut Steps) -> bool {
    let method = |link: &Call| method(scope, chain, &scope.settled_call(link), steps);
    chain.links.iter().any(method) || model_of(scope, chain, steps)
}

/// `Model.update(values, { where })` and `Model.destroy({ where })`; whether it was one. Without `where` they are methods of
/// a row.
fn model_of(scope: &Scope<'_>, chain: &Call, steps: &mut Steps) -> bool {
    let Some(last) = chain.links.iter().find(|link| matches!(link.short(), "update" | "destroy")) else { return false };
    let last = scope.settled_call(last);
    let (statement, place) = if last.short() == "update" { ("UPDATE", 1) } else { ("DELETE", 0) };
    let Some(criteria) = last.arguments.get(place).and_then(|options| options.key("where")) else { return false };
    let whole = scope.joined(chain);
    let defined = whole.links.iter().find(|link| link.short() == "define");
    let named = |define: &Call| {
        let options = define.arguments.get(2).and_then(|options| options.key("tableName"));
        options.and_then(Value::word).map_or_else(|| define.word(0, ""), str::to_owned)
    };
    let root = chain.name.split('.').rev().nth(1).unwrap_or_default();
    let table = defined.map_or_else(|| root.to_owned(), named);
    let bounded = is_by_key(Some(criteria)) || last.arguments.get(place).is_some_and(|it| it.key("limit").is_some());
    steps.push(chain.span, Operation::Write { statement, table, bounded });
    true
}

/// Whether the link was one of Sequelize's methods.
fn method(scope: &Scope<'_>, chain: &Call, link: &Call, steps: &mut Steps) -> bool {
    let span = if chain.links.len() > 1 { link.span } else { chain.span };
    let table = table_of(link.arguments.first());
    let second = || link.word(1, "");
    let option =
        |name: &str| link.arguments.iter().skip(1).find_map(|it| it.key(name)).and_then(Value::word).map(str::to_owned);
    let is_on = |name: &str| link.arguments.iter().any(|it| it.key(name) == Some(&Value::Flag(true)));
    match link.short() {
        "query" => {
            let replaces = link.arguments.iter().any(|options| options.key("replacements").is_some());
            match link.arguments.first() {
                Some(Value::Text(text)) if replaces => {
                    let filled = Text { text: without_parameters(&text.text), as_written: false, ..text.clone() };
                    steps.sql_value(&Value::Text(filled), chain.span, &scope.names);
                }
                // `query({ query: "..", values: [..] })`
                Some(sql) => steps.sql_value(sql.key("query").unwrap_or(sql), chain.span, &scope.names),
                None => {}
            }
        }
        "addColumn" => {
            if !says_all(link.arguments.get(2)) {
                steps.push(span, Operation::Unseen);
            }
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
        "dropAllTables" => {
            let what = "`dropAllTables` drops every table that is there".to_owned();
            steps.push(span, Operation::Unclear { what });
        }
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
                "default" => return true,
                _ => {
                    steps.push(span, Operation::Unseen);
                    return true;
                }
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

/// Whether the form of a column stands here, and not in something that is known elsewhere.
fn says_all(attribute: Option<&Value>) -> bool {
    match attribute {
        Some(Value::Map(pairs)) => pairs.iter().all(|(name, _)| name != "..."),
        // `DataTypes.STRING` is a type.
        Some(Value::Name(name)) => name.rsplit('.').next().is_some_and(|last| last.chars().all(|c| !c.is_lowercase())),
        Some(Value::Unknown) => false,
        _ => true,
    }
}

/// Each part of the new form is a statement of its own.
fn change_column(span: Span, table: &str, name: String, attribute: Option<&Value>, steps: &mut Steps) {
    if !says_all(attribute) {
        steps.push(span, Operation::Unseen);
    }
    let column = column_of(&name, attribute);
    let null = if column.not_null {
        TableChange::SetNotNull { column: name.clone() }
    } else {
        TableChange::DropNotNull { column: name.clone() }
    };
    steps.alter(span, table, null);
    // With a key, Sequelize adds that and leaves the type.
    if let Some(to) = column.references {
        return add(span, table, Some(format!("{table}_{name}_fkey")), Constraint::ForeignKey { to }, steps);
    }
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
