//! The primary rate limit: requests of an hour, counted for each installation and for REST and GraphQL apart.

use std::collections::HashMap;

/// Requests in an hour, as an installation has them.
pub(super) const LIMIT: u64 = 5000;
const HOUR: i64 = 3600;

/// Where a request is counted: an installation (0 for everybody else), and whether it is GraphQL.
pub(super) type Account = (u64, bool);

/// What is left of every account's hour.
#[derive(Clone, Debug, Default)]
pub(super) struct Quota {
    buckets: HashMap<Account, Bucket>,
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

    /// A request that turned out to be free, as an unchanged answer is.
    pub(super) fn give_back(&mut self, account: Account, now: i64) -> Bucket {
        let before = self.of(account, now);
        let after = Bucket { remaining: (before.remaining + 1).min(LIMIT), ..before };
        self.buckets.insert(account, after);
        after
    }
}
