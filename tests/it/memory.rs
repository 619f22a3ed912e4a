//! An engine in memory, for tests only: the promises of the store's traits, read plainly. What other engines do is held
//! against it.

mod checks;
mod deliveries;
mod engine;
mod heads;
mod jobs;
mod leases;
mod notes;
mod outbox;
mod pulls;
mod reports;
mod runs;
mod state;

pub(crate) use engine::Memory;
