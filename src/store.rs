//! Durable state: deliveries, jobs, runs, outbox. What an engine has to do for it is said by traits; SQLite is one.
//!
//! Every method takes the present as an argument. A method that returns has its effect on disk, but for the few whose
//! loss costs nothing but a look; those say so, and theirs is there with the next change that is not one of them.

mod archive;
mod chores;
mod counts;
mod deliveries;
mod engine;
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
mod reads;
mod redeliveries;
mod reports;
mod reread;
mod retention;
mod runs;
mod sqlite;
mod waits;

pub use archive::{Archive, ArchivedRuns};
pub use chores::Chores;
pub use counts::{StoreCounts, Tally};
pub use deliveries::{Accepted, Deliveries, Pending, StoredDelivery};
pub use engine::Engine;
pub use error::StoreError;
pub use examine::{Examination, examine};
pub use groups::MergeGroups;
pub use heads::{Judgement, Judgements};
pub use installations::Installations;
pub use jobs::{Job, JobCounts, Jobs, Lease, Priority, supersede};
pub use judged::{COMMIT_LETTERS, Grounds, Judged, KnownPulls, LastLooks, RequiredScript};
pub use leases::{Claimer, IN_WORK_PER_INSTALLATION, IN_WORK_PER_REPOSITORY, Leases};
pub use open::{BUSY_TIMEOUT, Store};
pub use open_checks::{OpenChecks, Overdue, OverdueCheck, TakenJob};
pub use outbox::{Begun, OutboxEntries, OutboxEntry};
pub use overrides::{OverrideRecord, Overrides};
pub use parked::{ByHand, JobState, JobsByHand, ListedJob, Touched};
pub use previews::{KnownPreview, Previews};
pub use reads::Reads;
pub use redeliveries::Redeliveries;
pub use reports::{KeptReport, MAX_REPORTS, MAX_REPORTS_BYTES, NewReport, ReportKind, Reports, SavedReport};
pub use reread::Rereading;
pub use retention::{Forgetting, Forgotten, REDELIVERABLE, Retention};
pub use runs::{RunHeadline, RunId, RunRecord, Runs, VERSION};
pub use waits::Waits;
