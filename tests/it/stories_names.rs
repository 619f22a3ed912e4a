//! Stories of checks whose name changes: by what a pull request says, by a push to the dangerfile, by a retarget. What a
//! branch requires by an old name must not stay green.

use crate::sim_bench::{REPO, Story, bad_gateway, writes};
use deckhand::model::{CommitId, PullNumber, RepositoryId};
use deckhand::sim::{Fault, FaultEffect, Kind, SimHandle};

const HELLO: (&str, &str) = ("src/hello.py", "x = 1\n");
const POLITE: (&str, Option<&str>) = ("src/hello.py", Some("x = 2\n"));
/// The title decides on the name, and on the verdict.
const RENAMING: &str = "local title = danger.github.pr.title
settings { check_name = title:find('WIP', 1, true) and 'waits' or 'gate' }
rule('honest', function() if title:find('bad', 1, true) then fail('It says so itself.') end end)
";
const MAY: (&str, &str) = ("statuses", "write");

async fn begin(rules: &str) -> Story {
    Story::begin(&[("dangerfile.lua", rules), HELLO]).await
}

/// The newest of our checks by each name on the head: `name: conclusion`, sorted.
fn said(sim: &SimHandle, number: u64) -> Vec<String> {
    let mut checks = sim.checks(REPO, &sim.head(REPO, number).unwrap());
    checks.sort_by_key(|it| std::cmp::Reverse(it["id"].as_u64()));
    let mut names: Vec<String> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for check in checks {
        let name = check["name"].as_str().unwrap().to_owned();
        if !names.contains(&name) {
            said.push(format!("{name}: {}", check["conclusion"].as_str().unwrap_or("open")));
            names.push(name);
        }
    }
    said.sort();
    said
}

/// The states of statuses on the head: `context: state`, sorted.
fn states(story: &Story, number: u64) -> Vec<String> {
    let head = story.sim.head(REPO, number).unwrap();
    let all = story.sim.statuses(REPO, &head);
    let mut all: Vec<String> = all
        .iter()
        .map(|it| format!("{}: {}", it["context"].as_str().unwrap(), it["state"].as_str().unwrap()))
        .collect();
    all.sort();
    all
}

async fn retitle(story: &Story, number: u64, title: &str) {
    story.sim.edit_pull(REPO, number, "mona", Some(title), None, None);
    story.rest().await;
}

#[tokio::test]
async fn f44_a_check_that_changes_its_name_leaves_nothing_green_behind() {
    let story = begin(RENAMING).await;
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(said(&story.sim, number), ["gate: success"]);
    retitle(&story, number, "WIP and bad").await;
    assert_eq!(said(&story.sim, number), ["gate: failure", "waits: failure"]);
    retitle(&story, number, "Greet").await;
    assert_eq!(said(&story.sim, number), ["gate: success", "waits: success"]);
    retitle(&story, number, "Something bad").await;
    assert_eq!(said(&story.sim, number), ["gate: failure", "waits: failure"]);
    story.end().await;
}

#[tokio::test]
async fn f44_a_check_renamed_on_the_default_branch_goes_on_under_its_old_name_too() {
    let story = begin("rule('honest', function() end)").await;
    let number = story.open("Something bad", &[POLITE]).await;
    assert_eq!(said(&story.sim, number), ["deckhand: success"]);
    let renamed = RENAMING.replace("'gate'", "'ci'");
    story.sim.push(REPO, "main", "mona", "Rename the check", &[("dangerfile.lua", Some(&renamed))], "");
    story.rest().await;
    assert_eq!(said(&story.sim, number), ["ci: failure", "deckhand: failure"]);
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", None, Some("It is."), None);
    story.rest().await;
    assert_eq!(writes(&story.requests()), [""; 0]);
    story.end().await;
}

#[tokio::test]
async fn f48_a_wrong_guess_does_not_turn_another_pull_requests_check_green() {
    let story = begin(RENAMING).await;
    let first = story.open("Something bad", &[POLITE]).await;
    assert_eq!(said(&story.sim, first), ["gate: failure"]);
    story.sim.branch(REPO, "twin", "something-bad", "mona");
    story.sim.open_pull(REPO, "WIP", "", "twin", "main", "mona", false);
    story.rest().await;
    assert_eq!(said(&story.sim, first), ["gate: failure", "waits: failure"]);
    retitle(&story, first, "Something good").await;
    assert_eq!(said(&story.sim, first), ["gate: success", "waits: success"]);
    story.end_where(|sim, when| assert_eq!(said(sim, first)[0], "gate: success", "{when}")).await;
}

#[tokio::test]
async fn f44_whatever_its_name_no_check_and_no_status_outlives_rules_that_do_not_load() {
    // The check itself has failed already, and the branch requires another rule's status.
    let rules = "if danger.github.pr.title:find('crash', 1, true) then error('It crashed.') end
settings { check_name = 'Danger (rules)', statuses = 'per_rule' }
rule('bad', function() fail('Never.') end)
rule('good', function() end)";
    let story = Story::begin_with_permissions(&[MAY], &[("dangerfile.lua", rules), HELLO]).await;
    let number = story.open("Greet", &[POLITE]).await;
    assert_eq!(said(&story.sim, number), ["Danger (rules): failure"]);
    let good = || states(&story, number).into_iter().find(|it| it.starts_with("Danger (rules)/good")).unwrap();
    assert_eq!(good(), "Danger (rules)/good: success");
    retitle(&story, number, "Let it crash").await;
    assert_eq!(said(&story.sim, number), ["Danger (rules): failure", "deckhand: failure"]);
    assert_eq!(good(), "Danger (rules)/good: failure");
    retitle(&story, number, "Greet").await;
    assert_eq!(good(), "Danger (rules)/good: success");
    story.end().await;
}

#[tokio::test]
async fn f44_a_name_that_looks_like_another_bases_is_concluded_when_the_rules_go() {
    let story = begin("settings { check_name = 'danger (lua)' }").await;
    let first = story.open("Greet", &[POLITE]).await;
    assert_eq!(said(&story.sim, first), ["danger (lua): success"]);
    story.sim.inject(Fault::next("GET", "/compare/", bad_gateway()).times(1000));
    let second = story.open("Greet again", &[("src/hello.py", Some("x = 3\n"))]).await;
    assert_eq!(said(&story.sim, second), ["danger (lua): open"]);
    story.sim.clear_faults();
    story.sim.push(REPO, "main", "mona", "Drop the rules", &[("dangerfile.lua", None)], "");
    story.rest().await;
    assert_eq!(said(&story.sim, second), ["danger (lua): failure"]);
    // A server that was killed does not know the name at the beginning any more.
    let is_open = |sim: &SimHandle| said(sim, second).iter().any(|it| it.ends_with(": open"));
    story.end_where(|sim, when| assert!(!is_open(sim), "{when}")).await;
}

#[tokio::test]
async fn f67_what_was_said_for_another_base_counts_for_nobody() {
    let rules = "settings { bases = { 'next' } }
rule('honest', function() if danger.github.pr.base.ref == 'next' then fail('Not there.') end end)";
    let story = begin(rules).await;
    story.sim.branch(REPO, "next", "main", "mona");
    let first = story.open("Greet", &[POLITE]).await;
    story.sim.branch(REPO, "twin", "greet", "mona");
    let second = story.sim.open_pull(REPO, "Greet again", "", "twin", "main", "mona", false);
    story.rest().await;
    assert_eq!(said(&story.sim, first), ["deckhand: success"]);
    // The second is retargeted, and GitHub fails whenever it is looked at.
    story.sim.inject(Fault::next("POST", &format!("\"number\":{second}"), bad_gateway()).times(100));
    story.sim.edit_pull(REPO, second, "mona", None, None, Some("next"));
    story.sim.edit_pull(REPO, first, "mona", Some("Greet them"), None, None);
    story.rest().await;
    assert_eq!(said(&story.sim, first), ["deckhand: open"]);
    story.sim.clear_faults();
    story.pass(60).await;
    assert_eq!(said(&story.sim, first), ["deckhand: failure"]);
    story.end_where(|sim, when| assert_eq!(said(sim, first), ["deckhand: failure"], "{when}")).await;
}

#[tokio::test]
async fn f67_a_head_that_comes_back_for_another_base_is_open_again_before_it_is_judged() {
    let rules = "settings { bases = { 'next' } }
rule('honest', function() if danger.github.pr.base.ref == 'next' then fail('Not there.') end end)";
    let story = begin(rules).await;
    story.sim.branch(REPO, "next", "main", "mona");
    let number = story.open("Greet", &[POLITE]).await;
    let head = story.sim.head(REPO, number).unwrap();
    assert_eq!(said(&story.sim, number), ["deckhand: success"]);
    story.sim.push(REPO, "greet", "mona", "Go on", &[("src/more.py", Some("y = 1\n"))], "");
    story.rest().await;
    story.sim.edit_pull(REPO, number, "mona", None, None, Some("next"));
    story.rest().await;
    story.requests();
    story.sim.branch(REPO, "greet", &head, "mona");
    story.rest().await;
    let written: Vec<_> = story.requests().into_iter().filter(|it| it.kind == Kind::Write).collect();
    assert_eq!((written[0].method.as_str(), &written[0].request["status"]), ("POST", &"in_progress".into()));
    assert_eq!(said(&story.sim, number), ["deckhand: failure"]);
    story.end().await;
}

#[tokio::test]
async fn f33_what_was_unclear_when_the_repository_was_renamed_is_settled_under_its_new_name() {
    let story = begin("rule('honest', function() end)").await;
    // GitHub opened the check, and nobody heard of it.
    story.sim.inject(Fault::next("POST", "/check-runs", FaultEffect::DropAfter).times(1));
    story.sim.inject(Fault::next("GET", "/check-runs", bad_gateway()).times(100));
    let number = story.open("Greet", &[POLITE]).await;
    story.sim.clear_faults();
    story.sim.rename(REPO, "hi", "mona");
    story.pass(120).await;
    let head = story.sim.head("octo/hi", number).unwrap();
    let settled = |sim: &SimHandle, when: &str| {
        let checks = sim.checks("octo/hi", &head);
        assert_eq!((checks.len(), &checks[0]["conclusion"]), (1, &"success".into()), "{when}");
    };
    settled(&story.sim, "told as it is");
    story.end_where(settled).await;
}

#[tokio::test]
async fn a_verdict_that_changes_nothing_on_github_is_stored() {
    let story = begin("rule('honest', function() end)").await;
    let number = story.open("Greet", &[POLITE]).await;
    story.requests();
    let more = "rule('honest', function() end)\nrule('titled', function() return danger.github.pr.title end)";
    story.sim.push(REPO, "main", "mona", "Read the title", &[("dangerfile.lua", Some(more))], "");
    story.rest().await;
    assert_eq!(writes(&story.requests()), [""; 0]);
    let repository = RepositoryId(SimHandle::repository_id(&story.sim, REPO));
    let head = CommitId::new(&story.sim.head(REPO, number).unwrap()).unwrap();
    let stored = story.server.store().find_judgements(repository, PullNumber(number), &head).await.unwrap();
    assert!(stored[0].verdict.contains("titled"), "{}", stored[0].verdict);
    story.end().await;
}

#[tokio::test]
async fn f67_statuses_beside_an_open_check_are_pending_for_who_comes_later() {
    let rules = "settings { statuses = 'per_rule' }
rule('quick', function() end)
rule('slow', function() return danger.github.pr.mergeable end)";
    let story = Story::begin_with_permissions(&[MAY], &[("dangerfile.lua", rules), HELLO]).await;
    let begun = story.sim.clock().now();
    story.sim.set_deliver(false);
    let first = story.open("Greet", &[POLITE]).await;
    story.sim.set_mergeable(REPO, first, None);
    story.sim.set_deliver(true);
    retitle(&story, first, "Greet them").await;
    assert_eq!(said(&story.sim, first), ["deckhand: open"]);
    let quick = |states: Vec<String>| states.into_iter().find(|it| it.starts_with("deckhand/quick")).unwrap();
    assert_eq!(quick(states(&story, first)), "deckhand/quick: success");
    story.requests();
    story.sim.branch(REPO, "twin", "greet", "mona");
    story.sim.open_pull(REPO, "Greet again", "", "twin", "main", "mona", false);
    story.rest().await;
    let set = story.requests().into_iter().filter(|it| it.request["context"] == "deckhand/quick");
    let set: Vec<String> = set.map(|it| it.request["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(set.first().map(String::as_str), Some("pending"), "{set:?}");
    story
        .end_where(|sim, when| {
            // A server that is killed often enough comes back when the ten minutes of the rule that waits are over.
            let over = sim.clock().now() - begun >= 600;
            let said = said(sim, first);
            assert!(said == ["deckhand: open"] || over && said == ["deckhand: failure"], "{when}: {said:?}");
        })
        .await;
}
