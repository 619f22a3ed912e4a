//! Active Record's ways to change many rows, all at once or one by one.

use super::super::super::code::Call;
use super::super::super::step::Operation;
use super::super::read::{Steps, calls};

/// Whether a chain asks for all rows: `User.where(..).each`; not `ROLES.each`, nor `User.limit(10).each`.
pub(super) fn goes_through_rows(call: &Call) -> bool {
    let asks = |part: &str| {
        matches!(part, "all" | "where" | "not" | "order" | "includes" | "joins" | "unscoped" | "select" | "left_joins")
    };
    !call.limited && is_model(&call.name) && call.name.split('.').any(asks)
}

/// `User.in_batches do |rows| rows.update_all(..) end`
pub(super) fn batches_of(call: &Call, steps: &mut Steps) {
    let changes = calls(&call.block).into_iter().find_map(|inner| match inner.short() {
        "update_all" | "update!" | "update" | "update_columns" | "update_column" | "update_attribute"
        | "update_attributes" | "save" | "save!" | "touch" | "toggle!" | "increment!" => Some("UPDATE"),
        "delete_all" | "destroy_all" | "destroy" | "destroy!" | "delete" => Some("DELETE"),
        _ => None,
    });
    if let Some(statement) = changes {
        steps.push(call.span, Operation::Batches { statement, table: table_of_model(&call.name) });
    }
}

/// Active Record's ways to change many rows: `User.update_all(..)`.
pub(super) fn write_of(call: &Call, short: &str, steps: &mut Steps) {
    let statement = match short {
        "update_all" | "update_counters" | "touch_all" => "UPDATE",
        "delete_all" | "destroy_all" => "DELETE",
        _ => return,
    };
    // Inside `in_batches do |rows|` the receiver is the block's argument, in lower case.
    if is_model(&call.name) {
        let table = table_of_model(&call.name);
        steps.push(call.span, Operation::Write { statement, table, bounded: call.limited });
    }
}

/// Whether a chain begins with a class, and not with a constant such as `ROLES`.
fn is_model(chain: &str) -> bool {
    let class = chain.split('.').next().unwrap_or_default();
    class.starts_with(|c: char| c.is_ascii_uppercase()) && class.contains(|c: char| c.is_ascii_lowercase())
}

/// `order_items` of `Shop::OrderItem.where.update_all`, as Rails names tables.
fn table_of_model(chain: &str) -> String {
    let class = chain.split('.').next().unwrap_or_default();
    let class = class.rsplit("::").next().unwrap_or(class);
    let mut table = String::new();
    for letter in class.chars() {
        if letter.is_ascii_uppercase() && !table.is_empty() {
            table.push('_');
        }
        table.push(letter.to_ascii_lowercase());
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| table.ends_with(ending));
    if ends(&["y"]) && !ends(&["ay", "ey", "oy", "uy"]) {
        table.truncate(table.len() - 1);
        table + "ies"
    } else if ends(&["s", "x", "ch", "sh"]) {
        table + "es"
    } else if ends(&["person"]) {
        table.replace("person", "people")
    } else {
        table + "s"
    }
}
