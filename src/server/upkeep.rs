//! What repairs itself: failed deliveries are asked for again, pull requests that nobody judged are found, checks that
//! stayed open are concluded, jobs of installations that are gone are stopped.

mod commands;
mod decide;
mod facts;
mod installations;
mod reconcile;
mod schedule;
mod sweep;
mod watchdog;

pub(super) use facts::{grounds, judged};
pub(super) use reconcile::UpkeepState;
pub use schedule::{Chore, Tending};
pub(super) use schedule::{Upkeep, run};
