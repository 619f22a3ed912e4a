//! What the parts of a running server share: store, clock, wake-ups, counters.

use super::metrics::Metrics;
use super::upkeep::Upkeep;
use crate::model::Timestamp;
use crate::store::{Claimer, Job, Store};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch};

/// Tells the time; a test owns its own.
pub type WallClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The time of the machine.
pub fn system_clock() -> WallClock {
    Arc::new(|| Timestamp(chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis()))
}

/// A job with its place among those in work.
pub(super) type Claimed = (Job, OwnedSemaphorePermit);

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
    /// One permit for each job that may be in work at once; none in a process that only accepts deliveries.
    pub(super) free: Arc<Semaphore>,
    claimed: mpsc::UnboundedSender<Claimed>,
    /// Jobs that were claimed while their delivery was stored; the worker takes this.
    pub(super) handed_over: Mutex<mpsc::UnboundedReceiver<Claimed>>,
    /// Grows whenever a delivery or a job changes its state.
    progress: watch::Sender<u64>,
    /// Becomes true when the server shuts down.
    stopping: watch::Sender<bool>,
}

impl Shared {
    pub(super) fn new(store: Store, clock: WallClock, workers: usize) -> Shared {
        let (claimed, handed_over) = mpsc::unbounded_channel();
        Shared {
            store,
            clock,
            metrics: Metrics::default(),
            deliveries: Notify::new(),
            jobs: Notify::new(),
            upkeep: Upkeep::default(),
            free: Arc::new(Semaphore::new(workers)),
            claimed,
            handed_over: Mutex::new(handed_over),
            progress: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// A free worker, to take a delivery's work while it is stored; `None` when all are busy or the server stops.
    pub(super) fn claimer(&self, lease: Duration) -> Option<Claimer> {
        let permit = self.free.clone().try_acquire_owned().ok().filter(|_| !self.is_stopping())?;
        let claimed = self.claimed.clone();
        // Should the worker have ended meanwhile, the lease ends by itself.
        Some(Claimer { lease, hand_over: Box::new(move |job| _ = claimed.send((job, permit))) })
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
