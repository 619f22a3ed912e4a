//! What does not change while the simulation runs: addresses, the clock, the road for deliveries.

use super::clock::SimClock;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};
use tokio::sync::{mpsc, watch};

/// Shared by every copy of the state.
pub(super) struct Env {
    /// REST root without a final slash.
    pub(super) api: String,
    /// Web root without a final slash.
    pub(super) web: String,
    pub(super) clock: SimClock,
    /// Where bare repositories are made.
    pub(super) root: PathBuf,
    /// Deliveries to be sent, by id, in order.
    pub(super) sender: mpsc::UnboundedSender<u64>,
    /// How many deliveries were handed over and are not answered yet.
    pub(super) pending: watch::Sender<u64>,
    /// Off: deliveries are recorded, never sent.
    pub(super) deliver: AtomicBool,
    /// Numbers requests, for `x-github-request-id`.
    pub(super) requests: AtomicU64,
}
