//! The simulation's own clock: it stands still until its owner moves it, or follows the real one for a demo.

use chrono::{DateTime, SecondsFormat};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where a standing clock begins: Monday 2026-01-05, 09:00 UTC, in seconds since 1970.
pub const EPOCH: i64 = 1_767_603_600;

/// The source of every timestamp that the simulated GitHub stores or checks; clones share the same hands.
#[derive(Clone, Debug)]
pub struct SimClock {
    /// Seconds since 1970 for a standing clock, or seconds added to the real time.
    seconds: Arc<AtomicI64>,
    real: bool,
}

impl SimClock {
    /// A clock that stands at [`EPOCH`] until [`SimClock::advance`] moves it.
    #[must_use]
    pub fn standing() -> Self {
        SimClock { seconds: Arc::new(AtomicI64::new(EPOCH)), real: false }
    }

    /// A clock that follows the machine's, for people who watch and for clients with clocks of their own.
    #[must_use]
    pub fn real() -> Self {
        SimClock { seconds: Arc::new(AtomicI64::new(0)), real: true }
    }

    /// Now, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        let offset = self.seconds.load(Ordering::SeqCst);
        if !self.real {
            return offset;
        }
        let real = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        offset + i64::try_from(real).unwrap_or(i64::MAX / 2)
    }

    /// Moves the hands forward; a part of a second is dropped.
    pub fn advance(&self, by: Duration) {
        self.seconds.fetch_add(i64::try_from(by.as_secs()).unwrap_or(0), Ordering::SeqCst);
    }

    /// Moves the hands by signed seconds: a clock that is wrong, as hosts' clocks are.
    pub fn skew(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// GitHub's form of a timestamp: `2026-01-05T09:00:00Z`.
pub(super) fn render_time(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The form of the `Date` header: `Mon, 05 Jan 2026 09:00:00 GMT`.
pub(super) fn render_http_date(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
