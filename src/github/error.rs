//! Why a call failed, by cause: whoever retries, waits, or tells people decides by it. Holds no body and no secret.

use crate::model::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// A call that did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The hourly limit of this installation is spent; nothing is sent before `until`.
    #[error("GitHub's hourly limit is spent until {}", .until.to_rfc3339())]
    RateLimited {
        /// When it is refilled.
        until: Timestamp,
    },
    /// GitHub asks to slow down.
    #[error("GitHub asks to wait {} s before the next call", .retry_after.as_secs())]
    SecondaryLimit {
        /// For how long.
        retry_after: Duration,
    },
    /// Not there, or not visible to us.
    #[error("GitHub has no {0}, or the app is not allowed to see it")]
    NotFound(String),
    /// Refused; the text is GitHub's reason, with the permission that would be needed when GitHub names it.
    #[error("GitHub refuses: {0}")]
    Forbidden(String),
    /// Our identity was not accepted.
    #[error("GitHub does not accept our identity: {0}; check the app's id and private key")]
    Unauthorized(String),
    /// Understood and refused (422); the text is GitHub's reason.
    #[error("GitHub does not accept the request: {0}")]
    Invalid(String),
    /// The state has changed in between (409), or does not allow it (405).
    #[error("GitHub reports a conflict: {0}")]
    Conflict(String),
    /// The answer would be too large for this form of it (406), or is larger than we read.
    #[error("the answer is too large: {0}")]
    TooLarge(String),
    /// The repository has another name by now.
    #[error("the repository was renamed or transferred; the next attempt uses its new name")]
    Moved,
    /// GitHub failed; a write may or may not have happened.
    #[error("GitHub failed with status {0}")]
    Server(u16),
    /// No whole answer; a write may or may not have happened.
    #[error("the connection to GitHub failed: {0}")]
    Network(String),
    /// No answer in time; a write may or may not have happened.
    #[error("GitHub did not answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// An answer that we do not understand; a write may or may not have happened.
    #[error("GitHub's answer is not what was expected: {0}")]
    Malformed(String),
    /// This run has spent its requests; nothing was sent.
    #[error("this run has spent its {0} requests")]
    Budget(u32),
}

impl CallError {
    /// Whether a write that failed so may have happened nevertheless.
    pub fn is_unclear(&self) -> bool {
        matches!(self, CallError::Server(_) | CallError::Network(_) | CallError::Timeout(_) | CallError::Malformed(_))
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_temporary(&self) -> bool {
        match self {
            CallError::RateLimited { .. } | CallError::SecondaryLimit { .. } | CallError::Moved => true,
            CallError::Server(_) | CallError::Network(_) | CallError::Timeout(_) | CallError::Conflict(_) => true,
            CallError::NotFound(_) | CallError::Forbidden(_) | CallError::Unauthorized(_) | CallError::Invalid(_) => {
                false
            }
            CallError::TooLarge(_) | CallError::Malformed(_) | CallError::Budget(_) => false,
        }
    }
}

/// What is wrong with an answer that is not a success. `asked` says in words what was asked for.
pub(super) fn classify(status: u16, headers: &http::HeaderMap, body: &[u8], asked: &str, now: Timestamp) -> CallError {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    if matches!(status, 403 | 429)
        && let Some(limit) = limit(status, headers, &problem.message, now)
    {
        return limit;
    }
    let text = problem.text();
    match status {
        301 | 302 | 307 | 308 => CallError::Moved,
        401 => CallError::Unauthorized(text),
        403 => CallError::Forbidden(match header(headers, "x-accepted-github-permissions") {
            Some(needed) => format!("{text} (needs {needed})"),
            None => text,
        }),
        404 | 410 => CallError::NotFound(asked.to_owned()),
        405 | 409 => CallError::Conflict(text),
        406 => CallError::TooLarge(asked.to_owned()),
        400 | 422 => CallError::Invalid(text),
        500.. => CallError::Server(status),
        _ => CallError::Malformed(format!("status {status} for {asked}")),
    }
}

/// One header as text.
pub(super) fn header<'a>(headers: &'a http::HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// When the hourly limit is refilled, when these headers say that it is spent.
pub(super) fn spent_until(headers: &http::HeaderMap) -> Option<Timestamp> {
    let spent = header(headers, "x-ratelimit-remaining")?.trim() == "0";
    reset(headers).filter(|_| spent)
}

/// What is left of the hour's requests, and how many it has.
pub(super) fn left_of(headers: &http::HeaderMap) -> Option<(u64, u64)> {
    let number = |name| header(headers, name)?.trim().parse().ok();
    Some((number("x-ratelimit-remaining")?, number("x-ratelimit-limit")?))
}

/// What GitHub asks to wait, in seconds.
pub(super) fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    header(headers, "retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// When the hourly limit is refilled next.
pub(super) fn reset(headers: &http::HeaderMap) -> Option<Timestamp> {
    let seconds: i64 = header(headers, "x-ratelimit-reset")?.trim().parse().ok()?;
    Some(Timestamp(seconds.saturating_mul(1000)))
}

/// GitHub without `Retry-After`: "wait at least one minute". A refusal with exactly this time counts as one without.
/// (docs.github.com, REST API, best practices, "Handle rate limit errors appropriately")
pub(super) const SECONDARY_WAIT: Duration = Duration::from_secs(60);

fn limit(status: u16, headers: &http::HeaderMap, message: &str, now: Timestamp) -> Option<CallError> {
    if let Some(retry_after) = retry_after(headers) {
        return Some(CallError::SecondaryLimit { retry_after });
    }
    if let Some(until) = spent_until(headers).filter(|until| *until > now) {
        return Some(CallError::RateLimited { until });
    }
    let told = message.to_ascii_lowercase();
    let secondary = status == 429 || told.contains("secondary rate limit") || told.contains("abuse detection");
    secondary.then_some(CallError::SecondaryLimit { retry_after: SECONDARY_WAIT })
}

/// GitHub's error object; the list holds objects or plain texts.
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: serde_json::Value,
}

impl Problem {
    fn text(&self) -> String {
        let mut parts = vec![if self.message.is_empty() { "no reason given".to_owned() } else { self.message.clone() }];
        for error in self.errors.as_array().into_iter().flatten().take(5) {
            let said = error.as_str().or_else(|| error.get("message")?.as_str());
            let field = || Some(format!("{} {}", error.get("field")?.as_str()?, error.get("code")?.as_str()?));
            parts.extend(said.map(str::to_owned).or_else(field));
        }
        let text: String = parts.join("; ").chars().filter(|c| !c.is_control()).take(500).collect();
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
    }

    #[test]
    fn limits_are_told_from_missing_permissions() {
        let now = Timestamp(1_000_000);
        let spent = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1060")]);
        let told = |headers: &HeaderMap, message: &str| {
            classify(403, headers, format!("{{\"message\":\"{message}\"}}").as_bytes(), "check run", now)
        };
        assert_eq!(told(&spent, "API rate limit exceeded"), CallError::RateLimited { until: Timestamp(1_060_000) });
        let wait = |seconds| CallError::SecondaryLimit { retry_after: Duration::from_secs(seconds) };
        assert_eq!(told(&headers(&[("retry-after", "7")]), "slow down"), wait(7));
        assert_eq!(told(&headers(&[]), "You have exceeded a secondary rate limit"), wait(60));
        let needs = headers(&[("x-accepted-github-permissions", "checks=write"), ("x-ratelimit-remaining", "9")]);
        assert_eq!(
            told(&needs, "Resource not accessible by integration"),
            CallError::Forbidden("Resource not accessible by integration (needs checks=write)".into())
        );
    }

    #[test]
    fn reasons_are_read_and_other_bodies_are_not_repeated() {
        let body = br#"{"message":"Unprocessable Entity","errors":["line must be part of the diff",{"field":"body","code":"missing"}]}"#;
        let text = "Unprocessable Entity; line must be part of the diff; body missing";
        assert_eq!(classify(422, &HeaderMap::new(), body, "review", Timestamp(0)), CallError::Invalid(text.into()));
        assert_eq!(classify(502, &HeaderMap::new(), b"<html>", "review", Timestamp(0)), CallError::Server(502));
    }
}
