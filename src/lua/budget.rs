//! What a rule may spend. Counted in steps and bytes, not in seconds, so that two runs agree.

use std::cell::Cell;

/// Interrupt steps (loop iterations and calls) per rule. An empty loop spends them in about a second of a 2020s core,
/// one that works on tables and texts in two to four.
pub const MAX_STEPS: u64 = 80_000_000;

/// Memory that one rule may add to its machine, in bytes.
pub const MAX_MEMORY_BYTES: usize = 64 * 1024 * 1024;

/// Findings that one rule may report.
pub const MAX_FINDINGS: usize = 1_000;

/// Characters of one message, printed line or suggestion; longer texts are refused at their line.
pub(super) const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Lines that `print` keeps per run; later ones are dropped with a note.
pub(super) const MAX_LOG_LINES: usize = 1_000;

/// Steps spent by the running rule.
#[derive(Default)]
pub(super) struct Steps(Cell<u64>);

impl Steps {
    pub(super) fn reset(&self) {
        self.0.set(0);
    }

    pub(super) fn spent(&self) -> u64 {
        self.0.get()
    }

    /// Adds to the count and tells whether the budget still holds.
    pub(super) fn charge(&self, steps: u64) -> bool {
        let spent = self.0.get().saturating_add(steps);
        self.0.set(spent);
        spent <= MAX_STEPS
    }
}
