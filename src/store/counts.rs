//! Work that was not done twice, counted since the start.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the store spared: all of it in this process, since it began.
#[derive(Debug, Default)]
pub struct StoreCounts {
    /// Work that joined a job of the same key that waited already.
    pub joined_jobs: Tally,
    /// Writes that had been carried out before, and were not sent again.
    pub known_writes: Tally,
    /// Writes whose answer was not known, and that were looked for before anything was sent again.
    pub unclear_writes: Tally,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Tally(AtomicU64);

impl Tally {
    /// That many more.
    pub fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
