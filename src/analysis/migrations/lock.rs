//! PostgreSQL's table locks: their names, and what each one makes others wait for.
//!
//! Source: the documentation of PostgreSQL, chapter "Explicit Locking", and locks measured on PostgreSQL 15.

/// A table-level lock, from weak to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lock {
    /// Reads.
    AccessShare,
    /// `SELECT .. FOR UPDATE`, and the other side of a foreign key that is validated.
    RowShare,
    /// Writes.
    RowExclusive,
    /// What `CONCURRENTLY`, `VACUUM` and `VALIDATE` take.
    ShareUpdateExclusive,
    /// An ordinary index build.
    Share,
    /// A foreign key or a trigger.
    ShareRowExclusive,
    /// `REFRESH MATERIALIZED VIEW CONCURRENTLY`.
    Exclusive,
    /// Nearly every `ALTER TABLE`.
    AccessExclusive,
}

impl Lock {
    /// As PostgreSQL's manual writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Lock::AccessShare => "ACCESS SHARE",
            Lock::RowShare => "ROW SHARE",
            Lock::RowExclusive => "ROW EXCLUSIVE",
            Lock::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Lock::Share => "SHARE",
            Lock::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Lock::Exclusive => "EXCLUSIVE",
            Lock::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// As the view `pg_locks` writes it.
    pub fn mode(self) -> &'static str {
        match self {
            Lock::AccessShare => "AccessShareLock",
            Lock::RowShare => "RowShareLock",
            Lock::RowExclusive => "RowExclusiveLock",
            Lock::ShareUpdateExclusive => "ShareUpdateExclusiveLock",
            Lock::Share => "ShareLock",
            Lock::ShareRowExclusive => "ShareRowExclusiveLock",
            Lock::Exclusive => "ExclusiveLock",
            Lock::AccessExclusive => "AccessExclusiveLock",
        }
    }

    /// Who waits while it is held.
    pub fn blocks(self) -> &'static str {
        match self {
            Lock::AccessShare | Lock::RowShare => "nothing that an application does",
            Lock::RowExclusive => "index builds and other schema changes, and writes to the same rows",
            Lock::ShareUpdateExclusive => "other schema changes",
            Lock::Share | Lock::ShareRowExclusive => "writes",
            Lock::Exclusive => "writes and locking reads",
            Lock::AccessExclusive => "reads and writes",
        }
    }
}
