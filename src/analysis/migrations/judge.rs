//! Steps into findings: what is dangerous about each, given what the steps before it did.

use super::check::Before;
use super::effects::{effects_of, is_refused_in_transaction};
use super::hazard::Hazard;
use super::known::Known;
use super::lock::Lock;
use super::step::{ColumnDefault, Constraint, NewColumn, ObjectKind, Operation, Step, TableChange};

/// How the steps are run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// Whether all of them share a transaction unless they say otherwise.
    pub(super) in_transaction: bool,
    /// Whether they come from code rather than from a file of SQL.
    pub(super) in_code: bool,
}

/// A danger of one step.
#[derive(Clone, Debug)]
pub(super) struct Danger<'a> {
    pub(super) step: &'a Step,
    pub(super) hazard: Hazard,
    /// A lock that the transaction or the statement holds meanwhile, where it is what makes the step dangerous.
    pub(super) held: Option<(String, Lock)>,
    /// Whether it is one only if the table was there before the migration: `CREATE TABLE IF NOT EXISTS`.
    pub(super) if_there: bool,
    /// Whether the table is shown to be partitioned, where that asks for another way.
    pub(super) partitioned: bool,
    /// Tables at the other end of foreign keys that go away with the step, which are locked as well.
    pub(super) key_ends: Vec<String>,
}

impl Danger<'_> {
    /// The name under which it is said: what everybody does with a table that they just made is less of a danger when
    /// the table may have been there.
    pub(super) fn name(&self) -> Hazard {
        if self.if_there && completes_table(self.hazard) { Hazard::TableMayExist } else { self.hazard }
    }
}

/// Whether a danger is one of the steps that belong to making a table.
fn completes_table(hazard: Hazard) -> bool {
    matches!(
        hazard,
        Hazard::IndexNotConcurrent
            | Hazard::ForeignKeyScan
            | Hazard::CheckScan
            | Hazard::UniqueNotConcurrent
            | Hazard::PrimaryKeyNotConcurrent
            | Hazard::ExcludeNotConcurrent
            | Hazard::MatviewRefresh
            | Hazard::PrimaryKeyUsingIndex
            | Hazard::IndexOnOnly
            | Hazard::PartitionAttach
            | Hazard::Trigger
    )
}

/// The tables that a step works on.
fn tables_of(operation: &Operation) -> &[String] {
    match operation {
        Operation::Alter { table, .. }
        | Operation::CreateIndex { table, .. }
        | Operation::DropIndex { table: Some(table), .. }
        | Operation::Reindex { kind: "table", name: table, .. }
        | Operation::Rewrite { table, .. }
        | Operation::Refresh { view: table, .. }
        | Operation::Write { table, .. }
        | Operation::Batches { table, .. }
        | Operation::Trigger { table, .. } => std::slice::from_ref(table),
        Operation::DropTable { tables, .. }
        | Operation::Truncate { tables, .. }
        | Operation::LockTable { tables, .. }
        | Operation::DropObject { kind: ObjectKind::MaterializedView, names: tables, .. } => tables,
        _ => &[],
    }
}

/// The dangers of the steps, in order, after those before them.
pub(super) fn judge<'a>(steps: &'a [Step], setting: Setting, before: &Before) -> Vec<Danger<'a>> {
    let mut judge = Judge { setting, known: Known::new(steps, before), dangers: Vec::new() };
    for (at, step) in steps.iter().enumerate() {
        let before = judge.dangers.len();
        judge.known.enter(step, judge.in_transaction(step));
        judge.step(step, &steps[at + 1..]);
        judge.known.note(step, judge.in_transaction(step));
        if step.assured {
            judge.dangers.truncate(before);
        }
    }
    // Once the tool's own transaction was ended by hand, one that is begun by hand is what the tool commits.
    let committed_by_tool = setting.in_code && setting.in_transaction && judge.known.has_left_transaction();
    if let Some(begin) = judge.known.open_transaction(steps).filter(|_| !committed_by_tool) {
        judge.say(begin, Hazard::UncommittedTransaction);
    }
    judge.dangers
}

struct Judge<'a> {
    setting: Setting,
    known: Known,
    dangers: Vec<Danger<'a>>,
}

impl<'a> Judge<'a> {
    fn in_transaction(&self, step: &Step) -> bool {
        let of_tool = self.setting.in_transaction && !step.outside && !self.known.has_left_transaction();
        of_tool || step.in_block || self.known.transaction_is_open()
    }

    fn say(&mut self, step: &'a Step, hazard: Hazard) {
        self.say_held(step, hazard, None);
    }

    fn say_held(&mut self, step: &'a Step, hazard: Hazard, held: Option<(String, Lock)>) {
        let tables = tables_of(&step.operation);
        let if_there = !tables.is_empty()
            && !tables.iter().any(|table| self.known.is_old_table(table))
            && tables.iter().any(|table| self.known.is_perhaps_new_table(table));
        let partitioned = match &step.operation {
            Operation::DropIndex { indexes, .. } => {
                indexes.iter().any(|index| self.known.is_partitioned("", Some(index)))
            }
            Operation::CreateIndex { table, .. }
            | Operation::Alter { table, change: TableChange::AddConstraint { .. } } => {
                self.known.is_partitioned(table, None)
            }
            _ => false,
        };
        let key_ends = self.known.ends_of_keys_dropped_by(&step.operation);
        self.dangers.push(Danger { step, hazard, held, if_there, partitioned, key_ends });
    }

    fn say_if(&mut self, condition: bool, step: &'a Step, hazard: Hazard) {
        if condition {
            self.say(step, hazard);
        }
    }

    fn step(&mut self, step: &'a Step, later: &[Step]) {
        let refused = is_refused_in_transaction(&step.operation) && self.in_transaction(step);
        self.say_if(refused, step, Hazard::ConcurrentInTransaction);
        if self.known.is_pending_enum_value(&step.literals) {
            self.say(step, Hazard::EnumValueSameTransaction);
        }
        match &step.operation {
            Operation::CreateTable { table, references, force, partition_of, .. } => {
                self.say_if(*force && !self.known.is_new_table(table), step, Hazard::DropTable);
                let old = references.iter().any(|other| other != table && self.known.is_old_table(other));
                self.say_if(old, step, Hazard::ForeignKeyInlineLock);
                let parent = partition_of.as_ref().is_some_and(|parent| self.known.is_old_table(parent));
                self.say_if(parent, step, Hazard::PartitionCreate);
            }
            Operation::Alter { table, change } => self.change(step, table, change, later),
            Operation::CreateIndex { table, index, concurrently: false, only, .. } => {
                let old = !self.known.is_new_table(table);
                self.say_if(old && !only, step, Hazard::IndexNotConcurrent);
                let parent = self.known.is_partitioned(table, index.as_deref());
                self.say_if(old && *only && !parent, step, Hazard::IndexOnOnly);
            }
            Operation::DropIndex { indexes, table, concurrently: false } => {
                // What is said of the table that goes away is enough.
                let goes = |step: &Step| matches!(&step.operation, Operation::DropTable { tables, .. } if table.as_ref().is_some_and(|table| tables.contains(table)));
                let new = table.as_ref().is_some_and(|table| self.known.is_new_table(table))
                    || later.iter().any(goes)
                    || (!indexes.is_empty() && indexes.iter().all(|index| self.known.is_new_index(index)));
                self.say_if(!new, step, Hazard::DropIndexNotConcurrent);
            }
            Operation::Reindex { kind, name, concurrently: false } => {
                let new = (*kind == "table" && self.known.is_new_table(name))
                    || (*kind == "index" && self.known.is_new_index(name));
                self.say_if(!new, step, Hazard::ReindexNotConcurrent);
            }
            Operation::DropTable { tables, .. } => {
                let new = tables.iter().all(|table| self.known.is_new_table(table));
                self.say_if(!new, step, Hazard::DropTable);
                let locks_others = new && !self.known.ends_of_keys_dropped_by(&step.operation).is_empty();
                self.say_if(locks_others, step, Hazard::DropConstraint);
            }
            Operation::CreateIndex { table, concurrently: true, only: false, .. } => {
                self.say_if(self.known.is_partitioned(table, None), step, Hazard::RefusedStatement);
            }
            Operation::DropIndex { indexes, concurrently: true, .. } => {
                let of_parent = indexes.iter().any(|index| self.known.is_partitioned("", Some(index)));
                self.say_if(of_parent, step, Hazard::RefusedStatement);
            }
            Operation::Refresh { concurrently: true, empties: true, .. } | Operation::Refused { .. } => {
                self.say(step, Hazard::RefusedStatement);
            }
            Operation::Truncate { tables, .. } => {
                self.say_if(!tables.iter().all(|table| self.known.is_new_table(table)), step, Hazard::Truncate);
            }
            Operation::Rewrite { table, .. } => {
                self.say_if(!self.known.is_new_table(table), step, Hazard::TableRewrite);
            }
            Operation::Refresh { view, concurrently: false, .. } => {
                self.say_if(!self.known.is_new_table(view), step, Hazard::MatviewRefresh);
            }
            Operation::Write { table, bounded: false, .. } => {
                self.say_if(!self.known.is_new_table(table), step, Hazard::UnbatchedBackfill);
            }
            Operation::Batches { table, .. } => {
                let together = self.in_transaction(step) && !self.known.is_new_table(table);
                self.say_if(together, step, Hazard::UnbatchedBackfill);
            }
            Operation::LockTable { tables, lock } => {
                let old = !tables.iter().all(|table| self.known.is_new_table(table));
                self.say_if(old && *lock >= Lock::Share, step, Hazard::ExplicitLock);
            }
            Operation::DropObject { kind, names, .. } => self.drop_object(step, *kind, names),
            Operation::RenameObject { kind, name, schema } => {
                let new = self.is_new_object(*kind, name);
                self.say_if(!new, step, if *schema { Hazard::SetSchema } else { Hazard::RenameObject });
            }
            Operation::DomainConstraint { domain, not_valid } => {
                let new = self.known.is_new_object(ObjectKind::Domain, domain);
                self.say_if(!not_valid && !new, step, Hazard::DomainConstraintScan);
            }
            Operation::Trigger { table, .. } => {
                self.say_if(!self.known.is_new_table(table), step, Hazard::Trigger);
            }
            Operation::Begin => self.say_if(self.in_transaction(step), step, Hazard::TransactionNesting),
            Operation::End => {
                // Code that commits means to leave its transaction: `op.execute("COMMIT")`.
                let leaves = self.setting.in_code && self.in_transaction(step);
                self.say_if(!self.known.transaction_is_open() && !leaves, step, Hazard::TransactionNesting);
            }
            Operation::Unclear { .. } => self.say(step, Hazard::UnclearOperation),
            Operation::Unseen => self.say(step, Hazard::UnseenSql),
            Operation::Irreversible { .. } => self.say(step, Hazard::Irreversible),
            Operation::LiveModel { .. } => self.say(step, Hazard::LiveModelImport),
            _ => {}
        }
    }

    /// Values and attributes belong to a type.
    fn is_new_object(&self, kind: ObjectKind, name: &str) -> bool {
        let kind = match kind {
            ObjectKind::EnumValue | ObjectKind::Attribute => ObjectKind::Type,
            other => other,
        };
        self.known.is_new_object(kind, name)
    }

    fn drop_object(&mut self, step: &'a Step, kind: ObjectKind, names: &[String]) {
        let replaced = |name: &String| {
            self.is_new_object(kind, name)
                || (matches!(kind, ObjectKind::View | ObjectKind::Function) && self.known.is_made_somewhere(kind, name))
        };
        if !names.is_empty() && names.iter().all(replaced) {
            return;
        }
        let hazard = match kind {
            ObjectKind::View | ObjectKind::MaterializedView => Hazard::DropView,
            ObjectKind::Function => Hazard::DropFunction,
            ObjectKind::Schema | ObjectKind::Server | ObjectKind::Owned => Hazard::DropSchema,
            ObjectKind::Extension => Hazard::DropExtension,
            ObjectKind::Type | ObjectKind::EnumValue | ObjectKind::Attribute => Hazard::DropType,
            ObjectKind::Sequence => Hazard::DropSequence,
            ObjectKind::Domain => Hazard::DropDomain,
            ObjectKind::Database => Hazard::DropDatabase,
        };
        self.say(step, hazard);
    }

    fn change(&mut self, step: &'a Step, table: &str, change: &TableChange, later: &[Step]) {
        if !self.known.is_old_table(table) {
            let other = match change {
                TableChange::AddConstraint { constraint: Constraint::ForeignKey { to }, .. } => Some(to),
                TableChange::AddColumn(column) => column.references.as_ref(),
                _ => None,
            };
            let locks = other.is_some_and(|other| other != table && self.known.is_old_table(other));
            self.say_if(locks, step, Hazard::ForeignKeyInlineLock);
            let attaches =
                matches!(change, TableChange::AttachPartition { partition } if !self.known.is_new_table(partition));
            self.say_if(attaches, step, Hazard::PartitionAttach);
        }
        if self.known.is_new_table(table) {
            return;
        }
        match change {
            TableChange::AddColumn(column) => self.add_column(step, column),
            TableChange::DropColumn { .. } => self.say(step, Hazard::DropColumn),
            TableChange::RenameColumn { .. } => self.say(step, Hazard::RenameColumn),
            TableChange::RenameTable { .. } => self.say(step, Hazard::RenameTable),
            TableChange::SetSchema => self.say(step, Hazard::SetSchema),
            TableChange::SetType { column, to, from, using } => {
                let from = from.clone().or_else(|| self.known.type_of(table, column));
                let rewrites = *using || !to.keeps_table(from.as_ref());
                self.say_if(rewrites || to.is_ordered_anew(from.as_ref()), step, Hazard::TypeRewrite);
            }
            TableChange::SetExpression { .. } => self.say(step, Hazard::GeneratedStoredRewrite),
            TableChange::SetNotNull { column } => {
                let proven = self.known.is_proven_not_null(table, column, later);
                self.say_if(!proven, step, Hazard::SetNotNullScan);
            }
            // The rows that are null are looked for, whatever is proven.
            TableChange::FillNotNull { .. } => self.say(step, Hazard::SetNotNullScan),
            TableChange::KeepNotNull { column } => {
                let scans =
                    self.known.is_optional(table, column) && !self.known.is_proven_not_null(table, column, later);
                self.say_if(scans, step, Hazard::SetNotNullScan);
            }
            TableChange::DropNotNull { column } => {
                self.say_if(!self.known.is_optional(table, column), step, Hazard::DropNotNull);
            }
            TableChange::DropDefault { .. } => self.say(step, Hazard::DropDefault),
            TableChange::AddConstraint {
                constraint: Constraint::Unique { using_index: true } | Constraint::PrimaryKey { using_index: true },
                ..
            } if self.known.is_partitioned(table, None) => self.say(step, Hazard::RefusedStatement),
            TableChange::AddConstraint { constraint, not_valid, .. } => {
                if let Some(hazard) = hazard_of_constraint(constraint, *not_valid) {
                    let held = || {
                        self.known.held_at(later).filter(|(of, lock)| of == table && *lock > Lock::ShareRowExclusive)
                    };
                    let held = if hazard == Hazard::ForeignKeyScan { held() } else { None };
                    self.say_held(step, hazard, held);
                }
            }
            TableChange::Validate { name } => {
                if self.known.still_holds_lock_of(name) {
                    self.say(step, Hazard::ValidateSameTransaction);
                } else if let Some(held) = self.known.held_at(later).filter(|(_, lock)| *lock >= Lock::Share) {
                    self.say_held(step, Hazard::ValidateSameTransaction, Some(held));
                }
            }
            TableChange::DropConstraint { name } => {
                self.say_if(!self.known.is_helper_check(table, name), step, Hazard::DropConstraint);
            }
            TableChange::Rewrite { .. } => self.say(step, Hazard::TableRewrite),
            TableChange::AttachPartition { partition } => {
                self.say_if(!self.known.is_new_table(partition), step, Hazard::PartitionAttach);
            }
            TableChange::DetachPartition { concurrently: false, .. } => self.say(step, Hazard::DetachPartition),
            TableChange::DisableTrigger => self.say(step, Hazard::DisableTrigger),
            TableChange::DetachPartition { .. }
            | TableChange::RenameConstraint { .. }
            | TableChange::SetDefault
            | TableChange::Light(_) => {}
        }
    }

    fn add_column(&mut self, step: &'a Step, column: &NewColumn) {
        self.say_if(column.numbered, step, Hazard::SerialRewrite);
        self.say_if(column.stored, step, Hazard::GeneratedStoredRewrite);
        let domain = self.known.domain(&column.kind);
        if !column.numbered && !column.stored {
            let default = if column.default_is_written { &column.default } else { &domain.default };
            let default = if column.default == ColumnDefault::None { default } else { &column.default };
            let volatile = matches!(default, ColumnDefault::Volatile(function) if !self.known.is_steady(function));
            self.say_if(volatile, step, Hazard::VolatileDefaultRewrite);
            let not_null = column.not_null || column.primary_key || domain.not_null;
            self.say_if(not_null && *default == ColumnDefault::None, step, Hazard::RequiredColumn);
            self.say_if(domain.constrained && !volatile, step, Hazard::DomainColumnRewrite);
        }
        self.say_if(column.primary_key, step, Hazard::PrimaryKeyNotConcurrent);
        self.say_if(column.unique && !column.primary_key, step, Hazard::UniqueNotConcurrent);
        self.say_if(column.check, step, Hazard::CheckScan);
        if column.references.is_some() {
            self.say(step, if column.checks_its_key() { Hazard::ForeignKeyScan } else { Hazard::ForeignKeyInlineLock });
        }
        self.say_if(column.kind.name == "json" && !column.kind.array, step, Hazard::JsonColumn);
    }
}

fn hazard_of_constraint(constraint: &Constraint, not_valid: bool) -> Option<Hazard> {
    match constraint {
        Constraint::Check { .. } => (!not_valid).then_some(Hazard::CheckScan),
        Constraint::ForeignKey { .. } => (!not_valid).then_some(Hazard::ForeignKeyScan),
        Constraint::NotNull { .. } => (!not_valid).then_some(Hazard::SetNotNullScan),
        Constraint::Unique { using_index } => (!using_index).then_some(Hazard::UniqueNotConcurrent),
        Constraint::PrimaryKey { using_index: true } => Some(Hazard::PrimaryKeyUsingIndex),
        Constraint::PrimaryKey { using_index: false } => Some(Hazard::PrimaryKeyNotConcurrent),
        Constraint::Exclude => Some(Hazard::ExcludeNotConcurrent),
    }
}

/// The strongest lock of a step, with its relation.
pub(super) fn strongest_lock(step: &Step) -> Option<(String, Lock)> {
    effects_of(&step.operation).locks.into_iter().rev().max_by_key(|(_, lock)| *lock)
}
