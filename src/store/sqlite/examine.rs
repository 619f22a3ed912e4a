//! Looks at a file without changing it.

use super::open::{is_foreign, parse_url, unapplied_migrations};
use crate::store::open::without_password;
use crate::store::{Examination, StoreError};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::Path;
use std::time::Duration;

pub(in crate::store) async fn examine(url: &str, busy_timeout: Duration) -> Result<Examination, StoreError> {
    let refuse = |reason: String| StoreError::Open { url: without_password(url), reason };
    let options = parse_url(url)?.busy_timeout(busy_timeout).disable_statement_logging();
    let file = options.get_filename().to_owned();
    if !find_file(&file).map_err(refuse)? {
        return Ok(Examination::Absent);
    }
    let mut connection = options.connect().await?;
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await?;
    let applied = read_applied(&mut connection, url).await?;
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    if found != "ok" {
        return Err(StoreError::Corrupt(found));
    }
    try_write(&mut connection).await?;
    let (to_apply, newer) = unapplied_migrations(&applied);
    Ok(Examination::Usable { to_apply, newer, journal })
}

/// Whether the database is there; a reason where it can be neither there nor made.
fn find_file(file: &Path) -> Result<bool, String> {
    if file.as_os_str().is_empty() {
        return Err("it names no file; DECKHAND_DATABASE_URL is `sqlite:` and a path".to_owned());
    }
    if !file.exists() {
        return try_folder(file).map(|()| false);
    }
    if file.is_file() { Ok(true) } else { Err("it is no file; name one with DECKHAND_DATABASE_URL".to_owned()) }
}

/// Refuses a file that this program must not write to, before anything of it is changed.
pub(super) async fn expect_ours(url: &str, busy_timeout: Duration) -> Result<(), StoreError> {
    let options = parse_url(url)?.busy_timeout(busy_timeout).disable_statement_logging();
    let refuse = |reason: String| StoreError::Open { url: without_password(url), reason };
    if !find_file(options.get_filename()).map_err(refuse)? {
        return Ok(());
    }
    let mut connection = options.connect().await?;
    read_applied(&mut connection, url).await?;
    Ok(connection.close().await?)
}

/// The migrations that were applied. A database whose tables another program made, with the same library or without, is
/// refused.
async fn read_applied(connection: &mut SqliteConnection, url: &str) -> Result<Vec<i64>, StoreError> {
    let foreign = || StoreError::Open {
        url: without_password(url),
        reason: "it is a database of something else; name another file with DECKHAND_DATABASE_URL".to_owned(),
    };
    // In one look: another process may be making them just now, the one of the migrations first.
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&mut *connection).await?;
    if !tables.iter().any(|name| name == "_sqlx_migrations") {
        return if tables.is_empty() { Ok(Vec::new()) } else { Err(foreign()) };
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success").fetch_all(connection).await?;
    if is_foreign(&applied) {
        return Err(foreign());
    }
    Ok(applied.into_iter().map(|(version, _)| version).collect())
}

/// Takes the write lock, changes a page as far as SQLite goes before it has to be kept, and takes it back.
pub(super) async fn try_write(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    // A file that may only be read lets a transaction begin.
    let tried =
        sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {version}"))).execute(&mut *connection).await;
    // SQLite may have ended it already.
    let ended = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    tried?;
    ended?;
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
