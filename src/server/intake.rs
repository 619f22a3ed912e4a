//! After the 202: stored deliveries are read, the work that they name is enqueued.

use super::shared::Shared;
use crate::store::{StoreError, StoredDelivery};
use crate::webhook::{Event, JobSpec, build_jobs, parse};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tracing::Instrument;

/// How often the store is asked without being told: another process may have stored something.
const POLL: Duration = Duration::from_secs(1);

/// Reads deliveries until the server stops; begins with what an earlier process left.
pub(super) async fn run(shared: &Shared) {
    match shared.store.reread_deliveries().await {
        Ok(0) => {}
        Ok(number) => {
            tracing::info!(number, "{number} deliveries of which another version made nothing are read again")
        }
        Err(error) => tracing::warn!(error = %error, "deliveries of another version cannot be read again: {error}"),
    }
    loop {
        // Registered before the store is read: what arrives in between is not slept through.
        let told = shared.deliveries.notified();
        match shared.store.next_delivery().await {
            Ok(Some(delivery)) => {
                let span = tracing::info_span!("delivery", guid = %delivery.guid, event = %delivery.event);
                if let Err(error) = take_up(shared, delivery).instrument(span).await {
                    tracing::error!(error = %error, "a delivery could not be processed; it is tried again");
                    pause(shared).await;
                }
            }
            Ok(None) => {
                tokio::select! {
                    () = told => {}
                    () = tokio::time::sleep(POLL) => {}
                    () = shared.stopped() => return,
                }
            }
            Err(error) => {
                tracing::error!(error = %error, "deliveries cannot be read; trying again");
                pause(shared).await;
            }
        }
        if shared.is_stopping() {
            return;
        }
    }
}

async fn take_up(shared: &Shared, delivery: StoredDelivery) -> Result<(), StoreError> {
    // A panic of the parser must not stop the deliveries behind this one.
    let event = catch_unwind(AssertUnwindSafe(|| parse(&delivery.event, &delivery.body)))
        .unwrap_or_else(|_| Event::Unreadable { reason: "reading it panicked".to_owned() });
    shared.upkeep.heed(&event);
    let work = build_jobs(&event);
    match &event {
        Event::Other { name, action } => {
            shared.metrics.unknown.add();
            tracing::debug!(name, action, "the event names no work");
        }
        Event::Unreadable { reason } => {
            shared.metrics.unreadable.add();
            tracing::warn!(reason, "the event does not read; nothing is done for it");
        }
        _ => {}
    }
    shared.store.finish_delivery(delivery.id, &work, shared.now()).await?;
    tracing::info!(jobs = work.len(), keys = %work.iter().map(JobSpec::key).collect::<Vec<_>>().join(" "), "delivery processed");
    shared.jobs.notify_waiters();
    shared.progressed();
    Ok(())
}

async fn pause(shared: &Shared) {
    tokio::select! {
        () = tokio::time::sleep(POLL) => {}
        () = shared.stopped() => {}
    }
}
