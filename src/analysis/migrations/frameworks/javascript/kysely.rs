//! Kysely: `db.schema` and its builders, `sql` texts, and queries.

use super::super::super::code::{Call, Item, Value};
use super::super::super::sql::{not_null_column_of, parse_type};
use super::super::super::step::{ColumnDefault, Constraint, NewColumn, ObjectKind, Operation, SqlType, TableChange};
use super::super::read::{Functions, Steps, assignments, default_of_sql};
use super::chain::{Chains, is_key, needs_down};

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let names = assignments(items);
    let functions = Functions::of(items);
    let Some(body) = functions.find("up") else { return };
    let read = |chain: &Call, steps: &mut Steps| chain_of(chain, &names, steps);
    Chains { functions: &functions, names: &names, read: &read }.each(body, steps);
    needs_down(&functions, steps);
}

/// Whether the chain was one of Kysely's.
fn chain_of(chain: &Call, names: &[(String, Value)], steps: &mut Steps) -> bool {
    let Some((first, rest)) = chain.links.split_first() else { return false };
    let link = |name: &str| rest.iter().find(|link| link.short() == name);
    let name = first.word(0, "");
    let span = chain.span;
    match first.short() {
        "sql" | "raw" => {
            if let Some(sql) = first.arguments.first() {
                steps.sql_value(sql, span, names);
            }
        }
        "createTable" => create_table(chain, name, rest, steps),
        "alterTable" => rest.iter().for_each(|link| alter(&name, link, steps)),
        "dropTable" => {
            steps.push(span, Operation::DropTable { tables: vec![name], cascade: link("cascade").is_some() });
        }
        "createIndex" => {
            let table = link("on").map(|on| on.word(0, "")).unwrap_or_default();
            steps.index(span, &table, Some(name), false);
        }
        "dropIndex" => {
            let table = link("on").map(|on| on.word(0, "")).unwrap_or_default();
            steps.drop_index(span, &table, name, false);
        }
        "dropView" | "dropSchema" | "dropType" => {
            let kind = match first.short() {
                "dropView" => ObjectKind::View,
                "dropSchema" => ObjectKind::Schema,
                _ => ObjectKind::Type,
            };
            let operation = Operation::DropObject { kind, names: vec![name], cascade: link("cascade").is_some() };
            steps.push(span, operation);
        }
        "createView" => steps.push(span, Operation::CreateObject { kind: ObjectKind::View, name }),
        "createType" => steps.push(span, Operation::CreateObject { kind: ObjectKind::Type, name }),
        "refreshMaterializedView" => {
            steps.push(span, Operation::Refresh { view: name, concurrently: link("concurrently").is_some() });
        }
        "updateTable" | "deleteFrom" => {
            let statement = if first.short() == "updateTable" { "UPDATE" } else { "DELETE" };
            let by_key = |link: &Call| {
                let compared = link.arguments.get(1).and_then(Value::word);
                link.short() == "where" && is_key(&link.word(0, "")) && matches!(compared, Some("=" | "in"))
            };
            let bounded = link("limit").is_some() || rest.iter().any(by_key);
            steps.push(span, Operation::Write { statement, table: name, bounded });
        }
        _ => return false,
    }
    true
}

fn create_table(chain: &Call, table: String, links: &[Call], steps: &mut Steps) {
    let (mut references, mut columns) = (Vec::new(), Vec::new());
    for link in links {
        match link.short() {
            "addColumn" => {
                let column = column_of(link);
                references.extend(column.references);
                columns.push((column.name, column.kind));
            }
            "addForeignKeyConstraint" => references.push(link.word(2, "")),
            _ => {}
        }
    }
    let operation =
        Operation::CreateTable { table, references, partition_of: None, columns, optional: Vec::new(), force: false };
    steps.push(chain.span, operation);
}

fn alter(table: &str, link: &Call, steps: &mut Steps) {
    let span = link.span;
    let name = link.word(0, "");
    let add = |constraint| TableChange::AddConstraint { name: Some(link.word(0, "")), constraint, not_valid: false };
    let change = match link.short() {
        "addColumn" => TableChange::AddColumn(column_of(link)),
        "dropColumn" => TableChange::DropColumn { column: name, cascade: false },
        "renameColumn" => TableChange::RenameColumn { from: name, to: link.word(1, "") },
        "renameTo" => TableChange::RenameTable { to: name },
        "setSchema" => TableChange::SetSchema,
        "addUniqueConstraint" => add(Constraint::Unique { using_index: false }),
        "addPrimaryKeyConstraint" => add(Constraint::PrimaryKey { using_index: false }),
        "addForeignKeyConstraint" => add(Constraint::ForeignKey { to: link.word(2, "") }),
        "addCheckConstraint" => {
            let check = link.arguments.get(1).map(text_of).unwrap_or_default();
            add(Constraint::Check { not_null: not_null_column_of(&check) })
        }
        "dropConstraint" => TableChange::DropConstraint { name },
        "alterColumn" => {
            for inner in columns_calls(link) {
                let column = name.clone();
                let change = match inner.short() {
                    "setDataType" => {
                        let to = inner.arguments.first().map(type_of).unwrap_or_default();
                        TableChange::SetType { column, to, from: None, using: false }
                    }
                    "setNotNull" => TableChange::SetNotNull { column },
                    "dropNotNull" => TableChange::DropNotNull { column },
                    "setDefault" => TableChange::SetDefault,
                    "dropDefault" => TableChange::DropDefault { column },
                    _ => continue,
                };
                steps.alter(span, table, change);
            }
            return;
        }
        _ => return,
    };
    steps.alter(span, table, change);
}

/// What the callback of `addColumn` and `alterColumn` calls on its column.
fn columns_calls(link: &Call) -> impl Iterator<Item = &Call> {
    link.block.iter().flat_map(|item| match item {
        Item::Call(chain) => chain.links.as_slice(),
        _ => &[],
    })
}

fn column_of(link: &Call) -> NewColumn {
    let kind = link.arguments.get(1).map(type_of).unwrap_or_default();
    let mut column = NewColumn { name: link.word(0, ""), numbered: kind.is_serial(), kind, ..NewColumn::default() };
    for inner in columns_calls(link) {
        let first = inner.arguments.first();
        match inner.short() {
            "notNull" => column.not_null = true,
            "unique" => column.unique = true,
            "primaryKey" => column.primary_key = true,
            "check" => column.check = true,
            "autoIncrement" | "generatedAlwaysAsIdentity" | "generatedByDefaultAsIdentity" | "identity" => {
                column.numbered = true;
            }
            "stored" => column.stored = true,
            "references" => {
                let to = inner.word(0, "");
                column.references = Some(to.rsplit_once('.').map(|(table, _)| table.to_owned()).unwrap_or(to));
            }
            "defaultTo" => {
                column.default_is_written = true;
                column.default = match first {
                    None | Some(Value::Nothing) => ColumnDefault::None,
                    Some(Value::Call(_)) => default_of_sql(&first.map(text_of).unwrap_or_default()),
                    Some(_) => ColumnDefault::Constant,
                };
            }
            _ => {}
        }
    }
    column
}

/// `"varchar(20)"`, or sql`varchar(20)`.
fn type_of(value: &Value) -> SqlType {
    parse_type(&text_of(value))
}

/// A text, or the text of sql`..`.
fn text_of(value: &Value) -> String {
    match value {
        Value::Call(call) => call.links.first().map(|first| first.word(0, "")).unwrap_or_default(),
        other => other.word().unwrap_or_default().to_owned(),
    }
}
