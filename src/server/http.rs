//! The routes, and the doors in front of them.

use super::access::{Access, Entry};
use super::body::Room;
use super::judges::Judges;
use super::shared::Shared;
use super::upload::{self, Uploads};
use super::{dashboard, inbox, jobs_api, metrics_github, pages};
use crate::github::Meter;
use crate::store::StoreError;
use crate::webhook::Secrets;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Duration;

/// `/readyz` must answer while the database does not.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// What the routes use.
pub(super) struct App {
    pub(super) shared: Arc<Shared>,
    pub(super) secrets: Secrets,
    pub(super) access: Access,
    /// `None` where no judge runs.
    pub(super) judges: Option<Arc<Judges>>,
    /// Counts what the workers of this process ask of GitHub.
    pub(super) meter: Meter,
    /// What the way in for reports needs.
    pub(super) uploads: Uploads,
    /// How long a job is claimed for.
    pub(super) lease: Duration,
    /// How long a delivery waits to be stored.
    pub(super) store_timeout: Duration,
    /// Room for bodies of deliveries that are being read.
    pub(super) bodies: Room,
}

/// All routes of this role; `inbox` says whether deliveries and pages are among them.
pub(super) fn routes(app: Arc<App>, inbox: bool) -> Router {
    let mut router = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics));
    if inbox {
        router = router
            .route("/webhooks/github", post(inbox::receive))
            .route("/", get(dashboard::show))
            .route("/login", post(pages::login))
            .route("/runs/{id}", get(pages::run_page))
            .route("/api/v1/runs/{id}", get(pages::run_json))
            .route("/api/v1/repos/{owner}/{repo}/commits/{sha}/coverage", post(upload::receive))
            .route("/api/v1/jobs", get(jobs_api::list))
            .route("/api/v1/jobs/{id}/{decision}", post(jobs_api::decide));
    }
    router.fallback(async || not_found()).layer(middleware::from_fn(harden)).with_state(app)
}

/// The same answer for what does not exist and for what is closed.
pub(super) fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "not found\n").into_response()
}

/// What a program without access hears: 404 when the door is closed, 401 without the token.
pub(super) fn refusal(app: &App, headers: &HeaderMap) -> Option<Response> {
    refuse(app.access.check(headers))
}

/// The same for a request that changes something: a browser sends its cookie also when another site tells it to, so the
/// cookie does not count.
pub(super) fn refusal_of_a_change(app: &App, headers: &HeaderMap) -> Option<Response> {
    refuse(app.access.check_bearer(headers))
}

fn refuse(entry: Entry) -> Option<Response> {
    match entry {
        Entry::Granted => None,
        Entry::Closed => Some(not_found()),
        Entry::Denied => {
            let ask = [(header::WWW_AUTHENTICATE, "Bearer")];
            Some((StatusCode::UNAUTHORIZED, ask, "send the admin token: Authorization: Bearer ...\n").into_response())
        }
    }
}

/// What anybody hears while the database fails; the log says what could not be done.
pub(super) fn unavailable(what: &str, error: &StoreError) -> Response {
    tracing::error!(error = %error, "{what}: {error}");
    (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    let store = tokio::time::timeout(READY_TIMEOUT, app.shared.store.ping()).await;
    let unready = |text: &'static str| (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    if app.shared.is_stopping() {
        return unready("shutting down\n");
    }
    if !matches!(store, Ok(Ok(()))) {
        return unready("the database does not answer\n");
    }
    if app.judges.as_ref().is_some_and(|judges| !judges.is_ready()) {
        return unready("judges cannot be started\n");
    }
    "ready\n".into_response()
}

async fn metrics(State(app): State<Arc<App>>, request: Request) -> Response {
    if let Some(answer) = refusal(&app, request.headers()) {
        return answer;
    }
    match app.shared.store.count_jobs(app.shared.now()).await {
        Ok(counts) => {
            let replaced = app.judges.as_ref().map_or(0, |judges| judges.replaced());
            let mut text = app.shared.metrics.render(&counts, &app.shared.store, replaced);
            metrics_github::render(&app.meter.read(), &mut text);
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
        }
        Err(error) => unavailable("the jobs cannot be counted", &error),
    }
}

/// Pages show texts of pull requests: no script, no frame, no address handed on, nothing kept by proxies.
async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
