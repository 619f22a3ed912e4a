//! Calls that GitHub limits, loses or refuses: nothing is sent too early, nothing is done twice, everything is done.

use crate::server_bench::Request;
use crate::sim_bench::{APP_ID, REPO, Story, bad_gateway, writes};
use deckhand::server::ServerHandle;
use deckhand::sim::{AppConfig, Fault, FaultEffect, Kind, LogEntry, SimHandle};
use serde_json::json;

const RULES: &str = "for _, line in danger.git.added_lines('**/*.py') do
  if line.text:find('print(', 1, true) then
    fail('Leftover print', { file = line.file, line = line.number })
  end
end
if danger.github.pr.title:find('WIP', 1, true) then fail('Not ready yet.') end
";
const FILES: [(&str, &str); 2] = [("dangerfile.lua", RULES), ("a.py", "a = 1\n")];
const POLITE: (&str, Option<&str>) = ("a.py", Some("a = 2\n"));
const NOISY: (&str, Option<&str>) = ("a.py", Some("a = 1\nprint(a)\n"));

async fn begin() -> Story {
    Story::begin(&FILES).await
}

fn conclusion(story: &Story, repo: &str, number: u64) -> String {
    let head = story.sim.head(repo, number).unwrap();
    let checks = story.sim.checks(repo, &head);
    let newest = checks.iter().find(|it| it["app"]["id"] == APP_ID);
    newest.map_or("none", |it| it["conclusion"].as_str().unwrap_or("open")).to_owned()
}

/// Pull requests that nobody waits for.
fn open_many(story: &Story, how_many: usize, edit: (&str, Option<&str>)) -> Vec<u64> {
    let open = |at: usize| {
        let branch = format!("change-{at}");
        story.sim.push(REPO, &branch, "mona", &branch, &[edit, ("n.txt", Some(&format!("{at}\n")))], "main");
        story.sim.open_pull(REPO, &branch, "", &branch, "main", "mona", false)
    };
    (0..how_many).map(open).collect()
}

fn sent(log: &[LogEntry], method: &str, part: &str) -> usize {
    log.iter()
        .filter(|it| it.method == method && (it.path.contains(part) || it.request.to_string().contains(part)))
        .count()
}

fn mints(story: &Story) -> usize {
    story.sim.log().iter().filter(|it| it.kind == Kind::Mint && it.status == 201).count()
}

#[tokio::test]
async fn f25_a_spent_hour_stops_one_installation_until_its_reset_and_no_other() {
    let story = begin().await;
    story.sim.create_repository("umbrella", "tool", &FILES, false);
    story.sim.add_user("umbrella/tool", "mona", "write");
    story.sim.install("umbrella/tool");
    story.rest().await;
    story.requests();
    let reset = story.sim.clock().now() + 600;
    story.sim.inject(Fault::next("GET", "/repos/octo/hello/compare/", Fault::primary_limit(reset)));
    let number = story.open("Greet", &[POLITE]).await;
    assert!(
        ["none", "open"].contains(&conclusion(&story, REPO, number).as_str()),
        "what was under way is left as it is"
    );
    story.requests();
    for _ in 0..4 {
        story.pass(120).await;
        story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
        story.rest().await;
        let here = |it: &&LogEntry| it.path.starts_with("/repos/octo/");
        let rest: Vec<String> = story.requests().iter().filter(here).map(ToString::to_string).collect();
        assert_eq!(rest, [""; 0], "no call that this quota counts");
    }
    story.sim.push("umbrella/tool", "greet", "mona", "Greet", &[POLITE], "main");
    let other = story.sim.open_pull("umbrella/tool", "Greet", "", "greet", "main", "mona", false);
    story.rest().await;
    assert_eq!(conclusion(&story, "umbrella/tool", other), "success");
    story.pass(200).await;
    assert_eq!(conclusion(&story, REPO, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f25_near_the_end_of_an_hour_what_began_is_finished_and_nothing_begins() {
    let story = begin().await;
    story.sim.set_quota(150, story.sim.clock().now() + 3_000);
    let first = story.open("Greet", &[NOISY]).await;
    assert_eq!(conclusion(&story, REPO, first), "failure", "it used what is kept for that");
    assert_eq!(story.sim.review_comments(REPO, first).len(), 1);
    story.requests();
    let second = story.open("Greet again", &[POLITE]).await;
    let asked: Vec<String> = story.requests().iter().map(ToString::to_string).collect();
    assert_eq!(asked, [""; 0], "nothing begins");
    story.pass(3_100).await;
    assert_eq!(conclusion(&story, REPO, second), "success");
    story.end().await;
}

#[tokio::test]
async fn f26_a_secondary_limit_is_waited_out_as_told_or_for_a_minute() {
    for (told, wait) in [(Some(20), 20), (None, 60)] {
        let story = begin().await;
        story.sim.inject(Fault::next("POST", "/reviews", Fault::secondary_limit(told)));
        let number = story.open("Say it", &[NOISY]).await;
        assert!(story.sim.review_comments(REPO, number).is_empty());
        story.requests();
        story.pass(wait - 5).await;
        assert!(story.requests().is_empty(), "not before {wait} s");
        story.pass(10).await;
        assert_eq!(story.sim.review_comments(REPO, number).len(), 1, "{wait}");
        assert_eq!(conclusion(&story, REPO, number), "failure");
        story.end().await;
    }
}

#[tokio::test]
async fn f26_a_limit_inside_a_graphql_answer_is_one_and_waits_grow() {
    let story = begin().await;
    let limited = || FaultEffect::Answer {
        status: 200,
        body: json!({ "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] }),
        headers: Vec::new(),
    };
    story.sim.inject(Fault::next("POST", "query Overview", limited()).times(2));
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(conclusion(&story, REPO, number), "none");
    story.requests();
    story.pass(55).await;
    assert!(story.requests().is_empty());
    story.pass(10).await;
    assert_eq!(sent(&story.requests(), "POST", "query Overview"), 1, "one try after a minute");
    story.pass(65).await;
    assert!(story.requests().is_empty(), "the second wait is longer");
    story.pass(60).await;
    assert_eq!(conclusion(&story, REPO, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f26_comments_stay_below_80_a_minute_and_all_are_made() {
    let story = begin().await;
    let numbers = open_many(&story, 90, NOISY);
    story.rest().await;
    assert!(numbers.iter().all(|number| conclusion(&story, REPO, *number) == "failure"), "no check waits for comments");
    let comments = |log: Vec<LogEntry>| writes(&log).iter().filter(|it| !it.contains("check-runs")).count();
    let mut minutes = vec![comments(story.requests())];
    while numbers.iter().any(|number| story.sim.review_comments(REPO, *number).len() != 1) {
        story.pass(60).await;
        minutes.push(comments(story.requests()));
        assert!(minutes.len() < 10, "{minutes:?}");
    }
    assert!(minutes.iter().all(|comments| *comments < 80), "{minutes:?}");
    assert_eq!(minutes.iter().sum::<usize>(), numbers.len(), "{minutes:?}: each review once");
    story.end_long().await;
}

#[tokio::test]
async fn f27_reads_that_fail_are_tried_again_and_not_for_ever() {
    let story = begin().await;
    story.sim.inject(Fault::next("GET", "/compare/", bad_gateway()));
    story.sim.inject(Fault::next("GET", "/compare/", FaultEffect::DropBefore));
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(conclusion(&story, REPO, number), "success");
    assert_eq!(sent(&story.requests(), "GET", "/compare/"), 3, "one question, two failures");
    story.sim.inject(Fault::next("GET", "/compare/", bad_gateway()).times(1_000));
    let number = story.open("Greet again", &[POLITE]).await;
    assert!(sent(&story.requests(), "GET", "/compare/") <= 3, "three tries");
    story.sim.clear_faults();
    story.pass(120).await;
    assert_eq!(conclusion(&story, REPO, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f27_reads_that_fail_for_an_hour_are_given_up_with_the_reason_and_tried_again_by_hand() {
    let story = begin().await;
    story.sim.inject(Fault::next("GET", "/compare/", bad_gateway()).times(1_000_000));
    let number = story.open("Greet", &[POLITE]).await;
    let mut minutes = 0;
    while story.parked().await == 0 {
        story.pass(60).await;
        minutes += 1;
        assert!(minutes < 120, "it is given up");
    }
    // An hour, give or take a fifth.
    assert!((45..=75).contains(&minutes), "{minutes}");
    assert_eq!(sent(&story.requests(), "GET", "/compare/"), 8 * 3, "eight attempts of three tries");
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    assert_eq!(checks.len(), 1, "the run that the watchdog concluded meanwhile is the one that says it: {checks:#?}");
    assert_eq!(checks[0]["conclusion"], "failure");
    let summary = checks[0]["output"]["summary"].as_str().unwrap();
    assert!(summary.contains("given up: GitHub failed with status 502 (attempt 8)"), "{summary}");

    let list = Request::get("/api/v1/jobs?state=parked").with_token().send(story.server.addr()).await.body;
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let job = &list["jobs"][0];
    assert_eq!(job["reason"], "GitHub failed with status 502 (attempt 8)", "{list:#}");
    story.sim.clear_faults();
    let retry = format!("/api/v1/jobs/{}/retry", job["id"]);
    let post = move |_: &SimHandle, server: &ServerHandle, _: &[String]| {
        Request::post(&retry, b"").with_token().send(server.addr())
    };
    assert_eq!(story.sim.ask(&story.server, &[], post).await.status, 200);
    story.rest().await;
    assert_eq!(conclusion(&story, REPO, number), "success");
    assert_eq!(story.sim.checks(REPO, &head).len(), 1);
    story.end().await;
}

#[tokio::test]
async fn f28_a_check_whose_answer_is_lost_is_written_once() {
    let story = begin().await;
    story.sim.inject(Fault::next("POST", "/check-runs", FaultEffect::DropAfter));
    story.sim.inject(Fault::next("PATCH", "/check-runs/", FaultEffect::DropAfter));
    let number = story.open("Greet", &[POLITE]).await;
    let head = story.sim.head(REPO, number).unwrap();
    assert_eq!(story.sim.checks(REPO, &head).len(), 1);
    assert_eq!(conclusion(&story, REPO, number), "success");
    assert_eq!(writes(&story.requests()).len(), 2);
    story.end().await;
}

#[tokio::test]
async fn f28_a_comment_whose_answer_is_lost_is_posted_and_edited_once() {
    let story = begin().await;
    story.sim.inject(Fault::next("POST", "/comments", FaultEffect::DropAfter));
    let number = story.open("WIP", &[POLITE]).await;
    assert_eq!(story.sim.comments(REPO, number).len(), 1);
    assert_eq!(sent(&story.requests(), "POST", "/issues/1/comments"), 1);
    story.sim.inject(Fault::next("PATCH", "/issues/comments/", FaultEffect::DropAfter));
    story.sim.edit_pull(REPO, number, "mona", Some("Ready"), None, None);
    story.rest().await;
    assert_eq!(sent(&story.requests(), "PATCH", "/issues/comments/"), 1);
    let comments = story.sim.comments(REPO, number);
    assert!(comments.len() == 1 && comments[0]["body"].as_str().unwrap().contains("settled"), "{comments:#?}");
    story.end().await;
}

#[tokio::test]
async fn f28_a_review_whose_answer_is_lost_is_posted_once() {
    let story = begin().await;
    story.sim.inject(Fault::next("POST", "/reviews", FaultEffect::DropAfter));
    let number = story.open("Say it", &[NOISY]).await;
    assert_eq!(story.sim.review_comments(REPO, number).len(), 1);
    assert_eq!(sent(&story.requests(), "POST", "/reviews"), 1);
    story.end().await;
}

#[tokio::test]
async fn f28_a_comment_on_a_line_whose_end_is_not_heard_ends_once() {
    let story = Story::begin_with_permissions(&[("contents", "write")], &FILES).await;
    let two = ("a.py", Some("a = 1\nprint(a)\nb = 2\nprint(b)\n"));
    let number = story.open("Say it", &[two]).await;
    let comments = story.sim.review_comments(REPO, number);
    assert_eq!(comments.len(), 2);
    story.sim.reply(REPO, comments[0]["id"].as_u64().unwrap(), "mona", "It helps.").unwrap();
    story.requests();
    story.sim.inject(Fault::next("POST", "resolveReviewThread", FaultEffect::DropAfter));
    story.sim.inject(Fault::next("DELETE", "/pulls/comments/", FaultEffect::DropAfter));
    story.sim.push(REPO, "say-it", "mona", "Be quiet", &[POLITE], "");
    story.rest().await;
    let requests = story.requests();
    assert_eq!(sent(&requests, "POST", "mutation ResolveThread"), 1, "{requests:#?}");
    assert_eq!(sent(&requests, "DELETE", "/pulls/comments/"), 1);
    assert_eq!(story.sim.review_comments(REPO, number).len(), 2, "the answered one and its answer");
    assert_eq!(conclusion(&story, REPO, number), "success");
    story.end().await;
}

#[tokio::test]
async fn f28_an_answer_to_a_command_is_given_once() {
    let story = begin().await;
    let number = story.open("Greet", &[POLITE]).await;
    story.requests();
    story.sim.inject(Fault::next("POST", "/reactions", FaultEffect::DropAfter));
    story.sim.inject(Fault::next("POST", "/issues/1/comments", FaultEffect::DropAfter));
    let asked = story.sim.comment(REPO, number, "mona", "/deckhand help").unwrap();
    story.rest().await;
    assert_eq!(story.sim.reactions(REPO, asked).len(), 1);
    assert_eq!(story.sim.comments(REPO, number).len(), 2, "the question and the answer");
    assert_eq!(sent(&story.requests(), "POST", "/issues/1/comments"), 1);
    story.end().await;
}

#[tokio::test]
async fn f29_fifty_jobs_at_once_mint_one_token() {
    let story = begin().await;
    story.sim.set_delay(std::time::Duration::from_millis(5));
    let before = mints(&story);
    let numbers = open_many(&story, 50, POLITE);
    story.rest().await;
    for _ in 0..5 {
        story.pass(60).await;
    }
    assert!(numbers.iter().all(|number| conclusion(&story, REPO, *number) == "success"));
    // One for the repository, one for the account's own.
    assert!(mints(&story) - before <= 2, "{}", mints(&story) - before);
    story.end_long().await;
}

#[tokio::test]
async fn f29_each_repository_of_an_installation_has_one_token_of_its_own() {
    let story = begin().await;
    let names: Vec<String> = (0..4).map(|at| format!("octo/r{at}")).collect();
    for name in &names {
        story.sim.create_repository("octo", name.split_once('/').unwrap().1, &FILES, false);
        story.sim.add_user(name, "mona", "write");
        story.sim.install(name);
    }
    story.sim.set_delay(std::time::Duration::from_millis(5));
    let mut opened = Vec::new();
    for at in 0..20 {
        let (name, branch) = (&names[at % 4], format!("change-{at}"));
        story.sim.push(name, &branch, "mona", &branch, &[POLITE, ("n.txt", Some(&format!("{at}\n")))], "main");
        opened.push((name, story.sim.open_pull(name, &branch, "", &branch, "main", "mona", false)));
    }
    story.rest().await;
    assert!(opened.iter().all(|(name, number)| conclusion(&story, name, *number) == "success"));
    let log = story.sim.log();
    let is_minted = |it: &&LogEntry| it.kind == Kind::Mint && it.status == 201;
    let minted: Vec<String> = log.iter().filter(is_minted).map(|it| it.request.to_string()).collect();
    for name in &names {
        let own = json!({ "repository_ids": [story.sim.repository_id(name)] }).to_string();
        assert_eq!(minted.iter().filter(|it| **it == own).count(), 1, "{name}: {minted:#?}");
    }
    let distinct: std::collections::BTreeSet<&String> = minted.iter().collect();
    assert_eq!(distinct.len(), minted.len(), "none was minted twice: {minted:#?}");
    story.end_long().await;
}

#[tokio::test]
async fn f29_a_token_that_ends_or_is_not_known_yet_costs_nothing_but_time() {
    let story = begin().await;
    story.sim.refuse_new_tokens(2);
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(conclusion(&story, REPO, number), "success", "401 for the first calls of a new token");
    story.sim.refuse_new_tokens(0);
    // It ended, as GitHub sees it, in the middle of a run.
    story.pass(60).await;
    let before = mints(&story);
    let ended = FaultEffect::Answer { status: 401, body: json!({ "message": "Bad credentials" }), headers: Vec::new() };
    story.sim.inject(Fault::next("PATCH", "/check-runs/", ended));
    let number = story.open("Say it", &[NOISY]).await;
    assert_eq!(conclusion(&story, REPO, number), "failure");
    assert_eq!(story.sim.review_comments(REPO, number).len(), 1);
    assert_eq!(mints(&story) - before, 1);
    // An hour later nobody even tries the old one.
    story.pass(3_700).await;
    story.requests();
    let number = story.open("Greet again", &[POLITE]).await;
    assert_eq!(conclusion(&story, REPO, number), "success");
    assert!(story.requests().iter().all(|it| it.status != 401));
    story.end().await;
}

#[tokio::test]
async fn f50_a_check_of_our_name_by_somebody_else_is_not_ours() {
    let story = begin().await;
    story.sim.register_app(AppConfig {
        app_id: 77,
        slug: "impostor".to_owned(),
        public_key_pem: String::new(),
        webhook_url: None,
        secret: String::new(),
        permissions: Vec::new(),
        events: Vec::new(),
    });
    let number = story.open("Say it", &[NOISY]).await;
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.report_check(REPO, &head, 77, "deckhand", Some("success"));
    story.rest().await;
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", Some("Say it louder"), None, None);
    story.rest().await;
    assert_eq!(writes(&story.requests()), [""; 0], "ours says what it said");
    assert_eq!(conclusion(&story, REPO, number), "failure");
    let theirs = story.sim.checks(REPO, &head).into_iter().find(|it| it["app"]["id"] == 77).unwrap();
    assert_eq!(theirs["conclusion"], "success", "and theirs is left alone");
    story.end().await;
}

#[tokio::test]
async fn a_second_look_at_the_same_head_reads_little_and_writes_nothing() {
    let rules = format!(
        "{RULES}for _, file in danger.git.changed_files do local text = danger.git.file(file, 'base') end\n\
         for _, review in danger.github.reviews do end\n"
    );
    let story = Story::begin(&[("dangerfile.lua", &rules), FILES[1]]).await;
    let number = story.open("Say it", &[NOISY]).await;
    assert!(story.requests().len() <= 9, "with the reviews that this rule reads");
    for title in ["Say it once", "Say it twice"] {
        story.sim.edit_pull(REPO, number, "mona", Some(title), None, None);
        story.rest().await;
        let requests = story.requests();
        assert!(requests.iter().all(|it| it.kind == Kind::Read), "{requests:#?}");
        assert!(requests.len() <= 3, "what names commits is known: {requests:#?}");
    }
    story.end().await;
}

#[tokio::test]
async fn f27_an_answer_that_nobody_understands_is_not_kept_but_asked_for_again() {
    let page = FaultEffect::Garble(|body| *body = b"<!DOCTYPE html><html>Unicorn!</html>".to_vec());
    for effect in [page, FaultEffect::Garble(Vec::clear)] {
        let story = begin().await;
        story.sim.inject(Fault::next("GET", "/compare/", effect.clone()));
        let number = story.open("Say it", &[NOISY]).await;
        story.pass(10).await;
        assert_eq!(conclusion(&story, REPO, number), "failure", "{effect:?}");
        assert_eq!(sent(&story.requests(), "GET", "/compare/"), 2, "{effect:?}");
        story.end().await;
    }
}

#[tokio::test]
async fn f28_a_read_back_that_fails_says_nothing_of_the_write() {
    for kind in ["RESOURCE_LIMITS_EXCEEDED", "NOT_HEARD_OF", "UNPROCESSABLE"] {
        let story = begin().await;
        let body = json!({
            "data": { "repository": null },
            "errors": [{ "type": kind, "path": ["repository"], "message": "Resource limits for this query exceeded." }],
        });
        story.sim.inject(Fault::next("POST", "/reviews", FaultEffect::DropAfter));
        let failed = FaultEffect::Answer { status: 200, body, headers: Vec::new() };
        story.sim.inject(Fault::next("POST", "query Comments", failed));
        let number = story.open("Say it", &[NOISY]).await;
        story.pass(30).await;
        assert_eq!(story.sim.review_comments(REPO, number).len(), 1, "{kind}");
        assert_eq!(sent(&story.requests(), "POST", "/reviews"), 1, "{kind}");
        assert_eq!(story.sim.comments(REPO, number).len(), 0, "{kind}: it is said once");
        story.end().await;
    }
}
