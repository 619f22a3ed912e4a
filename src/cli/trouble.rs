//! What a failed call means for the person whose token was used: what happened, and what to do next.

use super::access::Access;
use super::failure::Failure;
use crate::github::CallError;
use crate::publish::PublishError;
use crate::server::JudgingError;

/// A call about `subject` (`octo/hello#7`) that failed. What the person can mend is status 2, the rest 3.
pub(super) fn after_call(access: &Access, subject: &str, error: CallError) -> Failure {
    let token = format!("the token in {}", access.variable);
    match error {
        CallError::Unauthorized(reason) => Failure::usage(format!(
            "GitHub does not accept {token}: {reason}. Put a valid one there (`gh auth token` prints one), or unset it \
             to use the next variable"
        )),
        CallError::NotFound(what) => Failure::usage(format!(
            "GitHub shows {token} no {}, asked for {subject} at {}. Check the address, and that the token may read the \
             repository (fine-grained: repository access with *Contents* and *Pull requests*; else the scope `repo`)",
            what.trim_start_matches("such "),
            access.root.url
        )),
        CallError::Forbidden(reason) => {
            let reason = reason.trim_end_matches('.');
            let remedy = if reason.contains("read-only") {
                // No token helps with an archived repository.
                ""
            } else if is_about_permissions(reason) {
                ". In a workflow, give the job `permissions:` with `contents: read` and `pull-requests: write`; a personal \
                 token needs access to the repository"
            } else {
                ". The token has to meet what the organisation asks of one (`gh auth status` shows what it may), or use \
                 another one"
            };
            Failure::usage(format!("GitHub refuses {token} for {subject}: {reason}{remedy}"))
        }
        CallError::RateLimited { until } => Failure::failed(format!(
            "the hourly limit of {token} is spent until {}: run the command again then, or use another token",
            until.to_rfc3339()
        )),
        CallError::SecondaryLimit { retry_after } => Failure::failed(format!(
            "GitHub asks {token} to slow down: run the command again in {} seconds",
            retry_after.as_secs().max(1)
        )),
        other @ CallError::Paced { .. } => Failure::failed(format!("{subject}: {other}: run the command again then")),
        CallError::Moved => Failure::failed(format!(
            "the repository of {subject} was renamed or transferred: run the command again, with the present address"
        )),
        CallError::HeadMoved => {
            Failure::failed(format!("{subject} was pushed to while it was read: run the command again"))
        }
        other @ CallError::Behind(_) => {
            Failure::failed(format!("{subject}: {other}: run the command again in a moment"))
        }
        CallError::Network(reason) => {
            let root = access.root.variable.map(|name| format!(" ({name})")).unwrap_or_default();
            Failure::failed(format!(
                "no connection to GitHub at {}{root}: {reason}. Check the network and that address, and run the command \
                 again",
                access.root.url
            ))
        }
        other @ (CallError::Server(_) | CallError::Timeout(_)) => {
            Failure::failed(format!("{other}: run the command again; https://www.githubstatus.com tells of outages"))
        }
        CallError::Budget(limit) => Failure::failed(format!(
            "{subject} takes more than the {limit} requests of one run: run the command again, it goes on from there"
        )),
        // Not even the beginning is one.
        CallError::Malformed(what) if what.ends_with("line 1 column 1") => Failure::usage(format!(
            "what answers at {} is no GitHub API ({}): check DECKHAND_GITHUB_API_URL, and whether a proxy or a sign-in page \
             stands between",
            access.root.url,
            what.trim_start_matches("such ")
        )),
        other @ (CallError::Invalid(_) | CallError::Conflict(_) | CallError::TooLarge(_) | CallError::Malformed(_)) => {
            Failure::failed(format!("{subject} cannot be reviewed: {other}"))
        }
    }
}

/// Whether a refusal is for want of a permission of the token, in GitHub's words for it, rather than for a rule of an
/// organisation (single sign-on, allowed addresses, the age of tokens) or the state of a repository.
pub(super) fn is_about_permissions(reason: &str) -> bool {
    reason.contains("not accessible") || reason.contains("(needs ") || reason.contains("Must have")
}

/// Rules that did not come to their end.
pub(super) fn after_judging(access: &Access, subject: &str, error: JudgingError) -> Failure {
    match error {
        JudgingError::Call(error) => after_call(access, subject, error),
        error @ (JudgingError::Judge(_) | JudgingError::Kept(_) | JudgingError::Circle) => {
            Failure::failed(format!("the rules could not run: {error}. Run the command again; if it stays, report it"))
        }
    }
}

/// A plan that was not carried out to its end.
pub(super) fn after_publish(access: &Access, subject: &str, error: PublishError) -> Failure {
    match error {
        PublishError::Call(error) | PublishError::Unclear(error) => {
            let Failure { status, message } = after_call(access, subject, error);
            Failure { status, message: format!("not everything was posted. {message}") }
        }
        // Nothing is recorded for a command that runs once.
        error @ PublishError::Store(_) => Failure::failed(error.to_string()),
    }
}
