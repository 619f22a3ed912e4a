//! Reads the runs of a file that may be in use.

use super::open::parse_url;
use super::readers::Readers;
use super::runs;
use crate::model::RepoName;
use crate::store::open::{BUSY_TIMEOUT, without_password};
use crate::store::{ArchivedRuns, RunId, RunRecord, StoreError};
use async_trait::async_trait;
use sqlx::ConnectOptions;

/// A database that another process may be serving from at the same time.
#[derive(Clone, Debug)]
pub(in crate::store) struct SqliteArchive {
    url: String,
    readers: Readers,
}

impl SqliteArchive {
    /// Opens the database of a server.
    ///
    /// # Errors
    /// [`StoreError::Open`] with what to do: when there is no such file, or an older version made it.
    pub(in crate::store) async fn open(url: &str) -> Result<SqliteArchive, StoreError> {
        let options = parse_url(url)?.read_only(true).busy_timeout(BUSY_TIMEOUT).disable_statement_logging();
        let archive = SqliteArchive { url: without_password(url), readers: Readers::new(options.clone()) };
        if !options.get_filename().is_file() {
            return Err(archive.refuse("there is no such file; name the server's database with DECKHAND_DATABASE_URL"));
        }
        let known = archive.count_columns().await;
        match known {
            Ok(0) => Err(archive.refuse(
                "it is no database of this version of deckhand; start `deckhand serve` of this version on it once",
            )),
            Ok(_) => Ok(archive),
            Err(error) => Err(archive.refuse(&error.to_string())),
        }
    }

    /// How many columns of runs have the name that this version writes to: one or none.
    async fn count_columns(&self) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM pragma_table_info('runs') WHERE name = 'packed'");
        Ok(count.fetch_one(&mut *self.readers.get().await?).await?)
    }

    fn refuse(&self, reason: &str) -> StoreError {
        StoreError::Open { url: self.url.clone(), reason: reason.to_owned() }
    }
}

#[async_trait]
impl ArchivedRuns for SqliteArchive {
    async fn load_run(&self, id: &RunId) -> Result<Option<RunRecord>, StoreError> {
        runs::load_from(&mut *self.readers.get().await?, id).await
    }

    async fn find_version(&self, id: &RunId) -> Result<Option<String>, StoreError> {
        let version: Option<String> = sqlx::query_scalar("SELECT version FROM runs WHERE id = ?1")
            .bind(id.as_str())
            .fetch_optional(&mut *self.readers.get().await?)
            .await?;
        Ok(version.filter(|version| !version.is_empty()))
    }

    async fn find_newest(&self, repository: Option<&RepoName>, last: u32) -> Result<Vec<RunId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM runs WHERE ?1 IS NULL OR lower(name) = lower(?1)
             ORDER BY created_at DESC, id DESC LIMIT ?2",
        )
        .bind(repository.map(ToString::to_string))
        .bind(last)
        .fetch_all(&mut *self.readers.get().await?)
        .await?;
        ids.iter().map(|id| runs::parse_id(id)).collect()
    }

    async fn close(&self) {
        self.readers.close().await;
    }
}
