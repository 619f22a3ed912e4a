//! A few lines of HTTP that answer as a test says; for tests of single calls. Stories run against the simulated GitHub.

use crate::github::{Github, GithubConfig, RepoClient, Timing};
use crate::model::{InstallationId, RepoName, RepositoryId, Timestamp};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const NOW: Timestamp = Timestamp(1_790_000_000_000);
pub(crate) const KEY: &str = include_str!("../../../tests/data/github/app-key.pem");

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// Status, headers and body of an answer.
pub(crate) struct Reply(pub(crate) u16, pub(crate) Vec<(&'static str, String)>, pub(crate) String);

pub(crate) fn ok(body: Value) -> Reply {
    Reply(200, vec![], body.to_string())
}

pub(crate) fn status(code: u16, message: &str) -> Reply {
    Reply(code, vec![], json!({ "message": message }).to_string())
}

/// A running fake. Tokens are minted without the script's help.
pub(crate) struct Fake {
    pub(crate) url: String,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
    pub(crate) pauses: Arc<Mutex<Vec<Duration>>>,
}

impl Fake {
    /// The script gets the request and how many equal request lines came before it.
    pub(crate) async fn start(script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Fake {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let record = seen.clone();
        let script = Arc::new(script);
        let app = axum::Router::new().fallback(move |request: axum::extract::Request| {
            let (record, script) = (record.clone(), script.clone());
            async move {
                let (parts, body) = request.into_parts();
                let bytes = to_bytes(body, usize::MAX).await.unwrap();
                let seen = Seen {
                    line: format!("{} {}", parts.method, parts.uri.path_and_query().unwrap()),
                    headers: parts.headers,
                    body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
                };
                let before = {
                    let mut all = record.lock().unwrap();
                    all.push(seen.clone());
                    all.iter().filter(|other| other.line == seen.line).count() - 1
                };
                let Reply(status, headers, body) = script(&seen, before);
                let mut response = Response::builder().status(status).header("date", date(NOW));
                for (name, value) in headers {
                    response.headers_mut().unwrap().insert(name, value.parse().unwrap());
                }
                response.body(Body::from(body)).unwrap()
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Fake { url, seen, pauses: Arc::default() }
    }

    /// A client with a clock that stands still, `off` milliseconds from the fake's.
    pub(crate) fn github(&self, off: i64) -> Github {
        let config = GithubConfig {
            api_url: self.url.clone(),
            app_id: 42,
            private_key: KEY.into(),
            user_agent: "deckhand/test".into(),
        };
        let pauses = self.pauses.clone();
        let timing = Timing::new(
            move || Timestamp(NOW.0 + off),
            move |span| {
                pauses.lock().unwrap().push(span);
                std::future::ready(())
            },
        );
        Github::with_timing(config, timing).unwrap()
    }

    pub(crate) fn client(&self) -> RepoClient {
        self.github(0).repository(InstallationId(5), RepositoryId(7), RepoName::new("o", "r").unwrap())
    }

    /// Request lines without mintings.
    pub(crate) fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|seen| seen.line.clone()).filter(|line| !line.contains("access_tokens")).collect()
    }
}

/// The answer to a minting.
pub(crate) fn minted() -> Reply {
    let expires = NOW.after(Duration::from_secs(3600)).to_rfc3339();
    Reply(201, vec![], json!({ "token": "ghs_secret", "expires_at": expires }).to_string())
}

/// A script in which tokens are minted as usual.
pub(crate) fn with_tokens(
    script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
) -> impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static {
    move |seen, before| if seen.line.contains("access_tokens") { minted() } else { script(seen, before) }
}

fn date(at: Timestamp) -> String {
    let time = chrono::DateTime::from_timestamp_millis(at.0).unwrap();
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
