//! The clock of rules that run in this process: nobody else would stop one.

use crate::lua::Clock;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// The budget of steps is spent in a few seconds; a rule that takes longer works on large texts and tables with few steps.
const LONGEST_RULE: Duration = Duration::from_secs(20);

/// A clock that begins now. It tells the time that this process computed, so that a busy machine stops no rule early.
pub(super) fn start_clock() -> Clock {
    let started = computed();
    Clock::new(move || computed().saturating_sub(started)).with_longest_rule(LONGEST_RULE)
}

fn computed() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap_or_default()
}
