//! Metrics: what they count, and that the documentation names them all.

use crate::server_bench::{Bench, Request, pull_request};
use crate::sim_bench::{REPO, Story};
use deckhand::sim::{Fault, FaultEffect, Kind};
use std::collections::BTreeSet;

const RULES: &str = "if #danger.git.changed_files > 0 then warn('Seen') end\n";

async fn metrics(addr: std::net::SocketAddr) -> String {
    let answer = Request::get("/metrics").with_token().send(addr).await;
    assert_eq!(answer.status, 200);
    answer.body
}

fn names(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(|line| Some(line.strip_prefix("# TYPE ")?.split(' ').next()?.to_owned())).collect()
}

/// The value of one sample.
fn value(text: &str, sample: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {sample} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn requests_are_counted_by_installation_and_kind() {
    let story = Story::begin(&[("dangerfile.lua", RULES)]).await;
    story.open("Add a file", &[("a.py", Some("a = 1\n"))]).await;
    let text = metrics(story.server.addr()).await;
    let log = story.sim.log();
    let sent: u64 = text
        .lines()
        .filter(|line| line.starts_with("deckhand_github_requests_total{"))
        .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(sent, log.len() as u64, "every request, and each once: {text}");
    let of = |kind: &str| {
        let is_ours = |line: &&str| line.starts_with("deckhand_github_requests_total{") && line.contains(kind);
        text.lines().find(is_ours).map_or(0, |line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap())
    };
    assert_eq!(of("kind=\"mint\""), log.iter().filter(|it| it.kind == Kind::Mint).count(), "{text}");
    assert_eq!(of("kind=\"rest_write\""), log.iter().filter(|it| it.kind == Kind::Write).count(), "{text}");
    assert!(of("kind=\"graphql_read\"") > 0 && of("kind=\"rest_read\"") > 0, "{text}");
    let left = text.lines().find(|it| it.starts_with("deckhand_github_budget_left{") && it.contains("api=\"rest\""));
    let left: u64 = left.unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!((1..5000).contains(&left), "{text}");
    story.sim.edit_pull(REPO, 1, "mona", None, Some("More words."), None);
    story.rest().await;
    story.end().await;
}

#[tokio::test]
async fn work_that_joins_other_work_is_counted() {
    let bench = Bench::start().await;
    let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    bench.handler.orders.lock().unwrap().push(crate::server_bench::Order::Hang(gate.clone()));
    for push in 0..5 {
        bench.send(Request::delivery(&format!("g-{push}"), "pull_request", &pull_request("synchronize", 7))).await;
        while bench.handler.done.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    }
    bench.send(Request::delivery("g-4", "pull_request", &pull_request("synchronize", 7))).await;
    let text = metrics(bench.server.addr()).await;
    // The first runs, the second waits behind it, three and the repeated one join that.
    assert_eq!(value(&text, "deckhand_jobs_joined_total"), 4, "{text}");
    assert_eq!(value(&text, "deckhand_deliveries_repeated_total"), 1);
    assert_eq!(value(&text, "deckhand_jobs_running"), 1);
    gate.add_permits(1);
    bench.server.idle().await.unwrap();
    bench.server.shutdown().await;
}

#[tokio::test]
async fn the_documentation_names_every_metric_and_no_other() {
    let bench = Bench::start().await;
    let exposed = names(&metrics(bench.server.addr()).await);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/server.md")).unwrap();
    let documented: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `deckhand_")?.split(['`', '{']).next())
        .map(|name| format!("deckhand_{name}"))
        .collect();
    assert_eq!(documented, exposed);
    bench.server.shutdown().await;
}

#[tokio::test]
async fn waits_retries_and_what_was_known_are_counted() {
    let rules = "fail(danger.git.file('a.py', 'base'))\n";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
    let of = async |name: &str| {
        let text = metrics(story.server.addr()).await;
        let samples = text.lines().filter(|line| line.starts_with(&format!("{name}{{")));
        samples.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum::<u64>()
    };
    let number = story.open("Greet", &[("a.py", Some("a = 2\n"))]).await;
    let names = ["deckhand_github_retries_total", "deckhand_github_waits_total", "deckhand_github_saved_total"];
    assert_eq!((of(names[0]).await, of(names[1]).await), (0, 0));
    // The same commits once more: known.
    let saved = of(names[2]).await;
    story.sim.edit_pull(REPO, number, "mona", Some("Greet again"), None, None);
    story.rest().await;
    assert!(of(names[2]).await > saved);
    // A read that fails once is sent again.
    story.sim.inject(Fault::next("POST", "query Overview", FaultEffect::DropBefore));
    story.sim.edit_pull(REPO, number, "mona", Some("Greet once more"), None, None);
    story.rest().await;
    assert_eq!(of(names[0]).await, 1);
    // A limit: what is not sent before it ends is a wait.
    let reset = story.sim.clock().now() + 600;
    story.sim.inject(Fault::next("POST", "query Overview", Fault::graphql_limit(reset)));
    for title in ["Greet", "Greet again"] {
        story.sim.edit_pull(REPO, number, "mona", Some(title), None, None);
        story.rest().await;
    }
    story.pass(30).await;
    assert!(of(names[1]).await >= 1);
    story.pass(700).await;
    story.end().await;
}
