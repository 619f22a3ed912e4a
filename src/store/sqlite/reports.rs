//! Reports, compressed; their digest tells equal ones.

use super::runs::as_i64;
use super::writer::Change;
use super::{Sqlite, jobs, unread};
use crate::model::{CommitId, RepositoryId, Timestamp};
use crate::store::pack::{pack, unpack_bytes};
use crate::store::{
    KeptReport, MAX_REPORTS, MAX_REPORTS_BYTES, NewReport, ReportKind, Reports, RunId, SavedReport, StoreError,
};
use crate::webhook::JobSpec;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Reports for Sqlite {
    async fn save_report(
        &self,
        report: NewReport,
        wakes: Vec<JobSpec>,
        now: Timestamp,
    ) -> Result<SavedReport, StoreError> {
        let digest = Sha256::digest(&report.bytes).to_vec();
        let (bytes, packed) = (report.bytes.len(), pack(&report.bytes)?);
        let report = NewReport { bytes: Vec::new(), ..report };
        let (saved, joined) = self.write(SaveReport { report, digest, bytes, packed, wakes, now }).await?;
        self.counters().joined_jobs.add(joined);
        Ok(saved)
    }

    async fn find_reports(
        &self,
        repository: RepositoryId,
        head: &CommitId,
        kind: ReportKind,
    ) -> Result<Vec<KeptReport>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, commit_id, head, flag, from_artifact, name FROM reports
             WHERE repository = ?1 AND (head = ?2 OR commit_id = ?2) AND kind = ?3 ORDER BY created_at, id",
        )
        .bind(as_i64(repository.0)?)
        .bind(head.as_str())
        .bind(kind.as_str())
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(read_row).collect()
    }

    async fn load_report(&self, id: &RunId) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query("SELECT packed FROM reports WHERE id = ?1")
            .bind(id.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| unpack_bytes(row.try_get("packed")?)).transpose()
    }

    async fn note_test_merge(
        &self,
        repository: RepositoryId,
        commit: &CommitId,
        head: &CommitId,
    ) -> Result<u64, StoreError> {
        self.write(NoteTestMerge { repository, commit: commit.clone(), head: head.clone() }).await
    }

    async fn find_report_artifacts(&self, repository: RepositoryId) -> Result<Vec<String>, StoreError> {
        let patterns: Option<Option<String>> = sqlx::query_scalar(
            "SELECT json_extract(verdict, '$.settings.report_artifacts') FROM runs
             WHERE repository = ?1 AND NOT EXISTS (
               SELECT 1 FROM json_each(verdict, '$.faults') WHERE json_extract(value, '$.rule') = 'dangerfile'
             )
             ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(as_i64(repository.0)?)
        .fetch_optional(&mut *self.reader().await?)
        .await?;
        Ok(patterns.flatten().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    async fn find_repository(&self, name: &str) -> Result<Option<JobSpec>, StoreError> {
        let row = sqlx::query(
            "SELECT spec FROM jobs WHERE CASE WHEN json_valid(spec) THEN lower(json_extract(spec, '$.name')) END = ?1
             ORDER BY changed_at DESC, id DESC LIMIT 1",
        )
        .bind(name.to_ascii_lowercase())
        .fetch_optional(&mut *self.reader().await?)
        .await?;
        Ok(row.map(|row| row.try_get::<String, _>("spec")).transpose()?.and_then(|text| unread::read_spec(&text)))
    }

    async fn find_repository_by_id(&self, id: RepositoryId) -> Result<Option<JobSpec>, StoreError> {
        // `0` follows `/`: all keys of this repository and no other.
        let row =
            sqlx::query("SELECT spec FROM jobs WHERE key > ?1 AND key < ?2 ORDER BY changed_at DESC, id DESC LIMIT 1")
                .bind(format!("{id}/"))
                .bind(format!("{id}0"))
                .fetch_optional(&mut *self.reader().await?)
                .await?;
        Ok(row.map(|row| row.try_get::<String, _>("spec")).transpose()?.and_then(|text| unread::read_spec(&text)))
    }
}

fn read_row(row: &SqliteRow) -> Result<KeptReport, StoreError> {
    let damaged = |error: crate::model::InvalidId| StoreError::Corrupt(error.to_string());
    let id: String = row.try_get("id")?;
    let flag: String = row.try_get("flag")?;
    Ok(KeptReport {
        id: RunId::parse(&id).ok_or_else(|| StoreError::Corrupt("a report's id is none".to_owned()))?,
        commit: CommitId::new(row.try_get("commit_id")?).map_err(damaged)?,
        head: CommitId::new(row.try_get("head")?).map_err(damaged)?,
        flag: (!flag.is_empty()).then_some(flag),
        from_artifact: row.try_get("from_artifact")?,
        name: row.try_get("name")?,
    })
}

struct SaveReport {
    /// Without its bytes.
    report: NewReport,
    digest: Vec<u8>,
    bytes: usize,
    packed: Vec<u8>,
    wakes: Vec<JobSpec>,
    now: Timestamp,
}

impl Change for SaveReport {
    type Output = (SavedReport, u64);

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Self::Output, StoreError>> {
        Box::pin(async move {
            let (report, repository) = (&self.report, as_i64(self.report.repository.0)?);
            let flag = report.flag.as_deref().unwrap_or_default();
            let rows = sqlx::query(
                "SELECT id, head, kind, flag, name, digest, bytes FROM reports WHERE repository = ?1 AND commit_id = ?2",
            )
            .bind(repository)
            .bind(report.commit.as_str())
            .fetch_all(&mut *tx)
            .await?;
            // What is known of the commit holds for all its reports.
            let mut head = report.commit.to_string();
            let (mut others, mut same, mut replaced) = ((0, 0), None, Vec::new());
            for row in &rows {
                head = row.try_get("head")?;
                let of_this_kind = row.try_get::<&str, _>("kind")? == report.kind.as_str();
                let of_this_flag = of_this_kind && row.try_get::<&str, _>("flag")? == flag;
                // Two linters that find nothing say so in the same bytes: they are told apart by the file's name.
                let of_this_name = report.kind != ReportKind::Lint || row.try_get::<&str, _>("name")? == report.name;
                if of_this_flag && of_this_name && row.try_get::<&[u8], _>("digest")? == self.digest {
                    same = RunId::parse(row.try_get("id")?);
                } else if of_this_flag && !flag.is_empty() {
                    replaced.push(row.try_get::<String, _>("id")?);
                } else {
                    others.0 += 1;
                    others.1 += usize::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or(usize::MAX);
                }
            }
            if same.is_none() && (others.0 >= MAX_REPORTS || others.1.saturating_add(self.bytes) > MAX_REPORTS_BYTES) {
                return Ok((SavedReport::Full, 0));
            }
            for id in &replaced {
                sqlx::query("DELETE FROM reports WHERE id = ?1").bind(id).execute(&mut *tx).await?;
            }
            if same.is_none() {
                sqlx::query(
                    "INSERT INTO reports
                       (id, repository, commit_id, head, kind, flag, name, digest, bytes, packed, created_at, from_artifact)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (id) DO NOTHING",
                )
                .bind(report.id.as_str())
                .bind(repository)
                .bind(report.commit.as_str())
                .bind(&head)
                .bind(report.kind.as_str())
                .bind(flag)
                .bind(&report.name)
                .bind(&self.digest)
                .bind(as_i64(self.bytes as u64)?)
                .bind(&self.packed)
                .bind(self.now.0)
                .bind(report.from_artifact)
                .execute(&mut *tx)
                .await?;
            }
            let joined = jobs::enqueue_all_within(tx, &self.wakes, self.now, self.now).await?;
            Ok((SavedReport::Saved(same.unwrap_or_else(|| report.id.clone())), joined))
        })
    }
}

struct NoteTestMerge {
    repository: RepositoryId,
    commit: CommitId,
    head: CommitId,
}

impl Change for NoteTestMerge {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let changed = sqlx::query("UPDATE reports SET head = ?3 WHERE repository = ?1 AND commit_id = ?2")
                .bind(as_i64(self.repository.0)?)
                .bind(self.commit.as_str())
                .bind(self.head.as_str())
                .execute(tx)
                .await?;
            Ok(changed.rows_affected())
        })
    }
}
