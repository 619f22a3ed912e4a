//! The HTTP side: faults, log and headers around REST, GraphQL and the web pages.

use super::clock::render_http_date;
use super::env::Env;
use super::faults::{self, Effect, Fault, Meanwhile};
use super::halt::{Fate, Halt};
use super::log::{Kind, LogEntry, json_of};
use super::quota::{Account, Bucket, LIMIT};
use super::reply::{Body as ReplyBody, Reply};
use super::rest;
use super::state::State;
use super::webhooks::lock;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The largest request that is read.
const MAX_REQUEST: usize = 25 * 1024 * 1024;
/// GitHub's words for more content than it takes.
const TOO_MUCH: &str = "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.";
/// After the system refused a connection.
const BREATH: Duration = Duration::from_millis(100);

/// What the requests share.
pub(super) struct Shared {
    pub(super) state: Arc<Mutex<State>>,
    pub(super) env: Arc<Env>,
    pub(super) log: Mutex<Vec<LogEntry>>,
    pub(super) faults: Mutex<Vec<Fault>>,
    pub(super) delay: Mutex<Duration>,
    pub(super) halt: Halt,
}

/// Serves until its task is dropped; the connections end with it.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => _ = connections.spawn(converse(stream, shared.clone())),
                Err(error) => {
                    tracing::warn!(error = %error, "the simulated GitHub could not take a connection: {error}");
                    tokio::time::sleep(BREATH).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    // Answers are small and waited for; a socket that cannot do it is merely slower.
    _ = stream.set_nodelay(true);
    let service = service_fn(|request| handle(shared.clone(), request));
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.auto_date_header(false).timer(TokioTimer::new());
    // A client that goes away is no fault of ours, and a dropped connection is one on purpose.
    _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

/// The connection ends without an answer, as told.
#[derive(Debug, thiserror::Error)]
#[error("the connection was dropped as told")]
struct Dropped;

async fn handle(shared: Arc<Shared>, request: hyper::Request<Incoming>) -> Result<Response<Body>, Dropped> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(Body::new(body), MAX_REQUEST).await else {
        return Ok(wire(&shared, Reply::refusal(413, "Payload Too Large")));
    };
    let (method, uri, headers) = (parts.method, parts.uri, parts.headers);
    let Some(path) = uri.path().strip_prefix("/api").filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
        let worker = shared.clone();
        let page = move || super::web::answer(&worker, method.as_str(), &uri, &headers, &body);
        let reply = tokio::task::spawn_blocking(page).await;
        return Ok(wire(&shared, reply.unwrap_or_else(|_| Reply::refusal(500, "Server Error"))));
    };
    let request = rest::Request {
        method: method.as_str().to_owned(),
        path: path.to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let fate = shared.halt.fate(kind_of(&request));
    if fate == Fate::StopsBefore {
        shared.halt.stop().await;
    }
    let effect = strike(&shared, &request);
    let mut delay = *shared.delay.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(Effect::Delay(more)) = &effect {
        delay += *more;
    }
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let dropped = matches!(effect, Some(Effect::DropBefore | Effect::DropAfter));
    let worker = shared.clone();
    // Git runs as a process, and may take a while.
    let answered = tokio::task::spawn_blocking(move || {
        if let Some(Effect::First(Meanwhile(act))) = &effect {
            act();
        }
        answer(&worker, &request, effect, !body.is_empty())
    })
    .await;
    if fate == Fate::StopsAfter {
        shared.halt.stop().await;
    }
    if dropped {
        return Err(Dropped);
    }
    Ok(wire(&shared, answered.unwrap_or_else(|_| Reply::refusal(500, "Server Error"))))
}

fn strike(shared: &Shared, request: &rest::Request) -> Option<Effect> {
    let target = request.target();
    let call = faults::Call { method: &request.method, target: &target, body: &request.body, kind: kind_of(request) };
    faults::strike(&mut shared.faults.lock().unwrap_or_else(PoisonError::into_inner), &call)
}

/// Does what is asked and logs it.
fn answer(shared: &Shared, request: &rest::Request, effect: Option<Effect>, has_body: bool) -> Reply {
    let mut state = lock(&shared.state);
    let now = state.clock().now();
    let account: Account = (super::auth::installation_of(&state, &request.headers), request.path == "/graphql");
    if account.0 != 0 && request.path != "/rate_limit" {
        state.patience.note_call(account, now, || format!("{} {}", request.method, request.target()));
    }
    let garble = if let Some(Effect::Garble(garble)) = &effect { Some(*garble) } else { None };
    let (reply, kind, route) = match effect {
        Some(Effect::Answer { status, body, headers }) => (faults::answer(status, body, headers), kind_of(request), ""),
        Some(Effect::DropBefore) => (Reply::empty(0), kind_of(request), ""),
        _ if has_body && request.body.is_null() => (Reply::refusal(400, "Problems parsing JSON"), kind_of(request), ""),
        Some(Effect::Stale) => counted(&mut state, request, 1),
        Some(Effect::StaleBy(pushes)) => counted(&mut state, request, pushes),
        Some(Effect::Alter(alter)) => {
            let (mut reply, kind, route) = counted(&mut state, request, 0);
            if let ReplyBody::Json(body) = &mut reply.body {
                alter(body);
            }
            (reply, kind, route)
        }
        Some(Effect::Delay(_) | Effect::First(_) | Effect::DropAfter | Effect::Garble(_)) | None => {
            counted(&mut state, request, 0)
        }
    };
    if account.0 != 0 {
        state.patience.note_answer(account, now, &reply);
    }
    drop(state);
    let reply = reply.with("x-github-media-type", &media_type(&request.headers));
    let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
    let sequence = log.len() as u64 + 1;
    log.push(LogEntry {
        sequence,
        method: request.method.clone(),
        path: request.target(),
        status: reply.status,
        kind,
        route: route.to_owned(),
        request: request.body.clone(),
        response: json_of(&reply),
    });
    drop(log);
    match garble {
        Some(garble) => reply.garbled(garble),
        None => reply,
    }
}

/// The real answer, when the caller's hour is not spent.
fn counted(state: &mut State, request: &rest::Request, pushes: usize) -> (Reply, Kind, &'static str) {
    let now = state.clock().now();
    let graphql = request.path == "/graphql";
    let account: Account = (super::auth::installation_of(state, &request.headers), graphql);
    if request.path == "/rate_limit" {
        return rest::answer(state, request);
    }
    let (passes, mut left) = state.quota.take(account, now);
    if !passes {
        let message = format!("API rate limit exceeded for installation ID {}.", account.0);
        let reply =
            if graphql { Reply::json(200, faults::rate_limited(&message)) } else { Reply::refusal(403, &message) };
        return (with_quota(reply, left, graphql), kind_of(request), "");
    }
    if account.0 != 0 && makes_content(request) && !state.quota.take_content(account.0, now) {
        let reply = if graphql { Reply::json(200, faults::too_quickly()) } else { Reply::refusal(403, TOO_MUCH) };
        return (with_quota(reply, left, graphql), kind_of(request), "");
    }
    let (mut reply, kind, route) = state.as_of(pushes, |seen| {
        if graphql {
            (super::world::answer(seen, request), kind_of(request), "/graphql")
        } else {
            rest::answer(seen, request)
        }
    });
    if request.method == "GET" && reply.status == 200 {
        let tag = etag(request, &reply);
        if request.headers.get("if-none-match").is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            left = state.quota.give_back(account, now);
            reply = Reply { headers: reply.headers, ..Reply::empty(304) };
        }
        reply = reply.with("etag", &tag).with("cache-control", "private, max-age=60, s-maxage=60");
    }
    (with_quota(reply, left, graphql), kind, route)
}

fn with_quota(reply: Reply, left: Bucket, graphql: bool) -> Reply {
    reply
        .with("x-ratelimit-limit", &LIMIT.to_string())
        .with("x-ratelimit-remaining", &left.remaining.to_string())
        .with("x-ratelimit-used", &(LIMIT - left.remaining.min(LIMIT)).to_string())
        .with("x-ratelimit-reset", &left.reset.to_string())
        .with("x-ratelimit-resource", if graphql { "graphql" } else { "core" })
}

/// An ETag belongs to the token and the media type that asked.
fn etag(request: &rest::Request, reply: &Reply) -> String {
    let mut hash = Sha256::new();
    for name in ["authorization", "accept"] {
        hash.update(request.headers.get(name).map_or(&b""[..], |value| value.as_bytes()));
        hash.update([0]);
    }
    match &reply.body {
        ReplyBody::Empty => {}
        ReplyBody::Json(value) => hash.update(value.to_string()),
        ReplyBody::Bytes(_, bytes) => hash.update(bytes),
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{hex}\"")
}

/// `github.v3; format=json`, or with the `param` of a media type such as `application/vnd.github.diff`.
fn media_type(headers: &HeaderMap) -> String {
    let accept = headers.get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = accept.split("vnd.github.").nth(1).unwrap_or_default();
    let (param, format) = kind.split_once('+').map_or((kind, ""), |(param, format)| (param, format));
    let param = param.strip_prefix("v3").unwrap_or(param).trim_start_matches('.');
    match (param, format) {
        ("" | "json", _) => "github.v3; format=json".to_owned(),
        (param, "") => format!("github.v3; param={param}"),
        (param, format) => format!("github.v3; param={param}; format={format}"),
    }
}

/// Whether people are told of what a request writes. What is said of a commit (checks, statuses) they look at themselves:
/// GitHub's pages about it have no word of content that is made too quickly.
fn makes_content(request: &rest::Request) -> bool {
    let told_of = ["/comments", "/replies", "/reviews", "/reactions"];
    kind_of(request) == Kind::Write
        && request.method == "POST"
        && (request.path == "/graphql" || told_of.iter().any(|end| request.path.ends_with(end)))
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

fn wire(shared: &Shared, reply: Reply) -> Response<Body> {
    let now = shared.env.clock.now();
    let id = shared.env.requests.fetch_add(1, Ordering::SeqCst);
    let mut builder = Response::builder()
        .status(reply.status)
        .header("date", render_http_date(now))
        .header("x-github-request-id", format!("SIM:{id}"));
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
