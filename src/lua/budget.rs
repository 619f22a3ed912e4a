//! What a rule may spend. Counted in steps and bytes, not in seconds, so that two runs agree.

use std::cell::Cell;

/// Interrupt steps (loop iterations and calls) per rule. An empty loop spends them in about a second of a 2020s core,
/// one that works on tables and texts in two to four.
pub const MAX_STEPS: u64 = 80_000_000;

/// Memory that one rule may add to its machine, in bytes.
pub const MAX_MEMORY_BYTES: usize = 64 * 1024 * 1024;

/// Memory of one machine, in bytes: what rules keep in globals adds up, and a judge has 512 MiB for everything.
pub(super) const MAX_MACHINE_BYTES: usize = 192 * 1024 * 1024;

/// Rules of one dangerfile.
pub(super) const MAX_RULES: usize = 500;

/// Bytes of messages, suggestions and fixes that one rule may report: they lie outside its machine.
pub(super) const MAX_SAID_BYTES: usize = 8 * 1024 * 1024;

/// The same of all rules of one dangerfile.
pub(super) const MAX_SAID_BYTES_IN_ALL: usize = 48 * 1024 * 1024;

/// Steps for one change that the host compares with patterns, and for one error that it places in a script.
pub(super) const HOST_STEPS: u64 = 20;

/// Findings that one rule may report.
pub const MAX_FINDINGS: usize = 1_000;

/// Effects that one rule may ask for.
pub(super) const MAX_EFFECTS: usize = 100;

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
