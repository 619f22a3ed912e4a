//! The HTTP side: faults, log and headers around REST, GraphQL and the web pages.

use super::clock::render_http_date;
use super::env::Env;
use super::faults::{self, Effect, Fault};
use super::log::{Kind, LogEntry, json_of};
use super::reply::{Body as ReplyBody, Reply};
use super::rest;
use super::state::State;
use super::webhooks::lock;
use axum::body::{Body, Bytes};
use axum::extract::State as Shares;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::Value;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// Requests in an hour, as an installation has them.
const LIMIT: u64 = 5000;

/// What the requests share.
pub(super) struct Shared {
    pub(super) state: Arc<Mutex<State>>,
    pub(super) env: Arc<Env>,
    pub(super) log: Mutex<Vec<LogEntry>>,
    pub(super) faults: Mutex<Vec<Fault>>,
    pub(super) delay: Mutex<Duration>,
}

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = axum::Router::new().fallback(handle).with_state(shared);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(error = %error, "the simulated GitHub ended: {error}");
    }
}

async fn handle(
    Shares(shared): Shares<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path();
    let Some(path) = path.strip_prefix("/api").filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
        let worker = shared.clone();
        let page = move || super::web::answer(&worker, method.as_str(), &uri, &headers, &body);
        let reply = tokio::task::spawn_blocking(page).await;
        return wire(&shared, reply.unwrap_or_else(|_| Reply::refusal(500, "Server Error")), false);
    };
    let delay = *shared.delay.lock().unwrap_or_else(PoisonError::into_inner);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let effect =
        faults::strike(&mut shared.faults.lock().unwrap_or_else(PoisonError::into_inner), method.as_str(), path);
    let request = rest::Request {
        method: method.as_str().to_owned(),
        path: path.to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let worker = shared.clone();
    // Git runs as a process, and may take a while.
    let answered = tokio::task::spawn_blocking(move || answer(&worker, &request, effect, !body.is_empty()));
    let (reply, dropped) = answered.await.unwrap_or_else(|_| (Reply::refusal(500, "Server Error"), false));
    if dropped {
        return drop_connection();
    }
    wire(&shared, reply, true)
}

/// The answer, and whether the connection ends before it.
fn answer(shared: &Shared, request: &rest::Request, effect: Option<Effect>, has_body: bool) -> (Reply, bool) {
    let mut state = lock(&shared.state);
    let mut stale = matches!(effect, Some(Effect::Stale)).then(|| state.stale.clone()).flatten();
    if let Some(stale) = &mut stale {
        // Tokens are known at once everywhere.
        stale.tokens.clone_from(&state.tokens);
    }
    let seen: &mut State = stale.as_deref_mut().unwrap_or(&mut state);
    let broken = has_body && request.body.is_null();
    let (reply, kind, route) = match effect.clone() {
        Some(Effect::Answer { status, body, headers }) => (faults::answer(status, body, headers), kind_of(request), ""),
        _ if broken => (Reply::refusal(400, "Problems parsing JSON"), kind_of(request), ""),
        _ if request.path == "/graphql" => {
            let reply = super::world::answer(seen, request);
            (reply, kind_of(request), "/graphql")
        }
        _ => rest::answer(seen, request),
    };
    drop(state);
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
    let sequence = log.len() as u64 + 1;
    log.push(LogEntry {
        sequence,
        method: request.method.clone(),
        path: format!("{}{query}", request.path),
        status: reply.status,
        kind,
        route: route.to_owned(),
        request: request.body.clone(),
        response: json_of(&reply),
    });
    (reply, matches!(effect, Some(Effect::DropAfter)))
}

/// What a request would do, said without a route.
fn kind_of(request: &rest::Request) -> Kind {
    if request.path.ends_with("/access_tokens") {
        return Kind::Mint;
    }
    let query = request.body["query"].as_str().unwrap_or_default();
    let mutation = query.lines().any(|line| line.trim_start().starts_with("mutation"));
    if request.method == "GET" || (request.path == "/graphql" && !mutation) { Kind::Read } else { Kind::Write }
}

fn wire(shared: &Shared, reply: Reply, api: bool) -> Response<Body> {
    let now = shared.env.clock.now();
    let id = shared.env.requests.fetch_add(1, Ordering::SeqCst);
    let mut builder = Response::builder().status(reply.status).header("date", render_http_date(now));
    if api {
        builder = builder.header("x-github-request-id", format!("SIM:{id}")).header("x-ratelimit-limit", LIMIT);
        let own = |name: &str| reply.headers.iter().any(|(header, _)| header == name);
        if !own("x-ratelimit-remaining") {
            builder = builder.header("x-ratelimit-remaining", LIMIT - 1).header("x-ratelimit-used", 1);
        }
        if !own("x-ratelimit-reset") {
            builder = builder.header("x-ratelimit-reset", now + 3600);
        }
        builder = builder.header("x-ratelimit-resource", "core");
    }
    for (name, value) in &reply.headers {
        builder = builder.header(name, value);
    }
    let made = match reply.body {
        ReplyBody::Empty => builder.body(Body::empty()),
        ReplyBody::Json(value) => {
            builder.header("content-type", "application/json; charset=utf-8").body(Body::from(value.to_string()))
        }
        ReplyBody::Bytes(kind, bytes) => builder.header("content-type", kind).body(Body::from(bytes)),
    };
    made.expect("headers and status are well-formed")
}

/// A body that breaks off at once: the client never hears what happened.
fn drop_connection() -> Response<Body> {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("dropped")) });
    Response::new(Body::from_stream(broken))
}
