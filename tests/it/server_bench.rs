//! A server in this process for tests: a key, a clock of its own, signed requests, a handler that obeys.

use deckhand::model::Timestamp;
use deckhand::server::{Handler, JobError, JobOutcome, Server, ServerConfig, ServerHandle, WallClock};
use deckhand::store::Job;
use futures_util::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

pub(crate) const KEY: &str = include_str!("../data/github/app-key.pem");
pub(crate) const SECRET: &str = "canary-secret";
pub(crate) const TOKEN: &str = "canary-token";
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_deckhand");

/// The settings of a server that listens on a free port; `extra` wins.
pub(crate) fn config(dir: &tempfile::TempDir, extra: &[(&str, &str)]) -> ServerConfig {
    let mut values: HashMap<String, String> = [
        ("DECKHAND_APP_ID", "1"),
        ("DECKHAND_PRIVATE_KEY", KEY),
        ("DECKHAND_WEBHOOK_SECRET", SECRET),
        ("DECKHAND_LISTEN", "127.0.0.1:0"),
        ("DECKHAND_DATABASE_URL", &format!("sqlite:{}", dir.path().join("deckhand.db").display())),
        ("DECKHAND_ADMIN_TOKEN", TOKEN),
        ("DECKHAND_GITHUB_API_URL", "http://127.0.0.1:9"),
    ]
    .into_iter()
    .chain(extra.iter().copied())
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    values.retain(|_, value| !value.is_empty());
    let mut config = ServerConfig::load(|name| values.get(name).cloned(), None).unwrap();
    config.judges.program = Some(BINARY.into());
    config.judges.count = 1;
    // What ends rules without an end here is their budget of steps, however slow the machine is.
    config.judges.timeout = Duration::from_secs(300);
    // The clock is the test's; nobody waits by the host's.
    config.pause = |_| Box::pin(tokio::task::yield_now());
    config
}

/// A clock that moves only when told.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn new() -> Self {
        TestClock(Arc::new(AtomicI64::new(1_795_262_400_000)))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn wall(&self) -> WallClock {
        let clock = self.0.clone();
        Arc::new(move || Timestamp(clock.load(Ordering::SeqCst)))
    }
}

/// What the handler does with the next job.
pub(crate) enum Order {
    Fail(JobError),
    Panic,
    /// Wait until the gate opens.
    Hang(Arc<Semaphore>),
}

/// A handler that does as it is told, and otherwise succeeds; it remembers what it did.
#[derive(Default)]
pub(crate) struct Obedient {
    pub(crate) orders: Mutex<Vec<Order>>,
    pub(crate) done: Mutex<Vec<(String, u32)>>,
    pub(crate) given_up: Mutex<Vec<(String, String)>>,
}

impl Handler for Obedient {
    fn work<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<JobOutcome, JobError>> {
        Box::pin(async move {
            self.done.lock().unwrap().push((job.key.clone(), job.attempt));
            let order = self.orders.lock().unwrap().pop();
            match order {
                None => Ok(JobOutcome { summary: "done".to_owned() }),
                Some(Order::Fail(error)) => Err(error),
                Some(Order::Panic) => panic!("ordered to"),
                Some(Order::Hang(gate)) => {
                    gate.acquire().await.unwrap().forget();
                    Ok(JobOutcome { summary: "released".to_owned() })
                }
            }
        })
    }

    fn given_up<'a>(&'a self, job: &'a Job, reason: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.given_up.lock().unwrap().push((job.key.clone(), reason.to_owned()));
        })
    }
}

/// A server with its directory, clock and handler.
pub(crate) struct Bench {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) clock: TestClock,
    pub(crate) handler: Arc<Obedient>,
    pub(crate) server: ServerHandle,
}

impl Bench {
    pub(crate) async fn start() -> Bench {
        Bench::start_with(&[]).await
    }

    pub(crate) async fn start_with(extra: &[(&str, &str)]) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let (clock, handler) = (TestClock::new(), Arc::new(Obedient::default()));
        let server = start(config(&dir, extra), &clock, &handler).await;
        Bench { dir, clock, handler, server }
    }

    pub(crate) async fn send(&self, request: Request) -> Answer {
        request.send(self.server.addr()).await
    }
}

pub(crate) async fn start(config: ServerConfig, clock: &TestClock, handler: &Arc<Obedient>) -> ServerHandle {
    let handler: Arc<dyn Handler> = handler.clone();
    Server::start_with(config, clock.wall(), |_, _| Ok(handler)).await.unwrap()
}

/// An HTTP request, byte for byte.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn get(path: &str) -> Request {
        Request { head: format!("GET {path} HTTP/1.1\r\nhost: test\r\n"), body: Vec::new() }
    }

    pub(crate) fn post(path: &str, body: &[u8]) -> Request {
        let head = format!("POST {path} HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n", body.len());
        Request { head, body: body.to_vec() }
    }

    /// A delivery, rightly signed.
    pub(crate) fn delivery(guid: &str, event: &str, body: &[u8]) -> Request {
        Request::delivery_of("1", guid, event, body)
    }

    /// The same of that hook.
    pub(crate) fn delivery_of(hook: &str, guid: &str, event: &str, body: &[u8]) -> Request {
        Request::post("/webhooks/github", body)
            .with("x-github-event", event)
            .with("x-github-delivery", guid)
            .with("x-github-hook-id", hook)
            .with("x-hub-signature-256", &sign(SECRET, body))
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Request {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub(crate) fn with_token(self) -> Request {
        self.with("authorization", &format!("Bearer {TOKEN}"))
    }

    pub(crate) async fn send(self, addr: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let head = format!("{}connection: close\r\n\r\n", self.head);
        stream.write_all(head.as_bytes()).await.unwrap();
        // A server that refuses early may close before it has read everything.
        _ = stream.write_all(&self.body).await;
        read_answer(&mut stream).await
    }
}

pub(crate) async fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).unwrap_or_else(|| panic!("no answer: {head:?}")).parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

/// A `pull_request` payload with what our reader needs.
pub(crate) fn pull_request(action: &str, number: u64) -> Vec<u8> {
    serde_json::json!({
        "action": action, "number": number,
        "pull_request": { "number": number, "state": "open", "head": { "sha": "a".repeat(40) } },
        "repository": { "id": 5, "full_name": "octo/hello" },
        "installation": { "id": 3 },
        "sender": { "login": "mona", "type": "User" },
    })
    .to_string()
    .into_bytes()
}
