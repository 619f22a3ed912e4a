//! F48, F67: a check belongs to a commit. Pull requests with one head share it, and it is green only for all of them.

use crate::sim_bench::{REPO, Story, writes};
use deckhand::sim::Kind;
use std::time::Duration;

const RULES: &str = "use('work_in_progress')\n";
const HELLO: (&str, &str) = ("src/hello.py", "def hello():\n    return 'hello'\n");
const POLITE: (&str, Option<&str>) = ("src/hello.py", Some("def hello():\n    return 'good day'\n"));

async fn begin() -> Story {
    Story::begin(&[("dangerfile.lua", RULES), HELLO]).await
}

/// The conclusions of our check runs on the head of a pull request, the newest first; `-` for one that is open.
fn conclusions(story: &Story, number: u64) -> Vec<String> {
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    checks.iter().map(|check| check["conclusion"].as_str().unwrap_or("-").to_owned()).collect()
}

fn newest(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    let check = checks.iter().max_by_key(|check| check["id"].as_u64()).unwrap();
    format!("{}: {}", check["conclusion"].as_str().unwrap_or("open"), check["output"]["title"].as_str().unwrap())
}

/// A second branch at the head of `greet-politely`, and a pull request from it.
async fn open_twin(story: &Story, title: &str) -> u64 {
    story.sim.branch(REPO, "twin", "greet-politely", "mona");
    let number = story.sim.open_pull(REPO, title, "", "twin", "main", "mona", false);
    story.rest().await;
    number
}

#[tokio::test]
async fn f48_the_worst_conclusion_wins_and_each_has_a_section() {
    let story = begin().await;
    let first = story.open("Greet politely", &[POLITE]).await;
    assert_eq!(newest(&story, first), "success: No problems");
    let second = open_twin(&story, "WIP: greet politely").await;
    insta::assert_snapshot!("shared_head_worst", story.page(first));

    story.sim.edit_pull(REPO, second, "mona", Some("Greet again"), None, None);
    story.rest().await;
    assert_eq!(newest(&story, first), format!("success: #{first}: No problems; #{second}: No problems"));

    story.requests();
    story.sim.edit_pull(REPO, first, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert!(story.requests().iter().all(|it| it.kind == Kind::Read), "both say the same of the check");
    story.end().await;
}

#[tokio::test]
async fn f67_a_new_pull_request_reopens_the_check_before_it_is_judged() {
    let story = begin().await;
    let first = story.open("Greet politely", &[POLITE]).await;
    story.requests();
    open_twin(&story, "Greet again").await;
    assert_eq!(writes(&story.requests()), ["POST check-runs 201", "PATCH check-runs 200"], "opened, then concluded");
    assert_eq!(conclusions(&story, first).len(), 2, "the new run replaces the old");
    story.end().await;
}

#[tokio::test]
async fn f48_whoever_leaves_takes_its_problems_along() {
    let story = begin().await;
    let first = story.open("Greet politely", &[POLITE]).await;
    let second = open_twin(&story, "WIP: greet politely").await;
    assert!(newest(&story, first).starts_with("failure"));
    story.sim.close(REPO, second, "mona");
    story.rest().await;
    assert_eq!(newest(&story, first), "success: No problems");

    story.sim.reopen(REPO, second, "mona");
    story.rest().await;
    assert!(newest(&story, first).starts_with("failure"));
    let later = [("src/more.py", Some("x = 1\n"))];
    story.sim.push(REPO, "twin", "mona", "Go on", &later, "");
    story.rest().await;
    assert_eq!(newest(&story, first), "success: No problems", "the other head is its own affair");
    assert_eq!(newest(&story, second), "failure: 1 problem");
    story.end().await;
}

#[tokio::test]
async fn f48_a_retarget_leaves_the_check_of_the_old_base() {
    let story = begin().await;
    story.sim.branch(REPO, "release", "main", "mona");
    let first = story.open("Greet politely", &[POLITE]).await;
    let second = open_twin(&story, "WIP: greet politely").await;
    story.sim.edit_pull(REPO, second, "mona", None, None, Some("release"));
    story.rest().await;
    insta::assert_snapshot!("shared_head_retargeted", story.page(first));
    story.end().await;
}

#[tokio::test]
async fn f48_a_pull_request_that_nobody_judged_holds_the_check_open() {
    let story = begin().await;
    let first = story.open("Greet politely", &[POLITE]).await;
    let url = format!("http://{}/webhooks/github", story.server.addr());
    story.sim.set_webhook_url(crate::sim_bench::APP_ID, Some("http://127.0.0.1:9/"));
    let second = open_twin(&story, "WIP: greet politely").await;
    story.sim.set_webhook_url(crate::sim_bench::APP_ID, Some(&url));
    story.sim.edit_pull(REPO, first, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert_eq!(newest(&story, first), format!("open: #{first}: No problems; #{second}: Waiting"));
    // Nobody tells us; after a while it is looked for.
    story.sim.clock().advance(Duration::from_secs(31));
    story.rest().await;
    assert_eq!(newest(&story, first), format!("failure: #{first}: No problems; #{second}: 1 problem"));
    story.end().await;
}
