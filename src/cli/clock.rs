//! The clock of rules that run in this process: nobody else would stop one.

use crate::lua::Clock;
use std::time::{Duration, Instant};

/// The budget of steps is spent in a few seconds; a rule that takes longer works on large texts and tables with few steps.
const LONGEST_RULE: Duration = Duration::from_secs(20);

/// A clock that begins now.
pub(super) fn start_clock() -> Clock {
    let started = Instant::now();
    Clock::new(move || started.elapsed()).with_longest_rule(LONGEST_RULE)
}
