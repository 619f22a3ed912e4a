//! The app on GitHub, and where it is installed.

use super::report::{Level, Remark, Section};
use crate::github::{AppSettings, CallError, Presence};
use crate::server::ServerConfig;

const REACH: &str = "Check the network, its firewall, the proxy (HTTPS_PROXY, NO_PROXY), and DECKHAND_GITHUB_API_URL.";

/// A call that ended badly, in words for whoever runs the server.
pub(super) fn after_call(config: &ServerConfig, error: &CallError) -> Remark {
    let url = &config.github_api_url;
    let problem = |text: String, advice: &str| Remark::new(Level::Problem, text).advise(advice);
    match error {
        CallError::Unauthorized(reason) => problem(
            format!("GitHub does not accept this key for app {}: {reason}", config.app.id),
            "Compare DECKHAND_APP_ID with the number on the app's settings page, and the key with those listed there; \
             generate a new one when in doubt.",
        ),
        CallError::NotFound(what) => problem(
            format!("GitHub at {url} has no {what}"),
            "Check DECKHAND_GITHUB_API_URL (https://HOST/api/v3 for Enterprise Server) and DECKHAND_APP_ID.",
        ),
        CallError::Network(reason) => problem(format!("no connection to GitHub at {url}: {reason}"), REACH),
        CallError::Timeout(_) => problem(format!("GitHub at {url} does not answer: {error}"), REACH),
        CallError::Moved => problem(
            format!("what answers at {url} sends us on to another address"),
            "Write that address in DECKHAND_GITHUB_API_URL: mostly it begins with https:// in place of http://.",
        ),
        CallError::Forbidden(reason) => problem(
            format!("GitHub refuses: {}", reason.trim_end_matches('.')),
            "Where it names a permission, let the account grant it; where it speaks of an address, let this machine's into \
             the organisation's or enterprise's list.",
        ),
        CallError::Malformed(what) => problem(
            format!("what answers at {url} is no GitHub API ({what})"),
            "Check DECKHAND_GITHUB_API_URL (https://HOST/api/v3 for Enterprise Server), and whether a proxy stands between.",
        ),
        other => problem(
            other.to_string(),
            "Run `deckhand doctor` again later; https://www.githubstatus.com tells of outages.",
        ),
    }
}

pub(super) fn look(app: &AppSettings, installations: &[Presence]) -> Section {
    let mut section = Section::new("App");
    section.remarks.push(Remark::new(Level::Fine, format!("{}, {}", app.name, app.html_url)));
    let stopped: Vec<&str> = installations.iter().filter(|it| it.suspended).map(|it| it.account.as_str()).collect();
    section.remarks.push(match installations.len() {
        0 => Remark::new(Level::Warning, "it is not installed on any account, so that no pull request is judged")
            .advise(format!("Install it: {}/installations/new", app.html_url)),
        1 => Remark::new(Level::Fine, format!("installed on {}", installations[0].account)),
        count => Remark::new(Level::Fine, format!("installed on {count} accounts")),
    });
    if !stopped.is_empty() {
        let text = format!("suspended by {}: nothing of theirs is judged until they lift it", stopped.join(", "));
        let level = if stopped.len() == installations.len() { Level::Warning } else { Level::Note };
        section.remarks.push(Remark::new(level, text));
    }
    section
}
