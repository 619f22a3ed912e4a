//! Opens a store. Its URL says which engine it is.

use super::engine::Engine;
use super::error::StoreError;
use super::sqlite::Sqlite;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// How long we wait for another process's write lock. Below the 8 seconds in which a sender must hear 503.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The durable state of a server, by whatever engine. Cheap to clone; all clones share the connections.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Arc<dyn Engine>,
}

impl Store {
    /// Opens `sqlite:FILE`, creating the file when it is missing, and applies the migrations.
    /// Migrations of a newer version are ignored: the previous binary can be started again.
    ///
    /// # Errors
    /// [`StoreError::Open`] with what to do; the causes of the database otherwise.
    pub async fn open(url: &str) -> Result<Store, StoreError> {
        Store::open_waiting(url, BUSY_TIMEOUT).await
    }

    /// The same, and waits so long for another process's write lock. The caller must hear of a failure within 8 seconds.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_waiting(url: &str, busy_timeout: Duration) -> Result<Store, StoreError> {
        match Kind::of(url)? {
            Kind::Sqlite => Ok(Store::from(Sqlite::open(url, busy_timeout).await?)),
        }
    }
}

impl<E: Engine + 'static> From<E> for Store {
    fn from(engine: E) -> Store {
        Store { engine: Arc::new(engine) }
    }
}

impl Deref for Store {
    type Target = dyn Engine;

    fn deref(&self) -> &Self::Target {
        &*self.engine
    }
}

/// The engines.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sqlite,
}

impl Kind {
    pub(super) fn of(url: &str) -> Result<Kind, StoreError> {
        if url.starts_with("sqlite:") {
            return Ok(Kind::Sqlite);
        }
        Err(StoreError::Open { url: without_password(url), reason: "this version knows only `sqlite:FILE`".to_owned() })
    }
}

/// A connection URL can carry a password (`postgres://user:password@host/db`); errors and logs must not.
pub(super) fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://me:canary@host/db"), "postgres://…@host/db");
        assert_eq!(without_password("sqlite:deckhand.db"), "sqlite:deckhand.db");
    }
}
