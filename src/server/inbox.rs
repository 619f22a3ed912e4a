//! `POST /webhooks/github`: size, signature, disk, then 202. What is parsed is verified, and the delivery and the work
//! that it names are on disk together.

use super::body::{Unread, announces_more, drain, read_body};
use super::http::App;
use crate::store::{Accepted, Pending};
use crate::webhook::{
    Delivery, DeliveryHeaders, EVENT_HEADER, Event, GUID_HEADER, HOOK_ID_HEADER, JobSpec, Refusal, SIGNATURE_HEADER,
    Verified, build_jobs, parse, verify,
};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// GitHub caps payloads at 25 MB; this is the same in binary units.
const BODY_LIMIT: usize = 25 << 20;
/// Deliveries up to this size are read before they are stored; GitHub's are about 30 kB.
const READ_AT_ONCE: usize = 1 << 20;
/// All deliveries that are being read or stored take no more than this.
pub(super) const ALL_BODIES: usize = 96 << 20;
/// A sender must have sent its body by then.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// A delivery waits so long to be stored: its sender must hear 503 within 8 seconds.
pub(super) const STORE_TIMEOUT: Duration = Duration::from_secs(7);

/// Takes a delivery in. Every answer has a fixed text; nothing of a refused request is logged.
pub(super) async fn receive(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if announces_more(&parts.headers, BODY_LIMIT) {
        drain(body);
        return oversized(&app);
    }
    let headers = delivery_headers(&parts.headers);
    // A request that cannot match, whatever its body, is not worth buffering.
    if let Err(refusal) = verify(&app.secrets, &headers, Vec::new())
        && refusal.is_unauthorized()
        && refusal != Refusal::Mismatch
    {
        return refused(&app, refusal);
    }
    let (body, _room) = match read_body(body, BODY_LIMIT, BODY_TIMEOUT, &app.bodies).await {
        Ok(read) => read,
        Err(Unread::NoRoom) => {
            tracing::error!("a delivery cannot be read now: others fill the memory for them");
            return unstored(&app);
        }
        Err(Unread::TooLong) => return oversized(&app),
        Err(Unread::Broken) => return (StatusCode::BAD_REQUEST, "the body did not arrive\n").into_response(),
        Err(Unread::TooSlow) => {
            return (StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time\n").into_response();
        }
    };
    match verify(&app.secrets, &headers, body) {
        Ok(_) if is_form(&parts.headers) => {
            tracing::error!(
                "a delivery came as a form: choose the content type application/json for the app's webhook"
            );
            let advice = "choose the content type application/json for the app's webhook; forms are not read\n";
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, advice).into_response()
        }
        Ok(verified) => store(&app, verified).await,
        Err(refusal) => refused(&app, refusal),
    }
}

/// GitHub sends forms where nobody chose otherwise (<https://docs.github.com/en/rest/apps/webhooks>, `content_type`).
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

async fn store(app: &App, verified: Verified) -> Response {
    let Verified { delivery, secret_index } = verified;
    let (guid, event) = (delivery.guid(), delivery.event());
    if secret_index > 0 {
        tracing::warn!(secret_index, "a delivery was signed with an older webhook secret: finish the rotation");
    }
    let shared = &app.shared;
    let work = match read(app, &delivery) {
        Reading::Echo => {
            tracing::debug!(guid, event, "delivery {guid} repeats what a program did");
            shared.metrics.echoes.add();
            return (StatusCode::ACCEPTED, "accepted\n").into_response();
        }
        Reading::Later => None,
        Reading::Work(work) => Some(work),
    };
    let pending = work.as_deref().map_or(Pending::Unread, Pending::Work);
    let claimer = work.as_ref().filter(|work| !work.is_empty()).and_then(|_| shared.claimer(app.lease));
    let claims = claimer.is_some();
    let accepting = shared.store.accept(&delivery, pending, claimer, shared.now());
    let stored = tokio::time::timeout(app.store_timeout, accepting).await;
    let accepted = match stored {
        Ok(Ok(accepted)) => accepted,
        Ok(Err(error)) => {
            tracing::error!(guid, event, error = %error, "delivery {guid} cannot be stored: {error}");
            return unstored(app);
        }
        Err(_) => {
            tracing::error!(guid, event, "delivery {guid} cannot be stored in time");
            return unstored(app);
        }
    };
    match accepted {
        Accepted::New => {
            tracing::info!(guid, event, "delivery {guid} accepted");
            shared.metrics.accepted.add();
        }
        Accepted::Repeated => {
            tracing::info!(guid, event, "delivery {guid} came again");
            shared.metrics.repeated.add();
        }
        Accepted::OtherPayload => {
            tracing::warn!(guid, event, "delivery {guid} came again with another payload; the first is kept");
            shared.metrics.conflicting.add();
        }
    }
    match work {
        None => shared.deliveries.notify_one(),
        Some(work) if !work.is_empty() => {
            let keys = work.iter().map(JobSpec::key).collect::<Vec<_>>().join(" ");
            tracing::info!(guid, jobs = work.len(), keys, "delivery {guid} names work: {keys}");
            // Whoever claimed sees whether more is due.
            if !claims {
                shared.jobs.notify_waiters();
            }
        }
        Some(_) => {}
    }
    shared.progressed();
    (StatusCode::ACCEPTED, "accepted\n").into_response()
}

/// What a delivery says at first sight.
enum Reading {
    /// The work that it names; often none.
    Work(Vec<JobSpec>),
    /// What this app itself has done, mostly: half of all deliveries. There is nothing to lose and nothing to store.
    Echo,
    /// The intake reads it: when it is large, so that the sender need not wait, and when it does not read, so that it is
    /// kept and the failure is said in one place.
    Later,
}

fn read(app: &App, delivery: &Delivery) -> Reading {
    if delivery.body().len() > READ_AT_ONCE {
        return Reading::Later;
    }
    let event = catch_unwind(AssertUnwindSafe(|| parse(delivery.event(), delivery.body())));
    match event {
        Ok(Event::Unreadable { .. }) | Err(_) => Reading::Later,
        Ok(Event::Other { .. }) => {
            app.shared.metrics.unknown.add();
            Reading::Work(Vec::new())
        }
        Ok(event) => {
            app.shared.upkeep.heed(&event);
            if event.is_echo() { Reading::Echo } else { Reading::Work(build_jobs(&event)) }
        }
    }
}

fn refused(app: &App, refusal: Refusal) -> Response {
    app.shared.metrics.refused.add();
    tracing::warn!(reason = %refusal, "a request to the webhook was refused: {refusal}");
    let status = if refusal.is_unauthorized() { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    (status, format!("{refusal}\n")).into_response()
}

fn oversized(app: &App) -> Response {
    app.shared.metrics.oversized.add();
    tracing::warn!("a request to the webhook was refused: it is larger than 25 MiB");
    // The rest of the body is nobody's: the connection must not be used again.
    (StatusCode::PAYLOAD_TOO_LARGE, [(header::CONNECTION, "close")], "larger than 25 MiB\n").into_response()
}

fn unstored(app: &App) -> Response {
    app.shared.metrics.unstored.add();
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "60")], "cannot store the delivery now\n").into_response()
}

fn delivery_headers(headers: &HeaderMap) -> DeliveryHeaders<'_> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    DeliveryHeaders {
        signature: text(SIGNATURE_HEADER),
        event: text(EVENT_HEADER),
        guid: text(GUID_HEADER),
        hook_id: text(HOOK_ID_HEADER),
    }
}
