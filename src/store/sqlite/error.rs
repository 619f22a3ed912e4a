//! What SQLite says when something fails.

use crate::store::StoreError;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(cause) => StoreError::Full(cause.to_string()),
            sqlx::Error::Database(cause) => {
                let code = cause.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0);
                from_sqlite(code, cause.message())
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt(error.to_string()),
            _ => StoreError::Internal(error.to_string()),
        }
    }
}

/// Result codes: <https://www.sqlite.org/rescode.html>; the low byte of an extended code is the primary one.
fn from_sqlite(code: u32, message: &str) -> StoreError {
    match code & 0xff {
        5 | 6 => StoreError::Locked,
        8 | 10 | 13 | 14 => StoreError::Full(message.to_owned()),
        11 | 26 => StoreError::Corrupt(message.to_owned()),
        _ => StoreError::Internal(message.to_owned()),
    }
}
