//! The runs of a server's database, to look at only: nothing is created, migrated or written.

use super::error::StoreError;
use super::open::Kind;
use super::runs::{RunId, RunRecord};
use super::sqlite::SqliteArchive;
use crate::model::RepoName;
use async_trait::async_trait;
use std::fmt::Debug;
use std::ops::Deref;
use std::sync::Arc;

/// A database that another process may be serving from at the same time.
#[derive(Clone, Debug)]
pub struct Archive {
    engine: Arc<dyn ArchivedRuns>,
}

impl Archive {
    /// Opens the database of a server.
    ///
    /// # Errors
    /// [`StoreError::Open`] with what to do: when there is no such file, or an older version made it.
    pub async fn open(url: &str) -> Result<Archive, StoreError> {
        match Kind::of(url)? {
            Kind::Sqlite => Ok(Archive { engine: Arc::new(SqliteArchive::open(url).await?) }),
        }
    }
}

impl Deref for Archive {
    type Target = dyn ArchivedRuns;

    fn deref(&self) -> &Self::Target {
        &*self.engine
    }
}

/// Shows runs.
#[async_trait]
pub trait ArchivedRuns: Debug + Send + Sync {
    /// Loads a run.
    ///
    /// # Errors
    /// When the database fails or the row does not read.
    async fn load_run(&self, id: &RunId) -> Result<Option<RunRecord>, StoreError>;

    /// Which version of deckhand made a run; `None` when it is not known.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_version(&self, id: &RunId) -> Result<Option<String>, StoreError>;

    /// The newest runs, newest first; of one repository, or of all.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_newest(&self, repository: Option<&RepoName>, last: u32) -> Result<Vec<RunId>, StoreError>;

    /// Closes the connection.
    async fn close(&self);
}
