//! Durable state: deliveries, jobs, runs, outbox. SQLite.
//!
//! Every method takes the present as an argument. A method that returns has its effect on disk, but for the few whose
//! loss costs nothing but a look; those say so.

mod answers;
mod archive;
mod chores;
mod counts;
mod deliveries;
mod error;
mod examine;
mod groups;
mod heads;
mod installations;
mod jobs;
mod judged;
mod leases;
mod open;
mod open_checks;
mod outbox;
mod overrides;
mod pack;
mod parked;
mod previews;
mod readers;
mod reads;
mod redeliveries;
mod reports;
mod reread;
mod retention;
mod runs;
mod unread;
mod waits;
mod writer;

pub use archive::Archive;
pub use counts::{StoreCounts, Tally};
pub use deliveries::{Accepted, Pending, StoredDelivery};
pub use error::StoreError;
pub use examine::{Examination, examine};
pub use heads::Judgement;
pub use jobs::{Job, JobCounts, Lease, Priority};
pub use judged::{Judged, KnownPulls};
pub use leases::Claimer;
pub use open::{BUSY_TIMEOUT, Store};
pub use open_checks::{Overdue, OverdueCheck, TakenJob};
pub use outbox::{Begun, OutboxEntry};
pub use overrides::OverrideRecord;
pub use parked::{ByHand, JobState, ListedJob, Touched};
pub use previews::KnownPreview;
pub use reports::{KeptReport, MAX_REPORTS, MAX_REPORTS_BYTES, NewReport, ReportKind, SavedReport};
pub use retention::{Forgotten, Retention};
pub use runs::{RunId, RunRecord};
