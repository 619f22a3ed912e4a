//! Jobs in lists, and decisions by hand.

use super::runs::as_i64;
use super::writer::Change;
use super::{Sqlite, unread};
use crate::model::{InstallationId, Timestamp};
use crate::store::{ByHand, JobState, JobsByHand, ListedJob, StoreError, Touched};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl JobsByHand for Sqlite {
    async fn list_jobs(&self, state: JobState, limit: u32) -> Result<Vec<ListedJob>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, key, installation, spec, attempts, reason, run_after, changed_at FROM jobs WHERE state = ?1
             ORDER BY changed_at DESC, id DESC LIMIT ?2",
        )
        .bind(state.as_str())
        .bind(limit)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(read_row).collect()
    }

    async fn decide_by_hand(&self, id: u64, decision: ByHand, now: Timestamp) -> Result<Touched, StoreError> {
        // A number that no row has names no job.
        let Ok(id) = as_i64(id) else { return Ok(Touched::Unknown) };
        self.write(Decide { id, decision, now }).await
    }
}

fn read_row(row: &SqliteRow) -> Result<ListedJob, StoreError> {
    Ok(ListedJob {
        id: row.try_get("id")?,
        key: row.try_get("key")?,
        installation: InstallationId(row.try_get::<i64, _>("installation")?.unsigned_abs()),
        spec: unread::read_spec(row.try_get("spec")?),
        attempts: row.try_get("attempts")?,
        reason: row.try_get("reason")?,
        run_after: Timestamp(row.try_get("run_after")?),
        changed_at: Timestamp(row.try_get("changed_at")?),
    })
}

struct Decide {
    id: i64,
    decision: ByHand,
    now: Timestamp,
}

impl Change for Decide {
    type Output = Touched;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<Touched, StoreError>> {
        let (state, reason) = match self.decision {
            ByHand::Retry => (JobState::Waiting, None),
            ByHand::Drop => (JobState::Done, Some("dropped by hand")),
        };
        Box::pin(async move {
            let changed: Option<String> = sqlx::query_scalar(
                "UPDATE jobs SET state = ?2, reason = ?3, attempts = 0, run_after = ?4, changed_at = ?4
                 WHERE id = ?1 AND state = 'parked' RETURNING key",
            )
            .bind(self.id)
            .bind(state.as_str())
            .bind(reason)
            .bind(self.now.0)
            .fetch_optional(&mut *tx)
            .await?;
            if let Some(key) = changed {
                return Ok(Touched::Done(key));
            }
            let known = sqlx::query("SELECT 1 FROM jobs WHERE id = ?1").bind(self.id).fetch_optional(tx).await?;
            Ok(if known.is_some() { Touched::NotParked } else { Touched::Unknown })
        })
    }
}
