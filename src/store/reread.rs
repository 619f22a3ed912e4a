//! Deliveries of which another version made nothing: this one may know better.

use super::writer::Change;
use super::{Store, StoreError, runs::VERSION};
use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;

/// Rows of one transaction: others wait meanwhile.
const BATCH: u32 = 500;

impl Store {
    /// Puts deliveries back that another version acknowledged without finding work in them, to be read by this one; as
    /// far as their bodies are still kept. How many. Events are hints: reading one again costs at most a look at GitHub.
    ///
    /// # Errors
    /// When the database fails; what was put back until then is.
    pub async fn reread_deliveries(&self) -> Result<u64, StoreError> {
        self.reread_deliveries_as(VERSION).await
    }

    /// The same for a version that is named.
    ///
    /// # Errors
    /// As [`Store::reread_deliveries`].
    pub async fn reread_deliveries_as(&self, version: &str) -> Result<u64, StoreError> {
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
