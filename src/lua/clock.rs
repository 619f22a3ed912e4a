//! Time that really passes: how long rules take, and how long they may where nobody watches over them from outside.

use std::rc::Rc;
use std::time::Duration;

/// Tells how much time has passed since some fixed moment. No rule sees it.
#[derive(Clone)]
pub struct Clock {
    elapsed: Rc<dyn Fn() -> Duration>,
    longest_rule: Option<Duration>,
}

impl Clock {
    /// One that a caller reads off its own.
    pub fn new(elapsed: impl Fn() -> Duration + 'static) -> Self {
        Clock { elapsed: Rc::new(elapsed), longest_rule: None }
    }

    /// One that stands still: every rule takes no time.
    pub fn frozen() -> Self {
        Clock::new(|| Duration::ZERO)
    }

    /// The same, by which a rule ends after so long, however few steps it makes. A judge needs none: whoever asked it stops
    /// it from outside.
    pub fn with_longest_rule(self, longest_rule: Duration) -> Self {
        Clock { longest_rule: Some(longest_rule), ..self }
    }

    /// How much time has passed.
    pub fn elapsed(&self) -> Duration {
        (self.elapsed)()
    }

    /// When a rule that begins now has to end.
    pub(super) fn end_of_rule(&self) -> Option<Duration> {
        self.longest_rule.map(|longest| self.elapsed() + longest)
    }
}
