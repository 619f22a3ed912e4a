//! What becomes of a column when its field is written anew and no migration tells its old form. It is taken as Django's own
//! questions suggest: a default is there when a column that was null must be filled, and a field with arguments that only
//! Python sees was altered for their sake.

use super::super::super::code::Call;
use super::super::super::models::Field;
use super::super::super::step::{Constraint, Span, TableChange};
use super::super::read::Steps;
use super::field::is_relation;

/// Arguments that PostgreSQL never sees.
const STATE_ONLY: [&str; 14] = [
    "choices",
    "help_text",
    "verbose_name",
    "blank",
    "validators",
    "error_messages",
    "related_name",
    "related_query_name",
    "limit_choices_to",
    "editable",
    "on_delete",
    "upload_to",
    "storage",
    "serialize",
];

/// What `makemigrations` writes into every key that numbers itself.
const OF_EVERY_KEY: [&str; 3] = ["auto_created", "serialize", "verbose_name"];

pub(super) fn alter_field(span: Span, table: &str, name: &str, call: &Call, field: &Field, steps: &mut Steps) {
    if field.many.is_some() {
        return;
    }
    let column = || field.column(name);
    if is_relation(call.short()) {
        let change = if field.null {
            TableChange::DropNotNull { column: column() }
        } else {
            TableChange::KeepNotNull { column: column() }
        };
        return steps.alter(span, table, change);
    }
    let told = call.named.iter().map(|(key, _)| key.as_str());
    let mut told = told.filter(|key| !field.numbered || !OF_EVERY_KEY.contains(key));
    let state_only = told.clone().any(|key| STATE_ONLY.contains(&key));
    if call.is_true("unique") && !state_only {
        let constraint = Constraint::Unique { using_index: false };
        steps.alter(span, table, TableChange::AddConstraint { name: None, constraint, not_valid: false });
    }
    if call.is_true("db_index") && !state_only {
        steps.index(span, table, None, false);
    }
    if call.is_true("null") {
        steps.alter(span, table, TableChange::DropNotNull { column: column() });
    } else if call.by_name("default").is_some() && !state_only {
        steps.alter(span, table, TableChange::SetNotNull { column: column() });
        return;
    } else if !field.numbered {
        steps.alter(span, table, TableChange::KeepNotNull { column: column() });
    }
    let type_only = told.all(|key| {
        matches!(key, "max_length" | "max_digits" | "decimal_places" | "null" | "base_field" | "primary_key")
    });
    if type_only {
        let to = field.kind.clone();
        steps.alter(span, table, TableChange::SetType { column: column(), to, from: None, using: false });
    }
}
