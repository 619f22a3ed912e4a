//! How fast GitHub may be asked, for each installation: its limits as it tells them, a share kept for concluding
//! checks, and the pace of comments.

use super::CallError;
use super::call::APP_ITSELF;
use super::limit::{UNTOLD, left_of, reset, resource, spent_until};
use crate::model::{InstallationId, Timestamp};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Of the hour's requests so many are kept for reviews that have begun and for checks: four reviews of the largest kind.
const RESERVE: u64 = 200;
/// The same where the hour has few requests: one in so many.
const RESERVE_SHARE: u64 = 20;
/// Of those the last, a fifth, are for checks alone: reviews that have begun could need more than is kept.
const LAST: u64 = 5;
/// GitHub: "Otherwise, wait for at least one minute before retrying." (docs.github.com, REST API, rate limits,
/// "Exceeding the rate limit")
const UNTOLD_WAIT: Duration = Duration::from_secs(60);
/// The longest wait that grows by itself.
const LONGEST_WAIT: Duration = Duration::from_secs(16 * 60);
/// GitHub: "no more than 80 content-generating requests per minute and no more than 500 content-generating requests
/// per hour" (docs.github.com, REST API, rate limits, "About secondary rate limits"). Others write in our name too.
const COMMENTS: [(usize, Duration); 2] = [(75, MINUTE), (480, HOUR)];
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// So many comments may be forgotten when the process is killed: fewer than are left below GitHub's limit.
const FORGETTABLE: usize = 4;
/// No place in the queue is further away, but where a clock went back.
const QUEUE: Duration = Duration::from_secs(24 * 60 * 60);

/// What is counted apart: by GitHub REST and GraphQL; tokens for the app's own sake, because without them nothing goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Quota {
    Rest,
    Graphql,
    Minting,
}

impl Quota {
    /// Whether these headers tell of it. Some ways to ask are counted for themselves, such as a search.
    pub(super) fn is_meant(self, headers: &HeaderMap) -> bool {
        resource(headers).is_none_or(|name| (name == "graphql") == (self == Quota::Graphql) && !is_special(name))
    }
}

fn is_special(resource: &str) -> bool {
    !matches!(resource, "core" | "graphql")
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
    /// Whether it may use the last of that: it is for a check.
    pub(super) concludes: bool,
    /// Whether it is the first of a review, which will need both REST and GraphQL.
    pub(super) begins: bool,
}

/// What is known of one installation.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Known {
    /// Until when the hour is spent.
    spent: HashMap<Quota, Timestamp>,
    /// Until when a secondary limit lasts, which counts for all ways of calling.
    slow: Option<Timestamp>,
    /// Until when the rest of the hour is kept in reserve.
    scarce: HashMap<Quota, Timestamp>,
    /// Until when all of it is kept for checks.
    last: HashMap<Quota, Timestamp>,
    /// Secondary limits in a row without a word on how long.
    strikes: u32,
    /// When people were written to in the last hour: comments, reviews, answers, signs.
    comments: VecDeque<Timestamp>,
    /// When those who were sent away with a comment come back, the earliest first.
    queue: VecDeque<Timestamp>,
    /// Comments since all this was remembered.
    #[serde(skip)]
    news: usize,
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
        known.look(asking, now)?;
        // Checks and statuses are no content that people are told of.
        if asking.write && !asking.gate { known.admit_comment(now) } else { Ok(()) }
    }

    /// The same before it is known whether anything can be sent at all: nothing is counted.
    pub(super) fn look(&self, installation: InstallationId, asking: Asking, now: Timestamp) -> Result<(), CallError> {
        self.lock().entry(installation).or_default().look(asking, now)
    }

    /// What an answer of any status says about the hour.
    pub(super) fn note_headers(&self, installation: InstallationId, quota: Quota, headers: &HeaderMap, now: Timestamp) {
        if !quota.is_meant(headers) {
            return;
        }
        let mut known = self.lock();
        let known = known.entry(installation).or_default();
        if let Some(until) = spent_until(headers, now) {
            known.note_spent(quota, until);
        }
        if let (Some((left, limit)), Some(until)) = (left_of(headers), reset(headers, now)) {
            let reserve = RESERVE.min(limit / RESERVE_SHARE);
            for (kept, times) in [(reserve, &mut known.scarce), (reserve / LAST, &mut known.last)] {
                if left < kept {
                    times.insert(quota, until);
                } else {
                    times.remove(&quota);
                }
            }
        }
    }

    /// GitHub did what was asked: no secondary limit lasts.
    pub(super) fn note_success(&self, installation: InstallationId, now: Timestamp) {
        let mut known = self.lock();
        let known = known.entry(installation).or_default();
        // Calls that were under way when the limit struck say nothing about it.
        if known.slow.is_none_or(|until| until <= now) {
            known.strikes = 0;
        }
    }

    /// A refusal that names a time; gives the error with the time that is really waited.
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
            CallError::RateLimited { until } => CallError::RateLimited { until: known.note_spent(quota, until) },
            CallError::SecondaryLimit { retry_after } => {
                let until = known.strike(retry_after, now);
                CallError::SecondaryLimit { retry_after: until.since(now) }
            }
            other => other,
        }
    }

    /// What whoever comes after this process must know: limits that last, and what was written in the last hour.
    /// Of this installation and of the app itself, or of all.
    pub(super) fn remember(&self, of: Option<InstallationId>, now: Timestamp) -> Vec<(InstallationId, String)> {
        let mut known = self.lock();
        let mut texts = Vec::new();
        let wanted = |id: InstallationId| of.is_none_or(|of| id == of || id == APP_ITSELF);
        for (installation, known) in known.iter_mut().filter(|(id, _)| wanted(**id)) {
            known.forget_past(now);
            known.news = 0;
            if known.lasts() {
                texts.push((*installation, serde_json::to_string(known).expect("times are plain data")));
            }
        }
        texts
    }

    /// Forgets an installation that is gone.
    pub(super) fn forget(&self, installation: InstallationId) {
        self.lock().remove(&installation);
    }

    /// Whether so much was written since then that it is worth to be remembered.
    pub(super) fn has_news(&self, installation: InstallationId) -> bool {
        self.lock().get(&installation).is_some_and(|known| known.news > FORGETTABLE)
    }

    /// Takes over what another process remembered. Whatever does not read is not known.
    pub(super) fn recall(&self, installation: InstallationId, text: &str, now: Timestamp) {
        let Ok(mut remembered) = serde_json::from_str::<Known>(text) else { return };
        remembered.forget_past(now);
        self.lock().insert(installation, remembered);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<InstallationId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn forget_past(&mut self, now: Timestamp) {
        self.spent.retain(|_, until| *until > now);
        self.scarce.retain(|_, until| *until > now);
        self.last.retain(|_, until| *until > now);
        self.slow = self.slow.filter(|until| *until > now);
        // A clock that went back leaves comments in the future, of which nothing is known.
        self.comments.retain(|at| *at <= now && now.since(*at) < HOUR);
        // Some come later, and some not at all.
        self.queue.retain(|at| now.since(*at) < MINUTE && at.since(now) < QUEUE);
    }

    /// Whether there is anything that is not forgotten soon.
    fn lasts(&self) -> bool {
        !self.spent.is_empty() || !self.scarce.is_empty() || self.slow.is_some() || !self.comments.is_empty()
    }

    fn look(&mut self, asking: Asking, now: Timestamp) -> Result<(), CallError> {
        if let Some(until) = self.slow.filter(|until| *until > now) {
            return Err(CallError::SecondaryLimit { retry_after: until.since(now) });
        }
        let lasts = |times: &HashMap<Quota, Timestamp>, quota| times.get(&quota).copied().filter(|until| *until > now);
        // A review that cannot come to its end need not begin: it would use up what is kept for others.
        let needed: &[Quota] = if asking.begins { &[Quota::Rest, Quota::Graphql] } else { &[asking.quota] };
        let spent = needed.iter().filter_map(|quota| lasts(&self.spent, *quota)).max();
        let scarce = needed.iter().filter_map(|quota| lasts(&self.scarce, *quota)).max().filter(|_| !asking.reserved);
        let last = lasts(&self.last, asking.quota).filter(|_| !asking.concludes);
        match spent.max(scarce).max(last) {
            Some(until) => Err(CallError::RateLimited { until }),
            None => Ok(()),
        }
    }

    /// An answer that was long under way does not end a wait.
    fn note_spent(&mut self, quota: Quota, until: Timestamp) -> Timestamp {
        let known = self.spent.entry(quota).or_insert(until);
        *known = until.max(*known);
        *known
    }

    /// A secondary limit: until when it lasts. GitHub: "wait for an exponentially increasing amount of time between
    /// retries" when it does not say how long.
    fn strike(&mut self, told: Duration, now: Timestamp) -> Timestamp {
        // Nothing is sent while one lasts: this answer was under way when it struck, and is the same one.
        let same = self.slow.filter(|until| *until > now);
        let until = match (told, same) {
            (UNTOLD, Some(until)) => until,
            (UNTOLD, None) => {
                let wait = UNTOLD_WAIT.saturating_mul(1 << self.strikes.min(8)).min(LONGEST_WAIT);
                self.strikes += 1;
                now.after(wait)
            }
            (told, same) => same.unwrap_or(now).max(now.after(told)),
        };
        self.slow = Some(until);
        until
    }

    fn admit_comment(&mut self, now: Timestamp) -> Result<(), CallError> {
        self.forget_past(now);
        let written = |span: Duration| self.comments.iter().filter(|at| now.since(**at) < span).count();
        if COMMENTS.iter().all(|(limit, span)| written(*span) < *limit) {
            self.comments.push_back(now);
            self.news += 1;
            // Whoever had the earliest place in the queue has it no more, if it was not the same.
            self.queue.pop_front_if(|at| *at <= now);
            return Ok(());
        }
        let until = self.next_place(now);
        self.queue.push_back(until);
        Err(CallError::Paced { retry_after: until.since(now).max(Duration::from_secs(1)) })
    }

    /// When there is room for one more, behind all who were sent away before: if they all came back at once, most of them
    /// would come in vain, and every time is a review.
    fn next_place(&self, now: Timestamp) -> Timestamp {
        let ahead = self.queue.iter().filter(|at| **at > now);
        let times: Vec<Timestamp> = self.comments.iter().chain(ahead).copied().collect();
        // The comment that has to grow old before there is room.
        let frees =
            |(limit, span): &(usize, Duration)| times.len().checked_sub(*limit).map(|at| times[at].after(*span));
        COMMENTS.iter().filter_map(frees).max().unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMENTS_A_MINUTE: usize = COMMENTS[0].0;
    const COMMENTS_AN_HOUR: usize = COMMENTS[1].0;
    const NOW: Timestamp = Timestamp(1_000_000_000);
    const ONE: InstallationId = InstallationId(1);

    fn asking(write: bool, gate: bool, reserved: bool) -> Asking {
        Asking { quota: Quota::Rest, write, gate, reserved, concludes: gate, begins: false }
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
        assert_eq!(refused, Err(CallError::Paced { retry_after: Duration::from_secs(40) }));
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
    fn f26_who_is_sent_away_with_a_comment_comes_back_when_there_is_room() {
        let pace = Pace::default();
        let comment = asking(true, false, true);
        let mut waiting: Vec<Timestamp> = vec![NOW; 1_000];
        let (mut tries, mut written) = (0, Vec::new());
        while let Some(now) = waiting.iter().min().copied() {
            let due = waiting.iter().filter(|at| **at == now).count();
            waiting.retain(|at| *at != now);
            for _ in 0..due {
                tries += 1;
                match pace.admit(ONE, comment, now) {
                    Ok(()) => written.push(now),
                    Err(CallError::Paced { retry_after }) => waiting.push(now.after(retry_after)),
                    Err(error) => panic!("{error}"),
                }
            }
        }
        assert_eq!(written.len(), 1_000);
        for (limit, span) in COMMENTS {
            let most =
                written.iter().map(|end| written.iter().filter(|at| **at <= *end && end.since(**at) < span).count());
            assert!(most.max() <= Some(limit));
        }
        assert!(tries <= 2_000, "{tries} reviews for 1000 comments");
    }

    #[test]
    fn f26_a_limit_that_names_no_time_makes_the_waits_grow() {
        let pace = Pace::default();
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..6 {
            let error = CallError::SecondaryLimit { retry_after: UNTOLD };
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
        now = now.after(Duration::from_secs(7));
        let (untold, minute) = (CallError::SecondaryLimit { retry_after: UNTOLD }, wait(60));
        assert_eq!(pace.note_error(ONE, Quota::Rest, untold.clone(), now), minute, "a success ends the row");
        for _ in 0..3 {
            now = now.after(MINUTE * 2);
            assert_eq!(pace.note_error(ONE, Quota::Rest, minute.clone(), now), minute, "a minute that GitHub names");
        }
    }

    fn wait(seconds: u64) -> CallError {
        CallError::SecondaryLimit { retry_after: Duration::from_secs(seconds) }
    }

    #[test]
    fn f26_all_answers_that_were_under_way_tell_of_one_limit() {
        let pace = Pace::default();
        let told = |error: CallError, now| pace.note_error(ONE, Quota::Rest, error, now);
        let untold = || CallError::SecondaryLimit { retry_after: UNTOLD };
        for second in [0, 1, 10] {
            assert_eq!(told(untold(), NOW.after(Duration::from_secs(second))), wait(60 - second));
        }
        let now = NOW.after(Duration::from_secs(10));
        assert_eq!(told(wait(5), now), wait(50), "a shorter one does not end it");
        assert_eq!(told(wait(90), now), wait(90));
        assert_eq!(pace.admit(ONE, asking(false, true, true), now), Err(wait(90)), "not even a check");
        pace.note_success(ONE, now);
        assert_eq!(told(untold(), now.after(Duration::from_secs(90))), wait(120), "the second that names no time");
    }

    #[test]
    fn f26_a_process_that_comes_after_one_that_was_killed_knows_nearly_all() {
        let pace = Pace::default();
        let comment = asking(true, false, true);
        let mut kept = String::new();
        // Whoever writes asks after each job.
        for _ in 0..COMMENTS_A_MINUTE - 2 {
            pace.admit(ONE, comment, NOW).expect("there is room");
            if pace.has_news(ONE) {
                kept = pace.remember(Some(ONE), NOW).remove(0).1;
            }
        }
        let next = Pace::default();
        next.recall(ONE, &kept, NOW);
        assert!(count_admitted(&next, comment, NOW) + COMMENTS_A_MINUTE - 2 < 80);
        let later = Pace::default();
        later.recall(ONE, &kept, NOW.after(MINUTE));
        assert_eq!(count_admitted(&later, comment, NOW.after(MINUTE)), COMMENTS_A_MINUTE);
        later.recall(ONE, "[", NOW);
        assert!(later.remember(None, NOW.after(HOUR * 2)).is_empty(), "all is over");
    }

    #[test]
    fn f25_f26_one_limit_does_not_end_another() {
        let pace = Pace::default();
        let until = NOW.after(HOUR / 2);
        let spent = CallError::RateLimited { until };
        assert_eq!(pace.note_error(ONE, Quota::Rest, spent.clone(), NOW), spent);
        assert_eq!(pace.note_error(ONE, Quota::Graphql, wait(20), NOW), wait(20));
        let read = asking(false, false, true);
        let graphql = Asking { quota: Quota::Graphql, ..read };
        let now = NOW.after(MINUTE);
        assert_eq!(pace.admit(ONE, read, now), Err(spent.clone()));
        assert_eq!(pace.admit(ONE, graphql, now), Ok(()));
        let earlier = CallError::RateLimited { until: NOW.after(MINUTE) };
        assert_eq!(pace.note_error(ONE, Quota::Rest, earlier, NOW), spent, "an answer that was long under way");
        assert_eq!(pace.admit(ONE, read, until), Ok(()));
    }

    #[test]
    fn f25_no_review_begins_that_could_not_come_to_its_end() {
        for scarce in [Quota::Rest, Quota::Graphql] {
            let pace = Pace::default();
            let pairs =
                [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "9"), ("x-ratelimit-reset", "1000600")];
            let headers = pairs.map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
            pace.note_headers(ONE, scarce, &headers.into_iter().collect(), NOW);
            let limited = Err(CallError::RateLimited { until: Timestamp(1_000_600_000) });
            for quota in [Quota::Rest, Quota::Graphql] {
                let first = Asking { quota, begins: true, ..asking(false, false, false) };
                assert_eq!(pace.admit(ONE, first, NOW), limited, "{quota:?} when {scarce:?} is nearly spent");
                let check = Asking { quota, ..asking(true, true, true) };
                assert_eq!(pace.admit(ONE, check, NOW), Ok(()));
            }
        }
    }

    #[test]
    fn f25_what_is_counted_for_itself_says_nothing_of_the_others() {
        let pace = Pace::default();
        let all = |resource: &str| -> HeaderMap {
            let pairs = [
                ("x-ratelimit-limit", "10"),
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "1000600"),
                ("x-ratelimit-resource", resource),
            ];
            pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
        };
        for other in ["code_search", "graphql", "dependency_snapshots"] {
            pace.note_headers(ONE, Quota::Rest, &all(other), NOW);
            assert_eq!(pace.admit(ONE, asking(false, false, false), NOW), Ok(()), "{other}");
        }
        pace.note_headers(ONE, Quota::Rest, &all("core"), NOW);
        assert!(pace.admit(ONE, asking(false, false, false), NOW).is_err());
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
        pace.note_headers(ONE, Quota::Rest, &headers("200"), NOW);
        assert!(pace.admit(ONE, new, NOW).is_ok());
        pace.note_headers(ONE, Quota::Rest, &headers("199"), NOW);
        let until = Timestamp(1_000_600_000);
        assert_eq!(pace.admit(ONE, new, NOW), Err(CallError::RateLimited { until }));
        assert!(pace.admit(ONE, begun, NOW).is_ok());
        assert!(pace.admit(ONE, Asking { quota: Quota::Graphql, ..new }, NOW).is_ok(), "counted apart");
        pace.note_headers(ONE, Quota::Rest, &headers("40"), NOW);
        assert!(pace.admit(ONE, begun, NOW).is_ok());
        pace.note_headers(ONE, Quota::Rest, &headers("39"), NOW);
        assert_eq!(pace.admit(ONE, begun, NOW), Err(CallError::RateLimited { until }), "the last are for checks alone");
        assert!(pace.admit(ONE, asking(true, true, true), NOW).is_ok());
        pace.note_headers(ONE, Quota::Rest, &headers("0"), NOW);
        assert_eq!(pace.admit(ONE, begun, NOW), Err(CallError::RateLimited { until }));
        assert!(pace.admit(ONE, new, until).is_ok());
    }
}
