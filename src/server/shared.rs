//! What the parts of a running server share: store, clock, wake-ups, counters.

use super::metrics::Metrics;
use super::upkeep::Upkeep;
use crate::model::Timestamp;
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::{Notify, watch};

/// Tells the time; a test owns its own.
pub type WallClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The time of the machine.
pub fn system_clock() -> WallClock {
    Arc::new(|| Timestamp(chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis()))
}

/// Shared by all parts of one server.
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) clock: WallClock,
    pub(super) metrics: Metrics,
    /// A delivery was stored.
    pub(super) deliveries: Notify,
    /// A job may be due.
    pub(super) jobs: Notify,
    /// What is done without being asked.
    pub(super) upkeep: Upkeep,
    /// Grows whenever a delivery or a job changes its state.
    progress: watch::Sender<u64>,
    /// Becomes true when the server shuts down.
    stopping: watch::Sender<bool>,
}

impl Shared {
    pub(super) fn new(store: Store, clock: WallClock) -> Shared {
        Shared {
            store,
            clock,
            metrics: Metrics::default(),
            deliveries: Notify::new(),
            jobs: Notify::new(),
            upkeep: Upkeep::default(),
            progress: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// To be called after a change is in the store.
    pub(super) fn progressed(&self) {
        self.progress.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(super) fn watch_progress(&self) -> watch::Receiver<u64> {
        self.progress.subscribe()
    }

    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Returns once the server shuts down.
    pub(super) async fn stopped(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}
