//! What is said about a danger: what happens, which lock, who waits. At most two sentences.

use super::code::COMPUTED;
use super::framework::{Dialect, Framework};
use super::hazard::Hazard;
use super::judge::{Danger, strongest_lock};
use super::lock::Lock;
use super::step::{ColumnDefault, Constraint, ObjectKind, Operation, Step, TableChange};

/// The message of a danger.
pub(super) fn message_of(danger: &Danger<'_>, framework: Framework) -> String {
    let said = said_of(danger, framework);
    if danger.if_there { format!("If the table was there before (it is made `IF NOT EXISTS`): {said}") } else { said }
}

fn said_of(danger: &Danger<'_>, framework: Framework) -> String {
    let step = danger.step;
    let names = Names::of(step);
    let (table, column) = (tick(&names.table, "the table"), tick(&names.column, "the column"));
    let held = held(step);
    let waits = waits(step);
    match danger.hazard {
        Hazard::Unreadable | Hazard::SyntaxError | Hazard::OtherDatabase | Hazard::TableMayExist => String::new(),
        Hazard::IndexNotConcurrent => {
            format!("Building {} reads all of {table} under {held}: {waits} until it is done.", names.index_words())
        }
        Hazard::DropIndexNotConcurrent => format!(
            "Dropping {} takes an ACCESS EXCLUSIVE lock on {}: it waits for every running query, and all reads and writes queue behind it.",
            names.index_words(),
            tick(&names.table, "its table")
        ),
        Hazard::ReindexNotConcurrent => format!(
            "Rebuilding {} holds a SHARE lock on its table and an ACCESS EXCLUSIVE lock on the index: writes wait until it is done, and so do reads that use the index.",
            names.reindexed()
        ),
        Hazard::ConcurrentInTransaction => format!(
            "PostgreSQL refuses {} inside a transaction, so this migration fails{}.",
            names.statement(),
            match (step.in_block, framework.dialect()) {
                (true, Dialect::Sql) => " (a `DO` block is one)",
                (true, _) => " (here one of its own: a block, or several statements in one text)",
                (false, _) => "",
            }
        ),
        Hazard::RefusedStatement => format!("PostgreSQL refuses {}, so this migration fails.", refused_words(step, &table)),
        Hazard::RequiredColumn if drops_default(step) => format!(
            "{column} is NOT NULL and Django takes its default away again, so code that does not know the column cannot insert into {table} any more. Adding it takes {held} for a moment."
        ),
        Hazard::RequiredColumn => format!(
            "{column} is NOT NULL without a default: PostgreSQL refuses it as soon as {table} has a row (under {held}), and code that does not know the column cannot insert any more."
        ),
        Hazard::VolatileDefaultRewrite => {
            let function = match &step.operation {
                Operation::Alter { change: TableChange::AddColumn(added), .. } => match &added.default {
                    ColumnDefault::Volatile(function) => tick(function, "its default"),
                    _ => format!("The default of {column}"),
                },
                _ => format!("The default of {column}"),
            };
            format!("{function} gives every row of {table} a value of its own, so the whole table is rewritten under {held}: {waits} until it is done.")
        }
        Hazard::DomainColumnRewrite => format!(
            "The domain of {column} checks its values, so PostgreSQL rewrites all of {table} under {held}: {waits} until it is done."
        ),
        Hazard::SerialRewrite => format!(
            "{column} numbers every row of {table}, so the whole table is rewritten under {held}: {waits} until it is done."
        ),
        Hazard::GeneratedStoredRewrite => format!(
            "{column} is computed and stored for every row of {table}, so the whole table is rewritten under {held}: {waits} until it is done."
        ),
        Hazard::JsonColumn => format!(
            "{column} is `json`, which has no equality, so that `SELECT DISTINCT` and `GROUP BY` over {table} fail. Adding it takes {held} for a moment only; with `jsonb` there is no such trouble."
        ),
        Hazard::DropColumn => format!(
            "Dropping {column} takes {held} for a moment, but code that still runs names the column and fails from then on, and its data is gone."
        ),
        Hazard::RenameColumn => format!(
            "Renaming {column} takes {held} for a moment, but code that still runs uses the old name and fails from then on."
        ),
        Hazard::TypeRewrite if keeps_rows(step) => {
            let order = if is_collated(step) { "Another collation" } else { "Another type" };
            format!("{order} of {column} orders its values anew, which builds every index over it again under {held}: {waits} until it is done.")
        }
        Hazard::TypeRewrite => {
            let to = if names.new_type.is_empty() { String::new() } else { format!(" to `{}`", shown(&names.new_type)) };
            format!("Changing the type of {column}{to} rewrites all of {table} and its indexes under {held}: {waits} until it is done.")
        }
        Hazard::SetNotNullScan if fills(step) => format!(
            "Django first gives {column} its default in every row that is null, in one `UPDATE`, and `SET NOT NULL` reads all of {table} again, both under {held}: {waits} until the commit."
        ),
        Hazard::SetNotNullScan => format!(
            "`SET NOT NULL` on {column} reads all of {table} under {held}: {waits} until it is done."
        ),
        Hazard::ForeignKeyScan => format!(
            "The foreign key checks every row of {table} under {}: {} until it is done.",
            names.foreign_locks(danger.held.is_some()),
            match (names.column.is_empty() && danger.held.is_none(), names.table == names.other_table) {
                (true, true) => "writes wait",
                (true, false) => "writes to both wait",
                (false, true) => "reads and writes wait",
                (false, false) => "reads and writes of the first and writes to the second wait",
            }
        ),
        Hazard::CheckScan => {
            format!("The check reads every row of {table} under {held}: {waits} until it is done.")
        }
        Hazard::UniqueNotConcurrent | Hazard::PrimaryKeyNotConcurrent | Hazard::ExcludeNotConcurrent => {
            let what = match danger.hazard {
                Hazard::UniqueNotConcurrent => "unique constraint",
                Hazard::PrimaryKeyNotConcurrent => "primary key",
                _ => "exclusion constraint",
            };
            format!("The {what} builds its index over all of {table} under {held}: {waits} until it is done.")
        }
        Hazard::ValidateSameTransaction if danger.held.is_some() => {
            let (relation, lock) = danger.held.clone().unwrap_or((String::new(), Lock::AccessExclusive));
            format!(
                "All rows of {table} are read here while {} is held: {} wait until the commit.",
                lock_words(lock, &relation),
                lock.blocks()
            )
        }
        Hazard::ValidateSameTransaction => format!(
            "The transaction that added {} `NOT VALID` still holds its lock on {table} while all rows are read here: writes, and for a check also reads, wait until the commit.",
            tick(&names.constraint, "the constraint")
        ),
        Hazard::DomainConstraintScan => format!(
            "The constraint is checked in every table that uses the domain {}, under SHARE locks: writes to all of them wait until it is done.",
            tick(&names.object, "itself")
        ),
        Hazard::DropTable => format!(
            "Dropping {} takes {}{} for a moment, but code that still runs uses it and fails, and its data is gone.{}",
            names.all_tables(),
            lock_on(step, &names.all_tables()),
            key_ends(danger),
            cascades(step)
        ),
        Hazard::RenameTable => format!(
            "Renaming {table} takes {held} for a moment, but code that still runs uses the old name and fails from then on.{}",
            if framework == Framework::Django && step.model.is_some() {
                " With `RenameModel` Django also makes the foreign keys that point to it anew, which reads every row of their tables."
            } else {
                ""
            }
        ),
        Hazard::SetSchema => format!(
            "Moving {} to another schema{} breaks code that still runs: it looks in the old schema.",
            if names.table.is_empty() { tick(&names.object, "it") } else { table.clone() },
            if names.table.is_empty() { String::new() } else { format!(" takes {held} for a moment and") }
        ),
        Hazard::Truncate => format!(
            "`TRUNCATE` deletes every row of {} under {}: {waits}, and nothing brings the rows back.{}",
            names.all_tables(),
            lock_on(step, &names.all_tables()),
            cascades(step)
        ),
        Hazard::TableRewrite => format!(
            "`{}` writes {} anew under {held}: {waits} until it is done.",
            names.statement,
            if names.table.is_empty() { "every table".to_owned() } else { format!("all of {table}") }
        ),
        Hazard::DetachPartition => format!(
            "Detaching the partition takes an ACCESS EXCLUSIVE lock on {table} and on the partition: it waits for every running query, and all reads and writes of {table} queue behind it."
        ),
        Hazard::MatviewRefresh if matches!(step.operation, Operation::Refresh { empties: true, .. }) => format!(
            "`WITH NO DATA` empties {} under {held} for a moment: every query that reads it fails until it is refreshed again.",
            tick(&names.table, "the view")
        ),
        Hazard::MatviewRefresh => format!(
            "Refreshing {} holds {held} while its query runs: {waits} until it is done.",
            tick(&names.table, "the view")
        ),
        Hazard::DropView | Hazard::DropFunction | Hazard::DropSchema | Hazard::DropExtension | Hazard::DropType
        | Hazard::DropSequence | Hazard::DropDomain | Hazard::DropDatabase => {
            let lock = if danger.hazard == Hazard::DropView { " takes an ACCESS EXCLUSIVE lock on it for a moment and" } else { "" };
            let verb = if names.kind == "attribute" { "Changing" } else { "Dropping" };
            format!(
                "{verb} the {} {}{lock} breaks code that still runs and uses it.{}",
                names.kind,
                tick(&names.object, "named here"),
                cascades(step)
            )
        }
        Hazard::RenameObject => format!(
            "Renaming the {} {} breaks code that still runs and uses the old name.",
            names.kind,
            tick(&names.object, "named here")
        ),
        Hazard::EnumValueSameTransaction => {
            "This uses an enum value that the same transaction adds: PostgreSQL refuses it (\"unsafe use of new value\"), and the migration fails.".to_owned()
        }
        Hazard::UnbatchedBackfill if matches!(step.operation, Operation::Batches { .. }) => format!(
            "All these changes of {table} run in one transaction, which holds a ROW EXCLUSIVE lock and every changed row until the commit: writes to those rows wait, and replicas fall behind."
        ),
        Hazard::UnbatchedBackfill => format!(
            "One `{}` over all of {table} holds a ROW EXCLUSIVE lock and every row that it changes until the commit: writes to those rows wait, and replicas fall behind.",
            names.statement
        ),
        Hazard::TransactionNesting => match (&step.operation, framework) {
            (Operation::Begin, Framework::Sql) => {
                "A transaction is already open here: PostgreSQL only warns, and the first `COMMIT` ends both.".to_owned()
            }
            (Operation::Begin, _) => format!(
                "The migration already runs in a transaction: PostgreSQL only warns, and the first `COMMIT` ends it. Leave `BEGIN` and `COMMIT` out, or {}.",
                framework.without_transaction()
            ),
            (_, framework) if framework != Framework::Sql => {
                "No `BEGIN` belongs to this: it ends the tool's own transaction, if there is one, and what follows is not undone when it fails.".to_owned()
            }
            _ => "No transaction of this file is open here: PostgreSQL only warns, and what should be atomic is not.".to_owned(),
        },
        Hazard::UncommittedTransaction => {
            "This transaction is never committed: PostgreSQL undoes everything after it when the connection closes.".to_owned()
        }
        Hazard::ExplicitLock => format!(
            "`LOCK TABLE` takes {} and keeps it until the commit: {waits} so long.",
            lock_on(step, &names.all_tables())
        ),
        Hazard::DisableTrigger => format!(
            "Switching triggers of {table} off takes {held}, and whatever they protect is unprotected for everybody until they are switched on again."
        ),
        Hazard::LiveModelImport => {
            let module = match &step.operation {
                Operation::LiveModel { module } => module.as_str(),
                _ => "the application",
            };
            format!("The migration imports from `{}`: when that code changes, the migration that has run everywhere fails on a new database.", shown(module))
        }
        Hazard::UnclearOperation => match &step.operation {
            Operation::Unclear { what } => format!("What happens here cannot be told from the text: {what}."),
            _ => "What happens here cannot be told from the text.".to_owned(),
        },
        Hazard::UnseenSql => {
            "What this executes is put together elsewhere, so nobody has judged which locks it takes.".to_owned()
        }
        Hazard::Irreversible => match &step.operation {
            Operation::Irreversible { what } => {
                let what = if what.contains(' ') { what.clone() } else { format!("`{what}`") };
                format!("Nothing says how to undo {what}, so this migration cannot be taken back.")
            },
            _ => "This has no reverse, so the migration cannot be taken back.".to_owned(),
        },
        Hazard::ForeignKeyInlineLock => format!(
            "The foreign key needs {} for a moment: it waits for running writes, and others queue behind it. Set a `lock_timeout` first.",
            names.foreign_locks(false)
        ),
        Hazard::DropNotNull => format!(
            "{column} may be null from now on ({held} for a moment); code that reads it must expect that before this runs."
        ),
        Hazard::DropDefault => format!(
            "New rows get no default in {column} any more ({held} for a moment); code that relies on it must stop first."
        ),
        Hazard::DropConstraint if matches!(step.operation, Operation::DropTable { .. }) => format!(
            "With {} its foreign key goes, which takes an ACCESS EXCLUSIVE lock on {} for a moment: it waits for every running query, and all reads and writes queue behind it.",
            names.all_tables(),
            tick(&danger.key_ends.join(", "), "the other table")
        ),
        Hazard::DropConstraint => format!(
            "Dropping {} takes {held} for a moment; for a foreign key also one on the table that it points to.",
            tick(&names.constraint, "the constraint")
        ),
        Hazard::PrimaryKeyUsingIndex => format!(
            "The primary key takes {held} and reads all rows when a column of the index may still be null."
        ),
        Hazard::IndexOnOnly => format!(
            "`ON ONLY` spares a partitioned table the building of its index; if {table} is an ordinary one, {} is built under {held} after all: {waits} until it is done.",
            names.index_words()
        ),
        Hazard::PartitionAttach => format!(
            "Attaching reads all rows of {} under an ACCESS EXCLUSIVE lock on it, unless a check constraint already proves them right; {table} itself is only locked against other schema changes.",
            tick(&names.partition, "the partition")
        ),
        Hazard::PartitionCreate => format!(
            "Making the partition takes {held} for a moment: it waits for every running query, and {waits} behind it; a default partition is read for rows that belong here."
        ),
        Hazard::Trigger => format!("The trigger takes {held} for a moment: {waits} behind it."),
    }
}

/// Whether a change of type leaves the rows as they are, as far as the type tells, and only the order is another.
fn keeps_rows(step: &Step) -> bool {
    matches!(&step.operation, Operation::Alter { change: TableChange::SetType { to, from, using: false, .. }, .. }
        if to.is_ordered_anew(from.as_ref()) && to.keeps_table(from.as_ref()))
}

fn is_collated(step: &Step) -> bool {
    matches!(&step.operation, Operation::Alter { change: TableChange::SetType { to, .. }, .. } if to.collated)
}

/// What PostgreSQL does not take.
fn refused_words(step: &Step, table: &str) -> String {
    match &step.operation {
        Operation::Refused { what } => (*what).to_owned(),
        Operation::CreateIndex { .. } => {
            format!("to build an index of {table} with `CONCURRENTLY`, as it is partitioned")
        }
        Operation::DropIndex { .. } => "to drop the index of a partitioned table with `CONCURRENTLY`".to_owned(),
        Operation::Refresh { .. } => "`CONCURRENTLY` together with `WITH NO DATA`".to_owned(),
        _ => format!("`USING INDEX` for a constraint of {table}, as it is partitioned"),
    }
}

/// `, and on `accounts` at the other end of its foreign keys`.
fn key_ends(danger: &Danger<'_>) -> String {
    if danger.key_ends.is_empty() {
        return String::new();
    }
    format!(", and on {} at the other end of a foreign key,", tick(&danger.key_ends.join(", "), "the table"))
}

fn fills(step: &Step) -> bool {
    matches!(&step.operation, Operation::Alter { change: TableChange::FillNotNull { .. }, .. })
}

fn drops_default(step: &Step) -> bool {
    matches!(&step.operation, Operation::Alter { change: TableChange::AddColumn(column), .. } if column.default_is_dropped)
}

fn cascades(step: &Step) -> &'static str {
    match &step.operation {
        Operation::DropTable { cascade: true, .. } | Operation::DropObject { cascade: true, .. } => {
            " `CASCADE` also drops whatever depends on it, without naming it."
        }
        Operation::Truncate { cascade: true, .. } => " `CASCADE` also empties every table that points to it.",
        _ => "",
    }
}

/// `an ACCESS EXCLUSIVE lock on `users``.
fn held(step: &Step) -> String {
    match strongest_lock(step) {
        Some((relation, lock)) => lock_words(lock, &relation),
        None => "no lock on a table".to_owned(),
    }
}

/// The strongest lock of a step, on what is named otherwise.
fn lock_on(step: &Step, relations: &str) -> String {
    let lock = strongest_lock(step).map_or(Lock::AccessExclusive, |(_, lock)| lock);
    format!("{} {} lock on {relations}", article(lock), lock.as_str())
}

fn article(lock: Lock) -> &'static str {
    if matches!(lock, Lock::AccessExclusive | Lock::AccessShare | Lock::Exclusive) { "an" } else { "a" }
}

fn lock_words(lock: Lock, relation: &str) -> String {
    format!("{} {} lock on {}", article(lock), lock.as_str(), tick(relation, "the table"))
}

fn waits(step: &Step) -> String {
    let blocked = strongest_lock(step).map_or("others", |(_, lock)| lock.blocks());
    format!("{blocked} wait")
}

/// A name in backticks, or other words when there is none.
fn tick(name: &str, otherwise: &str) -> String {
    match name {
        USER_MODEL => "the user model's table".to_owned(),
        _ if name.is_empty() || is_computed(name) => otherwise.to_owned(),
        _ => format!("`{}`", shown(name)),
    }
}

/// The model that Django's settings choose for users, whose table nothing here tells.
pub(super) const USER_MODEL: &str = "settings.AUTH_USER_MODEL";

/// Whether the name is put together while the migration runs.
pub(super) fn is_computed(name: &str) -> bool {
    name.contains(COMPUTED) || name == USER_MODEL
}

/// A name as it can stand in a text: on one line, without backticks, not longer than names are.
pub(super) fn shown(name: &str) -> String {
    let plain = name.chars().take(MAX_NAME).map(|c| match c {
        '`' => '\'',
        c if c.is_control() => ' ',
        c => c,
    });
    let more = if name.chars().nth(MAX_NAME).is_some() { ".." } else { "" };
    plain.chain(more.chars()).collect()
}

/// PostgreSQL cuts names at 63 bytes; several may stand together.
const MAX_NAME: usize = 200;

/// The names that a step's operation holds.
#[derive(Default)]
pub(super) struct Names {
    pub(super) table: String,
    pub(super) column: String,
    pub(super) constraint: String,
    pub(super) index: String,
    pub(super) object: String,
    pub(super) partition: String,
    pub(super) other_table: String,
    pub(super) new_name: String,
    pub(super) new_type: String,
    pub(super) kind: &'static str,
    pub(super) statement: &'static str,
}

impl Names {
    pub(super) fn of(step: &Step) -> Self {
        let mut names = Names::default();
        match &step.operation {
            Operation::CreateTable { table, references, partition_of, .. } => {
                names.table.clone_from(table);
                names.partition = partition_of.clone().unwrap_or_default();
                names.statement = "CREATE TABLE";
                names.other_table = references.first().cloned().unwrap_or_default();
            }
            Operation::Alter { table, change } => {
                names.table.clone_from(table);
                names.take_change(change);
            }
            Operation::CreateIndex { table, index, .. } => {
                names.table.clone_from(table);
                names.index = index.clone().unwrap_or_default();
                names.statement = "CREATE INDEX CONCURRENTLY";
            }
            Operation::DropIndex { indexes, table, .. } => {
                names.index = indexes.join(", ");
                names.table = table.clone().unwrap_or_default();
                names.statement = "DROP INDEX CONCURRENTLY";
            }
            Operation::Reindex { kind, name, .. } => {
                names.kind = kind;
                names.object.clone_from(name);
                names.statement = match *kind {
                    "schema" => "REINDEX SCHEMA",
                    "database" => "REINDEX DATABASE",
                    "system" => "REINDEX SYSTEM",
                    _ => "REINDEX CONCURRENTLY",
                };
            }
            Operation::DropTable { tables, .. } | Operation::Truncate { tables, .. } => names.table = tables.join(", "),
            Operation::LockTable { tables, .. } => names.table = tables.join(", "),
            Operation::Rewrite { statement, table } => {
                names.statement = statement;
                names.table.clone_from(table);
            }
            Operation::OutsideTransaction { statement } => names.statement = statement,
            Operation::Refresh { view, .. } => names.table.clone_from(view),
            Operation::Write { statement, table, .. } | Operation::Batches { statement, table } => {
                names.statement = statement;
                names.table.clone_from(table);
            }
            Operation::DropObject { kind, names: dropped, .. } => {
                names.kind = kind.as_str();
                names.object = dropped.join(", ");
                names.statement = if *kind == ObjectKind::Database { "DROP DATABASE" } else { "" };
            }
            Operation::RenameObject { kind, name, .. } => {
                names.kind = kind.as_str();
                names.object.clone_from(name);
            }
            Operation::RenameIndex { index } | Operation::AttachIndex { index } => names.index.clone_from(index),
            Operation::DomainConstraint { domain, .. } => names.object.clone_from(domain),
            Operation::Trigger { table, .. } => names.table.clone_from(table),
            _ => {}
        }
        names
    }

    fn take_change(&mut self, change: &TableChange) {
        match change {
            TableChange::AddColumn(column) => {
                self.column.clone_from(&column.name);
                self.other_table = column.references.clone().unwrap_or_default();
                self.new_type = written(&column.kind);
            }
            TableChange::DropColumn { column, .. }
            | TableChange::SetNotNull { column }
            | TableChange::FillNotNull { column }
            | TableChange::KeepNotNull { column }
            | TableChange::DropNotNull { column }
            | TableChange::SetExpression { column }
            | TableChange::DropDefault { column } => self.column.clone_from(column),
            TableChange::RenameColumn { from, to } => {
                self.column.clone_from(from);
                self.new_name.clone_from(to);
            }
            TableChange::RenameTable { to } => self.new_name.clone_from(to),
            TableChange::SetType { column, to, .. } => {
                self.column.clone_from(column);
                self.new_type = written(to);
            }
            TableChange::AddConstraint { name, constraint, .. } => {
                self.constraint = name.clone().unwrap_or_default();
                match constraint {
                    Constraint::ForeignKey { to } => self.other_table.clone_from(to),
                    Constraint::NotNull { column } | Constraint::Check { not_null: Some(column) } => {
                        self.column.clone_from(column);
                    }
                    _ => {}
                }
            }
            TableChange::Validate { name } | TableChange::DropConstraint { name } => self.constraint.clone_from(name),
            TableChange::Rewrite { statement } => self.statement = statement,
            TableChange::AttachPartition { partition } => self.partition.clone_from(partition),
            TableChange::DetachPartition { partition, .. } => {
                self.partition.clone_from(partition);
                self.statement = "DETACH PARTITION CONCURRENTLY";
            }
            _ => {}
        }
    }

    fn index_words(&self) -> String {
        let unknown = self.index.is_empty() || is_computed(&self.index);
        if unknown { "the index".to_owned() } else { format!("the index `{}`", shown(&self.index)) }
    }

    fn reindexed(&self) -> String {
        let name = if self.object.is_empty() { String::new() } else { format!("`{}`", shown(&self.object)) };
        match self.kind {
            "table" | "index" if !name.is_empty() => name,
            kind => format!("every index of the {kind} {name}").trim_end().to_owned(),
        }
    }

    fn statement(&self) -> String {
        if self.statement.is_empty() { "this".to_owned() } else { format!("`{}`", self.statement) }
    }

    fn all_tables(&self) -> String {
        tick(&self.table, "the table")
    }

    /// With the lock on the table itself that other actions of the statement may need.
    fn foreign_locks(&self, stronger: bool) -> String {
        let own = if self.column.is_empty() && !stronger { Lock::ShareRowExclusive } else { Lock::AccessExclusive };
        let other = lock_words(Lock::ShareRowExclusive, &self.other_table);
        if self.table.is_empty() || self.statement == "CREATE TABLE" {
            return other;
        }
        // A table that points to itself.
        if self.table == self.other_table {
            return lock_words(own, &self.table);
        }
        format!("{} and {other}", lock_words(own, &self.table))
    }
}

fn written(kind: &super::step::SqlType) -> String {
    let arguments: Vec<String> = kind.arguments.iter().map(u32::to_string).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    format!("{}{arguments}{}", kind.name, if kind.array { "[]" } else { "" })
}
