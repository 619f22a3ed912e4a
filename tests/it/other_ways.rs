//! Every story is told again in other ways, without being asked: repeated, when no write may follow; and with the server
//! killed at its writes and started again, after which people see the same pages: before every fourth write of most stories,
//! and with `DECKHAND_TEST_KILLS=all`, as in CI, before and after each, when the write is done and its answer is lost.

use crate::recorded::{Act, Telling};
use crate::sim_bench::{APP_ID, NOWHERE, Start, check_said, copy_of, writes};
use deckhand::model::Timestamp;
use deckhand::server::{Server, ServerHandle, WallClock};
use deckhand::sim::{DeliveryRecord, Kind, LogEntry, SimHandle};
use deckhand::store::{JobState, RunId};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::runtime::Runtime;

/// From one write at which a server is killed to the next in the same telling: what begins anew with so many writes gets no
/// further.
const STRIDE: u32 = 4;
/// The same where many jobs are under way when it is killed, or one begins anew with more writes than that.
const SPARSE_STRIDE: u32 = 8;
/// Longer than a lease.
const LEASE_OVER: Duration = Duration::from_secs(61);
/// A story that does not come to rest in so many steps goes round in circles.
const MAX_STEPS: u32 = 100;
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"http://127\.0\.0\.1:\d+").unwrap());
static RUN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"/runs/([0-9a-f]+)").unwrap());
static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(\d{4}-\d\d-\d\d[ T])?\d\d:\d\d(:\d\dZ| UTC)").unwrap());
static COMMIT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[0-9a-f]{7,40}\b").unwrap());

/// Everybody's deliveries that arrived come once more; the answer is what was written then.
pub(crate) async fn repeat(sim: &SimHandle, server: &ServerHandle) -> Vec<String> {
    let before = sim.log().len();
    let mut seen = BTreeSet::new();
    let mut is_newest = |it: &&DeliveryRecord| {
        let about = (it.body["repository"]["id"].as_u64(), it.body["number"].as_u64());
        it.event == "pull_request" && seen.insert((about, it.action.clone()))
    };
    for delivery in sim.deliveries().iter().rev().filter(|it| it.status == 202 && is_newest(it)) {
        assert!(sim.redeliver(&delivery.guid));
    }
    rest(sim, server).await;
    writes(&sim.log()[before..])
}

/// At which writes a server is killed.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kills {
    /// Before each fourth; with `DECKHAND_TEST_KILLS=all` before and after each.
    #[default]
    Each,
    /// Before and after each.
    Around,
    /// With `DECKHAND_TEST_KILLS=all` before each: in one of many stories that differ in the request at which something else
    /// happens.
    Before,
    /// The same, further apart from each other: in a story in which much happens at once.
    Sparse,
}

/// The same people on another simulation, whose server is killed at its writes. What `holds` of the story holds of every
/// telling.
pub(crate) async fn hold_when_killed(
    start: &Start,
    acts: &[Act],
    plain: &[LogEntry],
    kills: Kills,
    holds: impl Fn(&SimHandle, &str),
) {
    let writes: Vec<&LogEntry> = plain.iter().filter(|it| it.kind == Kind::Write).collect();
    let places = kills.places(writes.len(), std::env::var("DECKHAND_TEST_KILLS").is_ok_and(|it| it == "all"));
    let mut killed = places.is_empty();
    for place in places {
        let (told, happened) = Killed::begin(start, place).await.tell(acts).await;
        // How many writes there are can depend on who is faster, where reviews of one commit run side by side.
        killed |= happened;
        let (when, first) = (if place.done { "after" } else { "before" }, writes[place.first as usize]);
        let every = format!(
            "killed {when} every {}th write, the first being {}: {} {}",
            place.apart, place.first, first.method, first.path
        );
        holds(&told, &every);
    }
    assert!(killed, "none of the tellings came to the write at which the server is killed");
}

/// Where the server is killed in a telling: at this write, counted from 0, which is done or not, and at those that come so
/// far apart after it.
#[derive(Clone, Copy)]
struct Place {
    first: u32,
    apart: u32,
    done: bool,
}

impl Kills {
    fn places(self, writes: usize, all: bool) -> Vec<Place> {
        let writes = u32::try_from(writes).unwrap();
        let apart = if self == Kills::Sparse { SPARSE_STRIDE } else { STRIDE };
        let firsts = 0..apart.min(writes);
        let before = |first| Place { first, apart, done: false };
        let after = |first| Place { first, apart, done: true };
        match self {
            Kills::Around => firsts.flat_map(|first| [before(first), after(first)]).collect(),
            Kills::Each if all => Kills::Around.places(writes as usize, all),
            // Not always the first, which opens a check.
            Kills::Each => firsts.last().map(|last| before(writes % (last + 1))).into_iter().collect(),
            Kills::Before | Kills::Sparse if all => firsts.map(before).collect(),
            Kills::Before | Kills::Sparse => Vec::new(),
        }
    }
}

/// A story whose server has a runtime of its own, so that all of it can be stopped in an instant.
struct Killed<'a> {
    start: &'a Start,
    telling: Telling,
    clock: WallClock,
    dir: tempfile::TempDir,
    /// A copy of the database.
    kept: Option<tempfile::TempDir>,
    /// One at a time: nothing while it is replaced or away.
    served: Option<(ServerHandle, Runtime)>,
    /// Whether deliveries go to the server.
    here: bool,
    place: Place,
    happened: bool,
    /// What was in hand when the server was killed is still leased.
    leased: bool,
}

impl<'a> Killed<'a> {
    async fn begin(start: &'a Start, place: Place) -> Killed<'a> {
        let sim = start.make().await;
        let mut told = Killed {
            start,
            clock: start.clock(&sim),
            telling: Telling::new(sim),
            dir: tempfile::tempdir().unwrap(),
            kept: None,
            served: None,
            here: true,
            place,
            happened: false,
            leased: false,
        };
        told.serve().await;
        rest(&told.telling.sim, told.server()).await;
        told
    }

    async fn tell(mut self, acts: &[Act]) -> (SimHandle, bool) {
        self.telling.sim.halt_after_writes(self.place.first, self.place.done);
        for act in acts {
            self.act(act).await;
        }
        check_said(&self.telling.sim);
        self.hold_links().await;
        let happened = self.happened;
        self.kill().await;
        (self.telling.sim, happened)
    }

    async fn act(&mut self, act: &Act) {
        match act {
            Act::Do(act) => act(&self.telling),
            Act::Ask(ask) => ask(&self.telling, self.server()).await,
            Act::Pass(by) => self.telling.sim.clock().advance(*by),
            Act::Settle => self.telling.sim.settle().await,
            Act::Rest { waiting } => self.rest(*waiting).await,
            Act::Deliver { here } => {
                self.here = *here;
                self.address();
            }
            Act::Leave => self.leave().await,
            Act::Return => self.serve().await,
            Act::Keep => self.kept = Some(copy_of(&self.dir)),
            Act::Restore => self.dir = self.kept.take().expect("a copy was kept"),
            Act::Forget => self.dir = tempfile::tempdir().unwrap(),
        }
    }

    /// Until everything is done but what waited in the story too; when the write comes that is not answered, the server dies
    /// and another one starts. Time goes by until what it had in hand is free, and as long as more waits than in the story:
    /// how long a failure waits is drawn by lot.
    async fn rest(&mut self, waiting: u64) {
        let mut steps = 0;
        while steps < MAX_STEPS {
            steps += 1;
            if std::mem::take(&mut self.leased) {
                self.telling.sim.clock().advance(LEASE_OVER);
            }
            let (sim, server) = (&self.telling.sim, self.server());
            // Time may have gone by.
            server.wake();
            let halted = tokio::select! {
                biased;
                () = sim.halted() => true,
                () = rest(sim, server) => false,
            };
            let now = Timestamp(sim.clock().now() * 1000);
            if halted {
                self.kill().await;
                self.serve().await;
                steps = 0;
            } else if server.store().count_jobs(now).await.unwrap().later <= waiting {
                return;
            } else {
                sim.clock().advance(LEASE_OVER);
            }
        }
        let waiting = self.server().store().list_jobs(JobState::Waiting, 10).await.unwrap();
        panic!("the story does not come to rest: {waiting:#?}");
    }

    /// Whatever a page of a pull request leads to is there: also what a run had to say that did not come to its end.
    async fn hold_links(&self) {
        let pages: Vec<String> = raw_pages(&self.telling.sim).collect();
        for found in RUN.captures_iter(&pages.concat()) {
            let run = self.server().store().load_run(&RunId::parse(&found[1]).unwrap()).await.unwrap();
            assert!(run.is_some(), "{} leads nowhere: {pages:#?}", &found[0]);
        }
    }

    fn server(&self) -> &ServerHandle {
        &self.served.as_ref().expect("there is a server but for an instant").0
    }

    async fn serve(&mut self) {
        if self.telling.sim.is_halted() {
            let Place { apart, done, .. } = self.place;
            // What was not done is the first write afterwards.
            self.telling.sim.halt_after_writes(if done { apart - 1 } else { apart }, done);
        }
        let config = self.start.config(&self.telling.sim, &self.dir);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (handle, clock) = (runtime.handle().clone(), self.clock.clone());
        let started = tokio::task::spawn_blocking(move || handle.block_on(Server::start(config, clock)));
        self.served = Some((started.await.unwrap().unwrap(), runtime));
        self.address();
    }

    fn address(&self) {
        let url =
            if self.here { format!("http://{}/webhooks/github", self.server().addr()) } else { NOWHERE.to_owned() };
        self.telling.sim.set_webhook_url(APP_ID, Some(&url));
    }

    /// It ends as one should; also meanwhile the write can come that is not answered.
    async fn leave(&mut self) {
        let (server, runtime) = self.served.take().expect("a server is there to be stopped");
        let stopped = runtime.spawn(server.shutdown());
        tokio::select! {
            biased;
            () = self.telling.sim.halted() => (self.happened, self.leased) = (true, true),
            ended = stopped => ended.unwrap(),
        }
        end(runtime).await;
    }

    /// As SIGKILL would: nothing is finished, nothing is given back.
    async fn kill(&mut self) {
        let Some((server, runtime)) = self.served.take() else { return };
        end(runtime).await;
        // Not before: its workers would notice, and give their jobs back.
        drop(server);
        (self.happened, self.leased) = (true, true);
    }
}

async fn end(runtime: Runtime) {
    tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(10))).await.unwrap();
}

/// Waits until every delivery is answered and every job done; deliveries can bring further ones.
pub(crate) async fn rest(sim: &SimHandle, server: &ServerHandle) {
    loop {
        let before = sim.count_deliveries();
        sim.settle().await;
        server.idle().await.unwrap();
        if sim.count_deliveries() == before {
            return;
        }
    }
}

/// What people see of each pull request. Addresses, runs, times and commits differ from one telling to the next; in the
/// places of commits stand numbers in the order in which they appear.
pub(crate) fn pages(sim: &SimHandle) -> Vec<String> {
    raw_pages(sim)
        .map(|page| {
            let page = in_one_order(&page);
            let page = ADDRESS.replace_all(&page, "http://deckhand");
            let page = RUN.replace_all(&page, "/runs/RUN");
            let page = TIME.replace_all(&page, "TIME");
            let mut known: Vec<String> = Vec::new();
            let name = |found: &regex::Captures<'_>| {
                let at = known.iter().position(|it| it.starts_with(&found[0]) || found[0].starts_with(it.as_str()));
                let at = at.unwrap_or_else(|| {
                    known.push(found[0].to_owned());
                    known.len() - 1
                });
                format!("<{at}>")
            };
            COMMIT.replace_all(&page, name).into_owned()
        })
        .collect()
}

fn raw_pages(sim: &SimHandle) -> impl Iterator<Item = String> {
    sim.pulls().into_iter().map(|(repo, number)| sim.render_pull_text(&repo, number))
}

/// What the robot wrote side by side stands in whatever order it arrived.
pub(crate) fn in_one_order(page: &str) -> String {
    let mut blocks: Vec<String> = Vec::new();
    for line in page.split_inclusive('\n') {
        let begins = line.starts_with(|first: char| !first.is_whitespace());
        match blocks.last_mut().filter(|_| !begins) {
            Some(block) => block.push_str(line),
            None => blocks.push(line.to_owned()),
        }
    }
    let ours = |block: &String| block.starts_with("deckhand [bot]");
    blocks.chunk_by_mut(|one, two| ours(one) && ours(two)).for_each(<[String]>::sort);
    blocks.concat()
}
