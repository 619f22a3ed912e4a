//! What state a database is in, for whoever wants to know before a server starts on it. Nothing of it is changed.

use super::error::StoreError;
use super::open::Kind;
use super::sqlite;
use std::time::Duration;

/// The state of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Examination {
    /// There is no file yet; a server makes it when it starts.
    Absent,
    /// There is one, and it can be written.
    Usable {
        /// Migrations of this version that a server applies when it starts.
        to_apply: usize,
        /// Migrations that only a newer version knows; this one works beside them.
        newer: usize,
        /// The journal mode; a server switches it to `wal` when it starts.
        journal: String,
    },
}

/// Looks at `sqlite:FILE` and tries, without doing it, whether it can be written; waits so long for another process's
/// write lock.
///
/// # Errors
/// [`StoreError::Open`] when a server could not start on it, with what to do; `Full`, `Locked` and `Corrupt` as everywhere.
pub async fn examine(url: &str, busy_timeout: Duration) -> Result<Examination, StoreError> {
    match Kind::of(url)? {
        Kind::Sqlite => sqlite::examine(url, busy_timeout).await,
    }
}
