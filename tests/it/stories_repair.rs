//! What repairs itself: lost deliveries, checks that stay open, installations that come and go, clocks that jump.

use crate::recorded::Github;
use crate::server_bench::Request;
use crate::sim_bench::{APP_ID, REPO, Story, bad_gateway, wall, writes};
use deckhand::model::Timestamp;
use deckhand::sim::{Fault, FaultEffect, Kind, SimHandle};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const RULES: &str = "for _, line in danger.git.added_lines('**/*.py') do
  if line.text:find('print(', 1, true) then
    fail('Leftover print', { file = line.file, line = line.number })
  end
end
";
const HELLO: (&str, &str) = ("src/hello.py", "def hello():\n    return 'hello'\n");
const FILES: [(&str, &str); 2] = [("dangerfile.lua", RULES), HELLO];
const POLITE: (&str, Option<&str>) = ("src/hello.py", Some("def hello():\n    return 'good day'\n"));
const NOISY: (&str, Option<&str>) = ("src/hello.py", Some("def hello():\n    print('x')\n    return 'hello'\n"));
const JUDGED: [&str; 2] = ["POST check-runs 201", "PATCH check-runs 200"];

/// The newest check on a commit: conclusion and title.
fn check_at(sim: &SimHandle, sha: &str) -> String {
    match sim.checks(REPO, sha).first() {
        None => "no check".to_owned(),
        Some(check) => {
            let title = check["output"]["title"].as_str().unwrap_or_default();
            format!("{}: {title}", check["conclusion"].as_str().unwrap_or("open"))
        }
    }
}

fn check(sim: &SimHandle, number: u64) -> String {
    check_at(sim, &sim.head(REPO, number).unwrap())
}

/// A pull request that nobody waits for.
fn open(sim: &Github, branch: &str, edits: &[(&str, Option<&str>)]) -> u64 {
    sim.push(REPO, branch, "mona", "Change it", edits, "main");
    sim.open_pull(REPO, branch, "", branch, "main", "mona", false)
}

/// No review comes beyond its open check until faults are cleared.
fn break_reviews(sim: &Github) {
    sim.inject(Fault::next("GET", "/compare/", bad_gateway()).times(1000));
}

fn redeliveries(sim: &SimHandle) -> usize {
    sim.log().iter().filter(|it| it.method == "POST" && it.path.ends_with("/attempts")).count()
}

#[tokio::test]
async fn f03_deliveries_that_failed_while_the_server_was_down_are_asked_for() {
    let story = Story::begin_with_settings(&[("DECKHAND_RECONCILE_SECONDS", "0")], &FILES).await;
    let away = story.away().await;
    let number = open(&away.sim, "greet", &[POLITE]);
    away.sim.settle().await;
    away.sim.advance(std::time::Duration::from_secs(3 * 3600));
    assert_eq!(check(&away.sim, number), "no check");
    let failed = away.sim.deliveries().iter().filter(|it| it.status == 0).count();
    assert!(failed > 0);
    let story = away.back().await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    assert_eq!(redeliveries(&story.sim), failed, "each of them once");
    let log = story.sim.log();
    assert_eq!(writes(&log).iter().filter(|it| it.contains("check-runs")).collect::<Vec<_>>(), JUDGED.each_ref());

    for _ in 0..3 {
        story.pass(300).await;
    }
    assert_eq!(redeliveries(&story.sim), failed, "what arrived is not asked for again");
    assert!(writes(&story.requests()).is_empty());
    story.end().await;
}

#[tokio::test]
async fn f03_more_failed_deliveries_than_a_page_has_are_all_asked_for() {
    let story = Story::begin_with_settings(&[("DECKHAND_RECONCILE_SECONDS", "0")], &FILES).await;
    let away = story.away().await;
    let number = open(&away.sim, "greet", &[POLITE]);
    for _ in 0..150 {
        away.sim.ping(APP_ID);
    }
    away.sim.settle().await;
    let failed = away.sim.deliveries().iter().filter(|it| it.status == 0).count();
    assert!(failed > 150);
    let story = away.back().await;
    assert_eq!(redeliveries(&story.sim), failed);
    assert_eq!(check(&story.sim, number), "success: No problems");
    story.pass(600).await;
    story.end_long().await;
}

#[tokio::test]
async fn f03_a_delivery_that_goes_on_failing_is_asked_for_less_and_less() {
    let story = Story::begin_with_settings(&[("DECKHAND_RECONCILE_SECONDS", "0")], &FILES).await;
    story.sim.misdirect();
    story.sim.ping(APP_ID);
    for _ in 0..24 {
        story.pass(300).await;
    }
    let in_two_hours = redeliveries(&story.sim);
    assert!((3..=5).contains(&in_two_hours), "{in_two_hours}");
    for _ in 0..48 {
        story.pass(300).await;
    }
    assert!(redeliveries(&story.sim) <= 6);
    story.end().await;
}

#[tokio::test]
async fn f04_a_delivery_that_was_never_sent_is_made_up_for() {
    let story = Story::begin(&FILES).await;
    story.sim.advance(std::time::Duration::from_secs(10));
    story.sim.set_deliver(false);
    let number = open(&story.sim, "greet", &[NOISY]);
    story.sim.set_deliver(true);
    story.rest().await;
    assert_eq!(check(&story.sim, number), "no check");
    story.pass(300).await;
    assert_eq!(check(&story.sim, number), "failure: 1 problem");
    assert_eq!(story.sim.review_comments(REPO, number).len(), 1, "somebody opened it and waits");
    story.sim.set_deliver(false);
    story.sim.push(REPO, "greet", "mona", "Be quiet", &[POLITE], "");
    story.sim.set_deliver(true);
    story.pass(300).await;
    assert_eq!(check(&story.sim, number), "success: No problems");

    story.sim.set_deliver(false);
    let strict = "fail('Never')\n";
    story.sim.push(REPO, "main", "mona", "Be strict", &[("dangerfile.lua", Some(strict))], "");
    story.sim.set_deliver(true);
    story.pass(300).await;
    assert_eq!(check(&story.sim, number), "failure: 1 problem");

    story.requests();
    story.pass(300).await;
    let quiet = story.requests();
    assert!(quiet.iter().all(|it| it.kind == Kind::Read), "{quiet:#?}");
    assert!(quiet.len() <= 5, "nothing changed, so a look is all: {quiet:#?}");
    story.end().await;
}

#[tokio::test]
async fn f04_what_was_open_before_anybody_looked_gets_its_check_and_no_comment() {
    let story = Story::begin_uninstalled(&FILES).await;
    let number = open(&story.sim, "greet", &[NOISY]);
    story.sim.set_deliver(false);
    story.sim.install(REPO);
    story.sim.set_deliver(true);
    story.pass(300).await;
    assert_eq!(check(&story.sim, number), "failure: 1 problem");
    assert!(story.sim.review_comments(REPO, number).is_empty());
    story.end().await;
}

/// What we answered to commands.
fn answers(sim: &SimHandle, number: u64) -> usize {
    let all = sim.comments(REPO, number);
    all.iter().filter(|it| it["body"].as_str().unwrap().contains("deckhand:v1 reply")).count()
}

#[tokio::test]
async fn f04_a_command_whose_delivery_was_lost_is_carried_out_once() {
    let story = Story::begin(&FILES).await;
    let number = story.open("Greet", &[POLITE]).await;
    story.pass(300).await;
    story.sim.set_deliver(false);
    let command = story.sim.comment(REPO, number, "mona", "/deckhand help").unwrap();
    let edited = story.sim.comment(REPO, number, "mona", "Nice.").unwrap();
    story.sim.comment(REPO, number, "mona", "Is it?").unwrap();
    story.sim.advance(std::time::Duration::from_secs(5));
    story.sim.edit_comment(REPO, edited, "maya", "/deckhand help").unwrap();
    story.sim.set_deliver(true);
    story.rest().await;
    assert_eq!(answers(&story.sim, number), 0);
    story.pass(300).await;
    assert_eq!(answers(&story.sim, number), 1);
    assert_eq!(story.sim.reactions(REPO, command).len(), 1);
    assert!(story.sim.reactions(REPO, edited).is_empty(), "what was edited in later is nobody's word");

    let page = story.page(number);
    story.pass(300).await;
    story.requests();
    story.pass(300).await;
    let quiet = story.requests();
    assert!(quiet.iter().all(|it| it.kind == Kind::Read && !it.path.contains("/comments")), "{quiet:#?}");
    assert_eq!(story.page(number), page);

    // One that arrived is not carried out a second time because it is found as well.
    let arrived = story.sim.comment(REPO, number, "mona", "/deckhand help").unwrap();
    story.rest().await;
    story.requests();
    story.pass(300).await;
    assert!(writes(&story.requests()).is_empty());
    assert_eq!((answers(&story.sim, number), story.sim.reactions(REPO, arrived).len()), (2, 1));
    story.end().await;
}

#[tokio::test]
async fn f04_looking_around_many_repositories_stays_below_its_share() {
    let story = Story::begin(&FILES).await;
    let others: Vec<String> = (0..30).map(|at| format!("octo/r{at}")).collect();
    story.sim.set_deliver(false);
    for name in &others {
        story.sim.create_repository("octo", name.split_once('/').unwrap().1, &FILES[1..], false);
        story.sim.install(name);
    }
    story.sim.set_deliver(true);
    story.requests();
    let mut looks = 0;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..12 {
        story.pass(300).await;
        let glances = story.requests().into_iter().filter(|it| it.request.to_string().contains("query OpenPulls"));
        for glance in glances {
            looks += 1;
            seen.insert(glance.request["variables"]["name"].to_string());
        }
    }
    // A twentieth of 5,000, of which each look costs one.
    assert!((200..=250).contains(&looks), "{looks} in an hour");
    assert_eq!(seen.len(), others.len() + 1, "all in their turn");
    story.end().await;
}

#[tokio::test]
async fn f24_yesterdays_database_answers_no_command_again() {
    let story = Story::begin(&FILES).await;
    let number = story.open("Greet", &[NOISY]).await;
    story.pass(300).await;
    let away = story.away().await;
    let yesterday = away.keep();
    let story = away.back().await;
    let command = story.sim.comment(REPO, number, "mona", "/deckhand help").unwrap();
    story.rest().await;
    assert_eq!(answers(&story.sim, number), 1);
    let before = story.page(number);
    let mut away = story.away().await;
    away.sim.advance(std::time::Duration::from_secs(3600));
    away.restore(yesterday);
    let story = away.back().await;
    story.pass(300).await;
    story.pass(300).await;
    assert_eq!(story.page(number), before);
    assert_eq!((answers(&story.sim, number), story.sim.reactions(REPO, command).len()), (1, 1));
    story.end().await;
}

#[tokio::test]
async fn f24_yesterdays_database_posts_nothing_again() {
    let away = Story::begin(&FILES).await.away().await;
    let yesterday = away.keep();
    let story = away.back().await;
    story.pass(3600).await;
    let number = story.open("Greet", &[NOISY]).await;
    let before = story.page(number);
    let mut away = story.away().await;
    away.sim.advance(std::time::Duration::from_secs(3600));
    away.restore(yesterday);
    let before_it = away.sim.log().len();
    let story = away.back().await;
    story.pass(300).await;
    let log = story.sim.log().split_off(before_it);
    assert!(log.iter().any(|it| it.path.contains("/compare/")), "it was judged");
    assert!(writes(&log).is_empty(), "{:#?}", writes(&log));
    assert_eq!(story.page(number), before);
    story.end().await;
}

#[tokio::test]
async fn f44_a_review_that_goes_on_failing_does_not_leave_its_check_open() {
    let story = Story::begin(&FILES).await;
    break_reviews(&story.sim);
    let number = story.open("Greet", &[POLITE]).await;
    assert!(check(&story.sim, number).starts_with("open"));
    for _ in 0..10 {
        story.pass(60).await;
    }
    assert_eq!(check(&story.sim, number), "failure: Not judged in time");
    let head = story.sim.head(REPO, number).unwrap();
    let summary = story.sim.checks(REPO, &head)[0]["output"]["summary"].as_str().unwrap().to_owned();
    let begins = "This commit could not be judged in time: GitHub failed with status 502; it is tried again";
    let rest = summary.strip_prefix(begins).unwrap_or_else(|| panic!("{summary}"));
    // Without a time when the next attempt is due at that moment.
    assert!(rest.starts_with(" at 2026-01-05T09:") || rest.starts_with('.'), "{summary}");
    story.sim.clear_faults();
    for _ in 0..30 {
        story.pass(60).await;
    }
    assert_eq!(check(&story.sim, number), "success: No problems");
    assert_eq!(story.sim.checks(REPO, &head).len(), 1, "the run that was concluded without a verdict says it");
    story.end().await;
}

#[tokio::test]
async fn f44_the_check_of_a_head_that_was_left_is_concluded_too() {
    let story = Story::begin(&FILES).await;
    break_reviews(&story.sim);
    let number = story.open("Greet", &[POLITE]).await;
    story.sim.clear_faults();
    let old = story.sim.head(REPO, number).unwrap();
    assert!(check_at(&story.sim, &old).starts_with("open"));
    story.sim.push(REPO, "greet", "mona", "More", &[("src/more.py", Some("x = 1\n"))], "");
    story.rest().await;
    story.pass(30).await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    for _ in 0..10 {
        story.pass(60).await;
    }
    assert_eq!(check_at(&story.sim, &old), "failure: Not judged in time");
    assert_eq!(check(&story.sim, number), "success: No problems");
    story.end().await;
}

#[tokio::test]
async fn f44_workers_that_were_gone_for_hours_find_what_they_left_without_their_database() {
    let story = Story::begin(&FILES).await;
    break_reviews(&story.sim);
    let number = story.open("Greet", &[POLITE]).await;
    story.sim.clear_faults();
    assert!(check(&story.sim, number).starts_with("open"));
    let mut away = story.away().await;
    away.sim.advance(std::time::Duration::from_secs(4 * 3600));
    away.forget();
    let story = away.back().await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    story.end().await;
}

#[tokio::test]
async fn f31_a_permission_that_is_granted_again_resumes_the_work() {
    let story = Story::begin(&FILES).await;
    story.sim.withdraw_permission("checks");
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(story.parked().await, 1);
    story.requests();
    for _ in 0..4 {
        story.pass(300).await;
    }
    let asked = story.requests();
    assert!(!asked.iter().any(|it| it.path.contains("check-runs")), "nobody tries again: {asked:#?}");
    story.sim.grant_permission("octo", "checks", "write");
    story.rest().await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    story.end().await;
}

#[tokio::test]
async fn f31_what_is_missing_is_said_once_where_an_operator_looks() {
    let story = Story::begin(&FILES).await;
    story.sim.withdraw_permission("checks");
    let number = story.open("Greet", &[NOISY]).await;
    for _ in 0..6 {
        story.pass(300).await;
    }
    let list = Request::get("/api/v1/jobs?state=parked").with_token().send(story.server.addr()).await.body;
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let reasons: Vec<&str> = list["jobs"].as_array().unwrap().iter().map(|it| it["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons.len(), 1, "{list:#}");
    let said = "GitHub refuses: Resource not accessible by integration; \
                `deckhand doctor` on the server says which permission is missing";
    assert_eq!(reasons, [said], "what, and what to do");
    let log = story.sim.log();
    let refused: Vec<String> = log.iter().filter(|it| it.status == 403).map(ToString::to_string).collect();
    assert!(refused.len() <= 2, "once for the review, once to say that it was given up: {refused:#?}");
    assert!(story.sim.comments(REPO, number).is_empty() && story.sim.review_comments(REPO, number).is_empty());
    story.sim.grant_permission("octo", "checks", "write");
    story.rest().await;
    assert_eq!(check(&story.sim, number), "failure: 1 problem");
    assert_eq!(story.sim.review_comments(REPO, number).len(), 1);
    story.end().await;
}

#[tokio::test]
async fn f31_a_repository_that_may_not_be_read_fails_its_check_until_it_may() {
    let story = Story::begin(&FILES).await;
    story.sim.withdraw_permission("contents");
    let number = story.open("Greet", &[POLITE]).await;
    assert!(!check(&story.sim, number).starts_with("success"), "{}", check(&story.sim, number));
    story.requests();
    story.pass(300).await;
    story.pass(300).await;
    let asked = story.requests();
    assert!(asked.iter().all(|it| it.kind == Kind::Read && !it.path.contains("/compare/")), "{asked:#?}");
    story.sim.grant_permission("octo", "contents", "read");
    story.rest().await;
    story.pass(300).await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    story.end().await;
}

#[tokio::test]
async fn f31_a_grant_that_nobody_told_of_is_noticed() {
    let story = Story::begin(&FILES).await;
    story.sim.withdraw_permission("checks");
    story.pass(300).await;
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(story.parked().await, 1);
    story.sim.set_deliver(false);
    story.sim.grant_permission("octo", "checks", "write");
    story.sim.set_deliver(true);
    story.pass(300).await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    story.end().await;
}

/// A pull request whose job waits for its next attempt.
async fn with_a_waiting_job() -> (Story, u64) {
    let story = Story::begin(&FILES).await;
    break_reviews(&story.sim);
    let number = story.open("Greet", &[POLITE]).await;
    story.sim.clear_faults();
    let counts = story.server.store().count_jobs(Timestamp(0)).await.unwrap();
    assert_eq!((counts.later, counts.parked), (1, 0));
    (story, number)
}

/// Nothing is asked in the name of an installation for so long.
async fn is_silent(story: &Story, seconds: u64) {
    story.requests();
    story.pass(seconds).await;
    let asked = story.requests();
    assert!(asked.iter().all(|it| it.path.starts_with("/app/")), "{asked:#?}");
}

#[tokio::test]
async fn f32_a_suspended_installation_is_left_alone_until_it_is_not() {
    let (story, number) = with_a_waiting_job().await;
    story.sim.suspend("octo");
    story.rest().await;
    assert_eq!(story.parked().await, 1);
    is_silent(&story, 120).await;
    is_silent(&story, 300).await;
    story.sim.unsuspend("octo");
    story.rest().await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    story.end().await;
}

#[tokio::test]
async fn f32_the_jobs_of_a_deleted_installation_are_dropped() {
    let (story, _) = with_a_waiting_job().await;
    story.sim.uninstall("octo");
    story.rest().await;
    is_silent(&story, 120).await;
    is_silent(&story, 3600).await;
    let counts = story.server.store().count_jobs(Timestamp(0)).await.unwrap();
    assert_eq!((counts.later, counts.parked), (0, 0));
    story.end().await;
}

#[tokio::test]
async fn f32_the_jobs_of_a_repository_that_was_taken_away_are_dropped_and_come_back_with_it() {
    let (story, number) = with_a_waiting_job().await;
    story.sim.take_repository(REPO);
    story.rest().await;
    let counts = story.server.store().count_jobs(Timestamp(0)).await.unwrap();
    assert_eq!((counts.later, counts.parked), (0, 0));
    story.sim.install(REPO);
    story.rest().await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    story.end().await;
}

#[tokio::test]
async fn f33_nothing_lands_in_the_repository_that_takes_the_old_name() {
    let (story, number) = with_a_waiting_job().await;
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.rename(REPO, "renamed", "octo");
    story.sim.create_repository("octo", "hello", &FILES, false);
    story.sim.install(REPO);
    open(&story.sim, "greet", &[NOISY]);
    story.rest().await;
    for _ in 0..8 {
        story.pass(60).await;
    }
    let old = story.sim.checks("octo/renamed", &head);
    assert_eq!(old[0]["conclusion"], "success", "it is judged under its new name");
    let strangers = story.sim.comments(REPO, 1).len() + story.sim.checks(REPO, &head).len();
    assert_eq!(strangers, 0);
    story.end().await;
}

/// A host whose clock is its own: GitHub's, moved by so many seconds.
fn host_clock(moved: &Arc<AtomicI64>) -> impl Fn(&SimHandle) -> deckhand::server::WallClock + use<> {
    let (moved, first) = (moved.clone(), moved.load(Ordering::SeqCst));
    move |sim| {
        moved.store(first, Ordering::SeqCst);
        let (github, moved) = (wall(sim), moved.clone());
        Arc::new(move || Timestamp(github().0 + 1000 * moved.load(Ordering::SeqCst)))
    }
}

#[tokio::test]
async fn f30_a_host_clock_that_is_wrong_does_not_matter() {
    for seconds in [-90, 90, -3600, 3600] {
        let story = Story::begin_with_clock(&FILES, host_clock(&Arc::new(AtomicI64::new(seconds)))).await;
        let number = story.open("Greet", &[POLITE]).await;
        assert_eq!(check(&story.sim, number), "success: No problems", "{seconds}");
        story.end().await;
    }
}

#[tokio::test]
async fn f23_a_clock_that_jumps_keeps_tokens_and_jobs_right() {
    for jump in [-600, 600] {
        let moved = Arc::new(AtomicI64::new(0));
        let story = Story::begin_with_clock(&FILES, host_clock(&moved)).await;
        break_reviews(&story.sim);
        let number = story.open("Greet", &[POLITE]).await;
        story.sim.clear_faults();
        assert!(check(&story.sim, number).starts_with("open"));
        let jumps = moved.clone();
        story.sim.happen(move |_| jumps.store(jump, Ordering::SeqCst));
        story.pass(5).await;
        story.pass(5).await;
        assert_eq!(check(&story.sim, number), "success: No problems", "the job waits no longer than it was meant to");
        // Near the end of the token's hour, where a clock that is late would use it too long.
        for _ in 0..13 {
            story.pass(290).await;
            story.sim.edit_pull(REPO, number, "mona", None, Some(&story.sim.clock().now().to_string()), None);
            story.rest().await;
        }
        let refused: Vec<String> =
            story.sim.log().iter().filter(|it| it.status == 401).map(ToString::to_string).collect();
        assert!(refused.len() <= 2, "a wrong clock is put right by the first answer: {refused:#?}");
        story.end().await;
    }
}

#[tokio::test]
async fn f18_f23_a_worker_that_was_overtaken_writes_nothing() {
    let moved = Arc::new(AtomicI64::new(0));
    let story = Story::begin_with_clock(&FILES, host_clock(&moved)).await;
    story.requests();
    // The first worker's question is answered when its lease is long over and another has done the job, or both were killed.
    story.sim.meanwhile("POST", "query Overview", 0, move |sim| {
        moved.store(600, Ordering::SeqCst);
        while !check(sim, 1).starts_with("success") && !sim.is_halted() {
            std::thread::yield_now();
        }
    });
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    let requests = story.requests();
    assert_eq!(requests.iter().filter(|it| it.request.to_string().contains("query Overview")).count(), 2);
    assert_eq!(writes(&requests), JUDGED, "by one of them");
    story.end().await;
}

#[tokio::test]
async fn f09_a_pull_request_that_the_api_does_not_know_yet_is_judged_once_it_does() {
    let story = Story::begin(&FILES).await;
    story.sim.push(REPO, "greet", "mona", "Greet", &[POLITE], "main");
    story.rest().await;
    story.sim.advance(std::time::Duration::from_secs(10));
    story.requests();
    story.sim.inject(Fault::next("POST", "query Overview", FaultEffect::Stale).times(2));
    let number = story.sim.open_pull(REPO, "Greet", "", "greet", "main", "mona", false);
    story.rest().await;
    assert_eq!(check(&story.sim, number), "no check");
    story.pass(6).await;
    assert_eq!(check(&story.sim, number), "no check", "8 s are not over");
    story.pass(6).await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    assert_eq!(writes(&story.requests()), JUDGED);
    story.end().await;
}

#[tokio::test]
async fn f09_while_the_api_is_behind_its_event_nothing_is_written_to_the_old_head() {
    let story = Story::begin(&FILES).await;
    let number = open(&story.sim, "greet", &[NOISY]);
    story.rest().await;
    let old = story.sim.head(REPO, number).unwrap();
    assert_eq!(check(&story.sim, number), "failure: 1 problem");
    story.requests();
    story.sim.advance(std::time::Duration::from_secs(10));
    // Two looks still see what was there before the push.
    story.sim.inject(Fault::next("POST", "/graphql", FaultEffect::Stale).times(2));
    story.sim.push(REPO, "greet", "mona", "Be quiet", &[POLITE], "");
    story.rest().await;
    assert_eq!(check(&story.sim, number), "no check");
    story.pass(6).await;
    story.pass(6).await;
    assert_eq!(check(&story.sim, number), "success: No problems");
    let told = story.requests();
    let touched = told.iter().filter(|it| it.path.contains(&old) || it.request.to_string().contains(&old));
    assert_eq!(touched.filter(|it| it.kind != Kind::Read).count(), 0, "nothing is written to the old head");
    assert_eq!(told.iter().filter(|it| it.path.ends_with("/graphql") && it.kind == Kind::Read).count(), 3);
    story.end().await;
}
