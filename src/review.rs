//! Runs a ruleset over a snapshot: pure, so that the same snapshot and rules give the same bytes.

mod applies;
mod directories;
mod fingerprint;
mod hide;
mod outcome;
mod overrides;
mod recorded;
mod repeated;
mod run;
mod settled;
mod source;
mod unspoken;

pub use directories::{is_covered, say_directory};
pub use fingerprint::Fingerprints;
pub use outcome::Outcome;
pub use overrides::{apply_overrides, fault_fingerprint, find_coverable};
pub use run::{MAX_PASSES, run, run_on};
pub use settled::Settled;

#[cfg(test)]
mod tests;
