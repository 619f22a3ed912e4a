//! The clock of rules that run in this process: nobody else would stop one.

use crate::lua::Clock;
use std::time::{Duration, Instant};

/// A rule that has spent no budget by then spends its time inside functions that work on large texts and tables: its steps
/// alone are over in a few seconds.
const LONGEST_RULE: Duration = Duration::from_secs(20);

/// A clock that begins now.
pub(super) fn start_clock() -> Clock {
    let started = Instant::now();
    Clock::new(move || started.elapsed()).with_longest_rule(LONGEST_RULE)
}
