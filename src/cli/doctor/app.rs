//! The app on GitHub, and where it is installed.

use super::report::{Level, Remark, Section};
use crate::github::{AppSettings, CallError, Presence};
use crate::server::ServerConfig;

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
        CallError::Network(reason) => problem(
            format!("no connection to GitHub at {url}: {reason}"),
            "Check the network, its firewall, and DECKHAND_GITHUB_API_URL.",
        ),
        CallError::Malformed(_) => problem(
            format!("what answers at {url} is no GitHub: {error}"),
            "Check DECKHAND_GITHUB_API_URL (https://HOST/api/v3 for Enterprise Server).",
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
        section.remarks.push(Remark::new(Level::Note, text));
    }
    section
}
