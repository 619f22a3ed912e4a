//! Every story is told again in other ways, without being asked: repeated, when no write may follow; and with the server
//! killed before each of its writes and started again, after which people see the same pages; with `DECKHAND_TEST_KILLS=all`
//! also after each, when the write is done and its answer is lost.

use crate::recorded::Act;
use crate::sim_bench::{APP_ID, REPO, Start, check_sim, wall, writes};
use deckhand::model::Timestamp;
use deckhand::server::{Server, ServerHandle};
use deckhand::sim::{DeliveryRecord, Kind, LogEntry, SimHandle};
use deckhand::store::RunId;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::runtime::Runtime;

/// A story with more writes tells of many pull requests that are alike: the first write of each kind stands for all.
const CROWD: usize = 60;
/// Longer than a lease.
const LEASE_OVER: Duration = Duration::from_secs(61);
/// A story that does not come to rest in so many steps goes round in circles.
const MAX_STEPS: u32 = 30;
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"http://127\.0\.0\.1:\d+").unwrap());
static RUN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"/runs/([0-9a-f]+)").unwrap());
static COMMIT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[0-9a-f]{7,40}\b").unwrap());

/// Everybody's deliveries that arrived come once more: nobody writes anything.
pub(crate) async fn hold_repeatable(sim: &SimHandle, server: &ServerHandle) {
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
    let more = sim.log().split_off(before);
    assert_eq!(writes(&more), [""; 0], "a repetition writes nothing");
}

/// The same people on another simulation, whose server is killed before one of its writes, for each of them, and `after` it.
pub(crate) async fn hold_when_killed(start: &Start, acts: &[Act], plain: &SimHandle, after: bool) {
    let expected = pages(plain);
    let kills = kills(&plain.log(), after || std::env::var("DECKHAND_TEST_KILLS").is_ok_and(|it| it == "all"));
    let mut killed = kills.is_empty();
    for (writes, done) in kills {
        let (told, happened) = Killed::begin(start).await.tell(acts, (writes, done)).await;
        // How many writes there are can depend on who is faster, where reviews of one commit run side by side.
        killed |= happened;
        let when = if done { "after" } else { "before" };
        let write = plain.log().into_iter().filter(|it| it.kind == Kind::Write).nth(writes as usize).unwrap();
        assert_eq!(told, expected, "killed {when} write {writes}, {} {}", write.method, write.path);
    }
    assert!(killed, "none of the tellings came to the write at which the server is killed");
}

/// Which writes, counted from 0, and whether they are done.
fn kills(log: &[LogEntry], after: bool) -> Vec<(u32, bool)> {
    let writes: Vec<&LogEntry> = log.iter().filter(|entry| entry.kind == Kind::Write).collect();
    let is_crowd = writes.len() > CROWD;
    let mut kinds = BTreeSet::new();
    let chosen = (0..).zip(writes).filter(|(_, it)| kinds.insert((&it.method, &it.route)) || !is_crowd);
    chosen.flat_map(|(at, _)| [Some((at, false)), after.then_some((at, true))]).flatten().collect()
}

/// A story whose server has a runtime of its own, so that all of it can be stopped in an instant.
struct Killed<'a> {
    start: &'a Start,
    sim: SimHandle,
    dir: tempfile::TempDir,
    /// One at a time: nothing while it is replaced.
    served: Option<(ServerHandle, Runtime)>,
    happened: bool,
}

impl<'a> Killed<'a> {
    async fn begin(start: &'a Start) -> Killed<'a> {
        let (sim, dir) = (start.make().await, tempfile::tempdir().unwrap());
        let served = serve(start, &sim, &dir).await;
        rest(&sim, &served.0).await;
        Killed { start, sim, dir, served: Some(served), happened: false }
    }

    async fn tell(mut self, acts: &[Act], (writes, done): (u32, bool)) -> (Vec<String>, bool) {
        self.sim.halt_after_writes(writes, done);
        for act in acts {
            match act {
                Some(act) => act(&self.sim),
                None => self.rest().await,
            }
        }
        self.rest().await;
        check_sim(&self.sim);
        self.hold_links().await;
        self.stop().await;
        (pages(&self.sim), self.happened)
    }

    /// Until everything is done; when the write comes that is not answered, the server dies and another one starts.
    async fn rest(&mut self) {
        let server = self.server();
        // Time may have gone by.
        server.wake();
        tokio::select! {
            biased;
            () = self.sim.halted(), if !self.happened => {}
            () = rest(&self.sim, server) => return,
        }
        self.happened = true;
        self.stop().await;
        self.served = Some(serve(self.start, &self.sim, &self.dir).await);
        let server = self.server();
        for _ in 0..MAX_STEPS {
            self.sim.clock().advance(LEASE_OVER);
            server.wake();
            rest(&self.sim, server).await;
            let now = Timestamp(self.sim.clock().now() * 1000);
            if server.store().count_jobs(now).await.unwrap().later == 0 {
                return;
            }
        }
        panic!("the story does not come to rest after its server was killed");
    }

    /// Whatever a page of a pull request leads to is there: also what a run had to say that did not come to its end.
    async fn hold_links(&self) {
        let pages: Vec<String> = raw_pages(&self.sim).collect();
        for found in RUN.captures_iter(&pages.concat()) {
            let run = self.server().store().load_run(&RunId::parse(&found[1]).unwrap()).await.unwrap();
            assert!(run.is_some(), "{} leads nowhere: {pages:#?}", &found[0]);
        }
    }

    fn server(&self) -> &ServerHandle {
        &self.served.as_ref().expect("there is a server but for an instant").0
    }

    /// As SIGKILL would: nothing is finished, nothing is given back.
    async fn stop(&mut self) {
        let Some((server, runtime)) = self.served.take() else { return };
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(10))).await.unwrap();
        // Not before: its workers would notice, and give their jobs back.
        drop(server);
    }
}

async fn serve(start: &Start, sim: &SimHandle, dir: &tempfile::TempDir) -> (ServerHandle, Runtime) {
    let config = start.config(sim, dir);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (handle, clock) = (runtime.handle().clone(), wall(sim));
    let started = tokio::task::spawn_blocking(move || handle.block_on(Server::start(config, clock)));
    let server = started.await.unwrap().unwrap();
    sim.set_webhook_url(APP_ID, Some(&format!("http://{}/webhooks/github", server.addr())));
    (server, runtime)
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

/// What people see of each pull request. Addresses, runs and commits differ from one telling to the next; in the places of
/// commits stand numbers in the order in which they appear.
pub(crate) fn pages(sim: &SimHandle) -> Vec<String> {
    raw_pages(sim)
        .map(|page| {
            let page = in_one_order(&page);
            let page = ADDRESS.replace_all(&page, "http://deckhand");
            let page = RUN.replace_all(&page, "/runs/RUN");
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
    let numbers = (1..).take_while(|number| sim.head(REPO, *number).is_some());
    numbers.map(|number| sim.render_pull_text(REPO, number))
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
