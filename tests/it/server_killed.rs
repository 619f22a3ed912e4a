//! F01: `deckhand serve` as a process that is killed at each of its requests to GitHub, and started again on its database.

use crate::server_bench::{BINARY, KEY, SECRET};
use crate::sim_bench::{PERMISSIONS, PUBLIC_KEY, REPO};
use deckhand::sim::{AppConfig, Fault, FaultEffect, Sim, SimClock, SimConfig, SimHandle};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};

const RULES: &str = "message('Hello')
for _, line in danger.git.added_lines('**/*.py') do
  fail('Leftover print', { file = line.file, line = line.number })
end
";

/// A server on a folder of its own.
pub(crate) struct Room {
    folder: tempfile::TempDir,
    pub(crate) sim: SimHandle,
    pub(crate) child: Arc<Mutex<Child>>,
    log: Mutex<Log>,
}

/// What the server logs, and what was read of it.
struct Log {
    lines: BufReader<ChildStderr>,
    read: String,
}

impl Room {
    pub(crate) async fn open() -> Room {
        let sim = Sim::start(SimConfig { port: 0, clock: SimClock::real() }).await.unwrap();
        sim.register_app(AppConfig {
            app_id: 1,
            slug: "deckhand".to_owned(),
            public_key_pem: PUBLIC_KEY.to_owned(),
            webhook_url: None,
            secret: SECRET.to_owned(),
            permissions: PERMISSIONS.map(|(name, access)| (name.to_owned(), access.to_owned())).into(),
            events: AppConfig::events(),
        });
        let folder = tempfile::tempdir().unwrap();
        let (child, log) = start(folder.path(), &sim);
        let room = Room { folder, sim, child: Arc::new(Mutex::new(child)), log: Mutex::new(log) };
        let (owner, name) = REPO.split_once('/').unwrap();
        room.sim.create_repository(owner, name, &[("dangerfile.lua", RULES), ("a.py", "a = 1\n")], false);
        room.sim.add_user(REPO, "mona", "write");
        room.sim.install(REPO);
        room.wait_for("done:");
        room
    }

    pub(crate) fn start_again(&self) {
        let (child, log) = start(self.folder.path(), &self.sim);
        *self.child.lock().unwrap() = child;
        *self.log.lock().unwrap() = log;
    }

    /// Reads what the server logs up to a line that says this; `false` when it ended before.
    pub(crate) fn wait_for(&self, said: &str) -> bool {
        self.log.lock().unwrap().find(said).is_some()
    }

    /// What the server logged since it was started, as far as it was waited for.
    fn logged(&self) -> String {
        self.log.lock().unwrap().read.clone()
    }
}

impl Log {
    /// The next line that says this.
    fn find(&mut self, said: &str) -> Option<&str> {
        loop {
            let begins = self.read.len();
            if self.lines.read_line(&mut self.read).unwrap() == 0 {
                return None;
            }
            if self.read[begins..].contains(said) {
                return Some(self.read[begins..].trim_end());
            }
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Starts a server on any port that is free, and has the app's webhooks sent there. A port that must stay the same could be
/// taken by a connection of another test while the server is dead.
fn start(folder: &Path, sim: &SimHandle) -> (Child, Log) {
    let mut command = Command::new(BINARY);
    command.arg("serve").current_dir(folder).env_clear();
    command.envs([("DECKHAND_APP_ID", "1"), ("DECKHAND_PRIVATE_KEY", KEY), ("DECKHAND_WEBHOOK_SECRET", SECRET)]);
    command.envs([("DECKHAND_LISTEN", "127.0.0.1:0"), ("DECKHAND_GITHUB_API_URL", sim.api_url())]);
    // The shortest: what a dead server held is free after it.
    command.env("DECKHAND_LEASE_SECONDS", "5");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = Log { lines: BufReader::new(child.stderr.take().unwrap()), read: String::new() };
    let Some((_, address)) = log.find("deckhand listens").and_then(|line| line.split_once(" on ")) else {
        panic!("the server ended before it listened:\n{}", log.read)
    };
    sim.set_webhook_url(1, Some(&format!("{address}/webhooks/github")));
    (child, log)
}

/// What a person sees, without what differs from run to run.
fn page(sim: &SimHandle, number: u64) -> serde_json::Value {
    let checks = sim.checks(REPO, &sim.head(REPO, number).unwrap());
    let checks: Vec<_> =
        checks.iter().map(|it| json!([it["name"], it["status"], it["conclusion"], it["output"]["title"]])).collect();
    let visible = |it: &serde_json::Value| it["body"].as_str().unwrap().split("<!--").next().unwrap().to_owned();
    let said = |list: Vec<serde_json::Value>| list.iter().map(visible).collect::<Vec<_>>();
    json!([checks, said(sim.comments(REPO, number)), said(sim.review_comments(REPO, number))])
}

fn open(sim: &SimHandle) -> u64 {
    sim.push(REPO, "greet", "mona", "Greet", &[("a.py", Some("a = 1\nprint(a)\n"))], "main");
    sim.open_pull(REPO, "Greet", "", "greet", "main", "mona", false)
}

/// Opens a pull request and kills the server when it has sent so many requests about it: the last one arrives, its answer
/// does not. `None` when the review needs fewer requests.
async fn killed_after(requests: u32) -> Option<serde_json::Value> {
    let room = Room::open().await;
    let child = room.child.clone();
    let killed = Arc::new(Mutex::new(false));
    let done = killed.clone();
    let kill = FaultEffect::first(move || {
        child.lock().unwrap().kill().unwrap();
        *done.lock().unwrap() = true;
    });
    room.sim.reset_log();
    room.sim.inject(Fault::next("", "", kill).after(requests));
    let number = open(&room.sim);
    let died = tokio::task::block_in_place(|| !room.wait_for("pull/1 done:"));
    if died {
        room.child.lock().unwrap().wait().unwrap();
        room.start_again();
        let ended = tokio::task::block_in_place(|| room.wait_for("pull/1 done:"));
        assert!(ended, "it comes to its end after {requests}:\n{}", room.logged());
    }
    let writes = room.sim.log();
    let written = |path: &str| {
        let sent = writes.iter().filter(|it| it.method == "POST" && it.path.ends_with(path) && it.status < 300);
        sent.count()
    };
    assert_eq!((written("/check-runs"), written("/reviews"), written("/1/comments")), (1, 1, 1), "after {requests}");
    let seen = page(&room.sim, number);
    let was_killed = *killed.lock().unwrap();
    was_killed.then_some(seen)
}

#[test]
fn f01_killed_at_any_request_it_writes_everything_once() {
    let run = |requests: u32| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(killed_after(requests))
    };
    // Each waits for the end of a lease; they wait together.
    let pages: Vec<Option<serde_json::Value>> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..12).map(|requests| scope.spawn(move || run(requests))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let pages: Vec<serde_json::Value> = pages.into_iter().flatten().collect();
    assert!(pages.len() >= 6, "only {} requests", pages.len());
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
}
