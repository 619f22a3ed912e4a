//! What the steps before tell about the database: what is new, what is proven, which transaction is open.

use super::check::Before;
use super::step::{Constraint, ObjectKind, Operation, SqlType, Step, TableChange};
use std::collections::{BTreeMap, BTreeSet};

/// Knowledge that grows from step to step.
#[derive(Debug, Default)]
pub(super) struct Known {
    tables: BTreeSet<String>,
    indexes: BTreeSet<String>,
    objects: BTreeSet<(ObjectKind, String)>,
    /// Objects that any step makes, also a later one.
    made_somewhere: BTreeSet<(ObjectKind, String)>,
    /// The line on which the open transaction began; PostgreSQL has no transactions inside transactions.
    open: Option<u32>,
    /// Whether the tool's own transaction was ended.
    left: bool,
    enum_values: Vec<String>,
    /// Constraints that the open transaction added `NOT VALID`.
    unvalidated: BTreeSet<String>,
    /// Constraints that this file added.
    added: BTreeSet<String>,
    /// Checks that a column is not null: constraint, table, column.
    not_null_checks: Vec<(String, String, String)>,
    /// Columns that a validated check proves not null; an empty column stands for one that the text does not name.
    proven: BTreeSet<(String, String)>,
    /// Tables on which a column was made `NOT NULL`.
    made_not_null: BTreeSet<(String, String)>,
    /// Types of columns, as far as they were written down: table, column.
    types: BTreeMap<(String, String), SqlType>,
}

impl Known {
    pub(super) fn new(steps: &[Step], before: &Before) -> Self {
        let made = steps.iter().filter_map(|step| match &step.operation {
            Operation::CreateObject { kind, name } => Some((*kind, key(name))),
            _ => None,
        });
        let mut known = Known { made_somewhere: made.collect(), ..Known::default() };
        before.merged.iter().for_each(|step| known.note(step, false));
        // What databases have run is in use by now; only what is proven and which types there are stays true.
        known.tables.clear();
        known.indexes.clear();
        known.objects.clear();
        before.together.iter().for_each(|step| known.note(step, false));
        known.open = None;
        known.left = false;
        known.enum_values.clear();
        known.unvalidated.clear();
        known
    }

    /// The type that a column has by now, where a migration says it.
    pub(super) fn type_of(&self, table: &str, column: &str) -> Option<SqlType> {
        self.types.get(&(key(table), column.to_lowercase())).cloned()
    }

    pub(super) fn is_new_table(&self, table: &str) -> bool {
        self.tables.contains(&key(table))
    }

    pub(super) fn is_new_index(&self, index: &str) -> bool {
        self.indexes.contains(&last(index))
    }

    pub(super) fn is_new_object(&self, kind: ObjectKind, name: &str) -> bool {
        self.objects.contains(&(kind, key(name)))
    }

    pub(super) fn is_made_somewhere(&self, kind: ObjectKind, name: &str) -> bool {
        self.made_somewhere.contains(&(kind, key(name)))
    }

    pub(super) fn has_left_transaction(&self) -> bool {
        self.left
    }

    pub(super) fn transaction_is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The step that began the transaction that is still open.
    pub(super) fn open_transaction<'a>(&self, steps: &'a [Step]) -> Option<&'a Step> {
        let line = self.open?;
        steps.iter().find(|step| step.span.line == line && step.operation == Operation::Begin)
    }

    pub(super) fn is_pending_enum_value(&self, literals: &[String]) -> bool {
        literals.iter().any(|literal| self.enum_values.contains(literal))
    }

    pub(super) fn still_holds_lock_of(&self, constraint: &str) -> bool {
        self.unvalidated.contains(&last(constraint))
    }

    /// Whether a validated check spares PostgreSQL the scan: one of this file, or a helper that a later step drops.
    pub(super) fn is_proven_not_null(&self, table: &str, column: &str, later: &[Step]) -> bool {
        let has = |column: &str| self.proven.contains(&(key(table), column.to_owned()));
        has(column)
            || has("")
            || later.iter().any(|step| match &step.operation {
                Operation::Alter { table: other, change: TableChange::DropConstraint { name } } => {
                    key(other) == key(table) && (name.contains("null") || name.contains("nn")) && name.contains(column)
                }
                _ => false,
            })
    }

    /// Whether the constraint only served to make a column `NOT NULL` without a scan.
    pub(super) fn is_helper_check(&self, table: &str, constraint: &str) -> bool {
        let named = last(constraint);
        self.not_null_checks.iter().any(|(name, _, _)| *name == named)
            || self.made_not_null.iter().any(|(other, column)| {
                *other == key(table)
                    && (self.proven.contains(&(key(table), column.clone()))
                        || self.proven.contains(&(key(table), String::new()))
                        || named.contains(column.as_str()))
            })
    }

    /// Learns from a step.
    pub(super) fn note(&mut self, step: &Step, in_transaction: bool) {
        if !in_transaction {
            self.unvalidated.clear();
            self.enum_values.clear();
        }
        match &step.operation {
            Operation::CreateTable { table, columns, .. } => {
                self.tables.insert(key(table));
                let types = columns.iter().filter(|(name, kind)| !name.is_empty() && !kind.name.is_empty());
                self.types.extend(types.map(|(name, kind)| ((key(table), name.to_lowercase()), kind.clone())));
            }
            // A table of the same name may be made again, with columns of other types.
            Operation::DropTable { tables, .. } => {
                self.types.retain(|(table, _), _| !tables.iter().any(|dropped| key(dropped) == *table));
            }
            Operation::CreateObject { kind, name } => {
                if *kind == ObjectKind::MaterializedView {
                    self.tables.insert(key(name));
                }
                self.objects.insert((*kind, key(name)));
            }
            Operation::CreateIndex { index: Some(index), table, .. } if self.is_new_table(table) => {
                self.indexes.insert(last(index));
            }
            Operation::AddEnumValue { type_name, value }
                if in_transaction && !self.is_new_object(ObjectKind::Type, type_name) =>
            {
                self.enum_values.push(value.clone());
            }
            Operation::NextTransaction => {
                self.unvalidated.clear();
                self.enum_values.clear();
                self.left = false;
            }
            Operation::Begin => {
                self.open.get_or_insert(step.span.line);
            }
            Operation::End => {
                self.left |= self.open.is_none();
                self.open = None;
                self.unvalidated.clear();
                self.enum_values.clear();
            }
            Operation::Alter { table, change } => self.note_change(table, change, in_transaction),
            _ => {}
        }
    }

    fn note_change(&mut self, table: &str, change: &TableChange, in_transaction: bool) {
        match change {
            TableChange::RenameTable { to } => {
                if self.is_new_table(table) {
                    self.tables.insert(key(to));
                }
                let moved: Vec<_> = self.types.extract_if(.., |(of, _), _| *of == key(table)).collect();
                self.types.extend(moved.into_iter().map(|((_, column), kind)| ((key(to), column), kind)));
            }
            TableChange::AddColumn(column) if !column.kind.name.is_empty() => {
                self.types.insert((key(table), column.name.to_lowercase()), column.kind.clone());
            }
            TableChange::SetType { column, to, .. } => {
                self.types.insert((key(table), column.to_lowercase()), to.clone());
            }
            TableChange::RenameColumn { from, to } => {
                if let Some(kind) = self.types.remove(&(key(table), from.to_lowercase())) {
                    self.types.insert((key(table), to.to_lowercase()), kind);
                }
            }
            TableChange::DropColumn { column, .. } => {
                self.types.remove(&(key(table), column.to_lowercase()));
            }
            TableChange::AddConstraint { name, constraint, not_valid } => {
                let name = name.as_deref().map(last).unwrap_or_default();
                self.added.insert(name.clone());
                if *not_valid && in_transaction {
                    self.unvalidated.insert(name.clone());
                }
                if let Constraint::Check { not_null: Some(column) } = constraint {
                    if !not_valid {
                        self.proven.insert((key(table), column.clone()));
                    }
                    self.not_null_checks.push((name, key(table), column.clone()));
                }
            }
            TableChange::Validate { name } => {
                let name = last(name);
                let known = self.not_null_checks.iter().find(|(check, _, _)| *check == name);
                if known.is_some() || !self.added.contains(&name) {
                    let column = known.map(|(_, _, column)| column.clone()).unwrap_or_default();
                    self.proven.insert((key(table), column));
                }
            }
            TableChange::SetNotNull { column } => {
                self.made_not_null.insert((key(table), column.clone()));
            }
            _ => {}
        }
    }
}

/// A name without the schema `public`.
fn key(name: &str) -> String {
    name.strip_prefix("public.").unwrap_or(name).to_lowercase()
}

/// A name without its schema: indexes and constraints live where their table does.
fn last(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_lowercase()
}
