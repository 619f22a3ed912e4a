//! F14: a flood of events from one installation, and somebody elsewhere who waits for a review.

use crate::sim_bench::{REPO, Story};
use deckhand::model::{InstallationId, PullNumber, RepoName, RepositoryId, Timestamp};
use deckhand::webhook::{Cause, JobSpec, Work};
use serde_json::Value;

const FILES: [(&str, &str); 2] = [("dangerfile.lua", "warn('Hm')\n"), ("a.py", "a = 1\n")];
const ELSEWHERE: &str = "umbrella/tool";
const PULLS: u64 = 60;
const EVENTS: u64 = 5_000;
/// Reviews of the flood that may begin while the other one waits and is done: those that workers have in hand, and what
/// three of them do meanwhile. All of the flood would be sixty.
const AHEAD: usize = 20;

/// Installation and repository as deliveries name them.
fn place(story: &Story) -> (InstallationId, RepositoryId) {
    let all = story.sim.deliveries();
    let body: &Value = &all.iter().rev().find(|it| it.body["repository"]["full_name"] == REPO).unwrap().body;
    let id = |name: &str| body[name]["id"].as_u64().unwrap();
    (InstallationId(id("installation")), RepositoryId(id("repository")))
}

fn is_concluded(story: &Story, repo: &str, number: u64) -> bool {
    story.sim.checks(repo, &story.sim.head(repo, number).unwrap()).iter().any(|it| it["conclusion"] == "success")
}

#[tokio::test]
async fn f14_five_thousand_events_elsewhere_keep_a_review_waiting_for_a_few() {
    let story = Story::begin(&FILES).await;
    story.sim.create_repository("umbrella", "tool", &FILES, false);
    story.sim.add_user(ELSEWHERE, "mona", "write");
    story.sim.install(ELSEWHERE);
    for at in 1..=PULLS {
        let branch = format!("change-{at}");
        story.sim.push(REPO, &branch, "mona", &branch, &[("n.txt", Some(&format!("{at}\n")))], "main");
        story.sim.open_pull(REPO, &branch, "", &branch, "main", "mona", false);
    }
    story.rest().await;
    story.sim.push(ELSEWHERE, "greet", "mona", "Greet", &[("a.py", Some("a = 2\n"))], "main");
    story.rest().await;

    let (installation, repository) = place(&story);
    let name = RepoName::parse(REPO).unwrap();
    let event = |at: u64| {
        let number = PullNumber(at % PULLS + 1);
        let work = Work::ReviewPull { number, cause: Cause::Synchronize, changed_at: None };
        JobSpec { installation, repository, name: name.clone(), work }
    };
    let now = Timestamp(story.sim.clock().now() * 1000);
    let events: Vec<JobSpec> = (0..EVENTS).map(event).collect();
    story.server.store().enqueue_all(&events, now).await.unwrap();
    let counts = story.server.store().count_jobs(now).await.unwrap();
    assert_eq!(counts.due + counts.running, PULLS, "one for a pull request, however often it changed");
    story.sim.set_delay(std::time::Duration::from_millis(2));
    story.server.wake();
    story.requests();
    while story.requests().is_empty() {
        tokio::task::yield_now().await;
    }

    let number = story.sim.open_pull(ELSEWHERE, "Greet", "", "greet", "main", "mona", false);
    while !is_concluded(&story, ELSEWHERE, number) {
        tokio::task::yield_now().await;
    }
    let flood =
        |request: &Value| request.to_string().contains("query Overview") && request.to_string().contains("hello");
    let ahead = story.requests().iter().filter(|it| flood(&it.request)).count();
    assert!(ahead <= AHEAD, "{ahead} reviews of the flood");
    assert!(story.server.store().count_jobs(now).await.unwrap().due >= PULLS / 4, "the flood goes on");
    story.rest().await;
    assert!((1..=PULLS).all(|number| is_concluded(&story, REPO, number)));
    story.end_long().await;
}
