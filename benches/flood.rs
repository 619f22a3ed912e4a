//! How long people wait while another installation sends 5,000 events in a minute: `deckhand serve` as a process, against
//! a simulated GitHub that answers each request after 80 ms. Prints a table; run with `cargo bench --bench flood`.

mod served;

use deckhand::sim::SimHandle;
use std::time::{Duration, Instant};

const LATENCY: Duration = Duration::from_millis(80);
const EVENTS: u32 = 5_000;
const MINUTE: Duration = Duration::from_secs(60);
/// Open pull requests of the flood.
const PULLS: u32 = 200;
/// People elsewhere who open a pull request in that minute.
const PEOPLE: u32 = 10;
const FLOOD: &str = "flood/repo";
const CALM: &str = "calm/repo";
const DANGERFILE: &str = "use(\"changelog\")\nuse(\"pr_size\")\nuse(\"pr_description\")\n";

fn main() {
    // `cargo test --benches` and the like only want to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure());
}

async fn measure() {
    let served = served::start(&[FLOOD, CALM], DANGERFILE).await;
    let github = served.github.clone();
    for at in 0..PULLS {
        open(&github, FLOOD, at);
        github.settle().await;
    }
    let heads: Vec<String> = (0..PULLS).map(|at| head(&github, FLOOD, u64::from(at) + 1)).collect();
    for head in &heads {
        concluded(&github, FLOOD, head).await;
    }
    let calm = push(&github, CALM, 1_000);
    open_pushed(&github, CALM, 1_000);
    concluded(&github, CALM, &calm).await;
    let pushed: Vec<String> = (0..PEOPLE).map(|at| push(&github, CALM, at)).collect();
    github.settle().await;
    github.set_delay(LATENCY);
    // Alone, for comparison.
    let alone = {
        let head = push(&github, CALM, 2_000);
        github.settle().await;
        let begun = Instant::now();
        open_pushed(&github, CALM, 2_000);
        concluded(&github, CALM, &head).await;
        begun.elapsed()
    };
    let begun = Instant::now();
    let mut waits = Vec::new();
    for event in 0..EVENTS {
        let due = MINUTE * event / EVENTS;
        tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
        let number = u64::from(event % PULLS) + 1;
        github.edit_pull(FLOOD, number, "ada", Some(&format!("Edit {event}")), None, None);
        if event % (EVENTS / PEOPLE) == EVENTS / PEOPLE - 1 {
            let at = event / (EVENTS / PEOPLE);
            let (github, head) = (github.clone(), pushed[at as usize].clone());
            waits.push(tokio::spawn(async move {
                let begun = Instant::now();
                open_pushed(&github, CALM, at);
                concluded(&github, CALM, &head).await;
                begun.elapsed()
            }));
        }
    }
    let sent = begun.elapsed();
    let mut times = Vec::new();
    for wait in waits {
        times.push(wait.await.expect("it was measured"));
    }
    github.settle().await;
    let failed = github.deliveries().iter().filter(|it| it.status != 202).count();
    times.sort_unstable();
    println!("| events | in | refused | a review elsewhere, alone | in the flood: median | longest |");
    println!("|---|---|---|---|---|---|");
    println!(
        "| {EVENTS} | {:.0} s | {failed} | {:.2} s | {:.2} s | {:.2} s |",
        sent.as_secs_f64(),
        alone.as_secs_f64(),
        times[times.len() / 2].as_secs_f64(),
        times[times.len() - 1].as_secs_f64(),
    );
}

fn push(github: &SimHandle, repo: &str, at: u32) -> String {
    let branch = format!("topic-{at}");
    github.push(repo, &branch, "ada", "Compute", &[("src/a.py", Some(&format!("value = {at}\n")))], "main")
}

fn open_pushed(github: &SimHandle, repo: &str, at: u32) {
    let branch = format!("topic-{at}");
    github.open_pull(repo, "Compute values", "A description that is long enough.", &branch, "main", "ada", false);
}

fn open(github: &SimHandle, repo: &str, at: u32) {
    push(github, repo, at);
    open_pushed(github, repo, at);
}

fn head(github: &SimHandle, repo: &str, number: u64) -> String {
    github.head(repo, number).expect("it was opened")
}

async fn concluded(github: &SimHandle, repo: &str, head: &str) {
    while github.checks(repo, head).first().is_none_or(|check| check["status"] != "completed") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
