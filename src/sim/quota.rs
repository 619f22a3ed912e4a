//! Rate limits: requests of an hour, counted for each installation and for REST and GraphQL apart, and how much may be
//! written in a minute and in an hour.

use std::collections::HashMap;

/// Requests in an hour, as an installation has them.
pub(super) const LIMIT: u64 = 5000;
const HOUR: i64 = 3600;
/// "No more than 80 content-generating requests per minute and no more than 500 content-generating requests per hour"
/// (docs.github.com, REST API, rate limits, "About secondary rate limits"): how many, in so many seconds.
const CONTENT: [(usize, i64); 2] = [(80, 60), (500, HOUR)];

/// Where a request is counted: an installation (0 for everybody else), and whether it is GraphQL.
pub(super) type Account = (u64, bool);

/// What is left of every account's hour.
#[derive(Clone, Debug, Default)]
pub(super) struct Quota {
    buckets: HashMap<Account, Bucket>,
    /// When an installation wrote something that people are told of, in the last hour.
    content: HashMap<u64, Vec<i64>>,
    /// What every installation has until the reset, when its owner said so.
    told: Option<Bucket>,
}

/// What is left of one hour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    pub(super) remaining: u64,
    /// Seconds since 1970.
    pub(super) reset: i64,
}

impl Quota {
    /// From now on every installation has so many requests left until then.
    pub(super) fn set(&mut self, remaining: u64, reset: i64) {
        self.buckets.clear();
        self.told = Some(Bucket { remaining, reset });
    }

    pub(super) fn of(&self, account: Account, now: i64) -> Bucket {
        let told = self.told.filter(|_| account.0 != 0);
        let known = self.buckets.get(&account).copied().or(told).filter(|bucket| bucket.reset > now);
        known.unwrap_or(Bucket { remaining: LIMIT, reset: now + HOUR })
    }

    /// Counts a request; whether it may pass, and what is left after it.
    pub(super) fn take(&mut self, account: Account, now: i64) -> (bool, Bucket) {
        let before = self.of(account, now);
        let after = Bucket { remaining: before.remaining.saturating_sub(1), ..before };
        self.buckets.insert(account, after);
        (before.remaining > 0, after)
    }

    /// Counts a request that makes content; whether it is taken.
    pub(super) fn take_content(&mut self, installation: u64, now: i64) -> bool {
        let made = self.content.entry(installation).or_default();
        made.retain(|at| now - at < HOUR);
        let within = |span: i64| made.iter().filter(|at| now - **at < span).count();
        let passes = CONTENT.iter().all(|(limit, span)| within(*span) < *limit);
        if passes {
            made.push(now);
        }
        passes
    }

    /// A request that turned out to be free, as an unchanged answer is.
    pub(super) fn give_back(&mut self, account: Account, now: i64) -> Bucket {
        let before = self.of(account, now);
        let after = Bucket { remaining: (before.remaining + 1).min(LIMIT), ..before };
        self.buckets.insert(account, after);
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f26_so_much_is_written_in_a_minute_and_in_an_hour() {
        let mut quota = Quota::default();
        let mut take = |now: i64| (0..1_000).take_while(|_| quota.take_content(1, now)).count();
        assert_eq!([take(0), take(59), take(60)], [80, 0, 80]);
        let rest: usize = (2..60).map(|minute| take(minute * 60)).sum();
        assert_eq!(rest, 500 - 160);
        assert_eq!(take(HOUR), 80, "the first ones are an hour old");
        assert!(quota.take_content(2, 0), "another installation");
    }
}
