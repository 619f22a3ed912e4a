//! Why the store could not do what it was asked, by cause.

/// A failure of the store. `Full` and `Locked` pass by themselves or with an operator's help; the caller may try again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be opened; says what to do.
    #[error("cannot open the database {url}: {reason}")]
    Open {
        /// As configured.
        url: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// No space, or the file cannot be written.
    #[error("the database cannot be written: {0}; free some space or mend the file's permissions")]
    Full(String),
    /// Another process holds the write lock for longer than we wait.
    #[error("the database is locked by another process")]
    Locked,
    /// The job was claimed by another worker meanwhile; whatever this one still holds must not be written.
    #[error("the lease of job {0} is lost: another worker has it")]
    LeaseLost(i64),
    /// The file is no database, or is damaged; or a stored value does not read.
    #[error("the database is damaged: {0}; restore it from a backup")]
    Corrupt(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Internal(String),
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        StoreError::Corrupt(format!("a stored value does not read: {error}"))
    }
}
