//! GitHub's limits beyond a single one: at their edges, many in a row, and with a server that begins anew.

use crate::sim_bench::{REPO, Story, bad_gateway, writes};
use deckhand::model::Timestamp;
use deckhand::sim::{Fault, FaultEffect, LogEntry};
use std::sync::Arc;

const RULES: &str = "for _, line in danger.git.added_lines('**/*.py') do
  if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end
end
";
const FILES: [(&str, &str); 2] = [("dangerfile.lua", RULES), ("a.py", "a = 1\n")];
const POLITE: (&str, Option<&str>) = ("a.py", Some("a = 2\n"));
const NOISY: (&str, Option<&str>) = ("a.py", Some("a = 1\nprint(a)\n"));

fn conclusion(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    checks.first().map_or("none", |it| it["conclusion"].as_str().unwrap_or("open")).to_owned()
}

fn open_many(story: &Story, how_many: usize) -> Vec<u64> {
    let open = |at: usize| {
        let branch = format!("change-{at}");
        story.sim.push(REPO, &branch, "mona", &branch, &[NOISY, ("n.txt", Some(&format!("{at}\n")))], "main");
        story.sim.open_pull(REPO, &branch, "", &branch, "main", "mona", false)
    };
    (0..how_many).map(open).collect()
}

/// Requests that the hour of the installation's REST calls counts.
fn rest_calls(log: &[LogEntry]) -> Vec<String> {
    let counted = |it: &&LogEntry| it.path.starts_with("/repos/") || it.path.starts_with("/installation/");
    log.iter().filter(counted).map(ToString::to_string).collect()
}

fn comments(log: &[LogEntry]) -> usize {
    writes(log).iter().filter(|it| !it.contains("check-runs")).count()
}

#[tokio::test]
async fn f25_a_refusal_at_the_moment_of_the_reset_is_no_missing_permission() {
    let story = Story::begin(&FILES).await;
    let now = story.sim.clock().now();
    story.sim.inject(Fault::next("GET", "/compare/", Fault::primary_limit(now)));
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(story.parked().await, 0);
    story.requests();
    story.pass(50).await;
    assert_eq!(rest_calls(&story.requests()), [""; 0], "nobody knows how long: a minute");
    story.pass(15).await;
    assert_eq!(conclusion(&story, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f25_f30_a_host_whose_clock_is_ahead_waits_as_long_as_any_other() {
    let story = Story::begin_with_clock(&FILES, |sim| {
        let clock = sim.clock().clone();
        Arc::new(move || Timestamp((clock.now() + 3600) * 1000))
    })
    .await;
    let reset = story.sim.clock().now() + 600;
    story.sim.inject(Fault::next("GET", "/compare/", Fault::primary_limit(reset)));
    let number = story.open("Greet", &[POLITE]).await;
    let later = story.server.store().count_jobs(Timestamp((story.sim.clock().now() + 3600) * 1000)).await.unwrap();
    assert_eq!(later.later, 1, "it waits, and is not tried again and again");
    story.requests();
    story.pass(590).await;
    assert_eq!(rest_calls(&story.requests()), [""; 0]);
    story.pass(20).await;
    assert_eq!(conclusion(&story, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f25_a_server_that_begins_anew_knows_the_limit_that_lasts() {
    let story = Story::begin(&FILES).await;
    let reset = story.sim.clock().now() + 600;
    story.sim.inject(Fault::next("GET", "/compare/", Fault::primary_limit(reset)));
    let number = story.open("Greet", &[POLITE]).await;
    let before = story.sim.log().len();
    let story = story.away().await.back().await;
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    story.rest().await;
    story.pass(500).await;
    assert_eq!(rest_calls(&story.sim.log()[before..]), [""; 0]);
    story.pass(200).await;
    assert_eq!(conclusion(&story, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f26_a_server_that_begins_anew_knows_what_it_wrote_in_this_minute() {
    let story = Story::begin(&FILES).await;
    let numbers = open_many(&story, 85);
    story.rest().await;
    let story = story.away().await.back().await;
    let number = story.open("One more", &[NOISY]).await;
    let written = comments(&story.sim.log());
    assert!(written < 80, "{written} comments in one minute");
    for _ in 0..2 {
        story.pass(60).await;
    }
    let all: Vec<u64> = numbers.into_iter().chain([number]).collect();
    assert!(all.iter().all(|number| story.sim.review_comments(REPO, *number).len() == 1));
    assert_eq!(comments(&story.sim.log()), all.len(), "each review once");
    story.end_long().await;
}

#[tokio::test]
async fn f26_f27_waiting_for_limits_uses_up_no_attempt() {
    let story = Story::begin(&FILES).await;
    story.sim.inject(Fault::next("POST", "query Overview", Fault::secondary_limit(2)).times(12));
    let number = story.open("Greet", &[POLITE]).await;
    for _ in 0..11 {
        story.pass(3).await;
    }
    story.sim.inject(Fault::next("POST", "query Overview", bad_gateway()).times(3));
    story.pass(3).await;
    assert_eq!(story.parked().await, 0, "one attempt failed");
    story.pass(30).await;
    assert_eq!(conclusion(&story, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f29_a_token_that_is_not_known_for_a_while_gives_no_job_up() {
    let story = Story::begin(&FILES).await;
    story.sim.refuse_new_tokens(4);
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(story.parked().await, 0);
    story.sim.refuse_new_tokens(0);
    for _ in 0..3 {
        story.pass(30).await;
    }
    assert_eq!(conclusion(&story, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f26_f28_a_limit_on_looking_for_a_lost_write_makes_no_second_one() {
    for limited in [Fault::secondary_limit(20), Fault::secondary_limit(None)] {
        let story = Story::begin(&FILES).await;
        // The review is there and its answer is lost; so is the first look, and every other call of this minute.
        story.sim.inject(Fault::next("POST", "/reviews", FaultEffect::DropAfter));
        story.sim.inject(Fault::next("POST", "query Comments", limited));
        let number = story.open("Say it", &[NOISY]).await;
        assert_eq!(story.sim.review_comments(REPO, number).len(), 1);
        story.pass(65).await;
        assert_eq!(story.sim.review_comments(REPO, number).len(), 1);
        assert_eq!(conclusion(&story, number), "failure");
        let sent = writes(&story.sim.log()).iter().filter(|it| it.contains("reviews")).count();
        assert_eq!(sent, 1, "it was looked for before anything was written again");
        story.end().await;
    }
}

#[tokio::test]
async fn f26_a_limit_on_concluding_is_waited_out_and_the_check_concludes_once() {
    for told in [Some(20), None] {
        let story = Story::begin(&FILES).await;
        story.sim.inject(Fault::next("PATCH", "/check-runs/", Fault::secondary_limit(told)));
        let number = story.open("Greet", &[POLITE]).await;
        assert_eq!(conclusion(&story, number), "open");
        story.pass(65).await;
        let head = story.sim.head(REPO, number).unwrap();
        assert_eq!((story.sim.checks(REPO, &head).len(), conclusion(&story, number).as_str()), (1, "success"));
        story.end().await;
    }
}
