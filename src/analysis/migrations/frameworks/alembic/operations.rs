//! Alembic: what `upgrade` calls on `op`.

use super::super::code::{Call, Item, Value, walk};
use super::super::step::{ColumnDefault, Constraint, NewColumn, ObjectKind, Operation, Span, SqlType, TableChange};
use super::read::{Functions, Steps, assignments, calls, default_of_sql, is_long, named};

pub(super) fn read(items: &[Item], steps: &mut Steps) {
    let names = assignments(items);
    let functions = Functions::of(items);
    let reader = Reader { functions: &functions, names: &names };
    if let Some(body) = functions.find("upgrade") {
        reader.statements(body, &[], steps);
        let first = calls(body).into_iter().find(|call| call.name.starts_with("op."));
        let goes_back = functions.find("downgrade").is_some_and(|body| !body.is_empty());
        if let Some(first) = first.filter(|_| !goes_back) {
            steps.push(first.span, Operation::Irreversible { what: "upgrade".to_owned() });
        }
    }
}

struct Reader<'a> {
    functions: &'a Functions<'a>,
    names: &'a [(String, Value)],
}

impl Reader<'_> {
    /// `batches` are the names of `batch_alter_table` contexts with their tables.
    fn statements(&self, body: &[Item], batches: &[(String, String)], steps: &mut Steps) {
        steps.deeper(|steps| {
            for item in body {
                self.item(item, batches, steps);
            }
        });
    }

    fn item(&self, item: &Item, batches: &[(String, String)], steps: &mut Steps) {
        match item {
            Item::Call(call) => {
                let body = |body: &[Item], steps: &mut Steps| self.statements(body, batches, steps);
                if !self.functions.follow(&call.name, steps, body) {
                    self.call(call, batches, steps);
                }
            }
            Item::Block { head: Some(head), alias, body } if head.short() == "batch_alter_table" => {
                let mut inner = batches.to_vec();
                inner.push((alias.clone(), head.word(0, "table_name")));
                self.statements(body, &inner, steps);
            }
            Item::Block { head: Some(head), body, .. } if head.short() == "autocommit_block" => {
                let before = std::mem::replace(&mut steps.outside, true);
                self.statements(body, batches, steps);
                steps.outside = before;
            }
            Item::Block { body, .. } => self.statements(body, batches, steps),
            Item::Loop { over, name, body } => {
                let long = is_long(over.as_ref(), self.names);
                if long {
                    self.changed_rows(name, over.as_ref(), body, steps);
                }
                steps.in_loop(long, |steps| self.statements(body, batches, steps));
            }
            _ => {}
        }
    }

    /// `for user in session.query(User): user.name = ..`
    fn changed_rows(&self, name: &str, over: Option<&Value>, body: &[Item], steps: &mut Steps) {
        let Some(query) = over.and_then(Value::call).filter(|query| query.name.contains("quer") && !query.limited)
        else {
            return;
        };
        let mut changed = None;
        walk(body, &mut |item| {
            if let Item::Assign { name: left, span, .. } = item
                && left.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
            {
                changed.get_or_insert(*span);
            }
            true
        });
        if let Some(span) = changed {
            steps.push(span, Operation::Batches { statement: "UPDATE", table: table_of_query(query) });
        }
    }

    fn call(&self, call: &Call, batches: &[(String, String)], steps: &mut Steps) {
        let object = call.name.split('.').next().unwrap_or_default();
        match batches.iter().find(|(alias, _)| alias == object) {
            Some((_, table)) => self.operation(call, Some(table), steps),
            None if object == "op" => self.operation(call, None, steps),
            // `connection.execute(sa.text(..))`
            // `sa.Enum(name="mood").drop(op.get_bind())`
            None if call.short() == "drop" && (call.name.contains("Enum") || self.is_enum(object)) => {
                let operation = Operation::DropObject { kind: ObjectKind::Type, names: Vec::new(), cascade: false };
                steps.push(call.span, operation);
            }
            // `session.query(User).filter(..).update(..)`
            None if matches!(call.short(), "update" | "delete") && call.name.contains(".query.") => {
                let statement = if call.short() == "update" { "UPDATE" } else { "DELETE" };
                let (table, bounded) = (table_of_query(call), call.limited);
                steps.push(call.span, Operation::Write { statement, table, bounded });
            }
            None if matches!(call.short(), "execute" | "exec_driver_sql") => {
                if let Some(sql) = call.arguments.first() {
                    execute(sql, call.span, self.names, steps);
                }
            }
            None => {}
        }
    }

    /// Whether a name stands for an enum: `mood = postgresql.ENUM(..)`.
    fn is_enum(&self, name: &str) -> bool {
        let made = named(name, self.names).and_then(Value::call);
        made.is_some_and(|made| made.short().eq_ignore_ascii_case("enum"))
    }

    /// In a batch the table is not among the arguments.
    fn operation(&self, call: &Call, batch: Option<&String>, steps: &mut Steps) {
        let shift = usize::from(batch.is_none());
        let span = call.span;
        let table_at = |place: usize, name: &str| batch.cloned().unwrap_or_else(|| call.word(place, name));
        match call.short() {
            "execute" => {
                if let Some(sql) = call.argument(0, "sqltext") {
                    execute(sql, span, self.names, steps);
                }
            }
            "add_column" => {
                let table = table_at(0, "table_name");
                let column = match call.argument(shift, "column") {
                    Some(Value::Name(name)) => named(name, self.names),
                    column => column,
                };
                if let Some(column) = column.and_then(Value::call) {
                    add_column(&table, column, call, steps);
                }
            }
            "drop_column" => {
                let column = call.word(shift, "column_name");
                steps.alter(span, &table_at(0, "table_name"), TableChange::DropColumn { column, cascade: false });
            }
            "alter_column" => alter_column(&table_at(0, "table_name"), &call.word(shift, "column_name"), call, steps),
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
                let to = call.word(1 + shift, "referent_table");
                self.constraint(call, &table_at(1, "source_table"), Constraint::ForeignKey { to }, steps);
            }
            "create_check_constraint" => {
                let condition = call.argument(1 + shift, "condition").and_then(Value::word).unwrap_or_default();
                let not_null = super::super::sql::not_null_column_of(condition);
                self.constraint(call, &table_at(1, "table_name"), Constraint::Check { not_null }, steps);
            }
            "create_unique_constraint" => {
                let using_index = call.by_name("postgresql_using_index").is_some();
                self.constraint(call, &table_at(1, "table_name"), Constraint::Unique { using_index }, steps);
            }
            "create_primary_key" => {
                let kind = Constraint::PrimaryKey { using_index: false };
                self.constraint(call, &table_at(1, "table_name"), kind, steps);
            }
            "create_exclude_constraint" => {
                self.constraint(call, &table_at(1, "table_name"), Constraint::Exclude, steps);
            }
            "drop_constraint" => {
                let name = call.word(0, "constraint_name");
                steps.alter(span, &table_at(1, "table_name"), TableChange::DropConstraint { name });
            }
            "create_table" => create_table(call, steps),
            "drop_table" => {
                steps.push(span, Operation::DropTable { tables: vec![call.word(0, "table_name")], cascade: false });
            }
            "rename_table" => {
                let to = call.word(1, "new_table_name");
                steps.alter(span, &call.word(0, "old_table_name"), TableChange::RenameTable { to });
            }
            _ => {}
        }
    }

    fn constraint(&self, call: &Call, table: &str, constraint: Constraint, steps: &mut Steps) {
        let name = Some(call.word(0, "constraint_name")).filter(|name| !name.is_empty());
        let not_valid = call.is_true("postgresql_not_valid");
        steps.alter(call.span, table, TableChange::AddConstraint { name, constraint, not_valid });
    }
}

fn alter_column(table: &str, column: &str, call: &Call, steps: &mut Steps) {
    let span = call.span;
    let own = || column.to_owned();
    if let Some(to) = call.by_name("new_column_name").and_then(Value::word) {
        steps.alter(span, table, TableChange::RenameColumn { from: own(), to: to.to_owned() });
    }
    if let Some(kind) = call.by_name("type_") {
        let from = call.by_name("existing_type").map(type_of);
        let using = call.by_name("postgresql_using").is_some();
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
        Some(_) => steps.alter(span, table, TableChange::SetDefault),
        None => {}
    }
}

fn add_column(table: &str, column: &Call, call: &Call, steps: &mut Steps) {
    let span = call.span;
    let new = column_of(column);
    // Alembic adds keys, unique constraints and indexes in statements of their own.
    let (references, unique) = (new.references.clone(), new.unique);
    let name = new.name.clone();
    let plain = NewColumn { references: None, unique: false, ..new };
    steps.alter(span, table, TableChange::AddColumn(plain));
    if let Some(to) = references {
        let constraint = Constraint::ForeignKey { to };
        let key = Some(format!("{table}_{name}_fkey"));
        steps.alter(span, table, TableChange::AddConstraint { name: key, constraint, not_valid: false });
    }
    if unique {
        let constraint = Constraint::Unique { using_index: false };
        let key = Some(format!("{table}_{name}_key"));
        steps.alter(span, table, TableChange::AddConstraint { name: key, constraint, not_valid: false });
    }
    if column.is_true("index") {
        steps.index(span, table, Some(format!("ix_{table}_{name}")), false);
    }
}

fn column_of(column: &Call) -> NewColumn {
    let mut new = NewColumn { name: column.word(0, "name"), ..NewColumn::default() };
    for argument in column.arguments.iter().skip(1).chain(column.by_name("type_")) {
        match argument {
            Value::Call(inner) => match inner.short() {
                "ForeignKey" => new.references = inner.arguments.first().and_then(Value::word).map(table_of_key),
                "Computed" => new.stored = inner.flag("persisted") != Some(false),
                "Identity" | "Sequence" => new.numbered = true,
                "CheckConstraint" => new.check = true,
                _ if new.kind.name.is_empty() => new.kind = type_of(argument),
                _ => {}
            },
            Value::Name(_) if new.kind.name.is_empty() => new.kind = type_of(argument),
            _ => {}
        }
    }
    new.primary_key = column.is_true("primary_key");
    new.not_null = column.flag("nullable") == Some(false);
    new.unique = column.is_true("unique");
    new.default = match column.by_name("server_default") {
        None | Some(Value::Nothing) => ColumnDefault::None,
        Some(Value::Call(call)) if call.name.contains("func.") => default_of_sql(&format!("{}()", call.short())),
        Some(Value::Call(call)) => {
            call.arguments.first().and_then(Value::word).map_or(ColumnDefault::Constant, default_of_sql)
        }
        Some(_) => ColumnDefault::Constant,
    };
    new
}

/// `users.id` points to `users`.
fn table_of_key(key: &str) -> String {
    key.rsplit_once('.').map_or(key, |(table, _)| table).to_owned()
}

/// SQL, or an expression of SQLAlchemy: `users.update().values(..)`, `sa.delete(users)`.
fn execute(sql: &Value, span: Span, names: &[(String, Value)], steps: &mut Steps) {
    let Some(call) = sql.call() else { return steps.sql_value(sql, span, names) };
    let parts: Vec<&str> = call.name.split('.').collect();
    let statement = match parts.iter().find(|part| matches!(**part, "update" | "delete")) {
        Some(&"update") => "UPDATE",
        Some(_) => "DELETE",
        None => return steps.sql_value(sql, span, names),
    };
    let table = match parts.first() {
        Some(&("sa" | "sqlalchemy" | "update" | "delete")) | None => {
            let made = call.links.iter().chain([call]).find(|link| matches!(link.short(), "update" | "delete"));
            made.map(|made| made.word(0, "table")).unwrap_or_default()
        }
        Some(table) => (*table).to_owned(),
    };
    steps.push(span, Operation::Write { statement, table: name_of_table(&table, names), bounded: call.limited });
}

/// `users` of `users_table = sa.table("users", ..)`.
fn name_of_table(name: &str, names: &[(String, Value)]) -> String {
    let made = names.iter().rfind(|(known, _)| known == name).and_then(|(_, value)| value.call());
    let made = made.filter(|made| matches!(made.short(), "table" | "Table")).map(|made| made.word(0, "name"));
    made.filter(|table| !table.is_empty()).unwrap_or_else(|| name.to_owned())
}

/// What `session.query(User)` or `select(User)` asks for.
fn table_of_query(query: &Call) -> String {
    let of = query.links.iter().chain([query]).find(|link| matches!(link.short(), "query" | "select"));
    let model = of.and_then(|link| link.arguments.first()).and_then(Value::word).unwrap_or_default();
    model.split('.').next().unwrap_or_default().to_owned()
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
    let table = call.word(0, "table_name");
    steps.push(
        call.span,
        Operation::CreateTable { table, references, partition_of: None, columns, optional: Vec::new(), force: false },
    );
}

fn type_of(value: &Value) -> SqlType {
    let (name, call) = match value {
        Value::Call(call) => (call.short(), Some(call)),
        Value::Name(name) => (name.rsplit('.').next().unwrap_or(name), None),
        _ => return SqlType::default(),
    };
    let number = |place, key: &str| call.and_then(|call| call.argument(place, key)).and_then(Value::number);
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
            plain(if zoned { "timestamptz" } else { "timestamp" })
        }
        "Date" => plain("date"),
        "Time" => plain("time"),
        "JSON" => plain("json"),
        "JSONB" => plain("jsonb"),
        "UUID" | "Uuid" => plain("uuid"),
        "ARRAY" => SqlType { array: true, ..plain("array") },
        other => plain(&other.to_lowercase()),
    }
}
