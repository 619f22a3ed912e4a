//! Work that this version cannot read: a newer one stored it, and shares the database or was here before a rollback. It is
//! left for the newer one and stands in nobody's way.

use crate::model::Timestamp;
use crate::store::StoreError;
use crate::webhook::JobSpec;
use sqlx::SqliteConnection;
use std::time::Duration;

/// So long this version does not look at it again. Short, because nobody takes it meanwhile.
const PUT_OFF: Duration = Duration::from_secs(30);
/// A newer version that exists has come by in that time; then a person must know.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);
/// So many are put off in one transaction; the next claim goes on with the rest.
pub(super) const MAX_PUT_OFF: usize = 100;

/// The work of a job as it lies in the database; `None` when this version cannot read it.
pub(super) fn read_spec(stored: &str) -> Option<JobSpec> {
    serde_json::from_str(stored).ok()
}

/// Gives a job back that was claimed just now and does not read; the attempt does not count. After a day it is parked.
pub(super) async fn put_off_within(tx: &mut SqliteConnection, job: i64, now: Timestamp) -> Result<(), StoreError> {
    let given_up: bool = sqlx::query_scalar(
        "UPDATE jobs SET
           state        = CASE WHEN unread_since <= ?3 THEN 'parked' ELSE 'waiting' END,
           reason       = CASE WHEN unread_since <= ?3 THEN ?5 ELSE ?4 END,
           unread_since = COALESCE(unread_since, ?6), attempts = attempts - 1, run_after = ?2, lease_until = NULL
         WHERE id = ?1 RETURNING state = 'parked'",
    )
    .bind(job)
    .bind(now.after(PUT_OFF).0)
    .bind(now.0.saturating_sub(i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX)))
    .bind("a newer version of deckhand stored this job, and this version cannot read it; it waits for the newer one")
    .bind(
        "a newer version of deckhand stored this job, and none came for it in a day; start that version and try the \
         job again, or drop it",
    )
    .bind(now.0)
    .fetch_one(tx)
    .await?;
    if given_up {
        tracing::error!(
            job,
            "job {job} was given up: it is of a newer version of deckhand, and none came for it in a day"
        );
    } else {
        tracing::warn!(job, "job {job} is of a newer version of deckhand and waits for it");
    }
    Ok(())
}

/// This version reads it after all.
pub(super) async fn forget_within(tx: &mut SqliteConnection, job: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET unread_since = NULL WHERE id = ?1").bind(job).execute(tx).await?;
    Ok(())
}
