//! What the steps before tell about the database: what is new, what is proven, which transaction is open.

use super::check::Before;
use super::step::{Constraint, ObjectKind, Operation, SqlType, Step, TableChange};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

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
    /// Constraints that the open transaction, or the statement in hand, added `NOT VALID`.
    unvalidated: BTreeSet<String>,
    /// Constraints of which the text says what they demand: table, constraint.
    added: BTreeSet<(String, String)>,
    /// Those of them that demand that a column is not null.
    not_null_checks: Vec<NotNullCheck>,
    /// Constraints that were validated and of which only the name is known: table, constraint.
    validated: BTreeSet<(String, String)>,
    /// Tables on which a column was made `NOT NULL`.
    made_not_null: BTreeSet<(String, String)>,
    /// Columns that may be null, as far as they were written down: table, column.
    optional: BTreeSet<(String, String)>,
    /// Types of columns, as far as they were written down: table, column.
    types: BTreeMap<(String, String), SqlType>,
}

/// So many constraints are remembered: each statement is held against all of them.
const MAX_CHECKS: usize = 1_000;
/// Steps between a check that only serves a column and the step that it serves.
const MAX_APART: usize = 1_000;

/// A constraint that demands that a column is not null.
#[derive(Debug)]
struct NotNullCheck {
    name: String,
    table: String,
    column: String,
    /// Whether every row was looked at.
    validated: bool,
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

    /// Whether a migration said that the column may be null, and none took it back.
    pub(super) fn is_optional(&self, table: &str, column: &str) -> bool {
        self.optional.contains(&(key(table), column.to_lowercase()))
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

    /// Whether a validated check spares PostgreSQL the scan: one that is known, or a helper that a later step drops.
    pub(super) fn is_proven_not_null(&self, table: &str, column: &str, later: &[Step]) -> bool {
        let (table, column) = (key(table), column.to_lowercase());
        let known = self.not_null_checks.iter();
        known.clone().any(|check| check.validated && check.table == table && check.column == column)
            || self.validated.iter().any(|(of, name)| *of == table && says_not_null(name, &table, &column))
            || later.iter().take(MAX_APART).any(|step| match &step.operation {
                Operation::Alter { table: other, change: TableChange::DropConstraint { name } } => {
                    let dropped = (key(other), last(name));
                    dropped.0 == table
                        && !self.added.contains(&dropped)
                        && (says_not_null(&dropped.1, &table, &column) || self.validated.contains(&dropped))
                }
                _ => false,
            })
    }

    /// Whether the constraint only served to make a column `NOT NULL` without a scan.
    pub(super) fn is_helper_check(&self, table: &str, constraint: &str) -> bool {
        let (table, name) = (key(table), last(constraint));
        self.not_null_checks.iter().any(|check| check.table == table && check.name == name)
            || self.made_not_null.iter().rev().take(MAX_APART).any(|(other, column)| {
                *other == table
                    && (name.contains(column.as_str()) || self.validated.contains(&(table.clone(), name.clone())))
            })
    }

    /// Lets go of what the step no longer shares with those before it.
    pub(super) fn enter(&mut self, step: &Step, in_transaction: bool) {
        if !in_transaction && !step.same_statement {
            self.unvalidated.clear();
            self.enum_values.clear();
        }
    }

    /// Learns from a step.
    pub(super) fn note(&mut self, step: &Step, in_transaction: bool) {
        match &step.operation {
            Operation::CreateTable { table, columns, optional, .. } => {
                self.tables.insert(key(table));
                self.optional.extend(optional.iter().map(|column| (key(table), column.to_lowercase())));
                let types = columns.iter().filter(|(name, kind)| !name.is_empty() && !kind.name.is_empty());
                self.types.extend(types.map(|(name, kind)| ((key(table), name.to_lowercase()), kind.clone())));
            }
            // A table of the same name may be made again, with columns of other types.
            Operation::DropTable { tables, .. } => {
                let gone: BTreeSet<String> = tables.iter().map(|table| key(table)).collect();
                for table in &gone {
                    self.types.extract_if(columns_of(table), |_, _| true).for_each(drop);
                    self.optional.extract_if(columns_of(table), |_| true).for_each(drop);
                }
                self.not_null_checks.retain(|check| !gone.contains(&check.table));
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
            Operation::Alter { table, change } => self.note_change(table, change),
            _ => {}
        }
    }

    fn note_change(&mut self, table: &str, change: &TableChange) {
        match change {
            TableChange::RenameTable { to } => {
                if self.is_new_table(table) {
                    self.tables.insert(key(to));
                }
                let (from, to) = (key(table), key(to));
                let moved: Vec<_> = self.types.extract_if(columns_of(&from), |_, _| true).collect();
                self.types.extend(moved.into_iter().map(|((_, column), kind)| ((to.clone(), column), kind)));
                let moved: Vec<_> = self.optional.extract_if(columns_of(&from), |_| true).collect();
                self.optional.extend(moved.into_iter().map(|(_, column)| (to.clone(), column)));
            }
            TableChange::AddColumn(column) => {
                let name = (key(table), column.name.to_lowercase());
                if !column.not_null && !column.primary_key {
                    self.optional.insert(name.clone());
                }
                if !column.kind.name.is_empty() {
                    self.types.insert(name, column.kind.clone());
                }
            }
            TableChange::SetType { column, to, .. } => {
                self.types.insert((key(table), column.to_lowercase()), to.clone());
            }
            TableChange::RenameColumn { from, to } => {
                let (from, to) = ((key(table), from.to_lowercase()), (key(table), to.to_lowercase()));
                if self.optional.remove(&from) {
                    self.optional.insert(to.clone());
                }
                if let Some(kind) = self.types.remove(&from) {
                    self.types.insert(to, kind);
                }
            }
            TableChange::DropColumn { column, .. } => {
                let (table, column) = (key(table), column.to_lowercase());
                self.not_null_checks.retain(|check| check.table != table || check.column != column);
                let name = (table, column);
                self.optional.remove(&name);
                self.types.remove(&name);
            }
            TableChange::AddConstraint { name, constraint, not_valid } => {
                let name = name.as_deref().map(last).unwrap_or_default();
                self.added.insert((key(table), name.clone()));
                if *not_valid {
                    self.unvalidated.insert(name.clone());
                }
                if let Constraint::Check { not_null: Some(column) } | Constraint::NotNull { column } = constraint {
                    let (table, column, validated) = (key(table), column.to_lowercase(), !not_valid);
                    if self.not_null_checks.len() >= MAX_CHECKS {
                        self.not_null_checks.remove(0);
                    }
                    self.not_null_checks.push(NotNullCheck { name, table, column, validated });
                }
            }
            TableChange::Validate { name } => {
                let (table, name) = (key(table), last(name));
                let mut checks = self.not_null_checks.iter_mut();
                if let Some(check) = checks.find(|check| check.table == table && check.name == name) {
                    check.validated = true;
                } else if !self.added.contains(&(table.clone(), name.clone())) && self.validated.len() < MAX_CHECKS {
                    self.validated.insert((table, name));
                }
            }
            TableChange::DropConstraint { name } => {
                let (table, name) = (key(table), last(name));
                self.not_null_checks.retain(|check| check.table != table || check.name != name);
                self.validated.remove(&(table.clone(), name.clone()));
                self.added.remove(&(table, name));
            }
            TableChange::SetNotNull { column } | TableChange::FillNotNull { column } => {
                let name = (key(table), column.to_lowercase());
                self.optional.remove(&name);
                self.made_not_null.insert(name);
            }
            TableChange::KeepNotNull { column } => {
                let name = (key(table), column.to_lowercase());
                if self.optional.remove(&name) {
                    self.made_not_null.insert(name);
                }
            }
            TableChange::DropNotNull { column } => {
                self.optional.insert((key(table), column.to_lowercase()));
            }
            _ => {}
        }
    }
}

/// Where the columns of a table stand among those of all, by key.
fn columns_of(table: &str) -> Range<(String, String)> {
    (table.to_owned(), String::new())..(format!("{table}\0"), String::new())
}

/// A name without the schema `public`.
fn key(name: &str) -> String {
    name.strip_prefix("public.").unwrap_or(name).to_lowercase()
}

/// A name without its schema: indexes and constraints live where their table does.
fn last(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_lowercase()
}

/// Whether a constraint's name says that this column is not null: `users_email_not_null`, `email_nn`, `chk_email_null`.
fn says_not_null(constraint: &str, table: &str, column: &str) -> bool {
    let about_null = |word: &&str| matches!(*word, "null" | "nn" | "notnull" | "nonnull");
    let words: Vec<&str> = constraint.split('_').filter(|word| !word.is_empty()).collect();
    if !words.iter().any(about_null) {
        return false;
    }
    let opens = |word: &&str| about_null(word) || matches!(*word, "not" | "chk" | "check" | "ck");
    let closes = |word: &&str| opens(word) || matches!(*word, "is" | "non" | "constraint");
    let Some(first) = words.iter().position(|word| !opens(word)) else { return false };
    let end = words.iter().rposition(|word| !closes(word)).map_or(first, |last| last + 1);
    let named = words.get(first..end).unwrap_or_default().join("_");
    let Some(before) = named.strip_suffix(column) else { return false };
    // `users_first_name_not_null` says nothing of `name`.
    let before = before.trim_end_matches('_');
    before.is_empty() || (named.ends_with(&format!("_{column}")) && last(table).starts_with(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_which_column_is_not_null() {
        for name in ["users_email_not_null", "email_nn", "chk_users_email_null", "user_email_null", "nn_email"] {
            assert!(says_not_null(name, "app.users", "email"), "{name}");
        }
        assert!(says_not_null("is_admin_is_not_null", "users", "is_admin"));
        for name in
            ["users_email_key", "users_org_fk", "users_work_email_not_null", "users_email_domain_not_null", "nn"]
        {
            assert!(!says_not_null(name, "app.users", "email"), "{name}");
        }
    }
}
