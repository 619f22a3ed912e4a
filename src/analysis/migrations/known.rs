//! What the steps before tell about the database: what is new, what is proven, which transaction is open.

use super::check::Before;
use super::check_names::says_not_null;
use super::effects::effects_of;
use super::keys::Keys;
use super::lock::Lock;
use super::standing::Standing;
use super::step::{ColumnDefault, Constraint, ObjectKind, Operation, SqlType, Step, TableChange};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Knowledge that grows from step to step.
#[derive(Debug, Default)]
pub(super) struct Known {
    tables: Standing,
    indexes: BTreeSet<String>,
    objects: BTreeSet<(ObjectKind, String)>,
    /// Objects that any step makes, also a later one.
    made_somewhere: BTreeSet<(ObjectKind, String)>,
    /// The line on which the open transaction began; PostgreSQL has no transactions inside transactions.
    open: Option<u32>,
    /// Whether the tool's own transaction was ended.
    left: bool,
    enum_values: Vec<String>,
    /// How many statements there were; actions of one statement share a number.
    statement: u32,
    /// The strongest lock on a relation that is in use, of those that the open transaction holds by now.
    held: Option<(String, Lock)>,
    /// Tables that are shown to be partitioned, and indexes that are shown to be those of partitioned tables, anywhere.
    partitioned: BTreeSet<String>,
    attached_to: BTreeSet<String>,
    keys: Keys,
    /// What new columns of a domain bring along.
    domains: BTreeMap<String, DomainTraits>,
    /// Functions that say that they are not volatile.
    steady: BTreeSet<String>,
    /// Constraints that the open transaction, or the statement in hand, added `NOT VALID`.
    unvalidated: BTreeSet<String>,
    /// Constraints of which the text says what they demand: table, constraint.
    added: BTreeSet<(String, String)>,
    /// Those of them that demand that a column is not null.
    not_null_checks: Vec<NotNullCheck>,
    /// Constraints that were validated and of which only the name is known: table, constraint.
    /// With the statement that did so.
    validated: BTreeMap<(String, String), u32>,
    /// Tables on which a column was made `NOT NULL`.
    made_not_null: BTreeSet<(String, String)>,
    /// Columns that may be null, as far as they were written down: table, column.
    optional: BTreeSet<(String, String)>,
    /// Types of columns, as far as they were written down: table, column.
    types: BTreeMap<(String, String), SqlType>,
}

/// So many constraints are remembered: each statement is held against all of them.
const MAX_CHECKS: usize = 1_000;
/// Parts of the name of an index that are held against the names of new tables.
const MAX_NAME_PARTS: usize = 16;
/// Steps between a check that only serves a column and the step that it serves.
const MAX_APART: usize = 1_000;

/// A constraint that demands that a column is not null.
#[derive(Debug)]
struct NotNullCheck {
    name: String,
    table: String,
    column: String,
    /// The statement that looked at every row.
    validated: Option<u32>,
}

/// What a domain demands and gives.
#[derive(Clone, Debug, Default)]
pub(super) struct DomainTraits {
    /// Whether its values are checked, so that PostgreSQL rewrites a table that gets a column of it.
    pub(super) constrained: bool,
    pub(super) not_null: bool,
    pub(super) default: ColumnDefault,
}

impl Known {
    pub(super) fn new(steps: &[Step], before: &Before) -> Self {
        let made = steps.iter().filter_map(|step| match &step.operation {
            Operation::CreateObject { kind, name } => Some((*kind, plain(name))),
            _ => None,
        });
        let mut known = Known { made_somewhere: made.collect(), ..Known::default() };
        let all = before.merged.iter().chain(&before.together).chain(steps);
        all.for_each(|step| known.note_partitions(&step.operation));
        let run = |known: &mut Known, steps: &[Step]| {
            for step in steps {
                known.enter(step, false);
                known.note(step, false);
            }
        };
        run(&mut known, &before.merged);
        // What databases have run is in use by now; only what is proven and which types there are stays true.
        known.tables.age();
        known.tables.search(&[], false);
        known.indexes.clear();
        known.objects.clear();
        run(&mut known, &before.together);
        known.tables.search(&[], false);
        known.open = None;
        known.left = false;
        known.enum_values.clear();
        known.unvalidated.clear();
        known.held = None;
        known
    }

    fn note_partitions(&mut self, operation: &Operation) {
        match operation {
            Operation::Partitioned { table }
            | Operation::CreateTable { partition_of: Some(table), .. }
            | Operation::Alter {
                table,
                change: TableChange::AttachPartition { .. } | TableChange::DetachPartition { .. },
            } => {
                self.partitioned.insert(plain(table));
            }
            Operation::AttachIndex { index } => {
                self.attached_to.insert(last(index));
            }
            _ => {}
        }
    }

    /// Whether the text shows that a table is partitioned: as such, or by what becomes of its index.
    pub(super) fn is_partitioned(&self, table: &str, index: Option<&str>) -> bool {
        self.partitioned.contains(&plain(table)) || index.is_some_and(|index| self.attached_to.contains(&last(index)))
    }

    /// What new columns of a type bring along, when it is a domain that a migration made.
    pub(super) fn domain(&self, kind: &SqlType) -> DomainTraits {
        let found = if kind.array { None } else { self.domains.get(&self.domain_key(&kind.name)) };
        found.cloned().unwrap_or_default()
    }

    /// Types are written in small letters, whatever their names were made of.
    fn domain_key(&self, name: &str) -> String {
        self.tables.key(name).to_lowercase()
    }

    /// Whether a function that a migration made says that it is not volatile.
    pub(super) fn is_steady(&self, function: &str) -> bool {
        self.steady.contains(&self.tables.key(function))
    }

    /// The strongest lock that is held while a step runs, by the steps before it in its transaction and by what else
    /// its statement does. A statement takes the strongest lock of all its actions at once.
    pub(super) fn held_at(&self, later: &[Step]) -> Option<(String, Lock)> {
        let same = later.iter().take(MAX_APART).take_while(|step| step.same_statement);
        let locks = self.held.clone().into_iter().chain(same.filter_map(|step| self.lock_of(step)));
        locks.max_by_key(|(_, lock)| *lock)
    }

    /// The strongest lock of a step on a relation that is in use.
    fn lock_of(&self, step: &Step) -> Option<(String, Lock)> {
        match &step.operation {
            Operation::DropIndex { indexes, .. } if indexes.iter().all(|index| self.is_new_index(index)) => {
                return None;
            }
            // Concurrent work holds its strong locks at the very end, outside of a transaction.
            Operation::Alter { change: TableChange::DetachPartition { concurrently: true, .. }, .. } => return None,
            Operation::DropObject { kind, names, .. } if names.iter().all(|name| self.is_new_object(*kind, name)) => {
                return None;
            }
            _ => {}
        }
        let locks = effects_of(&step.operation).locks.into_iter();
        locks.filter(|(relation, _)| self.is_old_table(relation)).max_by_key(|(_, lock)| *lock)
    }

    /// The type that a column has by now, where a migration says it.
    pub(super) fn type_of(&self, table: &str, column: &str) -> Option<SqlType> {
        self.types.get(&(self.tables.key(table), column.to_lowercase())).cloned()
    }

    /// Whether a migration said that the column may be null, and none took it back.
    pub(super) fn is_optional(&self, table: &str, column: &str) -> bool {
        self.optional.contains(&(self.tables.key(table), column.to_lowercase()))
    }

    /// Tables in use at the other end of the foreign keys that go away with a step: PostgreSQL locks them as well.
    pub(super) fn ends_of_keys_dropped_by(&self, operation: &Operation) -> Vec<String> {
        let Operation::DropTable { tables, cascade } = operation else { return Vec::new() };
        let gone: Vec<String> = tables.iter().map(|table| self.tables.key(table)).collect();
        let mut ends = self.keys.ends_of(&gone, *cascade);
        ends.retain(|end| self.is_old_table(end));
        ends
    }

    pub(super) fn is_new_table(&self, table: &str) -> bool {
        self.tables.is_new(table)
    }

    /// Whether a table is new unless it was there before `IF NOT EXISTS`.
    pub(super) fn is_perhaps_new_table(&self, table: &str) -> bool {
        self.tables.is_perhaps_new(table)
    }

    /// Whether others may use a table, for all that the text says.
    pub(super) fn is_old_table(&self, table: &str) -> bool {
        !self.tables.is_new(table) && !self.tables.is_perhaps_new(table)
    }

    pub(super) fn is_new_index(&self, index: &str) -> bool {
        let index = last(index);
        self.indexes.contains(&index) || self.is_named_after_new_table(&index)
    }

    /// Whether PostgreSQL itself may have named the index after a new table: `bills_note_idx`.
    fn is_named_after_new_table(&self, index: &str) -> bool {
        let ends = ["_idx", "_key", "_pkey", "_excl"].iter().any(|end| index.ends_with(end));
        let mut places = index.match_indices('_').take(MAX_NAME_PARTS);
        ends && places.any(|(at, _)| self.tables.is_new_without_schema(&index[..at]))
    }

    pub(super) fn is_new_object(&self, kind: ObjectKind, name: &str) -> bool {
        self.objects.contains(&(kind, self.tables.key(name)))
    }

    pub(super) fn is_made_somewhere(&self, kind: ObjectKind, name: &str) -> bool {
        self.made_somewhere.contains(&(kind, plain(name)))
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
        let (table, column) = (self.tables.key(table), column.to_lowercase());
        // PostgreSQL drops before it looks for proof, and looks before it validates.
        let (same, after) = later.split_at(later.iter().take(MAX_APART).take_while(|step| step.same_statement).count());
        let is_dropped = |name: &str| {
            same.iter().any(|step| {
                matches!(&step.operation, Operation::Alter { change: TableChange::DropConstraint { name: dropped }, .. } if last(dropped) == name)
            })
        };
        let in_time = |at: u32| at < self.statement;
        self.not_null_checks.iter().any(|check| {
            check.validated.is_some_and(in_time)
                && check.table == table
                && check.column == column
                && !is_dropped(&check.name)
        }) || self.validated.iter().any(|((of, name), at)| {
            *of == table && in_time(*at) && says_not_null(name, &table, &column) && !is_dropped(name)
        }) || after.iter().take(MAX_APART).any(|step| match &step.operation {
            Operation::Alter { table: other, change: TableChange::DropConstraint { name } } => {
                let dropped = (self.tables.key(other), last(name));
                dropped.0 == table
                    && !self.added.contains(&dropped)
                    && (says_not_null(&dropped.1, &table, &column)
                        || self.validated.get(&dropped).is_some_and(|at| in_time(*at)))
            }
            _ => false,
        })
    }

    /// Whether the constraint only served to make a column `NOT NULL` without a scan.
    pub(super) fn is_helper_check(&self, table: &str, constraint: &str) -> bool {
        let (table, name) = (self.tables.key(table), last(constraint));
        self.not_null_checks.iter().any(|check| check.table == table && check.name == name)
            || self.made_not_null.iter().rev().take(MAX_APART).any(|(other, column)| {
                *other == table
                    && (name.contains(column.as_str()) || self.validated.contains_key(&(table.clone(), name.clone())))
            })
    }

    /// Lets go of what the step no longer shares with those before it.
    pub(super) fn enter(&mut self, step: &Step, in_transaction: bool) {
        if !step.same_statement {
            self.statement = self.statement.saturating_add(1);
            if !in_transaction {
                self.let_go();
            }
        }
    }

    /// A transaction is over.
    fn let_go(&mut self) {
        self.unvalidated.clear();
        self.enum_values.clear();
        self.held = None;
        self.tables.end_transaction();
    }

    /// Learns from a step.
    pub(super) fn note(&mut self, step: &Step, in_transaction: bool) {
        let lock = self.lock_of(step);
        self.held = self.held.take().into_iter().chain(lock).max_by_key(|(_, lock)| *lock);
        match &step.operation {
            Operation::CreateTable { table, columns, optional, references, .. } => {
                let table_key = self.tables.key(table);
                references.iter().for_each(|to| self.keys.add(&table_key, &self.tables.key(to)));
                self.tables.create(table, step.if_not_exists);
                self.optional.extend(optional.iter().map(|column| (self.tables.key(table), column.to_lowercase())));
                let types = columns.iter().filter(|(name, kind)| !name.is_empty() && !kind.name.is_empty());
                self.types
                    .extend(types.map(|(name, kind)| ((self.tables.key(table), name.to_lowercase()), kind.clone())));
            }
            // A table of the same name may be made again, with columns of other types.
            Operation::DropTable { tables, .. } => {
                let gone: BTreeSet<String> = tables.iter().map(|table| self.tables.key(table)).collect();
                tables.iter().for_each(|table| self.tables.drop(table));
                gone.iter().for_each(|table| self.keys.drop(table));
                for table in &gone {
                    self.added.extract_if(columns_of(table), |_| true).for_each(drop);
                    self.validated.extract_if(columns_of(table), |_, _| true).for_each(drop);
                    self.types.extract_if(columns_of(table), |_, _| true).for_each(drop);
                    self.optional.extract_if(columns_of(table), |_| true).for_each(drop);
                }
                self.not_null_checks.retain(|check| !gone.contains(&check.table));
            }
            Operation::CreateObject { kind, name } => {
                if *kind == ObjectKind::MaterializedView {
                    self.tables.create(name, step.if_not_exists);
                }
                if !step.if_not_exists {
                    self.objects.insert((*kind, self.tables.key(name)));
                }
                if *kind == ObjectKind::Function {
                    if step.steady {
                        self.steady.insert(self.tables.key(name))
                    } else {
                        self.steady.remove(&self.tables.key(name))
                    };
                }
            }
            Operation::DropObject { kind, names, .. } => {
                for name in names {
                    self.objects.remove(&(*kind, self.tables.key(name)));
                    if *kind == ObjectKind::MaterializedView {
                        self.tables.drop(name);
                    }
                    if *kind == ObjectKind::Domain {
                        self.domains.remove(&self.domain_key(name));
                    }
                }
            }
            Operation::RenameObject { kind, name, .. } => {
                if let (true, Some(to)) = (self.objects.remove(&(*kind, self.tables.key(name))), &step.becomes) {
                    self.objects.insert((*kind, self.tables.key(to)));
                }
            }
            Operation::CreateDomain { domain, base, checked, not_null, default } => {
                let mut traits = self.domain(base);
                traits.constrained |= *checked || *not_null;
                traits.not_null |= *not_null;
                if *default != ColumnDefault::None {
                    traits.default = default.clone();
                }
                self.domains.insert(self.domain_key(domain), traits);
                self.objects.insert((ObjectKind::Domain, self.tables.key(domain)));
            }
            Operation::DomainConstraint { domain, .. } => {
                self.domains.entry(self.domain_key(domain)).or_default().constrained = true;
            }
            Operation::RenameIndex { index } => {
                let new = self.is_new_index(index);
                self.indexes.remove(&last(index));
                self.indexes.extend(step.becomes.as_deref().filter(|_| new).map(last));
            }
            Operation::DropIndex { indexes, .. } => {
                for index in indexes {
                    self.indexes.remove(&last(index));
                }
            }
            Operation::CreateIndex { index: Some(index), table, .. } if self.is_new_table(table) => {
                self.indexes.insert(last(index));
            }
            // Who writes `SET LOCAL` where no transaction shows knows of one.
            Operation::SearchPath { schemas, local } => self.tables.search(schemas, *local && in_transaction),
            Operation::AddEnumValue { value, .. } if in_transaction => self.enum_values.push(value.clone()),
            Operation::NextTransaction => {
                self.let_go();
                self.left = false;
            }
            Operation::Savepoint { name } => self.tables.mark(name),
            Operation::RollBack { to } => self.tables.undo(to.as_deref()),
            Operation::Begin => {
                self.open.get_or_insert(step.span.line);
            }
            Operation::End => {
                self.left |= self.open.is_none();
                self.open = None;
                self.let_go();
            }
            Operation::Alter { table, change } => self.note_change(step, table, change),
            _ => {}
        }
    }

    /// What is known of a table is known under its new name.
    fn rename_table(&mut self, from: &str, to: &str) {
        if self.partitioned.contains(&plain(from)) {
            self.partitioned.insert(plain(to));
        }
        let (from, to) = (self.tables.key(from), self.tables.key(to));
        self.tables.rename(&from, &to);
        self.keys.rename(&from, &to);
        let moved: Vec<_> = self.types.extract_if(columns_of(&from), |_, _| true).collect();
        self.types.extend(moved.into_iter().map(|((_, column), kind)| ((to.clone(), column), kind)));
        let moved: Vec<_> = self.optional.extract_if(columns_of(&from), |_| true).collect();
        self.optional.extend(moved.into_iter().map(|(_, column)| (to.clone(), column)));
        let moved: Vec<_> = self.added.extract_if(columns_of(&from), |_| true).collect();
        self.added.extend(moved.into_iter().map(|(_, name)| (to.clone(), name)));
        let moved: Vec<_> = self.validated.extract_if(columns_of(&from), |_, _| true).collect();
        self.validated.extend(moved.into_iter().map(|((_, name), at)| ((to.clone(), name), at)));
        for check in self.not_null_checks.iter_mut().filter(|check| check.table == from) {
            check.table.clone_from(&to);
        }
    }

    fn rename_constraint(&mut self, table: &str, from: &str, to: &str) {
        let (table, from, to) = (self.tables.key(table), last(from), last(to));
        for check in self.not_null_checks.iter_mut().filter(|check| check.table == table && check.name == from) {
            check.name.clone_from(&to);
        }
        if self.added.remove(&(table.clone(), from.clone())) {
            self.added.insert((table.clone(), to.clone()));
        }
        if self.unvalidated.remove(&from) {
            self.unvalidated.insert(to.clone());
        }
        if let Some(at) = self.validated.remove(&(table.clone(), from)) {
            self.validated.insert((table, to), at);
        }
    }

    fn note_change(&mut self, step: &Step, table: &str, change: &TableChange) {
        match change {
            TableChange::RenameTable { to } => self.rename_table(table, step.becomes.as_deref().unwrap_or(to)),
            TableChange::SetSchema => {
                if let Some(to) = &step.becomes {
                    self.rename_table(table, to);
                }
            }
            TableChange::RenameConstraint { from, to } => self.rename_constraint(table, from, to),
            TableChange::AddColumn(column) => {
                if let Some(to) = &column.references {
                    self.keys.add(&self.tables.key(table), &self.tables.key(to));
                }
                let name = (self.tables.key(table), column.name.to_lowercase());
                if !column.not_null && !column.primary_key {
                    self.optional.insert(name.clone());
                }
                if !column.kind.name.is_empty() {
                    self.types.insert(name, column.kind.clone());
                }
            }
            TableChange::SetType { column, to, .. } => {
                self.types.insert((self.tables.key(table), column.to_lowercase()), to.clone());
            }
            TableChange::RenameColumn { from, to } => {
                let (from, to) =
                    ((self.tables.key(table), from.to_lowercase()), (self.tables.key(table), to.to_lowercase()));
                if self.optional.remove(&from) {
                    self.optional.insert(to.clone());
                }
                if let Some(kind) = self.types.remove(&from) {
                    self.types.insert(to.clone(), kind);
                }
                let checks = self.not_null_checks.iter_mut();
                for check in checks.filter(|check| check.table == from.0 && check.column == from.1) {
                    check.column.clone_from(&to.1);
                }
            }
            TableChange::DropColumn { column, .. } => {
                let (table, column) = (self.tables.key(table), column.to_lowercase());
                self.not_null_checks.retain(|check| check.table != table || check.column != column);
                let name = (table, column);
                self.optional.remove(&name);
                self.types.remove(&name);
            }
            TableChange::AddConstraint { name, constraint, not_valid } => {
                let name = name.as_deref().map(last).unwrap_or_default();
                self.added.insert((self.tables.key(table), name.clone()));
                if let Constraint::ForeignKey { to } = constraint {
                    self.keys.add(&self.tables.key(table), &self.tables.key(to));
                }
                if *not_valid {
                    self.unvalidated.insert(name.clone());
                }
                if let Constraint::Check { not_null: Some(column) } | Constraint::NotNull { column } = constraint {
                    let validated = (!not_valid).then_some(self.statement);
                    for column in std::iter::once(column).chain(&step.also_not_null) {
                        if self.not_null_checks.len() >= MAX_CHECKS {
                            self.not_null_checks.remove(0);
                        }
                        let (name, table, column) = (name.clone(), self.tables.key(table), column.to_lowercase());
                        self.not_null_checks.push(NotNullCheck { name, table, column, validated });
                    }
                }
            }
            TableChange::Validate { name } => {
                let (table, name) = (self.tables.key(table), last(name));
                let (at, mut found) = (self.statement, false);
                let checks = self.not_null_checks.iter_mut();
                for check in checks.filter(|check| check.table == table && check.name == name) {
                    found = true;
                    check.validated.get_or_insert(at);
                }
                let named = (table, name);
                if !found && !self.added.contains(&named) && self.validated.len() < MAX_CHECKS {
                    self.validated.insert(named, at);
                }
            }
            TableChange::DropConstraint { name } => {
                let (table, name) = (self.tables.key(table), last(name));
                self.not_null_checks.retain(|check| check.table != table || check.name != name);
                self.validated.remove(&(table.clone(), name.clone()));
                self.added.remove(&(table, name));
            }
            TableChange::SetNotNull { column } | TableChange::FillNotNull { column } => {
                let name = (self.tables.key(table), column.to_lowercase());
                self.optional.remove(&name);
                self.made_not_null.insert(name);
            }
            TableChange::KeepNotNull { column } => {
                let name = (self.tables.key(table), column.to_lowercase());
                if self.optional.remove(&name) {
                    self.made_not_null.insert(name);
                }
            }
            TableChange::DropNotNull { column } => {
                self.optional.insert((self.tables.key(table), column.to_lowercase()));
            }
            _ => {}
        }
    }
}

/// Where the columns of a table stand among those of all, by key.
fn columns_of(table: &str) -> Range<(String, String)> {
    (table.to_owned(), String::new())..(format!("{table}\0"), String::new())
}

/// A name as it is written, without the schema `public`.
fn plain(name: &str) -> String {
    name.strip_prefix("public.").unwrap_or(name).to_owned()
}

/// A name without its schema: indexes and constraints live where their table does.
fn last(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_owned()
}
