//! Durable state: deliveries, jobs, runs, outbox. SQLite.
//!
//! Every method takes the present as an argument. A method that returns has its effect on disk, but for the few whose
//! loss costs nothing but a look; those say so.

mod answers;
mod chores;
mod deliveries;
mod error;
mod heads;
mod installations;
mod jobs;
mod judged;
mod leases;
mod open;
mod open_checks;
mod outbox;
mod reads;
mod redeliveries;
mod runs;
mod writer;

pub use deliveries::{Accepted, Pending, StoredDelivery};
pub use error::StoreError;
pub use heads::Judgement;
pub use jobs::{Job, JobCounts, Lease, Priority};
pub use judged::{Judged, KnownPulls};
pub use leases::Claimer;
pub use open::Store;
pub use open_checks::{OverdueCheck, TakenJob};
pub use outbox::{Begun, OutboxEntry};
pub use runs::{RunId, RunRecord};
