//! Where GitHub sends deliveries, and whether they arrive.

use super::report::{Level, Remark, Section};
use crate::github::{AppSettings, DeliveryAttempt, HookSettings, WANTED_EVENTS};
use std::collections::HashSet;
use std::fmt::Write;

/// The path at which a server takes deliveries.
const PATH: &str = "/webhooks/github";

pub(super) fn look(hook: &HookSettings, public_url: Option<&str>, attempts: &[DeliveryAttempt]) -> Section {
    let mut section = Section::new("Webhook");
    section.remarks = judge_address(&hook.url, public_url).into_iter().collect();
    if !hook.has_secret {
        let text = "the webhook has no secret: GitHub does not sign its deliveries, and the server refuses them all";
        let advice = "Enter the text of DECKHAND_WEBHOOK_SECRET as *Secret* on the app's settings page.";
        section.remarks.push(Remark::new(Level::Problem, text).advise(advice));
    }
    if hook.content_type != "json" {
        let text = format!("deliveries come as `{}`, which the server does not read", hook.content_type);
        section.remarks.push(Remark::new(Level::Problem, text).advise("Choose the content type `application/json`."));
    }
    if !hook.checks_certificate {
        let text = "GitHub does not look at the server's certificate, so that anybody in between can read deliveries";
        let advice = "Enable *SSL verification* on the app's settings page.";
        section.remarks.push(Remark::new(Level::Warning, text).advise(advice));
    }
    section.remarks.push(judge_deliveries(attempts));
    section
}

/// An app whose webhook is not active.
pub(super) fn look_at_none(public_url: Option<&str>) -> Section {
    Section { remarks: judge_address("", public_url).into_iter().collect(), ..Section::new("Webhook") }
}

fn judge_address(url: &str, public_url: Option<&str>) -> Option<Remark> {
    let wanted = public_url.map(|public| format!("{public}{PATH}"));
    let (text, advice) = match (url, &wanted) {
        ("", wanted) => {
            let wanted = wanted.as_deref().unwrap_or("the server's address and /webhooks/github");
            (
                "the app has no webhook: GitHub sends nothing".to_owned(),
                format!("Make *Webhook* active with the URL {wanted}."),
            )
        }
        (url, Some(wanted)) if url != wanted => (
            format!("deliveries go to {url}, and this server is at {wanted}"),
            "Set the webhook URL on the app's settings page, or DECKHAND_PUBLIC_URL, so that they agree.".to_owned(),
        ),
        (url, None) if !url.trim_end_matches('/').ends_with(PATH) => (
            format!("deliveries go to {url}, which does not end with {PATH}"),
            format!("Set the webhook URL on the app's settings page to the server's address and {PATH}."),
        ),
        (url, _) => return Some(Remark::new(Level::Fine, format!("deliveries go to {url}"))),
    };
    Some(Remark::new(Level::Problem, text).advise(advice))
}

/// A delivery can have several attempts; it arrived when one of them did.
fn judge_deliveries(attempts: &[DeliveryAttempt]) -> Remark {
    let arrived: HashSet<&str> = attempts.iter().filter(|it| it.arrived()).map(|it| it.guid.as_str()).collect();
    let all: HashSet<&str> = attempts.iter().map(|it| it.guid.as_str()).collect();
    let failed = all.len() - arrived.len();
    match attempts.first() {
        None => Remark::new(Level::Note, "GitHub has not sent anything in the last days"),
        Some(newest) if !arrived.contains(newest.guid.as_str()) => {
            let (what, advice) = explain(newest.status);
            let text = format!(
                "the newest delivery failed ({}), and {failed} of the last {}: {what}",
                newest.at.to_rfc3339(),
                all.len()
            );
            Remark::new(Level::Problem, text).advise(advice)
        }
        Some(_) if failed > 0 => {
            let text = format!("{failed} of the last {} deliveries failed, not the newest", all.len());
            Remark::new(Level::Note, text).advise("The server has them sent again by itself.")
        }
        Some(_) => Remark::new(Level::Fine, format!("the last deliveries arrived ({})", all.len())),
    }
}

/// What an answer to a delivery means, and what to do.
fn explain(status: u16) -> (String, &'static str) {
    match status {
        0 => (
            "nobody answered".to_owned(),
            "Start `deckhand serve`, and see that its address can be reached from the internet.",
        ),
        401 => (
            "the server answered 401, the signature is wrong".to_owned(),
            "Enter the same text as *Secret* on the app's settings page and in DECKHAND_WEBHOOK_SECRET, and restart the server.",
        ),
        404 => (
            "the answer was 404".to_owned(),
            "See that the webhook URL ends with /webhooks/github and leads to this server.",
        ),
        413 => (
            "the answer was 413, something before the server takes no bodies that large".to_owned(),
            "Let the proxy take 25 MB (nginx: `client_max_body_size 25m`).",
        ),
        415 => (
            "the server answered 415, it came as a form".to_owned(),
            "Choose the content type `application/json` for the webhook on the app's settings page.",
        ),
        503 => (
            "the server answered 503, it could not store it".to_owned(),
            "See what this says of the database, and the server's log.",
        ),
        other => (
            format!("the answer was {other}"),
            "See what stands before the server (a proxy, a tunnel), and the server's log.",
        ),
    }
}

/// The events of the app's settings.
pub(super) fn look_at_events(app: &AppSettings) -> Section {
    let mut section = Section::new("Events");
    let missing = |needed: bool| {
        WANTED_EVENTS.iter().filter(move |it| it.needed == needed && !app.events.iter().any(|event| event == it.name))
    };
    for event in missing(true) {
        let text =
            format!("the app does not subscribe to `{}`: without it none of this: {}", event.name, event.purpose);
        let mut advice = "Subscribe to it: the app's settings page, *Permissions & events*".to_owned();
        if !app.permissions.contains_key(event.permission) {
            let _ = write!(advice, ", which offers it once the app asks for `{}: read`", event.permission);
        }
        section.remarks.push(Remark::new(Level::Problem, text).advise(advice + "."));
    }
    if section.remarks.is_empty() {
        section.remarks.push(Remark::new(Level::Fine, "the app subscribes to all that it needs"));
    }
    let optional =
        missing(false).map(|event| format!("`{}` is not subscribed to; it is for: {}", event.name, event.purpose));
    section.remarks.extend(optional.map(|text| Remark::new(Level::Note, text)));
    section
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn attempt(guid: &str, status: u16) -> DeliveryAttempt {
        DeliveryAttempt { id: 1, guid: guid.to_owned(), at: Timestamp(0), status }
    }

    #[test]
    fn a_delivery_that_arrived_at_another_attempt_did_not_fail() {
        let level = |attempts: &[DeliveryAttempt]| judge_deliveries(attempts).level;
        assert_eq!(level(&[]), Level::Note);
        assert_eq!(level(&[attempt("b", 202), attempt("a", 202)]), Level::Fine);
        assert_eq!(level(&[attempt("a", 202), attempt("a", 0)]), Level::Fine);
        assert_eq!(level(&[attempt("b", 202), attempt("a", 503)]), Level::Note);
        assert_eq!(level(&[attempt("b", 401), attempt("a", 202)]), Level::Problem);
    }

    #[test]
    fn without_a_public_url_the_path_is_what_can_be_compared() {
        let level = |url, public| judge_address(url, public).map(|it| it.level);
        let home = Some("https://deckhand.example.com");
        assert_eq!(level("https://deckhand.example.com/webhooks/github", home), Some(Level::Fine));
        assert_eq!(level("https://deckhand.example.com/", home), Some(Level::Problem));
        assert_eq!(level("https://smee.io/x", None), Some(Level::Problem));
        assert_eq!(level("https://any.example.com/webhooks/github", None), Some(Level::Fine));
        assert_eq!(level("", home), Some(Level::Problem));
    }

    #[test]
    fn forms_and_certificates_that_nobody_looks_at_are_found() {
        let url = "https://a.example.com/webhooks/github".to_owned();
        let hook = HookSettings { url, content_type: "form".to_owned(), checks_certificate: false, has_secret: true };
        let levels: Vec<Level> = look(&hook, None, &[]).remarks.iter().map(|it| it.level).collect();
        assert_eq!(levels, [Level::Fine, Level::Problem, Level::Warning, Level::Note]);
    }
}
