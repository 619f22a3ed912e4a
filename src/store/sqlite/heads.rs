//! The last judgement of each open pull request, with its run.

use super::runs::as_i64;
use super::writer::Change;
use super::{Sqlite, jobs};
use crate::model::{CommitId, PullNumber, RepositoryId, Timestamp};
use crate::store::{Judgement, Judgements, StoreError};
use crate::webhook::JobSpec;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Judgements for Sqlite {
    async fn find_judgements(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
    ) -> Result<Vec<Judgement>, StoreError> {
        let rows = sqlx::query(
            "SELECT h.number, h.head, r.base, r.verdict, f.spots FROM heads h JOIN runs r ON r.id = h.run
             LEFT JOIN refused_lines f ON f.repository = h.repository AND f.number = h.number AND f.head = h.head
             WHERE h.repository = ?1 AND (h.number = ?2 OR h.head = ?3
               OR h.head = (SELECT head FROM heads WHERE repository = ?1 AND number = ?2))
             ORDER BY h.number",
        )
        .bind(as_i64(repository.0)?)
        .bind(as_i64(number.0)?)
        .bind(head.as_str())
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(judgement).collect()
    }

    async fn find_judged_at(&self, repository: RepositoryId, head: &CommitId) -> Result<Vec<PullNumber>, StoreError> {
        let numbers: Vec<i64> =
            sqlx::query_scalar("SELECT number FROM heads WHERE repository = ?1 AND head = ?2 ORDER BY number")
                .bind(as_i64(repository.0)?)
                .bind(head.as_str())
                .fetch_all(&mut *self.reader().await?)
                .await?;
        Ok(numbers.into_iter().map(|number| PullNumber(number.unsigned_abs())).collect())
    }

    async fn note_refused_lines(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        spots: String,
    ) -> Result<(), StoreError> {
        self.write(NoteRefused { repository, number, head: head.clone(), spots }).await
    }

    async fn forget_judgement(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        wakes: &[JobSpec],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let joined = self.write(Forget { repository, number, wakes: wakes.to_vec(), now }).await?;
        self.counters().joined_jobs.add(joined);
        Ok(())
    }
}

fn judgement(row: &SqliteRow) -> Result<Judgement, StoreError> {
    Ok(Judgement {
        number: PullNumber(row.try_get::<i64, _>("number")?.unsigned_abs()),
        head: CommitId::new(row.try_get("head")?).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        base: row.try_get("base")?,
        verdict: row.try_get("verdict")?,
        refused: row.try_get("spots")?,
    })
}

struct NoteRefused {
    repository: RepositoryId,
    number: PullNumber,
    head: CommitId,
    spots: String,
}

impl Change for NoteRefused {
    type Output = ();

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO refused_lines (repository, number, head, spots) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (repository, number) DO UPDATE SET head = excluded.head, spots = excluded.spots",
            )
            .bind(as_i64(self.repository.0)?)
            .bind(as_i64(self.number.0)?)
            .bind(self.head.as_str())
            .bind(&self.spots)
            .execute(tx)
            .await?;
            Ok(())
        })
    }
}

struct Forget {
    repository: RepositoryId,
    number: PullNumber,
    wakes: Vec<JobSpec>,
    now: Timestamp,
}

impl Change for Forget {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            for statement in [
                "DELETE FROM heads WHERE repository = ?1 AND number = ?2",
                "DELETE FROM judged WHERE repository = ?1 AND number = ?2",
                "DELETE FROM refused_lines WHERE repository = ?1 AND number = ?2",
            ] {
                let query = sqlx::query(statement).bind(as_i64(self.repository.0)?).bind(as_i64(self.number.0)?);
                query.execute(&mut *tx).await?;
            }
            jobs::enqueue_all_within(tx, &self.wakes, self.now, self.now).await
        })
    }
}
