//! Connections that only read. In WAL mode they never wait for the writer.
//!
//! A pool of the library asks a connection for a sign of life after each use, which costs as much as the read itself.

use crate::store::StoreError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// For pages, polls and what a review recalls.
const CONNECTIONS: usize = 2;
/// How long a caller waits for one.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(7);

/// A few connections, opened when they are wanted. Cheap to clone; all clones share them.
#[derive(Clone, Debug)]
pub(super) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection in use; it goes back when this is dropped, also in the middle of a statement: the next one ends it.
pub(super) struct Reader {
    /// `None` only while it is dropped.
    connection: Option<SqliteConnection>,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn new(options: SqliteConnectOptions) -> Readers {
        Readers(Arc::new(Shared { options, permits: Arc::new(Semaphore::new(CONNECTIONS)), idle: Mutex::default() }))
    }

    /// A connection that nobody else uses.
    pub(super) async fn get(&self) -> Result<Reader, StoreError> {
        let permit = tokio::time::timeout(ACQUIRE_TIMEOUT, self.0.permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| StoreError::Locked)?.map_err(|_| closed())?;
        let idle = self.0.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.0.options.connect().await?,
        };
        Ok(Reader { connection: Some(connection), shared: self.0.clone(), _permit: permit })
    }

    /// Closes all of them, once those in use are back.
    pub(super) async fn close(&self) {
        let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        let back = tokio::time::timeout(ACQUIRE_TIMEOUT, self.0.permits.acquire_many(all)).await;
        self.0.permits.close();
        drop(back);
        let idle = std::mem::take(&mut *self.0.idle());
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(error = %error, "a reading connection could not be closed in order: {error}");
            }
        }
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn closed() -> StoreError {
    StoreError::Internal("the database is closed".to_owned())
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("there until it is dropped")
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("there until it is dropped")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.shared.idle().push(connection);
        }
    }
}
