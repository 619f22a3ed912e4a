//! Which locks a step takes, and whether it reads or rewrites all rows: PostgreSQL's own behaviour, measured on 15.

use super::lock::Lock;
use super::step::{ColumnDefault, Constraint, ObjectKind, Operation, TableChange};

/// What a step does to relations that are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Relations by name, each with the strongest lock that is known from the text; a name may be empty.
    pub locks: Vec<(String, Lock)>,
    /// Whether the relation's rows are all written anew.
    pub rewrites: bool,
    /// Whether the relation's rows are all read.
    pub scans: bool,
}

impl Effects {
    fn lock(relation: &str, lock: Lock) -> Self {
        Effects { locks: vec![(relation.to_owned(), lock)], ..Effects::default() }
    }

    fn and(mut self, relation: &str, lock: Lock) -> Self {
        self.locks.push((relation.to_owned(), lock));
        self
    }

    fn scanning(mut self, scans: bool) -> Self {
        self.scans |= scans;
        self
    }

    fn rewriting(mut self, rewrites: bool) -> Self {
        self.rewrites |= rewrites;
        self.scans |= rewrites;
        self
    }
}

/// What the operation does. What `CONCURRENTLY` does over several transactions is shown by its strongest lock.
pub fn effects_of(operation: &Operation) -> Effects {
    match operation {
        Operation::CreateTable { references, partition_of, .. } => {
            let mut effects = Effects::default();
            for table in references {
                effects = effects.and(table, Lock::ShareRowExclusive);
            }
            match partition_of {
                // A default partition is read for rows that belong into the new one.
                Some(parent) => effects.and(parent, Lock::AccessExclusive),
                None => effects,
            }
        }
        Operation::Alter { table, change } => effects_of_change(table, change),
        Operation::CreateIndex { table, concurrently, only, .. } => {
            let lock = if *concurrently { Lock::ShareUpdateExclusive } else { Lock::Share };
            Effects::lock(table, lock).scanning(!only)
        }
        Operation::DropIndex { table, concurrently, .. } => {
            let lock = if *concurrently { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive };
            Effects::lock(table.as_deref().unwrap_or_default(), lock)
        }
        Operation::Reindex { kind, name, concurrently } => {
            let lock = if *concurrently { Lock::ShareUpdateExclusive } else { Lock::Share };
            Effects::lock(if *kind == "table" { name } else { "" }, lock).scanning(true)
        }
        Operation::DropTable { tables, .. } => all(tables, Lock::AccessExclusive),
        Operation::Truncate { tables, .. } => Effects { rewrites: true, ..all(tables, Lock::AccessExclusive) },
        Operation::Rewrite { table, .. } => Effects::lock(table, Lock::AccessExclusive).rewriting(true),
        Operation::Refresh { view, concurrently: true, .. } => Effects::lock(view, Lock::Exclusive).scanning(true),
        Operation::Refresh { view, concurrently: false, .. } => {
            Effects::lock(view, Lock::AccessExclusive).rewriting(true)
        }
        Operation::Write { table, bounded, .. } => Effects::lock(table, Lock::RowExclusive).scanning(!bounded),
        Operation::Batches { table, .. } => Effects::lock(table, Lock::RowExclusive),
        Operation::Light { table, lock } => Effects::lock(table, *lock),
        Operation::LockTable { tables, lock } => all(tables, *lock),
        Operation::DropObject { kind: ObjectKind::View | ObjectKind::MaterializedView, names, .. } => {
            all(names, Lock::AccessExclusive)
        }
        Operation::Trigger { table, dropped } => {
            Effects::lock(table, if *dropped { Lock::AccessExclusive } else { Lock::ShareRowExclusive })
        }
        _ => Effects::default(),
    }
}

/// Whether PostgreSQL refuses the operation inside a transaction.
pub(super) fn is_refused_in_transaction(operation: &Operation) -> bool {
    match operation {
        Operation::CreateIndex { concurrently, .. }
        | Operation::DropIndex { concurrently, .. }
        | Operation::Alter { change: TableChange::DetachPartition { concurrently, .. }, .. } => *concurrently,
        Operation::Reindex { kind, concurrently, .. } => *concurrently || !matches!(*kind, "table" | "index"),
        Operation::Rewrite { statement, table } => *statement == "VACUUM FULL" || table.is_empty(),
        Operation::DropObject { kind: ObjectKind::Database, .. } | Operation::OutsideTransaction { .. } => true,
        _ => false,
    }
}

fn all(relations: &[String], lock: Lock) -> Effects {
    Effects { locks: relations.iter().map(|name| (name.clone(), lock)).collect(), ..Effects::default() }
}

fn effects_of_change(table: &str, change: &TableChange) -> Effects {
    let exclusive = || Effects::lock(table, Lock::AccessExclusive);
    match change {
        TableChange::AddColumn(column) => {
            let rewrites = column.numbered || column.stored || matches!(column.default, ColumnDefault::Volatile(_));
            let builds = column.unique || column.primary_key;
            let checks = column.check || column.checks_its_key();
            let effects = exclusive().rewriting(rewrites).scanning(builds || checks);
            match &column.references {
                Some(other) => effects.and(other, Lock::ShareRowExclusive),
                None => effects,
            }
        }
        TableChange::SetType { to, from, using, .. } => exclusive().rewriting(*using || !to.keeps_table(from.as_ref())),
        TableChange::SetNotNull { .. } | TableChange::KeepNotNull { .. } | TableChange::FillNotNull { .. } => {
            exclusive().scanning(true)
        }
        TableChange::SetExpression { .. } | TableChange::Rewrite { .. } => exclusive().rewriting(true),
        TableChange::AddConstraint { constraint, not_valid, .. } => match constraint {
            Constraint::ForeignKey { to } => {
                Effects::lock(table, Lock::ShareRowExclusive).and(to, Lock::ShareRowExclusive).scanning(!not_valid)
            }
            Constraint::Unique { using_index } | Constraint::PrimaryKey { using_index } => {
                exclusive().scanning(!using_index)
            }
            Constraint::Check { .. } | Constraint::Exclude | Constraint::NotNull { .. } => {
                exclusive().scanning(!not_valid)
            }
        },
        TableChange::Validate { .. } => Effects::lock(table, Lock::ShareUpdateExclusive).scanning(true),
        TableChange::AttachPartition { partition } => {
            Effects::lock(table, Lock::ShareUpdateExclusive).and(partition, Lock::AccessExclusive).scanning(true)
        }
        TableChange::DetachPartition { partition, concurrently: true } => {
            Effects::lock(table, Lock::ShareUpdateExclusive).and(partition, Lock::AccessExclusive)
        }
        TableChange::DetachPartition { partition, concurrently: false } => {
            exclusive().and(partition, Lock::AccessExclusive)
        }
        TableChange::DisableTrigger => Effects::lock(table, Lock::ShareRowExclusive),
        TableChange::DropColumn { .. }
        | TableChange::RenameColumn { .. }
        | TableChange::RenameTable { .. }
        | TableChange::SetSchema
        | TableChange::DropNotNull { .. }
        | TableChange::SetDefault
        | TableChange::DropDefault { .. }
        | TableChange::RenameConstraint { .. }
        | TableChange::DropConstraint { .. } => exclusive(),
        TableChange::Light(lock) => Effects::lock(table, *lock),
    }
}
