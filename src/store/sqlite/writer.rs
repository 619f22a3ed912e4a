//! The one writer: changes queue up, and those that come together share one transaction and one sync to disk.

use crate::store::StoreError;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Changes that wait to be written. When so many wait, whoever brings another one waits too.
const QUEUE: usize = 1024;
/// Changes of one transaction.
const BATCH: usize = 256;

/// A change of the database. It can be applied again when the transaction that it shared was rolled back.
pub(super) trait Change: Send + 'static {
    /// What the caller learns.
    type Output: Send + 'static;

    /// Makes the change. An error that is no failure of the database comes before anything was written.
    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Self::Output, StoreError>>;

    /// The same where nothing shares the transaction. The change then begins and commits it itself, as parts of its own
    /// commands: each command of its own costs the thread of the database a turn. When it fails, the writer rolls back.
    /// `None` where there is no shorter way.
    fn apply_alone<'a>(
        &'a self,
        _connection: &'a mut SqliteConnection,
    ) -> Option<BoxFuture<'a, Result<Self::Output, StoreError>>> {
        None
    }

    /// Called once the change is on disk.
    fn committed(&mut self) {}
}

/// How long a change may wait for others to share its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Somebody waits for it.
    None,
    /// A worker waits for it at the end of its job.
    Little,
    /// Somebody waits for it, but not urgently: the sender of a delivery that names no work.
    Some,
    /// Nobody waits; losing it costs a look at GitHub, nothing else.
    Much,
}

impl Patience {
    fn duration(self) -> Duration {
        match self {
            Patience::None => Duration::ZERO,
            Patience::Little => Duration::from_millis(20),
            Patience::Some => Duration::from_millis(100),
            Patience::Much => Duration::from_millis(200),
        }
    }
}

/// Statements as one command that is a transaction by itself.
pub(super) fn in_own_transaction(statements: &'static str) -> AssertSqlSafe<String> {
    // Safe, as are the next two: nothing but text of our own, whose values are bound.
    AssertSqlSafe(format!("BEGIN IMMEDIATE; {statements}; COMMIT"))
}

/// Statements as one command that begins a transaction.
pub(super) fn after_begin(statements: &'static str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("BEGIN IMMEDIATE; {statements}"))
}

/// Statements as one command that ends a transaction.
pub(super) fn before_commit(statements: &'static str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("{statements}; COMMIT"))
}

/// A handle on the writer; cheap to clone. The writer ends when the last handle is gone, and writes what it holds.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Request>,
    waiting: Arc<AtomicUsize>,
    failing: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the writer on a connection of its own.
    pub(super) fn start(connection: SqliteConnection) -> Writer {
        let (queue, requests) = mpsc::channel(QUEUE);
        let (waiting, failing) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        tokio::spawn(Loop { connection, requests, waiting: waiting.clone(), failing: failing.clone() }.run());
        Writer { queue, waiting, failing }
    }

    /// Tries to write where the last change could not be: whether the database takes changes.
    pub(super) async fn probe(&self) -> Result<(), StoreError> {
        if !self.failing.load(Ordering::Acquire) {
            return Ok(());
        }
        self.write(Probe, Patience::None).await
    }

    /// Makes a change; when this returns `Ok`, it is on disk.
    pub(super) async fn write<C: Change>(&self, change: C, patience: Patience) -> Result<C::Output, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Box::new(Entry { change, output: None, answer: Some(answer) }), patience).await?;
        answered.await.map_err(|_| closed())?
    }

    /// Makes a change some time soon, before any later one; nobody hears of it.
    pub(super) async fn write_later<C: Change>(&self, change: C) -> Result<(), StoreError> {
        self.send(Box::new(Entry { change, output: None, answer: None }), Patience::Much).await
    }

    /// How many changes wait to be written.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Writes what was sent before and closes the connection; whoever comes later is refused.
    pub(super) async fn end(&self) {
        let (ended, end) = oneshot::channel();
        if self.queue.send(Request::End(ended)).await.is_ok() {
            // It fails only when the writer has ended.
            _ = end.await;
        }
    }

    /// Returns once everything that was sent before is written.
    pub(super) async fn flush(&self) -> Result<(), StoreError> {
        if self.waiting() == 0 {
            return Ok(());
        }
        self.write(Nothing, Patience::None).await
    }

    async fn send(&self, entry: Box<dyn Queued>, patience: Patience) -> Result<(), StoreError> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let sent = self.queue.send(Request::Write(entry, Instant::now() + patience.duration())).await;
        sent.map_err(|_| {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            closed()
        })
    }
}

fn closed() -> StoreError {
    StoreError::Internal("the database is closed".to_owned())
}

fn panicked() -> StoreError {
    StoreError::Internal("a change panicked".to_owned())
}

/// Only waits for its turn.
struct Nothing;

impl Change for Nothing {
    type Output = ();

    fn apply<'a>(&'a self, _: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Writes what is there already.
struct Probe;

impl Change for Probe {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async {
            let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *tx).await?;
            sqlx::query(AssertSqlSafe(format!("PRAGMA user_version = {version}"))).execute(tx).await?;
            Ok(())
        })
    }
}

enum Request {
    /// A change, and until when it may wait for others.
    Write(Box<dyn Queued>, Instant),
    End(oneshot::Sender<()>),
}

/// A change whose type is no longer known, with whoever waits for it.
trait Queued: Send {
    fn apply<'a>(&'a mut self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>>;
    fn apply_alone<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> Option<BoxFuture<'a, Result<(), StoreError>>>;
    fn answer(&mut self, result: Result<(), StoreError>);
}

struct Entry<C: Change> {
    change: C,
    output: Option<C::Output>,
    answer: Option<oneshot::Sender<Result<C::Output, StoreError>>>,
}

impl<C: Change> Queued for Entry<C>
where
    Self: Send,
{
    fn apply<'a>(&'a mut self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.output = Some(self.change.apply(tx).await?);
            Ok(())
        })
    }

    fn apply_alone<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> Option<BoxFuture<'a, Result<(), StoreError>>> {
        let applying = self.change.apply_alone(connection)?;
        let output = &mut self.output;
        Some(Box::pin(async move {
            *output = Some(applying.await?);
            Ok(())
        }))
    }

    fn answer(&mut self, result: Result<(), StoreError>) {
        if result.is_ok() {
            self.change.committed();
        }
        match (self.answer.take(), result) {
            // Whoever gave up waiting does not hear that it is written.
            (Some(answer), Ok(())) => _ = answer.send(self.output.take().ok_or_else(closed)),
            (Some(answer), Err(error)) => _ = answer.send(Err(error)),
            (None, Ok(())) => {}
            (None, Err(error)) => {
                tracing::error!(error = %error, "a change that nobody waits for could not be stored: {error}");
            }
        }
    }
}

/// The writer itself.
struct Loop {
    connection: SqliteConnection,
    requests: mpsc::Receiver<Request>,
    waiting: Arc<AtomicUsize>,
    /// Whether the last change could not be written.
    failing: Arc<AtomicBool>,
}

impl Loop {
    async fn run(mut self) {
        let mut batch: Vec<Box<dyn Queued>> = Vec::new();
        let mut ended = None;
        while ended.is_none()
            && let Some(first) = self.requests.recv().await
        {
            ended = self.gather(first, &mut batch).await;
            let written = batch.len();
            if written > 0 {
                self.write(&mut batch).await;
            }
            batch.clear();
            self.waiting.fetch_sub(written, Ordering::AcqRel);
        }
        // Those who wait to be written now hear that it is closed.
        drop(self.requests);
        if let Err(error) = self.connection.close().await {
            tracing::error!(error = %error, "the database could not be closed in order: {error}");
        }
        if let Some(ended) = ended {
            // Whoever asked may have given up waiting.
            _ = ended.send(());
        }
    }

    /// Takes the changes that share a transaction; who is to hear of the end when that is asked for.
    async fn gather(&mut self, first: Request, batch: &mut Vec<Box<dyn Queued>>) -> Option<oneshot::Sender<()>> {
        let mut due = Instant::now() + Patience::Much.duration();
        let mut next = Some(first);
        while let Some(request) = next.take() {
            match request {
                Request::End(ended) => return Some(ended),
                Request::Write(entry, until) => {
                    due = due.min(until);
                    batch.push(entry);
                }
            }
            if batch.len() == BATCH {
                break;
            }
            // What is there already shares the transaction in any case; then it waits as long as all are patient.
            next = match self.requests.try_recv() {
                Ok(request) => Some(request),
                Err(mpsc::error::TryRecvError::Empty) if due > Instant::now() => {
                    tokio::time::timeout_at(due, self.requests.recv()).await.unwrap_or_default()
                }
                Err(_) => None,
            };
        }
        None
    }

    /// All in one transaction; when the database fails for one of them, each in its own.
    async fn write(&mut self, batch: &mut [Box<dyn Queued>]) {
        match self.write_together(batch).await {
            Ok(results) => {
                for (entry, result) in batch.iter_mut().zip(results) {
                    entry.answer(result);
                }
            }
            Err(error) if batch.len() == 1 => batch[0].answer(Err(error)),
            // The lock is not had: for the others it would not be had either, and each would wait as long.
            Err(StoreError::Locked) => batch.iter_mut().for_each(|entry| entry.answer(Err(StoreError::Locked))),
            Err(_) => {
                for at in 0..batch.len() {
                    let alone = self.write_together(&mut batch[at..=at]).await;
                    batch[at].answer(alone.and_then(|results| results.into_iter().collect()));
                }
            }
        }
    }

    async fn write_together(
        &mut self,
        batch: &mut [Box<dyn Queued>],
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        if let [entry] = batch
            && let Some(written) = self.write_alone(entry.as_mut()).await
        {
            return self.note(written);
        }
        // Begun and ended by hand: where SQLite ends a transaction by itself (a full disk), sqlx would count it as open for
        // ever and begin no other.
        if let Err(error) = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut self.connection).await {
            return self.note(Err(error.into()));
        }
        let written = self.apply_all(batch).await;
        if written.is_err() {
            self.take_back().await;
        }
        self.note(written)
    }

    /// Remembers whether the database takes changes; a lock says nothing of it.
    fn note<T>(&self, written: Result<T, StoreError>) -> Result<T, StoreError> {
        if !matches!(written, Err(StoreError::Locked)) {
            self.failing.store(written.is_err(), Ordering::Release);
        }
        written
    }

    async fn apply_all(&mut self, batch: &mut [Box<dyn Queued>]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let mut results = Vec::with_capacity(batch.len());
        for entry in batch {
            let applied = AssertUnwindSafe(entry.apply(&mut self.connection)).catch_unwind().await;
            match applied.unwrap_or_else(|_| Err(panicked())) {
                // It has found that it may not write, and has not.
                Err(StoreError::LeaseLost(job)) => results.push(Err(StoreError::LeaseLost(job))),
                Err(error) => return Err(error),
                Ok(()) => results.push(Ok(())),
            }
        }
        sqlx::raw_sql("COMMIT").execute(&mut self.connection).await?;
        Ok(results)
    }

    /// Ends a transaction of which nothing shall stay. It is refused where none is open, and then there is nothing to take
    /// back.
    async fn take_back(&mut self) {
        let taken_back = sqlx::raw_sql("ROLLBACK").execute(&mut self.connection).await;
        tracing::debug!(open = taken_back.is_ok(), "a change was taken back");
    }

    /// `None` when the change has no way of its own.
    async fn write_alone(&mut self, entry: &mut dyn Queued) -> Option<Result<Vec<Result<(), StoreError>>, StoreError>> {
        let applied = AssertUnwindSafe(entry.apply_alone(&mut self.connection)?).catch_unwind().await;
        let error = match applied.unwrap_or_else(|_| Err(panicked())) {
            Ok(()) => return Some(Ok(vec![Ok(())])),
            Err(error) => error,
        };
        self.take_back().await;
        Some(match error {
            StoreError::LeaseLost(job) => Ok(vec![Err(StoreError::LeaseLost(job))]),
            error => Err(error),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Engine;
    use crate::store::sqlite::Sqlite;

    /// Adds a row in a transaction of its own, and fails before it ends.
    struct AddAlone;

    impl Change for AddAlone {
        type Output = ();

        fn apply<'a>(&'a self, _: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
            Box::pin(async { panic!("it is alone") })
        }

        fn apply_alone<'a>(
            &'a self,
            connection: &'a mut SqliteConnection,
        ) -> Option<BoxFuture<'a, Result<(), StoreError>>> {
            Some(Box::pin(async move {
                let add = after_begin("INSERT INTO reads (key, ruleset, facts) VALUES ('half', 'digest', '[]')");
                sqlx::query(add).execute(&mut *connection).await?;
                sqlx::query(before_commit("INSERT INTO nowhere VALUES (1)")).execute(connection).await?;
                Ok(())
            }))
        }
    }

    #[tokio::test]
    async fn a_change_that_fails_in_its_own_transaction_leaves_nothing_and_none_open() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Sqlite::open(&format!("sqlite:{}", dir.path().join("s.db").display()), Duration::ZERO)
            .await
            .expect("a store");
        assert!(store.write(AddAlone).await.expect_err("refused").to_string().contains("nowhere"));
        store.write(Add("whole", Fate::Done)).await.expect("the writer lives on");
        let names: Vec<String> = sqlx::query_scalar("SELECT key FROM reads")
            .fetch_all(&mut *store.reader().await.expect("a reader"))
            .await
            .expect("read");
        assert_eq!(names, ["whole"]);
    }

    /// Adds a row, then fails in the way that the test wants.
    struct Add(&'static str, Fate);

    enum Fate {
        Done,
        BadStatement,
        Full,
        Panic,
    }

    impl Change for Add {
        type Output = ();

        fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
            Box::pin(async move {
                let add = "INSERT INTO reads (key, ruleset, facts) VALUES (?1, 'digest', '[]')";
                sqlx::query(add).bind(self.0).execute(&mut *tx).await?;
                match self.1 {
                    Fate::Done => {}
                    Fate::BadStatement => _ = sqlx::query("INSERT INTO nowhere VALUES (1)").execute(tx).await?,
                    // As on a full disk, SQLite ends the transaction by itself.
                    Fate::Full => {
                        sqlx::query("PRAGMA max_page_count = 1").execute(&mut *tx).await?;
                        let large =
                            "INSERT INTO reads (key, ruleset, facts) VALUES ('large', 'digest', zeroblob(4000000))";
                        let full = sqlx::query(large).execute(&mut *tx).await;
                        sqlx::query("PRAGMA max_page_count = 1073741823").execute(tx).await?;
                        _ = full?;
                    }
                    Fate::Panic => panic!("a change that panics, for the test"),
                }
                Ok(())
            })
        }
    }

    #[tokio::test]
    async fn f15_after_a_transaction_that_sqlite_ended_by_itself_the_next_one_begins() {
        let dir = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", dir.path().join("s.db").display());
        let store = Sqlite::open(&url, Duration::ZERO).await.expect("a store");
        for _ in 0..2 {
            let full = store.write(Add("half", Fate::Full)).await.expect_err("no room");
            assert!(full.to_string().contains("free some space"), "{full}");
            assert!(store.writer().failing.load(Ordering::Acquire));
        }
        store.ping().await.expect("it tries, and there is room again");
        assert!(!store.writer().failing.load(Ordering::Acquire));
        store.write(Add("whole", Fate::Done)).await.expect("there is room again");
        let names: Vec<String> = sqlx::query_scalar("SELECT key FROM reads")
            .fetch_all(&mut *store.reader().await.expect("a reader"))
            .await
            .expect("read");
        assert_eq!(names, ["whole"]);
    }

    #[tokio::test]
    async fn whoever_closes_finds_all_written_and_nobody_at_the_database() {
        let dir = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", dir.path().join("s.db").display());
        let store = Sqlite::open(&url, Duration::ZERO).await.expect("a store");
        store.writer().write_later(Add("some time soon", Fate::Done)).await.expect("sent");
        store.close().await;
        let late = store.write(Add("too late", Fate::Done)).await.expect_err("refused");
        assert!(late.to_string().contains("closed"), "{late}");
        let mut alone = SqliteConnection::connect(&url).await.expect("a connection");
        sqlx::query("PRAGMA journal_mode = delete").execute(&mut alone).await.expect("nobody else has it open");
        let names: Vec<String> = sqlx::query_scalar("SELECT key FROM reads").fetch_all(&mut alone).await.expect("read");
        assert_eq!(names, ["some time soon"]);
    }

    #[tokio::test]
    async fn a_change_that_fails_costs_the_others_nothing() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Sqlite::open(&format!("sqlite:{}", dir.path().join("s.db").display()), Duration::ZERO)
            .await
            .expect("a store");
        let write = |name, fate| store.write(Add(name, fate));
        // All are sent before the writer has its turn.
        let (one, bad, panicked, two) = tokio::join!(
            write("one", Fate::Done),
            write("bad", Fate::BadStatement),
            write("panicked", Fate::Panic),
            write("two", Fate::Done),
        );
        one.expect("written");
        two.expect("written");
        assert!(bad.expect_err("refused").to_string().contains("nowhere"));
        panicked.expect_err("refused");
        let names: Vec<String> = sqlx::query_scalar("SELECT key FROM reads ORDER BY key")
            .fetch_all(&mut *store.reader().await.expect("a reader"))
            .await
            .expect("read");
        assert_eq!(names, ["one", "two"]);
        write("three", Fate::Done).await.expect("the writer lives on");
    }
}
