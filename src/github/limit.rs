//! What an answer says about GitHub's limits: how much of an hour is left, when it begins anew, how long to wait.

use super::CallError;
use super::error::header;
use crate::model::Timestamp;
use http::HeaderMap;
use std::time::Duration;

/// A wait that GitHub does not name. Whoever keeps the pace makes a minute and more of it: what GitHub names is at
/// least a second.
pub(super) const UNTOLD: Duration = Duration::ZERO;
/// No limit of GitHub lasts longer than its hour. What says so is a mistake, maybe of a proxy in between: after this
/// time asking once is better than not asking for days.
const LONGEST_HOUR: Duration = Duration::from_secs(65 * 60);
/// The same for the seconds to wait, which GitHub chooses freely.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// When the hourly limit is refilled, when these headers say that it is spent and that this lies ahead.
pub(super) fn spent_until(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let spent = header(headers, "x-ratelimit-remaining")?.trim() == "0";
    reset(headers, now).filter(|until| spent && *until > now)
}

/// What is left of the hour's requests, and how many it has.
pub(super) fn left_of(headers: &HeaderMap) -> Option<(u64, u64)> {
    let number = |name| header(headers, name)?.trim().parse().ok();
    Some((number("x-ratelimit-remaining")?, number("x-ratelimit-limit")?))
}

/// When the hourly limit is refilled next.
pub(super) fn reset(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let seconds: i64 = header(headers, "x-ratelimit-reset")?.trim().parse().ok()?;
    Some(Timestamp(seconds.saturating_mul(1000)).min(now.after(LONGEST_HOUR)))
}

/// What GitHub counts apart, such as `core` and `graphql`; `None` when the answer does not say.
pub(super) fn resource(headers: &HeaderMap) -> Option<&str> {
    header(headers, "x-ratelimit-resource").map(str::trim)
}

/// The limit that a refusal (403, 429) tells of; `None` when it is another refusal. `told` is its text.
pub(super) fn find_limit(status: u16, headers: &HeaderMap, told: &str, now: Timestamp) -> Option<CallError> {
    let is_limit = status == 429
        || retry_after(headers, now).is_some()
        || spent_until(headers, now).is_some()
        || is_too_fast(told)
        || is_spent(told);
    is_limit.then(|| build_limit(headers, told, now))
}

/// How long a limit lasts: `Retry-After` first, then the hour's end, else nobody says it. So it is also when the hour
/// has ended between GitHub's refusal and now, or by a clock that differs from GitHub's.
/// (docs.github.com, REST API, best practices, "Handle rate limit errors appropriately")
pub(super) fn build_limit(headers: &HeaderMap, told: &str, now: Timestamp) -> CallError {
    if let Some(retry_after) = retry_after(headers, now) {
        return CallError::SecondaryLimit { retry_after };
    }
    match spent_until(headers, now) {
        Some(until) => CallError::RateLimited { until },
        // Some answers that an hour is spent come without the right number of what is left.
        None if is_spent(told) && !is_too_fast(told) => match reset(headers, now).filter(|until| *until > now) {
            Some(until) => CallError::RateLimited { until },
            None => CallError::SecondaryLimit { retry_after: UNTOLD },
        },
        None => CallError::SecondaryLimit { retry_after: UNTOLD },
    }
}

/// Whether GitHub's words are those of a secondary limit. "Was submitted too quickly" and `abuse` are how the checks of
/// a comment's fields say it.
pub(super) fn is_too_fast(told: &str) -> bool {
    let told = told.to_ascii_lowercase();
    ["secondary rate limit", "abuse detection", "submitted too quickly"].iter().any(|words| told.contains(words))
        || told.split("; ").any(|part| part.ends_with(" abuse"))
}

/// Whether they are those of a spent hour.
pub(super) fn is_spent(told: &str) -> bool {
    told.to_ascii_lowercase().contains("api rate limit")
}

/// What GitHub asks to wait: seconds, or a time as proxies write it.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = header(headers, "retry-after")?.trim();
    let wait = match text.parse().map(Duration::from_secs) {
        Ok(seconds) => seconds,
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => LONGEST_WAIT,
        Err(_) => {
            let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
            Timestamp(at.timestamp_millis()).since(now)
        }
    };
    Some(wait.clamp(Duration::from_secs(1), LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
    }

    fn seconds(wait: u64) -> Option<CallError> {
        Some(CallError::SecondaryLimit { retry_after: Duration::from_secs(wait) })
    }

    #[test]
    fn f26_retry_after_is_seconds_or_a_time_and_never_for_ever() {
        let limit = |value: &str| find_limit(403, &headers(&[("retry-after", value)]), "slow down", NOW);
        assert_eq!(limit("20"), seconds(20));
        assert_eq!(limit("0"), seconds(1), "at once is not meant");
        assert_eq!(limit("60"), seconds(60));
        assert_eq!(limit("Mon, 21 Sep 2026 14:14:20 GMT"), seconds(60));
        assert_eq!(limit("Mon, 21 Sep 2026 14:00:00 GMT"), seconds(1), "a time that is over");
        for absurd in ["99999999999", "99999999999999999999999999"] {
            assert_eq!(limit(absurd), seconds(24 * 60 * 60));
        }
        assert_eq!(limit("soon"), None);
    }

    #[test]
    fn f25_a_spent_hour_is_one_at_its_very_end_and_with_a_wrong_number() {
        let at = |reset: i64, left: &str, status: u16, told: &str| {
            let reset = (NOW.unix_seconds() + reset).to_string();
            find_limit(status, &headers(&[("x-ratelimit-remaining", left), ("x-ratelimit-reset", &reset)]), told, NOW)
        };
        let spent = "API rate limit exceeded for installation ID 1.";
        let until = |seconds| Some(CallError::RateLimited { until: NOW.after(Duration::from_secs(seconds)) });
        assert_eq!(at(60, "0", 403, spent), until(60));
        assert_eq!(at(60, "0", 429, "Too many requests"), until(60));
        assert_eq!(at(60, "3", 403, spent), until(60), "a number that is a little old");
        for over in [0, -1, -300] {
            assert_eq!(at(over, "0", 403, spent), Some(CallError::SecondaryLimit { retry_after: UNTOLD }), "{over}");
            assert_eq!(at(over, "0", 403, "Resource not accessible by integration"), None, "{over}");
        }
        assert_eq!(at(10_000_000, "0", 403, spent), until(65 * 60), "no hour is longer");
        assert_eq!(
            at(60, "10", 403, "You have exceeded a secondary rate limit"),
            Some(CallError::SecondaryLimit { retry_after: UNTOLD })
        );
        assert_eq!(at(60, "10", 403, "Resource not accessible by integration"), None);
    }
}
