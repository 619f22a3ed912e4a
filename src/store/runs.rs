//! Finished runs: the verdict that people read, and the snapshot to run it again.

use super::writer::Change;
use super::{Store, StoreError, heads};
use crate::model::{CommitId, PullNumber, RepoName, RepositoryId, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::{Row, SqliteConnection};
use std::fmt;

/// Names a run in pages and in `replay`: 32 hexadecimal digits that nobody can guess.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunId(String);

impl RunId {
    /// From 128 random bits, which the caller draws.
    pub fn from_random(bits: [u8; 16]) -> Self {
        RunId(bits.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// From text; `None` unless it is 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let right = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        right.then(|| RunId(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// Its id.
    pub id: RunId,
    /// The repository.
    pub repository: RepositoryId,
    /// The repository's name at that time, for people.
    pub name: RepoName,
    /// The pull request.
    pub number: PullNumber,
    /// Name of the base branch at that time.
    pub base: String,
    /// The commit that was judged.
    pub head: CommitId,
    /// `Verdict` as JSON.
    pub verdict: String,
    /// `Snapshot` as JSON.
    pub snapshot: String,
    /// When it finished.
    pub created_at: Timestamp,
}

impl Store {
    /// Saves a run, which is from then on the last judgement of its pull request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_run(&self, run: &RunRecord) -> Result<(), StoreError> {
        self.write(SaveRun(run.clone())).await
    }

    /// Loads a run.
    ///
    /// # Errors
    /// When the database fails or the row does not read.
    pub async fn load_run(&self, id: &RunId) -> Result<Option<RunRecord>, StoreError> {
        let row = sqlx::query(
            "SELECT id, repository, name, number, base, head, verdict, snapshot, created_at FROM runs WHERE id = ?1",
        )
        .bind(id.as_str())
        .fetch_optional(self.readers())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let damaged = |error: crate::model::InvalidId| StoreError::Corrupt(error.to_string());
        Ok(Some(RunRecord {
            id: id.clone(),
            repository: RepositoryId(row.try_get::<i64, _>("repository")?.unsigned_abs()),
            name: RepoName::parse(row.try_get("name")?).map_err(damaged)?,
            number: PullNumber(row.try_get::<i64, _>("number")?.unsigned_abs()),
            base: row.try_get("base")?,
            head: CommitId::new(row.try_get("head")?).map_err(damaged)?,
            verdict: row.try_get("verdict")?,
            snapshot: row.try_get("snapshot")?,
            created_at: Timestamp(row.try_get("created_at")?),
        }))
    }
}

struct SaveRun(RunRecord);

impl Change for SaveRun {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(save_within(tx, &self.0))
    }
}

pub(super) async fn save_within(tx: &mut SqliteConnection, run: &RunRecord) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO runs (id, repository, name, number, base, head, verdict, snapshot, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING",
    )
    .bind(run.id.as_str())
    .bind(as_i64(run.repository.0)?)
    .bind(run.name.to_string())
    .bind(as_i64(run.number.0)?)
    .bind(&run.base)
    .bind(run.head.as_str())
    .bind(&run.verdict)
    .bind(&run.snapshot)
    .bind(run.created_at.0)
    .execute(&mut *tx)
    .await?;
    heads::remember_within(tx, run).await
}

/// SQLite's integers are signed; GitHub's ids are far below the limit.
pub(super) fn as_i64(id: u64) -> Result<i64, StoreError> {
    i64::try_from(id).map_err(|_| StoreError::Internal(format!("the number {id} is too large to store")))
}
