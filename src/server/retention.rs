//! Forgets old runs and deliveries: when the server starts, and every hour.

use super::shared::Shared;
use crate::store::Retention;
use std::time::Duration;

/// Nothing grows much in an hour.
const EVERY: Duration = Duration::from_secs(3600);

/// Forgets and waits until the server stops; a stop does not wait for it.
pub(super) async fn run(shared: &Shared, retention: Retention) {
    tokio::select! {
        () = forget(shared, retention) => {}
        () = shared.stopped() => {}
    }
}

async fn forget(shared: &Shared, retention: Retention) {
    loop {
        match shared.store.forget_old(&retention, shared.now()).await {
            Ok(forgotten) if forgotten.runs + forgotten.deliveries > 0 => tracing::info!(
                runs = forgotten.runs,
                deliveries = forgotten.deliveries,
                "forgot {} old runs and {} old deliveries",
                forgotten.runs,
                forgotten.deliveries
            ),
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %error, "old runs cannot be forgotten now; trying again: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
