//! Runs, their snapshots compressed.

use super::writer::Change;
use super::{Sqlite, jobs};
use crate::model::{CommitId, Conclusion, PullNumber, RepoName, RepositoryId, Timestamp};
use crate::store::pack::{pack, unpack};
use crate::store::runs::VERSION;
use crate::store::{RunHeadline, RunId, RunRecord, Runs, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlSafeStr, SqliteConnection};

#[async_trait]
impl Runs for Sqlite {
    async fn save_run(&self, run: &RunRecord, now: Timestamp) -> Result<(), StoreError> {
        let joined = self.write(SaveRun(PackedRun::new(run.clone())?, now)).await?;
        self.counters().joined_jobs.add(joined);
        Ok(())
    }

    async fn load_run(&self, id: &RunId) -> Result<Option<RunRecord>, StoreError> {
        load_from(&mut *self.reader().await?, id).await
    }

    async fn list_runs(&self, limit: u32) -> Result<Vec<RunHeadline>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, number, head, created_at,
               CASE WHEN json_valid(verdict) THEN json_extract(verdict, '$.conclusion') END AS conclusion
             FROM runs ORDER BY created_at DESC, id DESC LIMIT ?1",
        )
        .bind(limit)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(read_headline).collect()
    }
}

pub(super) fn parse_id(text: &str) -> Result<RunId, StoreError> {
    RunId::parse(text).ok_or_else(|| StoreError::Corrupt(format!("`{text}` is no run's id")))
}

fn read_headline(row: &SqliteRow) -> Result<RunHeadline, StoreError> {
    let damaged = |error: crate::model::InvalidId| StoreError::Corrupt(error.to_string());
    Ok(RunHeadline {
        id: parse_id(row.try_get("id")?)?,
        name: RepoName::parse(row.try_get("name")?).map_err(damaged)?,
        number: PullNumber(row.try_get::<i64, _>("number")?.unsigned_abs()),
        head: CommitId::new(row.try_get("head")?).map_err(damaged)?,
        conclusion: row.try_get::<Option<&str>, _>("conclusion")?.and_then(Conclusion::parse),
        created_at: Timestamp(row.try_get("created_at")?),
    })
}

/// A run with its snapshot compressed: as it lies on disk. Made before the writer has it, because that takes time.
pub(super) struct PackedRun {
    pub(super) run: RunRecord,
    packed: Vec<u8>,
}

impl PackedRun {
    pub(super) fn new(mut run: RunRecord) -> Result<PackedRun, StoreError> {
        let packed = pack(std::mem::take(&mut run.snapshot))?;
        Ok(PackedRun { run, packed })
    }

    /// Whether it brings work about.
    pub(super) fn wakes(&self) -> bool {
        !self.run.wakes.is_empty()
    }
}

pub(super) async fn load_from(reader: &mut SqliteConnection, id: &RunId) -> Result<Option<RunRecord>, StoreError> {
    let row = sqlx::query(
        "SELECT id, repository, name, number, base, head, verdict, snapshot, packed, created_at FROM runs
         WHERE id = ?1",
    )
    .bind(id.as_str())
    .fetch_optional(reader)
    .await?;
    row.as_ref().map(|row| read_row(id, row)).transpose()
}

fn read_row(id: &RunId, row: &SqliteRow) -> Result<RunRecord, StoreError> {
    let damaged = |error: crate::model::InvalidId| StoreError::Corrupt(error.to_string());
    Ok(RunRecord {
        id: id.clone(),
        repository: RepositoryId(row.try_get::<i64, _>("repository")?.unsigned_abs()),
        name: RepoName::parse(row.try_get("name")?).map_err(damaged)?,
        number: PullNumber(row.try_get::<i64, _>("number")?.unsigned_abs()),
        base: row.try_get("base")?,
        head: CommitId::new(row.try_get("head")?).map_err(damaged)?,
        verdict: row.try_get("verdict")?,
        snapshot: match row.try_get::<Option<&[u8]>, _>("packed")? {
            Some(packed) => unpack(packed)?,
            // Of a binary that did not compress.
            None => row.try_get("snapshot")?,
        },
        created_at: Timestamp(row.try_get("created_at")?),
        wakes: Vec::new(),
    })
}

struct SaveRun(PackedRun, Timestamp);

impl Change for SaveRun {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(save_within(tx, &self.0, self.1))
    }
}

/// Two statements in one command. That of a merge group, number 0, is the last judgement of no pull request. The
/// verdict stays readable text: the check of a shared head is made from it, also by an older binary that is started again
/// on this database.
pub(super) const SAVE: &str =
    "INSERT INTO runs (id, repository, name, number, base, head, verdict, snapshot, packed, version, created_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING;

     INSERT INTO heads (repository, number, head, run) SELECT ?2, ?4, ?6, ?1 WHERE ?4 <> 0
     ON CONFLICT (repository, number) DO UPDATE SET head = excluded.head, run = excluded.run";

/// From then on it is the last judgement of its pull request. How many jobs that it brings about joined others.
pub(super) async fn save_within(
    tx: &mut SqliteConnection,
    packed: &PackedRun,
    now: Timestamp,
) -> Result<u64, StoreError> {
    save_by(tx, SAVE, packed).await?;
    jobs::enqueue_all_within(tx, &packed.run.wakes, now, now).await
}

/// Binds a run to a command that holds [`SAVE`].
pub(super) async fn save_by(
    connection: &mut SqliteConnection,
    command: impl SqlSafeStr,
    PackedRun { run, packed }: &PackedRun,
) -> Result<(), StoreError> {
    sqlx::query(command)
        .bind(run.id.as_str())
        .bind(as_i64(run.repository.0)?)
        .bind(run.name.to_string())
        .bind(as_i64(run.number.0)?)
        .bind(&run.base)
        .bind(run.head.as_str())
        .bind(&run.verdict)
        .bind(packed)
        .bind(VERSION)
        .bind(run.created_at.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// SQLite's integers are signed; GitHub's ids are far below the limit.
pub(super) fn as_i64(id: u64) -> Result<i64, StoreError> {
    i64::try_from(id).map_err(|_| StoreError::Internal(format!("the number {id} is too large to store")))
}
