//! Active Record's ways to change many rows, all at once or one by one.

use super::super::super::code::{Call, Item, Value, walk};
use super::super::super::step::{Operation, Span};
use super::super::read::Steps;
use super::words::table_of_class;
use std::collections::HashMap;

/// Tables of the models that the file defines, by their classes.
#[derive(Default)]
pub(super) struct Models {
    tables: HashMap<String, String>,
}

/// The rows that a loop goes through.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) table: String,
    /// Of the loop.
    pub(super) span: Span,
}

/// Ways to ask for rows, of which there may be many.
const ASKS: [&str; 30] = [
    "all",
    "where",
    "not",
    "order",
    "includes",
    "joins",
    "unscoped",
    "select",
    "left_joins",
    "find_each",
    "in_batches",
    "find_in_batches",
    "each_batch",
    "ids",
    "pluck",
    "distinct",
    "group",
    "eager_load",
    "preload",
    "reorder",
    "rewhere",
    "left_outer_joins",
    "with_deleted",
    "unscope",
    "readonly",
    "lock",
    "or",
    "merge",
    "except",
    "find_by_sql",
];
/// Ways that always go through rows.
const BATCHES: [&str; 4] = ["find_each", "in_batches", "find_in_batches", "each_batch"];
/// Ways to go through what was asked for.
const GOES: [&str; 12] = [
    "each",
    "map",
    "each_with_index",
    "each_slice",
    "each_with_object",
    "flat_map",
    "collect",
    "in_groups_of",
    "with_index",
    "filter_map",
    "each_entry",
    "reverse_each",
];
/// Ways to ask for one row, or few.
const FEW: [&str; 14] = [
    "limit",
    "first",
    "last",
    "take",
    "find",
    "find_by",
    "find_by!",
    "first!",
    "last!",
    "sole",
    "find_or_create_by",
    "find_or_create_by!",
    "find_or_initialize_by",
    "second",
];
/// Calls that fetch rows without a model.
const FETCHES: [&str; 12] = [
    "execute",
    "exec_query",
    "select_all",
    "select_rows",
    "select_values",
    "select_one",
    "query",
    "query_values",
    "foreach",
    "each_line",
    "each_row",
    "loop",
];

impl Models {
    pub(super) fn of(items: &[Item]) -> Self {
        let mut models = Models::default();
        walk(items, &mut |item| {
            if let Item::Class { name: class, body, .. } = item {
                let named = body.iter().rev().find_map(|item| match item {
                    Item::Assign { name, value, .. } if name == "self.table_name" => value.word(),
                    _ => None,
                });
                models.tables.extend(named.map(|table| (class.clone(), table.to_owned())));
            }
            if let Item::Assign { name, value, .. } = item
                && let Some((class, table)) = name.strip_suffix(".table_name").zip(value.word())
            {
                models.tables.insert(class.to_owned(), table.to_owned());
            }
            true
        });
        models
    }

    /// The table of the class with which a chain begins.
    fn table_of(&self, chain: &str) -> String {
        let class = chain.split('.').next().unwrap_or_default();
        let last = class.rsplit("::").next().unwrap_or(class);
        match self.tables.get(class).or_else(|| self.tables.get(last)) {
            Some(table) => table.clone(),
            None if is_model(chain) => table_of_class(class),
            None => String::new(),
        }
    }

    /// The rows that a call with a block goes through, if it may be all of a table's.
    pub(super) fn rows_of(&self, call: &Call) -> Option<Rows> {
        let (batches, goes) = (has(&call.name, &BATCHES), has(&call.name, &GOES));
        let asks = is_model(&call.name) && has(&call.name, &ASKS) && !is_few(call);
        (batches || (goes && asks)).then(|| Rows { table: self.table_of(&call.name), span: call.span })
    }

    /// Whether the block of a call runs as often as there are rows, or lines of a file.
    pub(super) fn is_long(call: &Call) -> bool {
        has(&call.name, &FETCHES)
    }

    /// Active Record's ways to change rows: `User.update_all(..)`, and `user.save!` for each of `rows`.
    pub(super) fn write_of(&self, call: &Call, rows: Option<&Rows>, steps: &mut Steps) {
        let short = call.short();
        let Some(all_or_one) = statement_of(short) else { return };
        let is_of_model = is_model(&call.name);
        let batches = |statement, table: String| {
            (rows.map_or(call.span, |rows| rows.span), Operation::Batches { statement, table })
        };
        let (span, operation) = match all_or_one {
            Statement::All(statement) if is_of_model => {
                let table = self.table_of(&call.name);
                if has(&call.name, &BATCHES) && !has(&call.name, &FEW) {
                    batches(statement, table)
                } else {
                    let bounded = call.limited || short == "update_counters" || short == "reset_counters";
                    (call.span, Operation::Write { statement, table, bounded })
                }
            }
            // `User.update(age: 5)` goes through all rows.
            Statement::One(statement)
                if is_of_model && matches!(short, "update" | "update!") && is_for_all(call) && !is_few(call) =>
            {
                batches(statement, self.table_of(&call.name))
            }
            Statement::One(statement) if is_of_model && self.rows_of(call).is_some() => {
                batches(statement, self.table_of(&call.name))
            }
            Statement::All(statement) | Statement::One(statement) => match rows {
                // `User.delete(1)` in a loop is about one row each time too.
                Some(rows) if call.name.contains('.') => batches(statement, rows.table.clone()),
                _ => return,
            },
        };
        steps.push(span, operation);
    }
}

/// Whether a call of many rows or of one.
enum Statement {
    All(&'static str),
    One(&'static str),
}

fn statement_of(short: &str) -> Option<Statement> {
    Some(match short {
        "update_all" | "update_counters" | "touch_all" | "reset_counters" => Statement::All("UPDATE"),
        "delete_all" | "destroy_all" | "delete_by" | "destroy_by" => Statement::All("DELETE"),
        "update!" | "update" | "update_columns" | "update_column" | "update_attribute" | "update_attribute!"
        | "update_attributes" | "update_attributes!" | "save" | "save!" | "touch" | "toggle!" | "increment!"
        | "decrement!" => Statement::One("UPDATE"),
        "destroy" | "destroy!" | "delete" => Statement::One("DELETE"),
        _ => return None,
    })
}

/// Whether an `update` names no rows: `User.update(age: 5)`, `User.where(..).update(age: 5)`.
fn is_for_all(call: &Call) -> bool {
    let (rows, _) = call.name.rsplit_once('.').unwrap_or_default();
    let relation = rows.split('.').skip(1).all(|part| ASKS.contains(&part));
    let values = !call.named.is_empty() || matches!(call.arguments.first(), Some(Value::Map(_) | Value::Symbol(_)));
    relation && values && matches!(call.arguments.first(), None | Some(Value::Map(_) | Value::Symbol(_)))
}

fn has(chain: &str, parts: &[&str]) -> bool {
    chain.split('.').any(|part| parts.contains(&part))
}

/// Whether a chain asks for few rows: `User.limit(10)`, `User.where(id: ids)`; batches are of all of them.
fn is_few(call: &Call) -> bool {
    has(&call.name, &FEW) || (call.limited && !has(&call.name, &BATCHES))
}

/// Whether a chain begins with a class, and not with a constant such as `ROLES`.
pub(super) fn is_model(chain: &str) -> bool {
    let class = chain.split('.').next().unwrap_or_default();
    let class = class.rsplit("::").next().unwrap_or(class);
    class.starts_with(|c: char| c.is_ascii_uppercase()) && class.contains(|c: char| c.is_ascii_lowercase())
}
