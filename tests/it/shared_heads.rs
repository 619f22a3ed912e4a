//! F48, F67: a check belongs to a commit. Pull requests with one head share it, and it is green only for all of them.

use crate::sim_bench::{REPO, Story, writes};
use deckhand::sim::Kind;
use deckhand::sim::SimHandle;
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

fn newest(sim: &SimHandle, number: u64) -> String {
    let head = sim.head(REPO, number).unwrap();
    let checks = sim.checks(REPO, &head);
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
    assert_eq!(newest(&story.sim, first), "success: No problems");
    let second = open_twin(&story, "WIP: greet politely").await;
    insta::assert_snapshot!("shared_head_worst", story.page(first));

    story.sim.edit_pull(REPO, second, "mona", Some("Greet again"), None, None);
    story.rest().await;
    assert_eq!(newest(&story.sim, first), format!("success: #{first}: No problems; #{second}: No problems"));

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
    assert!(newest(&story.sim, first).starts_with("failure"));
    story.sim.close(REPO, second, "mona");
    story.rest().await;
    assert_eq!(newest(&story.sim, first), "success: No problems");

    story.sim.reopen(REPO, second, "mona");
    story.rest().await;
    assert!(newest(&story.sim, first).starts_with("failure"));
    let later = [("src/more.py", Some("x = 1\n"))];
    story.sim.push(REPO, "twin", "mona", "Go on", &later, "");
    story.rest().await;
    assert_eq!(newest(&story.sim, first), "success: No problems", "the other head is its own affair");
    assert_eq!(newest(&story.sim, second), "failure: 1 problem");
    story.end().await;
}

#[tokio::test]
async fn f04_whoever_left_unheard_takes_its_problems_along() {
    let story = begin().await;
    let first = story.open("Greet politely", &[POLITE]).await;
    let second = open_twin(&story, "WIP: greet politely").await;
    story.sim.misdirect();
    story.sim.close(REPO, second, "mona");
    story.deliver();
    story.sim.edit_pull(REPO, first, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert_eq!(newest(&story.sim, first), "success: No problems");
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
    story.sim.misdirect();
    let second = open_twin(&story, "WIP: greet politely").await;
    story.deliver();
    story.sim.edit_pull(REPO, first, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert_eq!(newest(&story.sim, first), format!("open: #{first}: No problems; #{second}: Waiting"));
    // Nobody tells us; after a while it is looked for.
    story.sim.advance(Duration::from_secs(31));
    story.rest().await;
    let said = format!("failure: #{first}: No problems; #{second}: 1 problem");
    assert_eq!(newest(&story.sim, first), said);
    // A server that begins anew asks for what it missed, and then also says it in the pull request.
    story.end_where(|sim, when| assert_eq!(newest(sim, first), said, "{when}")).await;
}

const STRICT: &str = "for _, line in danger.git.added_lines('**/*.py') do
  if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end
end
";
const LAX: (&str, Option<&str>) = ("dangerfile.lua", Some("-- nothing\n"));
const NOISY: (&str, Option<&str>) = ("src/hello.py", Some("print('hello')\n"));

/// All checks of ours on the head, by name, the newest of each: `name: conclusion`.
fn by_name(story: &Story, number: u64) -> Vec<String> {
    let checks = story.sim.checks(REPO, &story.sim.head(REPO, number).unwrap());
    let mut seen: Vec<String> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for check in &checks {
        let name = check["name"].as_str().unwrap();
        if !names.contains(&name) {
            names.push(name);
            seen.push(format!("{name}: {}", check["conclusion"].as_str().unwrap_or("open")));
        }
    }
    seen.sort();
    seen
}

#[tokio::test]
async fn f67_a_base_with_an_empty_dangerfile_turns_nothing_green() {
    for named in [false, true] {
        let settings = if named { "settings { bases = { 'lax' } }\n" } else { "" };
        let story = Story::begin(&[("dangerfile.lua", &format!("{settings}{STRICT}")), HELLO]).await;
        story.sim.push(REPO, "lax", "mona", "Be lax", &[LAX], "main");
        story.sim.push(REPO, "noisy", "mona", "Be noisy", &[NOISY], "lax");
        let aside = story.sim.open_pull(REPO, "Into lax", "", "noisy", "lax", "mona", false);
        story.rest().await;
        let before = by_name(&story, aside);
        let of_lax = if named { "deckhand: failure" } else { "deckhand (lax): failure" };
        assert_eq!(before, [of_lax], "the default branch's rules judge");
        // Now the same commit is proposed to the default branch.
        let number = story.sim.open_pull(REPO, "Into main", "", "noisy", "main", "mona", false);
        story.rest().await;
        assert!(by_name(&story, number).contains(&"deckhand: failure".to_owned()), "{:?}", by_name(&story, number));
        story.sim.close(REPO, aside, "mona");
        story.rest().await;
        assert!(by_name(&story, number).contains(&"deckhand: failure".to_owned()), "{:?}", by_name(&story, number));
        story.end().await;
    }
}

#[tokio::test]
async fn f67_a_green_check_is_open_again_before_the_commit_is_judged_for_another_base() {
    // What is green for the other base is not for the default branch: it depends on what the base has already.
    let rules =
        format!("settings {{ bases = {{ 'next' }}, statuses = 'per_rule' }}\nrule('quiet', function()\n{STRICT}end)\n");
    let story = Story::begin_with_permissions(&[("statuses", "write")], &[("dangerfile.lua", &rules), HELLO]).await;
    story.sim.push(REPO, "next", "mona", "Be noisy", &[NOISY], "main");
    story.sim.push(REPO, "more", "mona", "Go on", &[("src/more.py", Some("x = 1\n"))], "next");
    let aside = story.sim.open_pull(REPO, "Into next", "", "more", "next", "mona", false);
    story.rest().await;
    assert_eq!(by_name(&story, aside), ["deckhand: success"]);
    for retargeted in [false, true] {
        story.requests();
        if retargeted {
            story.sim.edit_pull(REPO, aside, "mona", None, None, Some("main"));
        } else {
            story.sim.open_pull(REPO, "Into main", "", "more", "main", "mona", false);
        }
        story.rest().await;
        assert_eq!(by_name(&story, aside), ["deckhand: failure"], "retargeted: {retargeted}");
        let set: Vec<serde_json::Value> =
            story.requests().into_iter().filter(|it| it.kind == Kind::Write).map(|it| it.request).collect();
        let first = set.iter().find(|it| it["context"].is_null()).expect("a check");
        assert_eq!(first["conclusion"], serde_json::Value::Null, "opened before anything is judged: {first}");
        let of_rule = set.iter().filter(|it| it["context"] == "deckhand/quiet").map(|it| it["state"].as_str().unwrap());
        assert_eq!(of_rule.collect::<Vec<_>>(), ["pending", "failure"], "and so are the statuses of rules");
        if !retargeted {
            story.sim.close(REPO, 2, "mona");
            story.rest().await;
            assert_eq!(by_name(&story, aside), ["deckhand: success"], "for the other base alone it was right");
        }
    }
    story.end().await;
}

#[tokio::test]
async fn f48_a_forks_head_is_found_although_its_payloads_name_no_pull_request() {
    let story = begin().await;
    story.sim.fork(REPO, "ada");
    story.sim.push("ada/hello", "more", "ada", "More", &[("src/more.py", Some("x = 1\n"))], "main");
    let number = story.sim.open_pull(REPO, "WIP: more", "", "ada:more", "main", "ada", false);
    story.rest().await;
    assert_eq!(newest(&story.sim, number), "failure: 1 problem");
    // A push to the fork is told without its pull requests, if at all; the pull request's own event says it.
    story.sim.push("ada/hello", "more", "ada", "Go on", &[("src/more.py", Some("x = 2\n"))], "");
    story.rest().await;
    assert_eq!(newest(&story.sim, number), "failure: 1 problem");
    let head = story.sim.head(REPO, number).unwrap();
    let check = story.sim.checks(REPO, &head)[0].clone();
    assert_eq!(check["pull_requests"], serde_json::json!([]), "GitHub names none of a fork");
    for suite in [false, true] {
        story.sim.set_deliver(false);
        let title = if suite { "WIP: even more" } else { "More" };
        story.sim.edit_pull(REPO, number, "ada", Some(title), None, None);
        story.sim.set_deliver(true);
        if suite {
            assert!(story.sim.rerequest_suite(REPO, &head, "mona"));
        } else {
            assert!(story.sim.rerequest_check(REPO, check["id"].as_u64().unwrap(), "mona"));
        }
        story.rest().await;
        let expected = if suite { "failure: 1 problem" } else { "success: No problems" };
        assert_eq!(newest(&story.sim, number), expected);
    }
    story.end().await;
}

#[tokio::test]
async fn f48_a_fork_and_a_branch_with_one_head_share_the_check() {
    let story = begin().await;
    let first = story.open("Greet politely", &[POLITE]).await;
    story.sim.fork(REPO, "ada");
    let second = story.sim.open_pull(REPO, "WIP: greet", "", "ada:greet-politely", "main", "ada", false);
    story.rest().await;
    assert_eq!(story.sim.head(REPO, first), story.sim.head(REPO, second));
    assert_eq!(newest(&story.sim, first), format!("failure: #{first}: No problems; #{second}: 1 problem"));
    story.sim.edit_pull(REPO, first, "mona", Some("WIP: greet politely"), None, None);
    story.sim.edit_pull(REPO, second, "ada", Some("Greet"), None, None);
    story.rest().await;
    assert_eq!(newest(&story.sim, first), format!("failure: #{first}: 1 problem; #{second}: No problems"));
    // The fork's branch moves on, and leaves the check to the other.
    story.sim.push("ada/hello", "greet-politely", "ada", "Go on", &[("src/more.py", Some("x = 1\n"))], "");
    story.rest().await;
    assert_eq!(newest(&story.sim, first), "failure: 1 problem");
    assert_eq!(newest(&story.sim, second), "success: No problems");
    story.end().await;
}
