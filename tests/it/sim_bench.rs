//! A simulated GitHub and the real server in one process: what happens on the one is seen on the other.

use crate::cli_replay::hold_replayable;
use crate::other_ways::{self, Kills};
use crate::recorded::{Act, Github};
use crate::server_bench::{KEY, Request, SECRET, config};
use crate::validation::{check_log, check_webhook};
use deckhand::model::Timestamp;
use deckhand::server::{Server, ServerConfig, ServerHandle, WallClock};
use deckhand::sim::{AppConfig, FaultEffect, Kind, LogEntry, Sim, SimConfig, SimHandle};
use deckhand::store::JobState;
use serde_json::json;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const REPO: &str = "octo/hello";
pub(crate) const APP_ID: u64 = 1;
/// An address at which nobody listens.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9/";

pub(crate) struct Story {
    pub(crate) sim: Github,
    pub(crate) server: ServerHandle,
    /// How many requests were looked at.
    seen: Cell<usize>,
    dir: tempfile::TempDir,
    clock: WallClock,
    start: Start,
    untold: Untold,
}

/// What is true of every telling of a story; the text says how it was told.
type Holds<'a> = dyn Fn(&SimHandle, &str) + 'a;

/// How a story ends that is not told again like any other.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ending<'a> {
    pub(crate) kills: Kills,
    /// Why deliveries that come once more may rightly bring something new at the first time, and then no more.
    pub(crate) news: Option<&'static str>,
    /// What is true of every telling, where the page rightly depends on the moment at which the server is killed.
    pub(crate) holds: Option<&'a Holds<'a>>,
}

/// Complains of a story that nobody brings to its end, so that no other way of telling it is forgotten.
struct Untold(bool);

impl Drop for Untold {
    fn drop(&mut self) {
        assert!(!self.0 || std::thread::panicking(), "this story is not ended");
    }
}

/// A story whose server is away.
pub(crate) struct Away {
    pub(crate) sim: Github,
    pub(crate) dir: tempfile::TempDir,
    clock: WallClock,
    start: Start,
    untold: Untold,
}

/// What there is before anybody does anything.
#[derive(Clone, Default)]
pub(crate) struct Start {
    files: Vec<(String, String)>,
    /// Permissions besides the usual ones.
    permissions: Vec<(String, String)>,
    installed: bool,
    /// The server's, besides the usual ones.
    settings: Vec<(String, String)>,
    /// How long it takes to stop, when that is not as usual.
    drain: Option<Duration>,
    /// Its host's, when that is not GitHub's.
    clock: Option<HostClock>,
}

type HostClock = Arc<dyn Fn(&SimHandle) -> WallClock + Send + Sync>;

impl Start {
    fn with_files(files: &[(&str, &str)]) -> Start {
        Start { files: owned(files), installed: true, ..Start::default() }
    }

    /// A server of this simulation with its database in this directory.
    pub(crate) fn config(&self, sim: &SimHandle, dir: &tempfile::TempDir) -> ServerConfig {
        let usual = [("DECKHAND_GITHUB_API_URL", sim.api_url()), ("DECKHAND_PRIVATE_KEY", KEY)];
        let mut config = config(dir, &usual.into_iter().chain(borrowed(&self.settings)).collect::<Vec<_>>());
        config.drain = self.drain.unwrap_or(config.drain);
        config
    }

    /// The clock of the host of a server of this simulation.
    pub(crate) fn clock(&self, sim: &SimHandle) -> WallClock {
        self.clock.as_ref().map_or_else(|| wall(sim), |clock| clock(sim))
    }

    /// A simulation with a repository that has these files, the app registered, nothing listening yet.
    pub(crate) async fn make(&self) -> SimHandle {
        let sim = sim_with_permissions(&borrowed(&self.permissions), &borrowed(&self.files)).await;
        if self.installed {
            sim.install(REPO);
        }
        sim
    }
}

/// The app's public key.
pub(crate) const PUBLIC_KEY: &str = include_str!("../data/github/app-key.pub.pem");

/// What the app may do.
pub(crate) const PERMISSIONS: [(&str, &str); 5] =
    [("checks", "write"), ("contents", "read"), ("issues", "write"), ("metadata", "read"), ("pull_requests", "write")];

pub(crate) fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// A simulation with a repository that has these files, the app registered and installed, nothing listening yet.
pub(crate) async fn sim(files: &[(&str, &str)]) -> SimHandle {
    Start::with_files(files).make().await
}

/// The same, and the app asks for more.
async fn sim_with_permissions(more: &[(&str, &str)], files: &[(&str, &str)]) -> SimHandle {
    let sim = Sim::start(SimConfig::default()).await.unwrap();
    sim.register_app(AppConfig {
        app_id: APP_ID,
        slug: "deckhand".to_owned(),
        public_key_pem: PUBLIC_KEY.to_owned(),
        webhook_url: None,
        secret: SECRET.to_owned(),
        permissions: PERMISSIONS
            .iter()
            .chain(more)
            .map(|(name, word)| ((*name).to_owned(), (*word).to_owned()))
            .collect(),
        events: AppConfig::events(),
    });
    sim.create_repository("octo", "hello", files, false);
    sim.add_user(REPO, "mona", "write");
    sim
}

impl Story {
    /// The server listens from the beginning.
    pub(crate) async fn begin(files: &[(&str, &str)]) -> Story {
        Story::listen(Start::with_files(files)).await
    }

    /// The app has these permissions besides the usual ones.
    pub(crate) async fn begin_with_permissions(more: &[(&str, &str)], files: &[(&str, &str)]) -> Story {
        Story::listen(Start { permissions: owned(more), ..Start::with_files(files) }).await
    }

    /// The app is not installed yet.
    pub(crate) async fn begin_uninstalled(files: &[(&str, &str)]) -> Story {
        Story::listen(Start { installed: false, ..Start::with_files(files) }).await
    }

    /// The server has these settings besides the usual ones.
    pub(crate) async fn begin_with_settings(settings: &[(&str, &str)], files: &[(&str, &str)]) -> Story {
        Story::listen(Start { settings: owned(settings), ..Start::with_files(files) }).await
    }

    /// The server stops within this time.
    pub(crate) async fn begin_with_drain(drain: Duration, files: &[(&str, &str)]) -> Story {
        Story::listen(Start { drain: Some(drain), ..Start::with_files(files) }).await
    }

    /// The server's host has a clock of its own.
    pub(crate) async fn begin_with_clock(
        files: &[(&str, &str)],
        clock: impl Fn(&SimHandle) -> WallClock + Send + Sync + 'static,
    ) -> Story {
        Story::listen(Start { clock: Some(Arc::new(clock)), ..Start::with_files(files) }).await
    }

    /// The app is told of merge groups too, which it may read.
    pub(crate) async fn begin_with_groups(more: &[(&str, &str)], files: &[(&str, &str)]) -> Story {
        let permissions: Vec<(&str, &str)> = more.iter().copied().chain([("merge_queues", "read")]).collect();
        let story = Story::begin_with_permissions(&permissions, files).await;
        let mut events = AppConfig::events();
        events.push("merge_group".to_owned());
        story.sim.subscribe(APP_ID, &events.iter().map(String::as_str).collect::<Vec<_>>());
        story
    }

    async fn listen(start: Start) -> Story {
        let sim = Github::new(start.make().await);
        let clock = start.clock(&sim);
        let dir = tempfile::tempdir().unwrap();
        let story = Away { sim, dir, clock, start, untold: Untold(true) }.serve().await;
        story.rest().await;
        story.requests();
        story
    }

    /// The server goes away.
    pub(crate) async fn away(self) -> Away {
        self.sim.note(Act::Leave);
        self.server.shutdown().await;
        Away { sim: self.sim, dir: self.dir, clock: self.clock, start: self.start, untold: self.untold }
    }

    /// Deliveries go to the server, also where they went astray before.
    pub(crate) fn deliver(&self) {
        self.sim.note(Act::Deliver { here: true });
        self.address();
    }

    fn address(&self) {
        self.sim.set_webhook_url(APP_ID, Some(&format!("http://{}/webhooks/github", self.server.addr())));
    }

    /// Time goes by, and whatever it brings comes to its end.
    pub(crate) async fn pass(&self, seconds: u64) {
        self.sim.advance(Duration::from_secs(seconds));
        self.server.wake();
        self.rest().await;
    }

    /// A branch with these edits and a pull request from it into `main`.
    pub(crate) async fn open(&self, title: &str, edits: &[(&str, Option<&str>)]) -> u64 {
        let branch = title.to_lowercase().replace(' ', "-");
        self.sim.push(REPO, &branch, "mona", title, edits, "main");
        let number = self.sim.open_pull(REPO, title, "", &branch, "main", "mona", false);
        self.rest().await;
        number
    }

    /// Waits until every delivery is answered and every job done; deliveries can bring further ones.
    pub(crate) async fn rest(&self) {
        other_ways::rest(&self.sim, &self.server).await;
        let now = Timestamp(self.sim.clock().now() * 1000);
        self.sim.note_rest(self.server.store().count_jobs(now).await.unwrap().later);
    }

    /// The pages of a pull request as text; the server's port, which differs from run to run, is hidden.
    pub(crate) fn page(&self, number: u64) -> String {
        self.sim.render_pull_text(REPO, number).replace(self.server.public_url(), "http://deckhand")
    }

    /// What was asked of GitHub since the last call, without minting tokens.
    pub(crate) fn requests(&self) -> Vec<LogEntry> {
        let log = self.sim.log();
        let seen = self.seen.replace(log.len());
        log.into_iter().skip(seen).filter(|entry| entry.kind != Kind::Mint).collect()
    }

    /// The server's database, as its settings name it.
    pub(crate) fn database_url(&self) -> String {
        format!("sqlite:{}", self.dir.path().join("deckhand.db").display())
    }

    /// How many jobs were given up.
    pub(crate) async fn parked(&self) -> u64 {
        self.server.store().count_jobs(Timestamp(0)).await.unwrap().parked
    }

    /// Somebody has the one job that was given up tried again, and waits.
    pub(crate) async fn retry_by_hand(&self) {
        let parked = self.server.store().list_jobs(JobState::Parked, 2).await.unwrap();
        assert_eq!(parked.len(), 1, "{parked:#?}");
        self.retry_all_by_hand().await;
    }

    /// Somebody has whatever was given up tried again, and waits.
    pub(crate) async fn retry_all_by_hand(&self) {
        let post = |_: &SimHandle, server: &ServerHandle, _: &[String]| {
            let (store, addr) = (server.store().clone(), server.addr());
            async move {
                for job in store.list_jobs(JobState::Parked, 100).await.unwrap() {
                    let retry = format!("/api/v1/jobs/{}/retry", job.id);
                    assert_eq!(Request::post(&retry, b"").with_token().send(addr).await.status, 200);
                }
            }
        };
        self.sim.ask(&self.server, &[], post).await;
        self.rest().await;
    }

    /// Everything that was said is as GitHub describes it, and nothing is left undone; then it is told in other ways.
    pub(crate) async fn end(self) {
        self.end_as(Ending::default()).await;
    }

    /// The same for a story that takes long to tell.
    pub(crate) async fn end_long(self) {
        self.end_as(Ending { kills: Kills::Sparse, ..Ending::default() }).await;
    }

    /// The same, and it is told with the server killed before and after each of its writes.
    pub(crate) async fn end_killed_around_every_write(self) {
        self.end_as(Ending { kills: Kills::Around, ..Ending::default() }).await;
    }

    /// The same where a page rightly depends on the moment at which the server is killed: this holds of every telling.
    pub(crate) async fn end_where(self, holds: impl Fn(&SimHandle, &str)) {
        self.end_as(Ending { holds: Some(&holds), ..Ending::default() }).await;
    }

    pub(crate) async fn end_as(mut self, ending: Ending<'_>) {
        self.untold.0 = false;
        self.rest().await;
        check_sim(&self.sim);
        let given_up = self.server.store().list_jobs(JobState::Parked, 10).await.unwrap();
        assert!(given_up.is_empty(), "no job was given up: {given_up:#?}");
        hold_replayable(&self.database_url()).await;
        let (log, expected) = (self.sim.log(), other_ways::pages(&self.sim));
        // Whatever went wrong is over.
        SimHandle::clear_faults(&self.sim);
        if ending.news.is_some() {
            other_ways::repeat(&self.sim, &self.server).await;
        }
        assert_eq!(other_ways::repeat(&self.sim, &self.server).await, [""; 0], "a repetition writes nothing");
        self.server.shutdown().await;
        let acts = self.sim.into_acts();
        let same = |sim: &SimHandle, when: &str| assert_eq!(other_ways::pages(sim), expected, "{when}");
        let holds = ending.holds.unwrap_or(&same);
        other_ways::hold_when_killed(&self.start, &acts, &log, ending.kills, holds).await;
    }
}

impl Away {
    /// The server comes back, with the database that it left or was given. What it does unasked at its start is not
    /// counted among the requests.
    pub(crate) async fn back(self) -> Story {
        self.sim.note(Act::Return);
        let story = self.serve().await;
        story.rest().await;
        story.requests();
        story
    }

    async fn serve(self) -> Story {
        let Away { sim, dir, clock, start, untold } = self;
        let server = Server::start(start.config(&sim, &dir), clock.clone()).await.unwrap();
        let story = Story { sim, server, seen: Cell::new(0), dir, clock, start, untold };
        story.address();
        story
    }

    /// A copy of the database, to which it can go back.
    pub(crate) fn keep(&self) -> tempfile::TempDir {
        self.sim.note(Act::Keep);
        copy_of(&self.dir)
    }

    /// The database is that copy again.
    pub(crate) fn restore(&mut self, kept: tempfile::TempDir) {
        self.sim.note(Act::Restore);
        self.dir = kept;
    }

    /// The database is lost.
    pub(crate) fn forget(&mut self) {
        self.sim.note(Act::Forget);
        self.dir = tempfile::tempdir().unwrap();
    }
}

/// A copy of what is in this directory.
pub(crate) fn copy_of(dir: &tempfile::TempDir) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let path = file.unwrap().path();
        std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    copy
}

/// Holds all requests, answers and deliveries against GitHub's descriptions, and whoever asks to what they were told.
pub(crate) fn check_sim(sim: &SimHandle) {
    assert_eq!(sim.early_calls(), [""; 0], "whoever is told to wait waits");
    check_said(sim);
}

/// The same without the waits: a server that is killed in the instant in which it is told to wait does not know it.
pub(crate) fn check_said(sim: &SimHandle) {
    let log = sim.log();
    let unknown: Vec<String> = log
        .iter()
        .filter(|it| matches!(it.kind, Kind::UnknownRoute | Kind::UnknownQuery))
        .map(ToString::to_string)
        .collect();
    assert_eq!(unknown, [""; 0]);
    assert_eq!(check_log(&log), [""; 0]);
    let deliveries = sim.deliveries();
    let complaints: Vec<String> = deliveries
        .iter()
        .flat_map(|it| check_webhook(&it.event, Some(it.action.as_str()).filter(|it| !it.is_empty()), &it.body))
        .collect();
    assert_eq!(complaints, [""; 0]);
}

/// The server's clock is GitHub's.
pub(crate) fn wall(sim: &SimHandle) -> WallClock {
    let clock = sim.clock().clone();
    Arc::new(move || Timestamp(clock.now() * 1000))
}

/// Requests that changed something: method, path without the repository and without numbers, status.
pub(crate) fn writes(log: &[LogEntry]) -> Vec<String> {
    let short = |entry: &LogEntry| {
        let path = entry.path.strip_prefix("/repos/octo/hello").unwrap_or(&entry.path);
        let words: Vec<&str> = path.split('/').filter(|it| !it.is_empty() && it.parse::<u64>().is_err()).collect();
        format!("{} {} {}", entry.method, words.join("/"), entry.status)
    };
    log.iter().filter(|entry| entry.kind == Kind::Write).map(short).collect()
}

/// GitHub says that a permission is missing.
pub(crate) fn forbidden() -> FaultEffect {
    let body = json!({ "message": "Resource not accessible by integration" });
    FaultEffect::Answer { status: 403, body, headers: Vec::new() }
}

/// GitHub does not do it, and nobody knows why.
pub(crate) fn bad_gateway() -> FaultEffect {
    FaultEffect::Answer { status: 502, body: json!({ "message": "Server Error" }), headers: Vec::new() }
}
