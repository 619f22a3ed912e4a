//! How fast GitHub may be asked, for each installation: its limits as it tells them, a share kept for concluding
//! checks, and the pace of comments.

use super::CallError;
use super::error::{SECONDARY_WAIT, left_of, reset, spent_until};
use crate::model::{InstallationId, Timestamp};
use http::HeaderMap;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Of the hour's requests so many are kept for reviews that have begun and for checks: four reviews of the largest kind.
const RESERVE: u64 = 200;
/// The same where the hour has few requests: one in so many.
const RESERVE_SHARE: u64 = 20;
/// The longest wait that grows by itself.
const LONGEST_WAIT: Duration = Duration::from_secs(16 * 60);
/// GitHub: "no more than 80 content-generating requests per minute and no more than 500 content-generating requests
/// per hour" (docs.github.com, REST API, rate limits, "About secondary rate limits"). Others write in our name too.
const COMMENTS_A_MINUTE: usize = 75;
const COMMENTS_AN_HOUR: usize = 480;
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// GitHub counts REST and GraphQL apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Quota {
    Rest,
    Graphql,
}

/// What is about to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    pub(super) quota: Quota,
    pub(super) write: bool,
    /// Whether it writes or reads a check or a status.
    pub(super) gate: bool,
    /// Whether it may use what is kept in reserve.
    pub(super) reserved: bool,
}

#[derive(Clone, Copy)]
enum Wait {
    Hourly(Timestamp),
    Secondary(Timestamp),
}

/// What is known of one installation.
#[derive(Default)]
struct Known {
    waits: HashMap<Quota, Wait>,
    /// Until when the rest of the hour is kept in reserve.
    scarce: HashMap<Quota, Timestamp>,
    /// Secondary limits in a row without a word on how long.
    strikes: u32,
    /// When people were written to in the last hour: comments, reviews, answers, signs.
    comments: VecDeque<Timestamp>,
}

/// The limits of all installations.
#[derive(Default)]
pub(super) struct Pace {
    known: Mutex<HashMap<InstallationId, Known>>,
}

impl Pace {
    /// Refuses what is not to be sent now, without a call. A comment that is admitted counts as sent.
    pub(super) fn admit(&self, installation: InstallationId, asking: Asking, now: Timestamp) -> Result<(), CallError> {
        let mut known = self.lock();
        let known = known.entry(installation).or_default();
        match known.waits.get(&asking.quota) {
            Some(Wait::Hourly(until)) if *until > now => return Err(CallError::RateLimited { until: *until }),
            Some(Wait::Secondary(until)) if *until > now => {
                return Err(CallError::SecondaryLimit { retry_after: until.since(now) });
            }
            Some(_) => _ = known.waits.remove(&asking.quota),
            None => {}
        }
        if let Some(until) = known.scarce.get(&asking.quota).copied().filter(|until| *until > now)
            && !asking.reserved
        {
            return Err(CallError::RateLimited { until });
        }
        // Checks and statuses are no content that people are told of.
        if asking.write && !asking.gate { known.admit_comment(now) } else { Ok(()) }
    }

    /// What an answer of any status says about the hour.
    pub(super) fn note_headers(&self, installation: InstallationId, quota: Quota, headers: &HeaderMap) {
        let mut known = self.lock();
        let known = known.entry(installation).or_default();
        if let Some(until) = spent_until(headers) {
            known.waits.insert(quota, Wait::Hourly(until));
        }
        if let (Some((left, limit)), Some(until)) = (left_of(headers), reset(headers)) {
            if left < RESERVE.min(limit / RESERVE_SHARE) {
                known.scarce.insert(quota, until);
            } else {
                known.scarce.remove(&quota);
            }
        }
    }

    /// GitHub did what was asked: no secondary limit lasts.
    pub(super) fn note_success(&self, installation: InstallationId, now: Timestamp) {
        let mut known = self.lock();
        let known = known.entry(installation).or_default();
        // Calls that were under way when the limit struck say nothing about it.
        if !known.waits.values().any(|wait| matches!(wait, Wait::Secondary(until) if *until > now)) {
            known.strikes = 0;
        }
    }

    /// A refusal that names a time; gives the error with the time that is really waited. A secondary limit counts for
    /// both ways of calling.
    pub(super) fn note_error(
        &self,
        installation: InstallationId,
        quota: Quota,
        error: CallError,
        now: Timestamp,
    ) -> CallError {
        let mut known = self.lock();
        let known = known.entry(installation).or_default();
        match error {
            CallError::RateLimited { until } => {
                known.waits.insert(quota, Wait::Hourly(until));
                error
            }
            CallError::SecondaryLimit { retry_after } => {
                let retry_after = known.strike(retry_after);
                let until = now.after(retry_after);
                for quota in [Quota::Rest, Quota::Graphql] {
                    known.waits.insert(quota, Wait::Secondary(until));
                }
                CallError::SecondaryLimit { retry_after }
            }
            other => other,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<InstallationId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// GitHub: "wait for an exponentially increasing amount of time between retries" when it does not say how long.
    fn strike(&mut self, told: Duration) -> Duration {
        if told != SECONDARY_WAIT {
            return told.max(Duration::from_secs(1));
        }
        let wait = SECONDARY_WAIT.saturating_mul(1 << self.strikes.min(8)).min(LONGEST_WAIT);
        self.strikes += 1;
        wait
    }

    fn admit_comment(&mut self, now: Timestamp) -> Result<(), CallError> {
        // A clock that went back leaves comments in the future, of which nothing is known.
        self.comments.retain(|at| *at <= now && now.since(*at) < HOUR);
        let frees = |limit: usize, span: Duration| {
            let recent: Vec<Timestamp> = self.comments.iter().copied().filter(|at| now.since(*at) < span).collect();
            // The comment that has to grow old before there is room.
            recent.len().checked_sub(limit).map(|at| recent[at].after(span))
        };
        let until = frees(COMMENTS_A_MINUTE, MINUTE).max(frees(COMMENTS_AN_HOUR, HOUR));
        if let Some(until) = until {
            return Err(CallError::SecondaryLimit { retry_after: until.since(now).max(Duration::from_secs(1)) });
        }
        self.comments.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000);
    const ONE: InstallationId = InstallationId(1);

    fn asking(write: bool, gate: bool, reserved: bool) -> Asking {
        Asking { quota: Quota::Rest, write, gate, reserved }
    }

    fn count_admitted(pace: &Pace, asking: Asking, now: Timestamp) -> usize {
        (0..1_000).take_while(|_| pace.admit(ONE, asking, now).is_ok()).count()
    }

    #[test]
    fn f26_comments_stay_below_githubs_pace() {
        let pace = Pace::default();
        let (comment, check) = (asking(true, false, true), asking(true, true, true));
        assert_eq!(count_admitted(&pace, comment, NOW), COMMENTS_A_MINUTE);
        let refused = pace.admit(ONE, comment, NOW.after(Duration::from_secs(20)));
        assert_eq!(refused, Err(CallError::SecondaryLimit { retry_after: Duration::from_secs(40) }));
        assert!(pace.admit(ONE, check, NOW).is_ok(), "no check waits for comments");
        assert!(pace.admit(ONE, asking(false, false, false), NOW).is_ok(), "reads go on");
        assert!(pace.admit(InstallationId(2), comment, NOW).is_ok(), "others too");
        let mut written = COMMENTS_A_MINUTE;
        for minute in 1..60 {
            written += count_admitted(&pace, comment, NOW.after(MINUTE * minute));
        }
        assert_eq!(written, COMMENTS_AN_HOUR);
        assert_eq!(
            count_admitted(&pace, comment, NOW.after(HOUR)),
            COMMENTS_A_MINUTE,
            "the first ones are an hour old"
        );
    }

    #[test]
    fn f26_a_limit_that_names_no_time_makes_the_waits_grow() {
        let pace = Pace::default();
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..6 {
            let error = CallError::SecondaryLimit { retry_after: SECONDARY_WAIT };
            let CallError::SecondaryLimit { retry_after } = pace.note_error(ONE, Quota::Rest, error, now) else {
                panic!("it stays what it is")
            };
            assert!(pace.admit(ONE, asking(false, false, true), now).is_err());
            waits.push(retry_after.as_secs() / 60);
            now = now.after(retry_after);
            assert!(pace.admit(ONE, asking(false, false, false), now).is_ok());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 16]);
        pace.note_success(ONE, now);
        let told = CallError::SecondaryLimit { retry_after: Duration::from_secs(7) };
        assert_eq!(pace.note_error(ONE, Quota::Rest, told.clone(), now), told, "what GitHub says is done");
        let untold = CallError::SecondaryLimit { retry_after: SECONDARY_WAIT };
        assert_eq!(pace.note_error(ONE, Quota::Rest, untold.clone(), now), untold, "a success ends the row");
    }

    #[test]
    fn f25_the_last_requests_of_an_hour_are_for_checks() {
        let pace = Pace::default();
        let headers = |left: &str| -> HeaderMap {
            let pairs =
                [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", left), ("x-ratelimit-reset", "1000600")];
            pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
        };
        let (new, begun) = (asking(false, false, false), asking(false, false, true));
        pace.note_headers(ONE, Quota::Rest, &headers("200"));
        assert!(pace.admit(ONE, new, NOW).is_ok());
        pace.note_headers(ONE, Quota::Rest, &headers("199"));
        let until = Timestamp(1_000_600_000);
        assert_eq!(pace.admit(ONE, new, NOW), Err(CallError::RateLimited { until }));
        assert!(pace.admit(ONE, begun, NOW).is_ok());
        assert!(pace.admit(ONE, Asking { quota: Quota::Graphql, ..new }, NOW).is_ok(), "counted apart");
        pace.note_headers(ONE, Quota::Rest, &headers("0"));
        assert_eq!(pace.admit(ONE, begun, NOW), Err(CallError::RateLimited { until }));
        assert!(pace.admit(ONE, new, until).is_ok());
    }
}
