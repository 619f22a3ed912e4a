//! The callback of Knex' `createTable` and `alterTable`.

use super::super::super::code::{Call, Item, Value};
use super::super::super::sql::not_null_column_of;
use super::super::super::step::{Constraint, NewColumn, Operation, Span, SqlType, TableChange};
use super::super::read::Steps;
use super::column::{default_of, knex_type};

/// A new table with its columns.
pub(super) fn create_table(span: Span, table: &str, body: &[Item], steps: &mut Steps) {
    let (mut references, mut columns) = (Vec::new(), Vec::new());
    each(body, &mut |chain| {
        references.extend(reference_of(chain));
        if let Some(column) = column_of(chain) {
            columns.push((column.name, column.kind));
        }
    });
    let table = table.to_owned();
    steps.push(
        span,
        Operation::CreateTable { table, references, partition_of: None, columns, optional: Vec::new(), force: false },
    );
}

/// Changes of a table.
pub(super) fn alter_table(table: &str, body: &[Item], steps: &mut Steps) {
    each(body, &mut |chain| change(table, chain, steps));
}

fn each(body: &[Item], act: &mut dyn FnMut(&Call)) {
    super::super::super::code::walk(body, &mut |item| {
        if let Item::Call(call) = item {
            act(call);
        }
        true
    });
}

fn link<'a>(chain: &'a Call, name: &str) -> Option<&'a Call> {
    chain.links.iter().find(|link| link.short() == name)
}

/// `.references("id").inTable("users")`, `.references("users.id")`
fn reference_of(chain: &Call) -> Option<String> {
    if let Some(table) = link(chain, "inTable") {
        return Some(table.word(0, ""));
    }
    let key = link(chain, "references")?.word(0, "");
    Some(key.rsplit_once('.').map(|(table, _)| table.to_owned()).unwrap_or_default())
}

/// `{ useNative: true }`: a type of its own instead of a check.
fn is_native_enum(call: &Call) -> bool {
    call.arguments.get(2).and_then(|options| options.key("useNative")) == Some(&Value::Flag(true))
}

fn column_of(chain: &Call) -> Option<NewColumn> {
    let first = chain.links.first()?;
    let kind = knex_type(first)?;
    let numbered = kind.is_serial();
    let mut column = NewColumn {
        name: match (first.short(), first.word(0, "")) {
            ("increments" | "bigIncrements", name) if name.is_empty() => "id".to_owned(),
            (_, name) => name,
        },
        numbered,
        // `increments` is the primary key unless told otherwise.
        primary_key: link(chain, "primary").is_some() || numbered,
        not_null: link(chain, "notNullable").is_some() || link(chain, "notNull").is_some(),
        unique: link(chain, "unique").is_some(),
        check: matches!(first.short(), "enum" | "enu") && !is_native_enum(first)
            || chain.links.iter().skip(1).any(|link| link.short().starts_with("check")),
        ..NewColumn::default()
    };
    if let Some(default) = link(chain, "defaultTo").and_then(|default| default.arguments.first()) {
        column.default = default_of(default);
    }
    column.kind = kind;
    Some(column)
}

fn change(table: &str, chain: &Call, steps: &mut Steps) {
    let Some(first) = chain.links.first() else { return };
    let span = chain.span;
    let words = || -> Vec<String> {
        let flat = first
            .arguments
            .iter()
            .flat_map(|it| if it.list().is_empty() { std::slice::from_ref(it) } else { it.list() });
        flat.filter_map(Value::word).map(str::to_owned).collect()
    };
    let name_at = |place: usize| first.arguments.get(place).and_then(Value::word).map(str::to_owned);
    match first.short() {
        "dropColumn" | "dropColumns" => {
            for column in words() {
                steps.alter(span, table, TableChange::DropColumn { column, cascade: false });
            }
        }
        "dropTimestamps" => {
            for column in ["created_at", "updated_at"] {
                steps.alter(span, table, TableChange::DropColumn { column: column.to_owned(), cascade: false });
            }
        }
        "renameColumn" => {
            let (from, to) = (first.word(0, ""), first.word(1, ""));
            steps.alter(span, table, TableChange::RenameColumn { from, to });
        }
        "index" => steps.index(span, table, name_at(1), false),
        "unique" => {
            // Both a constraint; with options it may be a plain unique index.
            let index =
                first.arguments.get(1).and_then(|options| options.key("useConstraint")) == Some(&Value::Flag(false));
            if index {
                steps.index(span, table, None, false);
            } else {
                add_constraint(span, table, name_at(1), Constraint::Unique { using_index: false }, steps);
            }
        }
        "primary" => add_constraint(span, table, name_at(1), Constraint::PrimaryKey { using_index: false }, steps),
        "foreign" => {
            let to = reference_of(chain).unwrap_or_default();
            add_constraint(span, table, name_at(1), Constraint::ForeignKey { to }, steps);
        }
        "check" => {
            let not_null = name_at(0).as_deref().and_then(not_null_column_of);
            add_constraint(span, table, name_at(2), Constraint::Check { not_null }, steps);
        }
        "dropIndex" => steps.drop_index(span, table, name_at(1).unwrap_or_default(), false),
        "dropUnique" | "dropPrimary" | "dropForeign" | "dropChecks" => {
            steps.alter(span, table, TableChange::DropConstraint { name: name_at(1).unwrap_or_default() });
        }
        "setNullable" => steps.alter(span, table, TableChange::DropNotNull { column: first.word(0, "") }),
        "dropNullable" => steps.alter(span, table, TableChange::SetNotNull { column: first.word(0, "") }),
        "timestamps" => timestamps(span, table, first, steps),
        _ => column_change(span, table, chain, steps),
    }
}

fn add_constraint(span: Span, table: &str, name: Option<String>, constraint: Constraint, steps: &mut Steps) {
    steps.alter(span, table, TableChange::AddConstraint { name, constraint, not_valid: false });
}

/// `timestamps(true, true)`: with a time zone, and with a default.
fn timestamps(span: Span, table: &str, call: &Call, steps: &mut Steps) {
    let defaulted = call.arguments.get(1) == Some(&Value::Flag(true))
        || call.arguments.first().and_then(|options| options.key("defaultToNow")) == Some(&Value::Flag(true));
    for name in ["created_at", "updated_at"] {
        let column = NewColumn {
            name: name.to_owned(),
            kind: SqlType { name: "timestamptz".to_owned(), ..SqlType::default() },
            not_null: defaulted,
            default: if defaulted { super::super::super::step::ColumnDefault::Constant } else { Default::default() },
            ..NewColumn::default()
        };
        steps.alter(span, table, TableChange::AddColumn(column));
    }
}

fn column_change(span: Span, table: &str, chain: &Call, steps: &mut Steps) {
    let Some(column) = column_of(chain) else { return };
    if let Some(alter) = link(chain, "alter") {
        let keeps =
            |name: &str| alter.arguments.first().and_then(|options| options.key(name)) == Some(&Value::Flag(false));
        if !keeps("alterType") {
            let change =
                TableChange::SetType { column: column.name.clone(), to: column.kind, from: None, using: false };
            steps.alter(span, table, change);
        }
        if !keeps("alterNullable") {
            let name = column.name.clone();
            let change = if column.not_null {
                TableChange::SetNotNull { column: name }
            } else {
                TableChange::DropNotNull { column: name }
            };
            steps.alter(span, table, change);
        }
        return;
    }
    let (name, indexed) = (column.name.clone(), link(chain, "index").is_some());
    steps.alter(span, table, TableChange::AddColumn(column));
    // Knex adds the key in a statement of its own, for which PostgreSQL reads all rows.
    if let Some(to) = reference_of(chain) {
        let constraint = Constraint::ForeignKey { to };
        add_constraint(span, table, Some(format!("{table}_{name}_foreign")), constraint, steps);
    }
    if indexed {
        steps.index(span, table, Some(format!("{table}_{name}_index")), false);
    }
}
