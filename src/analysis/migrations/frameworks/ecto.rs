//! Ecto: what `change` or `up` does.

use super::super::code::{Call, Item, Value};
use super::super::step::{ColumnDefault, Constraint, NewColumn, Operation, Span, SqlType, TableChange};
use super::functions::Functions;
use super::read::{Steps, assignments, calls, default_of_sql, each_call};

pub(super) fn read(items: &[Item], steps: &mut Steps) {
    let names = assignments(items);
    let functions = Functions::of(items);
    for function in ["change", "up"] {
        if let Some(body) = functions.find(function) {
            Reader { functions: &functions, names: &names }.statements(body, steps);
            let one_way = |call: &&Call| {
                if function == "up" {
                    functions.find("down").is_none()
                } else {
                    call.short() == "execute" && call.arguments.len() == 1
                }
            };
            if let Some(first) = calls(body).into_iter().find(one_way) {
                let what = if function == "up" { "up" } else { "execute" }.to_owned();
                steps.push(first.span, Operation::Irreversible { what });
            }
            return;
        }
    }
}

struct Reader<'a> {
    functions: &'a Functions<'a>,
    names: &'a [(String, Value)],
}

impl Reader<'_> {
    fn statements(&self, body: &[Item], steps: &mut Steps) {
        each_call(body, self.names, steps, &|call, steps| self.call(call, steps));
    }

    /// Reads the function of the file that is called; `false` when there is none.
    fn follow(&self, name: &str, steps: &mut Steps) -> bool {
        self.functions.follow(name, steps, |body, steps| self.statements(body, steps))
    }

    fn call(&self, call: &Call, steps: &mut Steps) {
        let first = call.arguments.first().and_then(Value::call);
        match call.short() {
            "execute" | "query" | "query!" => match call.arguments.first() {
                Some(Value::Code(body)) => self.statements(body, steps),
                Some(Value::Name(name)) if self.follow(name, steps) => {}
                Some(sql) => steps.sql_value(sql, call.span, self.names),
                None => {}
            },
            "create" | "create_if_not_exists" => {
                if let Some(inner) = first {
                    create(call, inner, steps);
                }
            }
            "drop" | "drop_if_exists" => {
                if let Some(inner) = first {
                    drop(call.span, inner, call, steps);
                }
            }
            "alter" => {
                if let Some(table) = first {
                    alter(&table.word(0, "name"), &call.block, steps);
                }
            }
            "rename" => rename(call, steps),
            "update_all" | "delete_all" => {
                let statement = if call.short() == "update_all" { "UPDATE" } else { "DELETE" };
                let query = call.arguments.first();
                let bounded = call.limited || query.is_some_and(|query| has_limit(query, self.names, 6));
                let table = query.map(|query| table_of_query(query, self.names, 6)).unwrap_or_default();
                steps.push(call.span, Operation::Write { statement, table, bounded });
            }
            "each" | "map" | "for" | "reduce" | "flat_map" => self.each_row(call, steps),
            _ if !call.block.is_empty() => self.statements(&call.block, steps),
            name => {
                self.follow(name, steps);
            }
        }
    }
}

impl Reader<'_> {
    /// `repo().all(User) |> Enum.each(fn user -> .. end)`, `for user <- repo().all(User) do .. end`
    fn each_row(&self, call: &Call, steps: &mut Steps) {
        let over = call.arguments.first();
        let written = matches!(over, Some(Value::List(_) | Value::Map(_) | Value::Text(_)));
        // `Enum.each(list, &function/1)`
        for handed in call.arguments.iter().skip(1) {
            match (handed, over) {
                (Value::Name(name), Some(list)) if name == "execute" => steps.sql_value(list, call.span, self.names),
                (Value::Name(name), _) => steps.in_loop(!written, |steps| {
                    self.follow(name, steps);
                }),
                _ => {}
            }
        }
        let bodies = call.arguments.iter().filter_map(|argument| match argument {
            Value::Code(body) => Some(body),
            _ => None,
        });
        for body in bodies.chain([&*call.block]) {
            let one = |inner: &&Call| {
                let (receiver, short) = inner.name.rsplit_once('.').unwrap_or_default();
                let short = short.trim_end_matches('!');
                receiver.to_lowercase().ends_with("repo") && matches!(short, "update" | "delete" | "insert_or_update")
            };
            let changed = calls(body).into_iter().find(one).filter(|_| !written);
            if let Some(changed) = changed {
                let statement = if changed.short().starts_with("delete") { "DELETE" } else { "UPDATE" };
                let table = over.map(|over| table_of_query(over, self.names, 6)).unwrap_or_default();
                if !over.is_some_and(|over| has_limit(over, self.names, 6)) {
                    steps.push(changed.span, Operation::Batches { statement, table });
                }
            } else {
                steps.in_loop(!written, |steps| self.statements(body, steps));
            }
        }
    }
}

/// `from(u in "users", limit: 1000)`
fn has_limit(query: &Value, names: &[(String, Value)], depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match query {
        Value::Call(call) => {
            call.limited
                || call.by_name("limit").is_some()
                || call.arguments.first().is_some_and(|inner| has_limit(inner, names, depth))
        }
        Value::Name(name) => assigned(name, names).is_some_and(|value| has_limit(value, names, depth)),
        _ => false,
    }
}

/// `users` of `from(u in "users")`, `User` of `Repo.all(User)`.
fn table_of_query(query: &Value, names: &[(String, Value)], depth: u32) -> String {
    let Some(depth) = depth.checked_sub(1) else { return String::new() };
    match query {
        Value::Text(text) => text.text.clone(),
        Value::Call(call) => {
            call.arguments.first().map(|inner| table_of_query(inner, names, depth)).unwrap_or_default()
        }
        Value::Name(name) => match assigned(name, names) {
            Some(value) => table_of_query(value, names, depth),
            None if name.starts_with(|c: char| c.is_ascii_uppercase()) => name.clone(),
            None => String::new(),
        },
        _ => String::new(),
    }
}

fn assigned<'a>(name: &str, names: &'a [(String, Value)]) -> Option<&'a Value> {
    names.iter().rfind(|(known, _)| known == name).map(|(_, value)| value)
}

fn create(call: &Call, inner: &Call, steps: &mut Steps) {
    let table = inner.word(0, "table");
    match inner.short() {
        "table" => {
            let mut references = Vec::new();
            for item in call.block.iter() {
                if let Item::Call(add) = item {
                    references.extend(add.arguments.get(1).and_then(reference_of).map(|reference| reference.0));
                }
            }
            let operation = Operation::CreateTable {
                table,
                references,
                partition_of: None,
                columns: Vec::new(),
                optional: Vec::new(),
                force: false,
            };
            steps.push_made(call.span, operation, call.short() == "create_if_not_exists");
        }
        "index" | "unique_index" => {
            let name = inner.by_name("name").and_then(Value::word).map(str::to_owned);
            steps.index(call.span, &table, name, inner.is_true("concurrently"));
        }
        "constraint" => {
            let not_valid = inner.flag("validate") == Some(false);
            let name = Some(inner.word(1, "name"));
            let constraint = match inner.by_name("check").and_then(Value::word) {
                Some(check) => Constraint::Check { not_null: super::super::sql::not_null_column_of(check) },
                None => Constraint::Exclude,
            };
            steps.alter(call.span, &table, TableChange::AddConstraint { name, constraint, not_valid });
        }
        _ => {}
    }
}

fn drop(span: Span, inner: &Call, call: &Call, steps: &mut Steps) {
    let table = inner.word(0, "table");
    match inner.short() {
        "table" => {
            let cascade = call.by_name("mode").and_then(Value::word) == Some("cascade");
            steps.push(span, Operation::DropTable { tables: vec![table], cascade });
        }
        "index" | "unique_index" => {
            let name = inner.by_name("name").and_then(Value::word).unwrap_or_default().to_owned();
            steps.drop_index(span, &table, name, inner.is_true("concurrently"));
        }
        "constraint" => steps.alter(span, &table, TableChange::DropConstraint { name: inner.word(1, "name") }),
        _ => {}
    }
}

fn rename(call: &Call, steps: &mut Steps) {
    let table = call.arguments.first().and_then(Value::call).map(|table| table.word(0, "name")).unwrap_or_default();
    let change = match (call.arguments.get(1).and_then(Value::word), call.by_name("to")) {
        (Some(from), Some(to)) => {
            TableChange::RenameColumn { from: from.to_owned(), to: to.word().unwrap_or_default().to_owned() }
        }
        (None, Some(Value::Call(to))) => TableChange::RenameTable { to: to.word(0, "name") },
        _ => return,
    };
    steps.alter(call.span, &table, change);
}

fn alter(table: &str, body: &[Item], steps: &mut Steps) {
    for item in body {
        match item {
            Item::Call(call) if matches!(call.short(), "for" | "each" | "map") => {
                alter(table, &call.block, steps);
                for argument in call.arguments.iter() {
                    if let Value::Code(body) = argument {
                        alter(table, body, steps);
                    }
                }
            }
            Item::Call(call) => alter_call(table, call, steps),
            Item::Block { body, .. } => alter(table, body, steps),
            _ => {}
        }
    }
}

fn alter_call(table: &str, call: &Call, steps: &mut Steps) {
    let column = call.word(0, "column");
    let kind = call.arguments.get(1);
    match call.short() {
        "add" | "add_if_not_exists" => {
            let added = new_column(column.clone(), kind, call);
            steps.alter(call.span, table, TableChange::AddColumn(added));
            // Ecto adds the key as a constraint of its own, for which PostgreSQL reads all rows.
            if let Some((to, not_valid)) = kind.and_then(reference_of) {
                let name = Some(format!("{table}_{column}_fkey"));
                let constraint = Constraint::ForeignKey { to };
                steps.alter(call.span, table, TableChange::AddConstraint { name, constraint, not_valid });
            }
        }
        "modify" => {
            if let Some((to, not_valid)) = kind.and_then(reference_of) {
                let name = Some(format!("{table}_{column}_fkey"));
                let constraint = Constraint::ForeignKey { to };
                steps.alter(call.span, table, TableChange::AddConstraint { name, constraint, not_valid });
            } else if let Some(kind) = kind {
                let from = call.by_name("from").map(from_type);
                let change =
                    TableChange::SetType { column: column.clone(), to: type_of(kind, call), from, using: false };
                steps.alter(call.span, table, change);
            }
            match call.flag("null") {
                Some(false) => steps.alter(call.span, table, TableChange::SetNotNull { column }),
                Some(true) => steps.alter(call.span, table, TableChange::DropNotNull { column }),
                None => {}
            }
        }
        "remove" | "remove_if_exists" => {
            steps.alter(call.span, table, TableChange::DropColumn { column, cascade: false });
        }
        "timestamps" => {
            let column = NewColumn {
                name: "inserted_at".to_owned(),
                kind: SqlType { name: "timestamp".to_owned(), ..SqlType::default() },
                not_null: call.flag("null") != Some(true),
                default: default_of(call),
                ..NewColumn::default()
            };
            steps.alter(call.span, table, TableChange::AddColumn(column));
        }
        _ => {}
    }
}

fn new_column(name: String, kind: Option<&Value>, call: &Call) -> NewColumn {
    let written = kind.map(|kind| type_of(kind, call)).unwrap_or_default();
    let generated = call.word(usize::MAX, "generated").trim().to_lowercase();
    NewColumn {
        name,
        numbered: written.is_serial()
            || matches!(written.name.as_str(), "identity")
            || generated.contains("identity")
            || call.is_true("primary_key") && matches!(written.name.as_str(), "id"),
        stored: generated.ends_with("stored"),
        kind: written,
        not_null: call.flag("null") == Some(false),
        default: default_of(call),
        primary_key: call.is_true("primary_key"),
        ..NewColumn::default()
    }
}

fn default_of(call: &Call) -> ColumnDefault {
    match call.by_name("default") {
        None | Some(Value::Nothing) => ColumnDefault::None,
        Some(Value::Call(fragment)) => {
            fragment.arguments.first().and_then(Value::word).map_or(ColumnDefault::Constant, default_of_sql)
        }
        Some(_) => ColumnDefault::Constant,
    }
}

/// `references(:users, validate: false)`
fn reference_of(kind: &Value) -> Option<(String, bool)> {
    let call = kind.call().filter(|call| call.short() == "references")?;
    Some((call.word(0, "table"), call.flag("validate") == Some(false)))
}

/// `from: :string` or `from: {:string, null: true}`
fn from_type(value: &Value) -> SqlType {
    let kind = value.list().first().unwrap_or(value);
    type_of(kind, &Call::default())
}

fn type_of(kind: &Value, call: &Call) -> SqlType {
    let number = |name: &str| call.by_name(name).and_then(Value::number);
    let plain = |name: &str| SqlType { name: name.to_owned(), ..SqlType::default() };
    let Some(word) = kind.word() else {
        return match kind {
            Value::List(_) => SqlType { array: true, ..plain("array") },
            Value::Call(_) => plain("bigint"),
            _ => SqlType::default(),
        };
    };
    match word {
        "string" => SqlType { arguments: vec![number("size").unwrap_or(255)], ..plain("varchar") },
        "binary" => plain("bytea"),
        "id" | "bigint" => plain("bigint"),
        "binary_id" | "uuid" => plain("uuid"),
        "map" | "jsonb" => plain("jsonb"),
        "decimal" | "numeric" => {
            SqlType { arguments: number("precision").into_iter().chain(number("scale")).collect(), ..plain("numeric") }
        }
        "float" => plain("double"),
        "utc_datetime" | "naive_datetime" | "utc_datetime_usec" | "naive_datetime_usec" | "timestamp" => {
            plain("timestamp")
        }
        other => super::super::sql::parse_type(other),
    }
}
