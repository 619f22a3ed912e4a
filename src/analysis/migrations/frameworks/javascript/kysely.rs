//! Kysely: `db.schema` and its builders, `sql` texts, and queries.

use super::super::super::code::{Call, Item, Value, walk};
use super::super::super::sql::{not_null_column_of, parse_type};
use super::super::super::step::{ColumnDefault, Constraint, NewColumn, ObjectKind, Operation, SqlType, TableChange};
use super::super::read::{Steps, default_of_sql};
use super::chain::{Chains, is_key};
use super::column::column_of_sql;
use super::scope::Scope;

pub(in super::super) fn read(items: &[Item], steps: &mut Steps) {
    let scope = Scope::of(items);
    let read = |chain: &Call, steps: &mut Steps| chain_of(&scope, chain, steps);
    let chains = Chains { scope: &scope, read: &read, begins: false };
    scope.read_up(items, false, steps, |up, steps| chains.each(up, steps));
    steps.adopt_transactions();
}

/// Whether the chain was one of Kysely's. What comes before its first method says on what, and in which schema.
fn chain_of(scope: &Scope<'_>, chain: &Call, steps: &mut Steps) -> bool {
    let Some(place) = chain.links.iter().position(|link| is_method(link.short())) else { return false };
    let mut links = Vec::new();
    for link in chain.links.iter().skip(place) {
        // `alterTable("users").$call((builder) => builder.addColumn(..))`
        if matches!(link.short(), "$call" | "$if") {
            let inner = columns_calls(scope, link, steps);
            links.extend(inner.iter().map(|inner| scope.settled_call(inner)));
        } else {
            links.push(scope.settled_call(link));
        }
    }
    let Some((first, rest)) = links.split_first() else { return false };
    let link = |name: &str| rest.iter().find(|link| link.short() == name);
    let name = first.word(0, "");
    let span = chain.span;
    match first.short() {
        "sql" | "raw" => {
            if let Some(sql) = first.arguments.first() {
                steps.sql_value(sql, span, &scope.names);
            }
        }
        "createTable" => create_table(scope, chain, name, rest, steps),
        "alterTable" => rest.iter().for_each(|link| alter(scope, &name, link, steps)),
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
            steps.push(
                span,
                Operation::Refresh {
                    view: name,
                    concurrently: link("concurrently").is_some(),
                    empties: link("withNoData").is_some(),
                },
            );
        }
        "updateTable" | "deleteFrom" => {
            let statement = if first.short() == "updateTable" { "UPDATE" } else { "DELETE" };
            let by_key = |link: &Call| {
                let compared = link.arguments.get(1).and_then(Value::word);
                let among_all = link.arguments.get(2).and_then(Value::call).is_some_and(is_query);
                link.short() == "where"
                    && is_key(&link.word(0, ""))
                    && matches!(compared, Some("=" | "in"))
                    && !among_all
            };
            let bounded = link("limit").is_some() || rest.iter().any(by_key);
            steps.push(span, Operation::Write { statement, table: name, bounded });
        }
        "mergeInto" => {
            steps.push(span, Operation::Write { statement: "MERGE", table: name, bounded: false });
        }
        _ => return false,
    }
    true
}

fn is_method(name: &str) -> bool {
    let starts = ["create", "alter", "drop"].iter().any(|start| name.starts_with(start));
    starts || matches!(name, "sql" | "raw" | "refreshMaterializedView" | "updateTable" | "deleteFrom" | "mergeInto")
}

/// Whether a chain selects rows without a limit.
fn is_query(chain: &Call) -> bool {
    let has = |name: &str| chain.links.iter().any(|link| link.short() == name);
    has("selectFrom") && !has("limit")
}

fn create_table(scope: &Scope<'_>, chain: &Call, table: String, links: &[Call], steps: &mut Steps) {
    let (mut references, mut columns) = (Vec::new(), Vec::new());
    for link in links {
        match link.short() {
            "addColumn" => {
                let column = column_of(scope, link, steps);
                references.extend(column.references);
                columns.push((column.name, column.kind));
            }
            "addForeignKeyConstraint" => references.push(link.word(2, "")),
            _ => {}
        }
    }
    let operation =
        Operation::CreateTable { table, references, partition_of: None, columns, optional: Vec::new(), force: false };
    steps.push_made(chain.span, operation, links.iter().any(|link| link.short() == "ifNotExists"));
}

fn alter(scope: &Scope<'_>, table: &str, link: &Call, steps: &mut Steps) {
    let span = link.span;
    let name = link.word(0, "");
    let add = |constraint| TableChange::AddConstraint { name: Some(link.word(0, "")), constraint, not_valid: false };
    let change = match link.short() {
        "addColumn" => TableChange::AddColumn(column_of(scope, link, steps)),
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
            for inner in columns_calls(scope, link, steps) {
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

/// What a callback calls on what it is given, for example that of `addColumn` on its column.
fn columns_calls(scope: &Scope<'_>, link: &Call, steps: &mut Steps) -> Vec<Call> {
    let mut found = Vec::new();
    let mut collect = |body: &[Item]| {
        walk(body, &mut |item| {
            if let Item::Call(chain) = item {
                found.extend(chain.links.iter().cloned());
            }
            true
        });
    };
    collect(&link.block);
    for argument in link.arguments.iter() {
        if let Value::Name(name) = argument
            && let Some(name) = scope.function_name(name)
        {
            scope.functions.follow(name, steps, |body, _| collect(body));
        }
    }
    found
}

fn column_of(scope: &Scope<'_>, link: &Call, steps: &mut Steps) -> NewColumn {
    let calls = columns_calls(scope, link, steps);
    let written = link.arguments.get(1).map(text_of).unwrap_or_default();
    let ends = calls.iter().filter(|inner| inner.short() == "modifyEnd").filter_map(|inner| inner.arguments.first());
    let definition = ends.fold(written.clone(), |before, end| format!("{before} {}", text_of(end)));
    let mut column =
        column_of_sql(&definition).unwrap_or_else(|| NewColumn { kind: parse_type(&written), ..NewColumn::default() });
    column.name = link.word(0, "");
    column.numbered |= column.kind.is_serial();
    for inner in &calls {
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
