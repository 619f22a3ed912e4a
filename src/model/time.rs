//! A point in time as a plain number; whoever needs the present receives it as an argument.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads an RFC 3339 time such as `2026-11-21T07:45:00Z`; `None` when it is not one.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|time| Timestamp(time.timestamp_millis()))
    }

    /// As GitHub writes times: `2026-11-21T07:45:00Z`, whole seconds, UTC.
    pub fn to_rfc3339(self) -> String {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// For people: `2026-11-21 07:45 UTC`.
    pub fn to_minute(self) -> String {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default().format("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// For people who look at it on that day: `07:45 UTC`.
    pub fn to_clock(self) -> String {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default().format("%H:%M UTC").to_string()
    }

    /// Whole seconds since 1970, rounded down.
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The time that lies `span` later; stops at the end of the range.
    pub fn after(self, span: Duration) -> Self {
        Timestamp(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time that lies `span` earlier; stops at the end of the range.
    pub fn before(self, span: Duration) -> Self {
        Timestamp(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_what_github_writes() {
        let time = Timestamp::parse_rfc3339("2026-11-21T07:45:00Z").expect("a time");
        assert_eq!(time.to_rfc3339(), "2026-11-21T07:45:00Z");
        assert_eq!(time.to_minute(), "2026-11-21 07:45 UTC");
        assert_eq!(time.to_clock(), "07:45 UTC");
        assert_eq!(time.after(Duration::from_secs(60)).since(time), Duration::from_secs(60));
        assert_eq!(time.before(Duration::from_secs(60)).after(Duration::from_secs(60)), time);
        assert_eq!(time.since(time.after(Duration::from_secs(1))), Duration::ZERO);
        assert_eq!(Timestamp::parse_rfc3339("yesterday"), None);
    }
}
