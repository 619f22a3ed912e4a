//! Opens the database: one writing connection, a few reading ones, migrations applied.

use super::answers::Answers;
use super::examine::{expect_ours, try_write};
use super::readers::{Reader, Readers};
use super::writer::{Change, Patience, Writer};
use crate::store::open::without_password;
use crate::store::{Engine, StoreCounts, StoreError};
use async_trait::async_trait;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use std::str::FromStr;
use std::time::Duration;
use tokio::time::Instant;

/// Processes that start at the same time on a new database get into each other's way; they look again after this.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// One file.
///
/// Writes go through one connection and begin with `BEGIN IMMEDIATE`, so that a transaction never
/// fails in its middle because it could not become a writer. Those that come together share a transaction.
#[derive(Debug)]
pub(in crate::store) struct Sqlite {
    writer: Writer,
    readers: Readers,
    counts: StoreCounts,
    answers: Answers,
}

impl Sqlite {
    /// Opens `sqlite:FILE`, and waits so long for another process's write lock.
    pub(in crate::store) async fn open(url: &str, busy_timeout: Duration) -> Result<Sqlite, StoreError> {
        let options = parse_url(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(busy_timeout)
            .foreign_keys(true)
            .disable_statement_logging();
        let mut writer = connect_and_migrate(&options, url, busy_timeout).await?;
        assert_durable(&mut writer, url).await?;
        assert_writable(&mut writer, url).await?;
        Ok(Sqlite {
            writer: Writer::start(writer),
            readers: Readers::new(options),
            answers: Answers::default(),
            counts: StoreCounts::default(),
        })
    }

    /// Makes a change; when this returns `Ok`, it is on disk.
    pub(super) async fn write<C: Change>(&self, change: C) -> Result<C::Output, StoreError> {
        self.writer.write(change, Patience::None).await
    }

    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }

    pub(super) fn counters(&self) -> &StoreCounts {
        &self.counts
    }

    pub(super) fn answers(&self) -> &Answers {
        &self.answers
    }

    /// A connection to read with.
    pub(super) async fn reader(&self) -> Result<Reader, StoreError> {
        self.readers.get().await
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&mut *self.readers.get().await?).await?;
        self.writer.probe().await
    }

    async fn close(&self) {
        if let Err(error) = self.write_answers(self.answers.take_all()).await {
            tracing::error!(error = %error, "the last answers could not be stored: {error}");
        }
        self.readers.close().await;
        // Last, so that SQLite tidies up its log.
        self.writer.end().await;
    }

    fn counts(&self) -> &StoreCounts {
        &self.counts
    }

    fn waiting_changes(&self) -> usize {
        self.writer.waiting()
    }
}

/// Where the file is.
pub(super) fn parse_url(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    let refuse = |reason: String| StoreError::Open { url: without_password(url), reason };
    if url.contains(":memory:") {
        return Err(refuse("a database in memory loses accepted deliveries; name a file".to_owned()));
    }
    SqliteConnectOptions::from_str(url).map_err(|error| refuse(error.to_string()))
}

fn migrator() -> sqlx::migrate::Migrator {
    let mut migrator = sqlx::migrate!("migrations/sqlite");
    migrator.set_ignore_missing(true);
    migrator
}

/// How many of our migrations are not among those that were applied, and how many of those are not ours.
pub(super) fn unapplied_migrations(applied: &[i64]) -> (usize, usize) {
    let ours: Vec<i64> = migrator().iter().map(|it| it.version).collect();
    let count = |these: &[i64], those: &[i64]| these.iter().filter(|version| !those.contains(version)).count();
    (count(&ours, applied), count(applied, &ours))
}

/// Whether none of these is ours, or one has our number and other statements.
pub(super) fn is_foreign(applied: &[(i64, Vec<u8>)]) -> bool {
    let migrator = migrator();
    let ours = |version: i64| migrator.iter().find(|it| it.version == version);
    let differs = |(version, checksum): &(i64, Vec<u8>)| ours(*version).is_some_and(|it| *it.checksum != **checksum);
    let is_unknown = |(version, _): &(i64, Vec<u8>)| ours(*version).is_none();
    applied.iter().any(differs) || (!applied.is_empty() && applied.iter().all(is_unknown))
}

/// A connection to a database that has our tables. Processes that start at the same time make both at once: SQLite lets
/// one of them through, and the others look again until they find it done, at most as long as they wait for a lock.
async fn connect_and_migrate(
    options: &SqliteConnectOptions,
    url: &str,
    busy_timeout: Duration,
) -> Result<SqliteConnection, StoreError> {
    let begun = Instant::now();
    loop {
        match try_to_connect_and_migrate(options, url, busy_timeout).await {
            Ok(writer) => return Ok(writer),
            Err(NotReady { passes: true, .. }) if begun.elapsed() < busy_timeout => {}
            Err(NotReady { error, .. }) => return Err(error),
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Why the database cannot be used.
struct NotReady {
    error: StoreError,
    /// Whether the start of another process explains it.
    passes: bool,
}

async fn try_to_connect_and_migrate(
    options: &SqliteConnectOptions,
    url: &str,
    busy_timeout: Duration,
) -> Result<SqliteConnection, NotReady> {
    expect_ours(url, busy_timeout).await.map_err(|error| NotReady {
        passes: matches!(error, StoreError::Locked),
        error: match error {
            StoreError::Open { .. } => error,
            other => StoreError::Open { url: without_password(url), reason: other.to_string() },
        },
    })?;
    // A new database is switched to write-ahead logging at once or not at all: SQLite does not wait for that lock.
    let mut writer = options.connect().await.map_err(StoreError::from).map_err(|error| NotReady {
        passes: matches!(error, StoreError::Locked),
        error: StoreError::Open { url: without_password(url), reason: error.to_string() },
    })?;
    migrator().run(&mut writer).await.map_err(|error| NotReady {
        passes: matches!(error, MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)),
        error: match error {
            MigrateError::Execute(cause) => StoreError::from(cause),
            other => StoreError::Internal(format!("a migration failed: {other}")),
        },
    })?;
    Ok(writer)
}

/// "Durable before acknowledged" stands and falls with these two; a build or a file system that
/// silently refuses them must not serve.
async fn assert_durable(writer: &mut SqliteConnection, url: &str) -> Result<(), StoreError> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *writer).await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(writer).await?;
    if journal.eq_ignore_ascii_case("wal") && synchronous >= 2 {
        return Ok(());
    }
    Err(StoreError::Open {
        url: without_password(url),
        reason: format!(
            "it does not offer write-ahead logging with full synchronisation \
             (journal_mode={journal}, synchronous={synchronous}); use a local disk"
        ),
    })
}

/// A database that can only be read would be opened, and refuse every delivery. Another process's lock says that it can be
/// written.
async fn assert_writable(writer: &mut SqliteConnection, url: &str) -> Result<(), StoreError> {
    let refuse = |reason: String| StoreError::Open { url: without_password(url), reason };
    match try_write(writer).await {
        Ok(()) | Err(StoreError::Locked) => Ok(()),
        Err(StoreError::Full(reason)) => Err(refuse(format!(
            "it cannot be written ({reason}); let this user write the file, those beside it that end in -wal and -shm, and \
             their folder, and see that the disk has room"
        ))),
        Err(other) => Err(refuse(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection;

    #[tokio::test]
    async fn a_database_that_does_not_sync_what_it_acknowledges_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", dir.path().join("deckhand.db").display());
        let settings = [
            (SqliteJournalMode::Wal, SqliteSynchronous::Full, true),
            (SqliteJournalMode::Wal, SqliteSynchronous::Extra, true),
            (SqliteJournalMode::Wal, SqliteSynchronous::Normal, false),
            (SqliteJournalMode::Wal, SqliteSynchronous::Off, false),
            (SqliteJournalMode::Delete, SqliteSynchronous::Full, false),
        ];
        for (journal, synchronous, durable) in settings {
            let options = parse_url(&url).expect("a file").create_if_missing(true);
            let options = options.journal_mode(journal).synchronous(synchronous);
            let mut writer = options.connect().await.expect("a connection");
            let said = assert_durable(&mut writer, &url).await;
            assert_eq!(said.is_ok(), durable, "{journal:?} {synchronous:?}: {said:?}");
            // To its end: the next one cannot change the journal beside it.
            writer.close().await.expect("it closes");
        }
        // And that is how a store opens its own.
        let store = Sqlite::open(&url, Duration::ZERO).await.expect("it opens");
        let said = store.write(Settings).await.expect("read");
        assert_eq!(said, ("wal".to_owned(), 2));
    }

    /// Reads how the one writing connection writes.
    struct Settings;

    impl Change for Settings {
        type Output = (String, i64);

        fn apply<'a>(
            &'a self,
            tx: &'a mut SqliteConnection,
        ) -> futures_util::future::BoxFuture<'a, Result<Self::Output, StoreError>> {
            Box::pin(async move {
                let journal = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *tx).await?;
                Ok((journal, sqlx::query_scalar("PRAGMA synchronous").fetch_one(tx).await?))
            })
        }
    }
}
