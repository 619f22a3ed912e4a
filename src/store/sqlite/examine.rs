//! Looks at a file without changing it.

use super::open::{parse_url, unapplied_migrations};
use crate::store::open::without_password;
use crate::store::{Examination, StoreError};
use sqlx::{ConnectOptions, SqliteConnection};
use std::path::Path;
use std::time::Duration;

pub(in crate::store) async fn examine(url: &str, busy_timeout: Duration) -> Result<Examination, StoreError> {
    let refuse = |reason: String| StoreError::Open { url: without_password(url), reason };
    let options = parse_url(url)?.busy_timeout(busy_timeout).disable_statement_logging();
    let file = options.get_filename().to_owned();
    if !file.exists() {
        try_folder(&file).map_err(refuse)?;
        return Ok(Examination::Absent);
    }
    if !file.is_file() {
        return Err(refuse("it is no file; name one with DECKHAND_DATABASE_URL".to_owned()));
    }
    let mut connection = options.connect().await?;
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await?;
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'")
        .fetch_one(&mut connection)
        .await?;
    let applied: Vec<i64> = if has_migrations(&mut connection).await? {
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(&mut connection).await?
    } else if tables > 0 {
        return Err(refuse(
            "it is a database of something else; name another file with DECKHAND_DATABASE_URL".to_owned(),
        ));
    } else {
        Vec::new()
    };
    try_write(&mut connection).await?;
    let (to_apply, newer) = unapplied_migrations(&applied);
    Ok(Examination::Usable { to_apply, newer, journal })
}

async fn has_migrations(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'")
        .fetch_one(connection)
        .await?;
    Ok(found > 0)
}

/// Takes the write lock, changes a page as far as SQLite goes before it has to be kept, and takes it back.
async fn try_write(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    // A file that may only be read lets a transaction begin.
    let tried =
        sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {version}"))).execute(&mut *connection).await;
    sqlx::query("ROLLBACK").execute(&mut *connection).await?;
    tried?;
    Ok(())
}

/// Whether a file can be made where the database will be.
fn try_folder(file: &Path) -> Result<(), String> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let probe = folder.join(format!(".deckhand-doctor-{}", std::process::id()));
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(&probe);
    made.map_err(|error| {
        format!("its folder {} cannot be written ({error}); make it, or let this user write there", folder.display())
    })?;
    // It was empty; whether it goes away is no matter for the database.
    _ = std::fs::remove_file(&probe);
    Ok(())
}
