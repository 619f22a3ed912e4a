//! TypeORM: `queryRunner.query` and its other methods.

use super::super::super::code::{Call, Item, Value};
use super::super::super::sql::not_null_column_of;
use super::super::super::step::{Constraint, NewColumn, ObjectKind, Operation, Span, TableChange};
use super::super::read::Steps;
use super::chain::Chains;
use super::column::typeorm_column;
use super::query_builder::write_of;
use super::scope::Scope;
use std::cell::Cell;

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let scope = Scope::of(items);
    let nested = Cell::new(0);
    let read =
        |chain: &Call, steps: &mut Steps| transaction_of(chain, &nested, steps) || read_chain(&scope, chain, steps);
    let chains = Chains { scope: &scope, read: &read, begins: false };
    scope.read_up(items, false, steps, |up, steps| chains.each(up, steps));
    steps.adopt_transactions();
}

/// `commitTransaction()` ends the migration's own transaction, unless another was begun before, which is a savepoint in it;
/// what is begun after that is committed by TypeORM. Whether the chain was one of these.
fn transaction_of(chain: &Call, nested: &Cell<u32>, steps: &mut Steps) -> bool {
    match (chain.short(), nested.get()) {
        ("startTransaction", _) if steps.has_left() => steps.push(chain.span, Operation::Begin),
        ("startTransaction", before) => nested.set(before + 1),
        ("commitTransaction", 0) => steps.push(chain.span, Operation::End),
        ("commitTransaction", before) => nested.set(before - 1),
        _ => return false,
    }
    true
}

/// The options of `new TableColumn({ .. })`.
fn options(value: Option<&Value>) -> &Value {
    match value {
        Some(Value::Call(made)) => made.arguments.first().unwrap_or(&Value::Unknown),
        Some(other) => other,
        None => &Value::Unknown,
    }
}

/// The elements of a list, or the one value.
fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let list = value.map(Value::list).unwrap_or_default();
    let single = value.filter(|_| list.is_empty());
    list.iter().chain(single)
}

fn named(options: &Value, key: &str) -> Option<String> {
    options.key(key).and_then(Value::word).map(str::to_owned)
}

/// Whether the chain was one of TypeORM's.
fn read_chain(scope: &Scope<'_>, chain: &Call, steps: &mut Steps) -> bool {
    if write_of(scope, chain, steps) {
        return true;
    }
    chain.links.iter().enumerate().any(|(place, link)| {
        let mut link = scope.settled_call(link);
        // `const query = queryRunner.query.bind(queryRunner)`
        if place == 0
            && let Some(name) = scope.bound(&link.name)
        {
            link.name = name.to_owned();
        }
        method(scope, chain, &link, steps)
    })
}

/// Whether the link was one of TypeORM's methods.
fn method(scope: &Scope<'_>, call: &Call, link: &Call, steps: &mut Steps) -> bool {
    let span = if call.links.len() > 1 { link.span } else { call.span };
    let table = match link.arguments.first() {
        Some(Value::Call(_)) => named(options(link.arguments.first()), "name").unwrap_or_default(),
        _ => link.word(0, ""),
    };
    let second = link.arguments.get(1);
    let word_of = |value: Option<&Value>| match value {
        Some(Value::Call(_)) => named(options(value), "name").unwrap_or_default(),
        Some(other) => other.word().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    match link.short() {
        "query" | "addSql" => {
            if let Some(sql) = link.arguments.first() {
                steps.sql_value(sql, call.span, &scope.names);
            }
        }
        "createTable" => create_table(span, table, link, steps),
        "dropTable" => steps.push(span, Operation::DropTable { tables: vec![table], cascade: false }),
        "renameTable" => steps.alter(span, &table, TableChange::RenameTable { to: link.word(1, "") }),
        "clearTable" => steps.push(span, Operation::Truncate { tables: vec![table], cascade: false }),
        "addColumn" | "addColumns" => {
            for column in each(second) {
                let listed = column.call().filter(|_| link.short() == "addColumns");
                let span = listed.map_or(span, |made| made.span);
                steps.alter(span, &table, TableChange::AddColumn(typeorm_column(options(Some(column)))));
            }
        }
        "dropColumn" | "dropColumns" => {
            for column in each(second) {
                let column = word_of(Some(column));
                steps.alter(span, &table, TableChange::DropColumn { column, cascade: false });
            }
        }
        "renameColumn" => {
            let (from, to) = (word_of(second), word_of(link.arguments.get(2)));
            steps.alter(span, &table, TableChange::RenameColumn { from, to });
        }
        "changeColumn" => change_column(span, &table, second, link.arguments.get(2), steps),
        "createIndex" | "createIndices" => {
            for index in each(second) {
                let index = options(Some(index));
                let concurrently = index.key("isConcurrent") == Some(&Value::Flag(true));
                steps.index(span, &table, named(index, "name"), concurrently);
            }
        }
        "dropIndex" => steps.drop_index(span, &table, word_of(second), false),
        "dropIndices" => {
            for index in each(second) {
                steps.drop_index(span, &table, word_of(Some(index)), false);
            }
        }
        "changeColumns" => {
            let listed = second.map(Value::list).unwrap_or_default();
            for change in listed {
                change_column(span, &table, change.key("oldColumn"), change.key("newColumn"), steps);
            }
            if listed.is_empty() {
                change_column(span, &table, None, None, steps);
            }
        }
        "updatePrimaryKeys" => {
            steps.alter(span, &table, TableChange::DropConstraint { name: String::new() });
            add(span, &table, None, Constraint::PrimaryKey { using_index: false }, steps);
        }
        "clearDatabase" => {
            let what = "`clearDatabase` drops every table that is there".to_owned();
            steps.push(span, Operation::Unclear { what });
        }
        "createForeignKey" | "createForeignKeys" => {
            for key in each(second) {
                let to = named(options(Some(key)), "referencedTableName").unwrap_or_default();
                add(span, &table, named(options(Some(key)), "name"), Constraint::ForeignKey { to }, steps);
            }
        }
        "createUniqueConstraint" | "createUniqueConstraints" => {
            for unique in each(second) {
                let name = named(options(Some(unique)), "name");
                add(span, &table, name, Constraint::Unique { using_index: false }, steps);
            }
        }
        "createCheckConstraint" | "createCheckConstraints" => {
            for check in each(second) {
                let not_null = named(options(Some(check)), "expression").as_deref().and_then(not_null_column_of);
                add(span, &table, named(options(Some(check)), "name"), Constraint::Check { not_null }, steps);
            }
        }
        "createExclusionConstraint" => add(span, &table, Some(word_of(second)), Constraint::Exclude, steps),
        "createPrimaryKey" => add(span, &table, None, Constraint::PrimaryKey { using_index: false }, steps),
        "dropForeignKey"
        | "dropUniqueConstraint"
        | "dropCheckConstraint"
        | "dropExclusionConstraint"
        | "dropPrimaryKey" => steps.alter(span, &table, TableChange::DropConstraint { name: word_of(second) }),
        "dropSchema" => drop_object(span, ObjectKind::Schema, table, steps),
        "dropDatabase" => drop_object(span, ObjectKind::Database, table, steps),
        "dropView" => drop_object(span, ObjectKind::View, table, steps),
        _ => return false,
    }
    true
}

fn drop_object(span: Span, kind: ObjectKind, name: String, steps: &mut Steps) {
    steps.push(span, Operation::DropObject { kind, names: vec![name], cascade: false });
}

fn add(span: Span, table: &str, name: Option<String>, constraint: Constraint, steps: &mut Steps) {
    steps.alter(span, table, TableChange::AddConstraint { name, constraint, not_valid: false });
}

fn create_table(span: Span, table: String, link: &Call, steps: &mut Steps) {
    let options_of = options(link.arguments.first());
    let if_not_exists = matches!(link.arguments.get(1), Some(Value::Flag(true)));
    let columns = each(options_of.key("columns")).map(|column| typeorm_column(options(Some(column))));
    let columns = columns.map(|NewColumn { name, kind, .. }| (name, kind)).collect();
    let keys = each(options_of.key("foreignKeys"));
    let references = keys.filter_map(|key| named(options(Some(key)), "referencedTableName")).collect();
    let operation =
        Operation::CreateTable { table, references, partition_of: None, columns, optional: Vec::new(), force: false };
    steps.push_made(span, operation, if_not_exists);
}

/// TypeORM drops a column and makes a new one when its type or length differs: the data is gone.
fn change_column(span: Span, table: &str, old: Option<&Value>, new: Option<&Value>, steps: &mut Steps) {
    let before = old.and_then(Value::call).map(|_| typeorm_column(options(old)));
    let after = typeorm_column(options(new));
    let name =
        before.as_ref().map_or_else(|| old.and_then(Value::word).unwrap_or_default().to_owned(), |it| it.name.clone());
    match before {
        Some(before) if before.kind == after.kind => {
            if !before.not_null && after.not_null {
                steps.alter(span, table, TableChange::SetNotNull { column: name.clone() });
            } else if before.not_null && !after.not_null {
                steps.alter(span, table, TableChange::DropNotNull { column: name.clone() });
            }
            if !after.name.is_empty() && after.name != name {
                steps.alter(span, table, TableChange::RenameColumn { from: name, to: after.name });
            }
        }
        Some(_) => steps.alter(span, table, TableChange::DropColumn { column: name, cascade: false }),
        None => {
            let shown = if name.is_empty() { "the column".to_owned() } else { format!("`{name}`") };
            let what = format!(
                "`changeColumn` drops {shown} and makes it anew when its type or length changes, and its old form is not here"
            );
            steps.push(span, Operation::Unclear { what });
        }
    }
}
