//! The callback of Knex' `createTable` and `alterTable`.

use super::super::super::code::{Call, Item, Value};
use super::super::super::sql::not_null_column_of;
use super::super::super::step::{Constraint, NewColumn, Operation, Span, SqlType, TableChange};
use super::super::read::Steps;
use super::column::{column_of_sql, default_of, knex_type};
use super::scope::Scope;
use std::rc::Rc;

/// Reads the callbacks of `createTable` and `alterTable`.
pub(super) struct Tables<'s, 'a> {
    pub(super) scope: &'s Scope<'a>,
}

impl Tables<'_, '_> {
    /// A new table with its columns.
    pub(super) fn create(&self, span: Span, table: &str, link: &Call, steps: &mut Steps) {
        let (mut references, mut columns) = (Vec::new(), Vec::new());
        for chain in self.chains(link, steps) {
            references.extend(reference_of(&chain));
            if let Some(column) = column_of(&chain) {
                columns.push((column.name, column.kind));
            }
        }
        let table = table.to_owned();
        let (partition_of, optional) = (None, Vec::new());
        let operation = Operation::CreateTable { table, references, partition_of, columns, optional, force: false };
        steps.push_made(span, operation, link.short() == "createTableIfNotExists");
    }

    /// A new table with the columns of another.
    pub(super) fn create_like(&self, span: Span, table: &str, steps: &mut Steps) {
        self.create(span, table, &Call::default(), steps);
    }

    /// Changes of a table.
    pub(super) fn alter(&self, table: &str, link: &Call, steps: &mut Steps) {
        let known = link.arguments.get(1).is_some_and(|callback| self.is_known(callback, link));
        if !known {
            steps.push(link.span, Operation::Unseen);
        }
        for chain in self.chains(link, steps) {
            change(table, &chain, steps);
        }
    }

    /// Whether the statements of a callback are in the file.
    fn is_known(&self, callback: &Value, link: &Call) -> bool {
        match callback {
            Value::Name(name) => self.scope.function(name).is_some(),
            Value::Call(call) => self.scope.function(&call.name).is_some(),
            _ => !link.block.is_empty(),
        }
    }

    /// What is called on the table: in the callback, in the functions that are given for one, and in those that they call.
    fn chains(&self, link: &Call, steps: &mut Steps) -> Vec<Call> {
        let mut found = Found::default();
        self.collect(&link.block, &mut found, steps);
        for callback in link.arguments.iter().skip(1) {
            match callback {
                Value::Name(name) => self.follow(name, &mut found, steps),
                Value::Call(call) => self.follow(&call.name, &mut found, steps),
                _ => {}
            }
        }
        found.chains
    }

    fn collect(&self, body: &[Item], found: &mut Found, steps: &mut Steps) {
        steps.deeper(|steps| {
            for item in body {
                match item {
                    Item::Call(chain) => self.chain(chain, found, steps),
                    Item::Assign { name, value: Value::Call(_), .. } => found.name_last(name),
                    Item::Block { body, .. } | Item::Loop { body, .. } => self.collect(body, found, steps),
                    _ => {}
                }
            }
        });
    }

    fn chain(&self, chain: &Call, found: &mut Found, steps: &mut Steps) {
        if !found.continues(chain) {
            let links = Rc::new(chain.links.iter().map(|link| self.scope.settled_call(link)).collect());
            found.chains.push(Call { links, ..chain.clone() });
        }
        for link in chain.links.iter() {
            self.collect(&link.block, found, steps);
        }
        if let [only] = chain.links.as_slice() {
            self.follow(&only.name, found, steps);
        }
    }

    fn follow(&self, name: &str, found: &mut Found, steps: &mut Steps) {
        if let Some(name) = self.scope.function_name(name) {
            self.scope.functions.follow(name, steps, |body, steps| self.collect(body, found, steps));
        }
    }
}

/// The chains of a callback.
#[derive(Default)]
struct Found {
    chains: Vec<Call>,
    /// Names that were given to chains, and which.
    names: std::collections::HashMap<String, usize>,
}

impl Found {
    fn name_last(&mut self, name: &str) {
        if let Some(last) = self.chains.len().checked_sub(1) {
            self.names.insert(name.to_owned(), last);
        }
    }

    /// Takes `column.notNullable()` for more of `const column = t.string("a")`.
    fn continues(&mut self, chain: &Call) -> bool {
        let root = chain.name.split('.').next().unwrap_or_default();
        let Some(before) = self.names.get(root).and_then(|place| self.chains.get_mut(*place)) else { return false };
        Rc::make_mut(&mut before.links).extend(chain.links.iter().cloned());
        true
    }
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
    let written =
        (first.short() == "specificType").then(|| column_of_sql(&first.word(1, ""))).flatten().unwrap_or_default();
    let increments = first.short().to_ascii_lowercase().ends_with("increments");
    let not_null = |link: &Call| match link.short() {
        "notNullable" | "notNull" => Some(true),
        "nullable" => Some(link.arguments.first() == Some(&Value::Flag(false))),
        _ => None,
    };
    let is_key = first.arguments.iter().all(|options| options.key("primaryKey") != Some(&Value::Flag(false)));
    let mut column = NewColumn {
        name: match (increments, first.word(0, "")) {
            (true, name) if name.is_empty() => "id".to_owned(),
            (_, name) => name,
        },
        numbered: increments || kind.is_serial() || written.numbered,
        // `increments` is the primary key unless told otherwise.
        primary_key: link(chain, "primary").is_some() || increments && is_key || written.primary_key,
        not_null: chain.links.iter().rev().find_map(not_null).unwrap_or(written.not_null),
        unique: link(chain, "unique").is_some() || written.unique,
        check: matches!(first.short(), "enum" | "enu") && !is_native_enum(first)
            || chain.links.iter().skip(1).any(|link| link.short().starts_with("check"))
            || written.check,
        ..written
    };
    if let Some(default) = link(chain, "defaultTo").and_then(|default| default.arguments.first()) {
        column.default = default_of(default);
    }
    if first.short() != "specificType" || column.kind.name.is_empty() {
        column.kind = kind;
    }
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
            // A constraint, unless options ask for what only an index can do.
            let option = |name: &str| first.arguments.get(1).and_then(|options| options.key(name));
            if option("useConstraint") == Some(&Value::Flag(false)) || option("predicate").is_some() {
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
