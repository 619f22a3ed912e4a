//! What Django does to a table when the form of a field changes, the old form being known.

use super::super::super::models::{Field, Models, Pointing};
use super::super::super::step::{Constraint, Operation, Span, SqlType, TableChange};
use super::super::read::Steps;
use std::collections::BTreeSet;

/// A field before and after.
pub(super) struct Altered<'a> {
    pub(super) span: Span,
    pub(super) model: &'a str,
    pub(super) name: &'a str,
    pub(super) old: &'a Field,
    pub(super) new: &'a Field,
}

pub(super) fn alter_field(altered: &Altered<'_>, models: &mut Models, steps: &mut Steps) {
    let Altered { span, model, name, old, new } = *altered;
    let table = models.table(model);
    if old.many.is_some() || new.many.is_some() {
        return alter_many(altered, models, steps);
    }
    let (before, after) = (old.column(name), new.column(name));
    if *old == *new && before == after {
        return;
    }
    let alter = |change: TableChange, steps: &mut Steps| steps.alter(span, &table, change);
    // Django takes a key away before it changes anything else, and makes it again afterwards.
    let had_key = old.to.is_some() && old.constraint;
    if had_key {
        alter(TableChange::DropConstraint { name: String::new() }, steps);
    }
    if before != after {
        alter(TableChange::RenameColumn { from: before, to: after.clone() }, steps);
    }
    let retyped = !old.kind.name.is_empty() && !new.kind.name.is_empty() && old.kind != new.kind;
    let collated = old.collation != new.collation && !new.kind.name.is_empty();
    if retyped || collated {
        let to = SqlType { collated, ..new.kind.clone() };
        alter(set_type(&after, &old.kind, &to), steps);
    }
    alter_null(altered, &table, &after, steps);
    match (old.unique, new.unique) {
        (false, true) => alter(added(Constraint::Unique { using_index: false }), steps),
        (true, false) => alter(TableChange::DropConstraint { name: String::new() }, steps),
        _ => {}
    }
    if new.primary_key && !old.primary_key {
        alter(added(Constraint::PrimaryKey { using_index: false }), steps);
    }
    let other_like = retyped && old.kind.name != new.kind.name && new.has_like_index();
    if old.index && !new.index {
        steps.drop_index(span, &table, String::new(), false);
    } else if (new.index && !old.index) || other_like {
        steps.index(span, &table, None, false);
    }
    match (old.check, new.check) {
        (false, true) => alter(added(Constraint::Check { not_null: None }), steps),
        (true, false) => alter(TableChange::DropConstraint { name: String::new() }, steps),
        _ => {}
    }
    if let Some(to) = new.to.as_ref().filter(|_| new.constraint) {
        alter(added(Constraint::ForeignKey { to: models.table(to) }), steps);
    }
    if retyped && old.primary_key && new.primary_key {
        let Some(pointing) = models.pointing_to(model) else { return steps.push(span, Operation::Unseen) };
        for Pointing { table: other, column, constraint } in pointing {
            steps.alter(span, &other, set_type(&column, &old.kind, &new.kind));
            if constraint {
                steps.alter(span, &other, added(Constraint::ForeignKey { to: table.clone() }));
            }
        }
    }
}

/// `NULL`, `NOT NULL` and the default of the database.
fn alter_null(altered: &Altered<'_>, table: &str, column: &str, steps: &mut Steps) {
    let Altered { span, old, new, .. } = *altered;
    let column = column.to_owned();
    match (old.null, new.null) {
        (true, false) if new.has_default || new.db_default => {
            steps.alter(span, table, TableChange::FillNotNull { column })
        }
        (true, false) => steps.alter(span, table, TableChange::SetNotNull { column }),
        (false, true) => steps.alter(span, table, TableChange::DropNotNull { column }),
        _ if old.db_default && !new.db_default => steps.alter(span, table, TableChange::DropDefault { column }),
        _ if new.db_default && !old.db_default => steps.alter(span, table, TableChange::SetDefault),
        _ => {}
    }
}

/// A field of many rows that points to another model: its table's column is renamed, and its rows are checked.
fn alter_many(altered: &Altered<'_>, models: &Models, steps: &mut Steps) {
    let Altered { span, model, name, old, new } = *altered;
    let (Some(many), Some(to), Some(from)) = (&old.many, &new.to, &old.to) else { return };
    let Some(becomes) = new.many.as_ref().filter(|becomes| !many.through && !becomes.through) else { return };
    let (before, table) = (models.table_between(model, name, many), models.table_between(model, name, becomes));
    if before != table {
        steps.alter(span, &before, TableChange::RenameTable { to: table.clone() });
    }
    if to == from {
        return;
    }
    let column = |model: &str| format!("{}_id", model.rsplit('.').next().unwrap_or(model));
    steps.alter(span, &table, TableChange::RenameColumn { from: column(from), to: column(to) });
    steps.alter(span, &table, added(Constraint::ForeignKey { to: models.table(to) }));
}

fn set_type(column: &str, from: &SqlType, to: &SqlType) -> TableChange {
    TableChange::SetType { column: column.to_owned(), to: to.clone(), from: Some(from.clone()), using: false }
}

pub(super) fn added(constraint: Constraint) -> TableChange {
    TableChange::AddConstraint { name: None, constraint, not_valid: false }
}

/// Sets of fields before, where that is known, and after: whether some go away, and whether some are new.
pub(super) fn changed(old: Option<&BTreeSet<Vec<String>>>, new: &BTreeSet<Vec<String>>) -> (bool, bool) {
    match old {
        Some(old) => (old.difference(new).next().is_some(), new.difference(old).next().is_some()),
        None => (new.is_empty(), !new.is_empty()),
    }
}
