//! Puts deliveries back to be read.

use super::Sqlite;
use super::writer::Change;
use crate::store::{Rereading, StoreError};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;

#[async_trait]
impl Rereading for Sqlite {
    async fn reread_deliveries_as(&self, version: &str) -> Result<u64, StoreError> {
        // Mostly there is none, and a look needs no lock.
        let some = sqlx::query(
            "SELECT 1 FROM deliveries WHERE state = 'processed' AND packed IS NOT NULL AND handled_by <> ?1 LIMIT 1",
        );
        if some.bind(version).fetch_optional(&mut *self.reader().await?).await?.is_none() {
            return Ok(0);
        }
        let mut all = 0;
        loop {
            let some = self.write(Reread { version: version.to_owned() }).await?;
            all += some;
            if some < u64::from(BATCH) {
                return Ok(all);
            }
        }
    }
}

/// Rows of one transaction: others wait meanwhile.
const BATCH: u32 = 500;

struct Reread {
    version: String,
}

impl Change for Reread {
    type Output = u64;

    fn apply<'a>(&'a self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let put_back = sqlx::query(
                "UPDATE deliveries SET state = 'received' WHERE id IN (
                   SELECT id FROM deliveries WHERE state = 'processed' AND packed IS NOT NULL AND handled_by <> ?1
                   ORDER BY id LIMIT ?2)",
            )
            .bind(&self.version)
            .bind(BATCH)
            .execute(tx)
            .await?;
            Ok(put_back.rows_affected())
        })
    }
}
