//! Why a call failed, by cause: whoever retries, waits, or tells people decides by it. Holds no body and no secret.

use super::limit::{build_limit, find_limit, is_too_fast};
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
    /// Comments are written no faster than GitHub likes; this one was not sent.
    #[error(
        "comments are written at most 75 a minute and 480 an hour; there is room for the next one in {} s",
        .retry_after.as_secs()
    )]
    Paced {
        /// Until then.
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
    /// What was read is of another head than the one that was asked about.
    #[error("the pull request has another head by now")]
    HeadMoved,
    /// Something that is there, and that the part of GitHub that answered has not heard of.
    #[error("GitHub does not know {0} yet")]
    Behind(String),
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
            CallError::RateLimited { .. }
            | CallError::SecondaryLimit { .. }
            | CallError::Paced { .. }
            | CallError::Moved
            | CallError::HeadMoved
            | CallError::Behind(_) => true,
            CallError::Server(_) | CallError::Network(_) | CallError::Timeout(_) | CallError::Conflict(_) => true,
            // A page of whatever stands between says nothing of what GitHub would.
            CallError::Malformed(_) => true,
            CallError::NotFound(_) | CallError::Forbidden(_) | CallError::Unauthorized(_) | CallError::Invalid(_) => {
                false
            }
            CallError::TooLarge(_) | CallError::Budget(_) => false,
        }
    }
}

/// What is wrong with an answer that is not a success. `asked` says in words what was asked for.
pub(super) fn classify(status: u16, headers: &http::HeaderMap, body: &[u8], asked: &str, now: Timestamp) -> CallError {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    let text = problem.text();
    let limit = match status {
        403 | 429 => find_limit(status, headers, &text, now),
        // "Validation failed, or the endpoint has been spammed": the words for one who writes too fast.
        422 if is_too_fast(&text) => Some(build_limit(headers, &text, now)),
        _ => None,
    };
    if let Some(limit) = limit {
        return limit;
    }
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
            let said = error.as_str().or_else(|| error.get("message")?.as_str()).filter(|said| !said.is_empty());
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
    use crate::github::limit::UNTOLD;
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
        let untold = CallError::SecondaryLimit { retry_after: UNTOLD };
        assert_eq!(told(&headers(&[]), "You have exceeded a secondary rate limit"), untold);
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

    #[test]
    fn f26_a_comment_that_comes_too_fast_is_a_limit_and_no_mistake_in_it() {
        let told = |error: &str| {
            let body = format!("{{\"message\":\"Validation Failed\",\"errors\":[{error}]}}");
            classify(422, &HeaderMap::new(), body.as_bytes(), "review", Timestamp(0))
        };
        for too_fast in [
            r#"{"resource":"IssueComment","code":"unprocessable","field":"data","message":"was submitted too quickly after a previous comment"}"#,
            r#"{"resource":"PullRequestReviewComment","field":"base","code":"abuse","message":""}"#,
            r#""User was submitted too quickly""#,
        ] {
            assert_eq!(told(too_fast), CallError::SecondaryLimit { retry_after: UNTOLD }, "{too_fast}");
        }
        let wrong = told(r#"{"resource":"IssueComment","field":"body","code":"too_long"}"#);
        assert_eq!(wrong, CallError::Invalid("Validation Failed; body too_long".into()));
    }
}
