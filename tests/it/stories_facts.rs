//! Stories of facts that only GitHub knows: fetched when a rule asks, whole or not at all, without the robot's own.

use crate::sim_bench::{APP_ID, REPO, Story, writes};
use deckhand::sim::{AppConfig, Fault, FaultEffect, LogEntry, SimHandle};
use serde_json::{Value, json};
use std::time::Duration;

const CI: u64 = 77;
const EDIT: (&str, Option<&str>) = ("a.txt", Some("two\n"));

async fn begin(rules: &str) -> Story {
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.txt", "one\n")]).await;
    story.sim.register_app(AppConfig {
        app_id: CI,
        slug: "ci".to_owned(),
        public_key_pem: String::new(),
        webhook_url: None,
        secret: String::new(),
        permissions: Vec::new(),
        events: Vec::new(),
    });
    story
}

fn paths(log: &[LogEntry], part: &str) -> usize {
    log.iter().filter(|entry| entry.path.contains(part) || entry.request.to_string().contains(part)).count()
}

/// The summary of the newest check on the head.
fn summary(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let check = &story.sim.checks(REPO, &head).into_iter().find(|it| it["app"]["id"] == APP_ID).unwrap();
    format!("{}: {}", check["conclusion"].as_str().unwrap(), check["output"]["summary"].as_str().unwrap())
}

#[tokio::test]
async fn approvals_are_counted_as_they_come() {
    let story = begin(
        "rule('two-eyes', function()
           local approved = {}
           for _, review in danger.github.reviews do
             if review.state == 'APPROVED' and review.commit_id == danger.git.head then approved[review.user.login] = true end
           end
           if next(approved) == nil then fail('Nobody has approved this head yet.') end
         end)",
    )
    .await;
    story.sim.add_user(REPO, "ada", "write");
    let number = story.open("Count to two", &[EDIT]).await;
    assert!(summary(&story, number).starts_with("failure"), "{}", summary(&story, number));
    let requests = story.requests();
    assert_eq!(paths(&requests, "query Reviews"), 1);
    assert!(requests.len() <= 8, "{requests:#?}");

    story.sim.review(REPO, number, "ada", "APPROVED", "");
    story.rest().await;
    assert!(summary(&story, number).starts_with("success"), "{}", summary(&story, number));

    story.sim.push(REPO, "count-to-two", "mona", "Count on", &[("a.txt", Some("three\n"))], "");
    story.rest().await;
    assert!(summary(&story, number).starts_with("failure"), "an approval is for one head");
    story.end().await;
}

#[tokio::test]
async fn f09_a_review_that_the_api_does_not_know_yet_is_heeded_once_it_does() {
    let rules = "rule('two-eyes', function()
      for _, review in danger.github.reviews do if review.state == 'CHANGES_REQUESTED' then fail('Wait.') end end
    end)";
    let story = begin(rules).await;
    story.sim.add_user(REPO, "ada", "write");
    let number = story.open("Count to two", &[EDIT]).await;
    assert!(summary(&story, number).starts_with("success"), "{}", summary(&story, number));
    story.sim.advance(Duration::from_secs(60));
    // One look sees the pull request and its reviews as they were before.
    let before = |answer: &mut Value| {
        answer["data"]["repository"]["pullRequest"]["updatedAt"] = "2026-01-05T09:00:00Z".into();
    };
    story.sim.inject(Fault::next("POST", "query Overview", FaultEffect::Alter(before)));
    let none = |answer: &mut Value| answer["data"]["repository"]["pullRequest"]["reviews"]["nodes"] = json!([]);
    story.sim.inject(Fault::next("POST", "query Reviews", FaultEffect::Alter(none)));
    story.sim.review(REPO, number, "ada", "CHANGES_REQUESTED", "");
    story.rest().await;
    story.sim.clear_faults();
    story.pass(6).await;
    assert!(summary(&story, number).starts_with("failure"), "{}", summary(&story, number));
    story.end().await;
}

#[tokio::test]
async fn the_robots_own_reviews_and_checks_are_no_facts() {
    let story = begin(
        "for _, line in danger.git.added_lines('*.txt') do warn('See here.', { file = line.file, line = line.number }) end
         for _, review in danger.github.reviews do message('review by ' .. review.user.login) end
         for _, run in danger.github.check_runs do
           message(run.app.slug .. '/' .. run.name .. ' ' .. run.status .. ' ' .. tostring(run.conclusion))
         end",
    )
    .await;
    let number = story.open("Count to two", &[EDIT]).await;
    assert_eq!(story.sim.review_comments(REPO, number).len(), 1, "the robot wrote a review");
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.report_check(REPO, &head, CI, "build", Some("failure"));
    story.sim.report_check(REPO, &head, CI, "build", Some("success"));
    story.sim.report_check(REPO, &head, CI, "lint", None);
    story.sim.review(REPO, number, "ada", "COMMENTED", "Nice.");
    story.rest().await;
    let summary = summary(&story, number);
    for said in ["review by ada", "ci/build completed success", "ci/lint in_progress nil"] {
        assert!(summary.contains(said), "{said}: {summary}");
    }
    assert!(!summary.contains("deckhand"), "{summary}");
    assert!(!summary.contains("completed failure"), "only the newest run of a name: {summary}");
    story.end().await;
}

#[tokio::test]
async fn long_lists_are_read_to_their_end() {
    let story = begin("message(#danger.github.check_runs .. ' checks')").await;
    story.sim.set_deliver(false);
    let number = story.open("Count to two", &[EDIT]).await;
    let head = story.sim.head(REPO, number).unwrap();
    for at in 0..230 {
        story.sim.report_check(REPO, &head, CI, &format!("shard {at}"), Some("success"));
    }
    story.sim.set_deliver(true);
    story.sim.edit_pull(REPO, number, "mona", Some("Count on"), None, None);
    story.rest().await;
    assert!(summary(&story, number).contains("230 checks"), "{}", summary(&story, number));
    assert_eq!(paths(&story.requests(), "/check-runs?"), 3);
    story.end().await;
}

#[tokio::test]
async fn people_who_are_asked_and_assigned_are_known() {
    let story = begin(
        "local asked = danger.github.requested_reviewers
         local words = {}
         for _, user in asked.users do table.insert(words, user.login) end
         for _, team in asked.teams do table.insert(words, 'team ' .. team.slug) end
         message('asked: ' .. table.concat(words, ', '))
         local issue, pr, this = danger.github.issue, danger.github.pr, danger.github.this_pr
         message('assigned: ' .. (if issue.assignee then issue.assignee.login else 'nobody'))
         message(this.owner .. '/' .. this.repo .. ' ' .. this.number .. ' ' .. pr.head.label .. ' ' .. #pr.assignees)
         message(pr.additions .. ' ' .. pr.deletions .. ' ' .. pr.changed_files .. ' ' .. pr.commits)
         for _, label in issue.labels do message('label ' .. label.name .. ' ' .. label.color) end",
    )
    .await;
    let number = story.open("Count to two", &[EDIT]).await;
    assert!(summary(&story, number).contains("assigned: nobody"), "{}", summary(&story, number));
    story.sim.request_review(REPO, number, "mona", "ada");
    story.sim.request_review(REPO, number, "mona", "team/core");
    story.sim.assign(REPO, number, "mona", "bob");
    story.sim.label(REPO, number, "mona", "counting");
    story.rest().await;
    let said = summary(&story, number);
    for part in [
        "asked: ada, team core",
        "assigned: bob",
        "octo/hello 1 octo:count-to-two 1",
        "1 1 1 1",
        "label counting ededed",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    story.sim.review(REPO, number, "ada", "COMMENTED", "I see.");
    story.rest().await;
    assert!(summary(&story, number).contains("asked: team core"), "{}", summary(&story, number));
    story.end().await;
}

#[tokio::test]
async fn statuses_need_a_permission_and_fail_closed_without_it() {
    let rules = "rule('built', function()
         for _, status in danger.github.statuses do
           if status.context == 'ci/build' and status.state ~= 'success' then fail('The build is ' .. status.state .. '.') end
         end
       end)";
    let story = begin(rules).await;
    let number = story.open("Count to two", &[EDIT]).await;
    let said = summary(&story, number);
    assert!(said.starts_with("failure") && said.contains("the app lacks the permission `statuses: read`"), "{said}");
    story.end().await;

    let story =
        Story::begin_with_permissions(&[("statuses", "read")], &[("dangerfile.lua", rules), ("a.txt", "one\n")]).await;
    story.sim.subscribe(APP_ID, &["pull_request", "push", "status"]);
    let number = story.open("Count to two", &[EDIT]).await;
    assert!(summary(&story, number).starts_with("success"));
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.report_status(REPO, &head, "ci/build", "pending");
    story.rest().await;
    assert!(summary(&story, number).contains("The build is pending."), "{}", summary(&story, number));
    story.sim.report_status(REPO, &head, "ci/build", "success");
    story.rest().await;
    assert!(summary(&story, number).starts_with("success"), "{}", summary(&story, number));
    story.end().await;
}

#[tokio::test]
async fn a_gate_opens_when_the_others_are_done_and_builds_cost_nothing_elsewhere() {
    let story = begin(
        "rule('all-green', function()
           for _, run in danger.github.check_runs do
             if run.conclusion ~= 'success' then fail(run.name .. ' has not passed.') end
           end
         end)",
    )
    .await;
    let number = story.open("Count to two", &[EDIT]).await;
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.report_check(REPO, &head, CI, "build", None);
    story.rest().await;
    assert!(summary(&story, number).contains("build has not passed"), "{}", summary(&story, number));
    story.sim.report_check(REPO, &head, CI, "build", Some("success"));
    story.rest().await;
    assert!(summary(&story, number).starts_with("success"), "{}", summary(&story, number));
    story.end().await;

    let story = begin("message('hello')").await;
    let number = story.open("Count to two", &[EDIT]).await;
    let head = story.sim.head(REPO, number).unwrap();
    story.requests();
    story.sim.report_check(REPO, &head, CI, "build", Some("success"));
    story.rest().await;
    assert_eq!(story.requests().iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    story.end().await;
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_fetched_and_what_was_is_fetched_ahead() {
    let story = begin("if #danger.github.pr.title < 3 then fail('Too short') end").await;
    story.open("Count to two", &[EDIT]).await;
    let requests = story.requests();
    for part in ["query Reviews", "requested_reviewers", "/status", "GET /repos/octo/hello/commits"] {
        assert_eq!(paths(&requests, part), 0, "{part}: {requests:#?}");
    }
    assert_eq!(writes(&requests), ["POST check-runs 201", "PATCH check-runs 200"]);
    story.end().await;

    let story = begin("if #danger.github.check_runs > 3 then fail('Too many') end").await;
    let number = story.open("Count to two", &[EDIT]).await;
    let first = story.requests();
    story.sim.edit_pull(REPO, number, "mona", Some("Count on"), None, None);
    story.rest().await;
    let second = story.requests();
    assert_eq!((paths(&first, "/check-runs?"), paths(&second, "/check-runs?")), (1, 1));
    let at = |log: &[LogEntry], part: &str| log.iter().position(|entry| entry.path.contains(part)).unwrap();
    assert!(at(&first, "/check-runs?") > at(&first, "/compare/"), "only after the rules asked");
    assert!(second.len() < first.len(), "{second:#?}");
    story.end().await;
}

#[tokio::test]
async fn a_fact_that_github_fails_to_give_is_asked_for_again() {
    let story = begin("if #danger.github.check_runs > 0 then fail('Wait for the others.') end").await;
    story.sim.inject(Fault::next("GET", "/check-runs", FaultEffect::DropAfter));
    let number = story.open("Count to two", &[EDIT]).await;
    assert!(summary(&story, number).starts_with("success"), "{}", summary(&story, number));
    story.end().await;
}

#[tokio::test]
async fn f09_a_file_of_a_commit_that_is_not_known_yet_is_not_taken_for_one_that_is_not_there() {
    let rules = "rule('settings', function()
         local text = danger.git.file('conf.txt')
         if text and text:find('FORBIDDEN', 1, true) then fail('That is forbidden.') end
       end)";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
    let number = story.open("Configure", &[("conf.txt", Some("fine\n"))]).await;
    let conclusion = |sim: &SimHandle| {
        let check = sim.checks(REPO, &sim.head(REPO, number).unwrap()).remove(0);
        check["conclusion"].as_str().unwrap_or("open").to_owned()
    };
    assert_eq!(conclusion(&story.sim), "success");
    story.sim.inject(Fault::next("POST", "query Files", FaultEffect::Stale).times(2));
    story.sim.push(REPO, "configure", "mona", "Forbid it", &[("conf.txt", Some("FORBIDDEN\n"))], "");
    story.rest().await;
    assert_eq!(conclusion(&story.sim), "open");
    for _ in 0..3 {
        story.pass(10).await;
    }
    assert_eq!(conclusion(&story.sim), "failure");
    story.end().await;
}
