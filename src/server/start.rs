//! Starting and stopping: store, socket, judges, intake, workers; a drain of at most 30 seconds.

use super::access::Access;
use super::body::Room;
use super::http::{App, routes};
use super::judges::{JudgeError, Judges};
use super::reviews::{USER_AGENT, make_github, make_reviews};
use super::shared::{Shared, WallClock};
use super::upload::Uploads;
use super::work::Handler;
use super::worker::{WORKERS, WorkerContext};
use super::{Role, ServerConfig, inbox, intake, limits, listen, retention, upkeep, worker};
use crate::github::{Github, Meter, WorkflowTokens};
use crate::store::{Store, StoreError};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What is in hand gets so long to end when the server stops: requests a third of it.
pub(super) const DRAIN: Duration = Duration::from_secs(30);

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address.
    #[error("cannot listen on {addr}: {reason}; choose another address with DECKHAND_LISTEN")]
    Listen {
        /// As configured.
        addr: SocketAddr,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The system.
    #[error("cannot start: {0}")]
    System(std::io::Error),
    /// The judges.
    #[error(transparent)]
    Judges(#[from] JudgeError),
    /// The client of GitHub.
    #[error("{0}")]
    Github(String),
}

/// What a handler is made from.
#[derive(Clone)]
pub struct Parts {
    /// The durable state.
    pub store: Store,
    /// Where rules run.
    pub judges: Arc<Judges>,
    /// The present.
    pub clock: WallClock,
    /// How people reach the server; no slash at the end.
    pub public_url: String,
    /// Whether anybody can open the pages: an admin token is configured.
    pub pages_open: bool,
    /// GitHub as the app; all parts of a process share its limits and tokens.
    pub github: Github,
}

/// A server in this process.
pub struct Server;

impl Server {
    /// Starts a server that reviews pull requests on GitHub.
    ///
    /// # Errors
    /// When the store, the address, the judges or the app's identity fail.
    pub async fn start(config: ServerConfig, clock: WallClock) -> Result<ServerHandle, StartError> {
        Server::start_with(config, clock, make_reviews).await
    }

    /// Starts a server whose jobs are done by what `make_handler` makes.
    ///
    /// # Errors
    /// When the store, the address or the judges fail.
    pub async fn start_with(
        config: ServerConfig,
        clock: WallClock,
        make_handler: impl FnOnce(&ServerConfig, Parts) -> Result<Arc<dyn Handler>, StartError>,
    ) -> Result<ServerHandle, StartError> {
        let store = Store::open_waiting(&config.database_url, config.busy_timeout).await?;
        let listen = |reason| StartError::Listen { addr: config.listen, reason };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let addr = listener.local_addr().map_err(listen)?;
        let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{addr}"));
        let workers = if config.role == Role::Web { 0 } else { WORKERS };
        let shared = Arc::new(Shared::new(store.clone(), clock.clone(), workers));
        let judges = match config.role {
            Role::Web => None,
            Role::All | Role::Worker => Some(Arc::new(Judges::start(config.judges.clone())?)),
        };
        let (give_up, given_up) = watch::channel(false);
        let mut tasks = Vec::new();
        let meter = Meter::default();
        let github = make_github(&config, clock.clone(), meter.clone())?;
        if config.role != Role::Worker {
            let (intake, forgetting) = (shared.clone(), shared.clone());
            tasks.push(tokio::spawn(async move { intake::run(&intake).await }));
            tasks.push(tokio::spawn(async move { retention::run(&forgetting, config.retention).await }));
        }
        if let Some(judges) = &judges {
            let pages_open = config.admin_token.is_some();
            limits::recall(&store, &github).await?;
            let (judges, public_url) = (judges.clone(), public_url.clone());
            let parts = Parts { store, judges, clock, public_url, pages_open, github: github.clone() };
            let handler = make_handler(&config, parts)?;
            let (lease, max_attempts) = (config.lease, config.max_attempts);
            shared.upkeep.begin(&config);
            tasks.push(tokio::spawn(upkeep::run(shared.clone(), handler.clone())));
            let context =
                WorkerContext { shared: shared.clone(), handler, github: github.clone(), lease, max_attempts };
            tasks.push(tokio::spawn(worker::run(context, given_up)));
        }
        let uploads = make_uploads(&config, public_url.clone(), github)?;
        let access = Access::new(config.admin_token.as_ref(), &public_url);
        let app = Arc::new(App {
            shared: shared.clone(),
            secrets: config.secrets,
            access,
            judges: judges.clone(),
            meter,
            uploads,
            lease: config.lease,
            store_timeout: config.store_timeout,
            bodies: Room::new(inbox::ALL_BODIES),
        });
        let router = routes(app, config.role != Role::Worker);
        let stopping = shared.clone();
        let http =
            tokio::spawn(async move { listen::serve(listener, router, async move { stopping.stopped().await }).await });
        Ok(ServerHandle { addr, public_url, shared, judges, tasks, http, give_up, drain: config.drain })
    }
}

fn make_uploads(config: &ServerConfig, public_url: String, github: Github) -> Result<Uploads, StartError> {
    let tokens = WorkflowTokens::new(&config.oidc_issuer, USER_AGENT);
    Ok(Uploads::new(tokens.map_err(|error| StartError::Github(error.to_string()))?, public_url, github))
}

/// A running server.
pub struct ServerHandle {
    addr: SocketAddr,
    public_url: String,
    shared: Arc<Shared>,
    judges: Option<Arc<Judges>>,
    tasks: Vec<JoinHandle<()>>,
    http: JoinHandle<()>,
    give_up: watch::Sender<bool>,
    drain: Duration,
}

impl ServerHandle {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How people reach it; no slash at the end.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The store, for whoever wants to look.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// The judges; `None` in a process that only accepts deliveries.
    pub fn judges(&self) -> Option<&Judges> {
        self.judges.as_deref()
    }

    /// Makes workers look at the clock again: whoever owns the clock calls this after moving it.
    pub fn wake(&self) {
        self.shared.jobs.notify_waiters();
    }

    /// Returns once every delivery is processed, no job is due or running, and no chore is. Jobs that wait for a later time do not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn idle(&self) -> Result<(), StoreError> {
        let mut progress = self.shared.watch_progress();
        loop {
            progress.mark_unchanged();
            let counts = self.shared.store.count_jobs(self.shared.now()).await?;
            let tended = self.shared.upkeep.is_done(self.shared.now());
            if tended && counts.deliveries == 0 && counts.due == 0 && counts.running == 0 {
                return Ok(());
            }
            // The sender lives as long as this handle.
            _ = progress.changed().await;
        }
    }

    /// Stops accepting, lets what is in hand end for as long as the settings say (30 seconds), gives the rest back to the
    /// queue.
    pub async fn shutdown(self) {
        self.shared.stop();
        let mut http = self.http;
        let for_requests = self.drain / 3;
        if tokio::time::timeout(for_requests, &mut http).await.is_err() {
            http.abort();
        }
        let mut tasks = futures_util::future::join_all(self.tasks);
        if tokio::time::timeout(self.drain - for_requests, &mut tasks).await.is_err() {
            tracing::warn!("some jobs did not end in time; they are given back to the queue");
            self.give_up.send_replace(true);
            tasks.await;
        }
        worker::give_back(&self.shared).await;
        self.shared.store.close().await;
    }
}
