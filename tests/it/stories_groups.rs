//! F49: merge groups. The commit that a queue would merge has a check of the same name; what rules read of a pull request
//! they have said of each queued one.

use crate::other_ways::pages;
use crate::sim_bench::{APP_ID, REPO, Story, bad_gateway, forbidden, writes};
use deckhand::sim::{Fault, FaultEffect};
use serde_json::json;

const RULES: &str = "settings { statuses = 'per_rule' }
rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end
  end
end)
rule('described', function()
  if #danger.github.pr.body < 3 then fail('Please describe the change.') end
end)
rule('only-pulls', { on = { 'pull_request' } }, function() warn('Seen.') end)
rule('together', { on = { 'merge_group' } }, function()
  if #danger.git.created_files > 1 then fail('Too many new files at once: ' .. #danger.git.created_files) end
end)
";
const HELLO: (&str, &str) = ("src/hello.py", "x = 1\n");
const QUEUES: [(&str, &str); 2] = [("merge_queues", "read"), ("statuses", "write")];

async fn begin(rules: &str) -> Story {
    Story::begin_with_groups(&[("statuses", "write")], &[("dangerfile.lua", rules), HELLO]).await
}

async fn open(story: &Story, branch: &str, body: &str, edits: &[(&str, Option<&str>)]) -> u64 {
    story.sim.push(REPO, branch, "mona", "Change it", edits, "main");
    let number = story.sim.open_pull(REPO, branch, body, branch, "main", "mona", false);
    story.rest().await;
    number
}

async fn enqueue(story: &Story, number: u64) -> String {
    let head = story.sim.enqueue(REPO, number, "mona");
    story.rest().await;
    head
}

/// The newest check of ours on a commit: conclusion, title and summary.
fn check(story: &Story, head: &str) -> String {
    let ours = story.sim.checks(REPO, head).into_iter().find(|it| it["app"]["id"] == APP_ID);
    let Some(check) = ours else { return "no check".to_owned() };
    let words = |name: &str| check["output"][name].as_str().unwrap_or_default().to_owned();
    format!(
        "{} {}: {}\n{}",
        check["name"].as_str().unwrap(),
        check["conclusion"].as_str().unwrap_or("open"),
        words("title"),
        words("summary")
    )
}

#[tokio::test]
async fn a_group_without_rules_fails_a_required_check() {
    let story = begin(RULES).await;
    story.sim.require_by_protection(REPO, "main", "deckhand/no-print");
    let number = open(&story, "one", "It helps.", &[("src/one.py", Some("x = 2\n"))]).await;
    story.sim.push(REPO, "main", "mona", "Drop the rules", &[("dangerfile.lua", None)], "");
    story.rest().await;
    let head = enqueue(&story, number).await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand failure: 1 fault") && said.contains("no dangerfile on main"), "{said}");
    story.end().await;
}

fn statuses(story: &Story, head: &str) -> Vec<String> {
    let word = |status: &serde_json::Value, name: &str| status[name].as_str().unwrap_or_default().to_owned();
    let line =
        |it: &serde_json::Value| format!("{} {}: {}", word(it, "context"), word(it, "state"), word(it, "description"));
    let mut all: Vec<String> = story.sim.statuses(REPO, head).iter().map(line).collect();
    all.sort();
    all
}

#[tokio::test]
async fn f49_a_group_is_judged_on_its_own_commit() {
    let story = begin(RULES).await;
    let number = open(&story, "greet", "Says hello.", &[("a.txt", Some("a\n"))]).await;
    story.requests();
    let before = story.sim.comments(REPO, number).len();
    let head = enqueue(&story, number).await;
    assert_ne!(Some(&head), story.sim.head(REPO, number).as_ref());
    insta::assert_snapshot!("group_check", check(&story, &head));
    insta::assert_snapshot!("group_statuses", statuses(&story, &head).join("\n"));
    assert_eq!(story.sim.comments(REPO, number).len(), before, "no comments");
    let log = story.requests();
    assert!(log.len() <= 14, "{log:#?}");

    // Upon the first: its own changes are one file, so that the rule of groups is content.
    let second = open(&story, "more", "Says more.", &[("b.txt", Some("b\n"))]).await;
    let upon = enqueue(&story, second).await;
    assert!(check(&story, &upon).starts_with("deckhand success"), "{}", check(&story, &upon));
    let third = open(&story, "most", "Says it.", &[("c.txt", Some("c\n")), ("d.txt", Some("d\n"))]).await;
    let upon = enqueue(&story, third).await;
    assert!(check(&story, &upon).contains("Too many new files at once: 2"), "{}", check(&story, &upon));
    story.end().await;
}

/// A branch that requires a status of a rule waits for it: nobody may be left to guess why it does not come.
#[tokio::test]
async fn f31_the_check_of_a_group_says_that_statuses_may_not_be_set() {
    let story = begin(RULES).await;
    let number = open(&story, "greet", "Says hello.", &[("a.txt", Some("a\n"))]).await;
    story.sim.inject(Fault::next("POST", "/statuses/", forbidden()));
    let head = enqueue(&story, number).await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand success"), "{said}");
    assert!(said.contains("ℹ️ The dangerfile asks for commit statuses of rules"), "{said}");
    assert_eq!(statuses(&story, &head), [""; 0], "the first refusal stands for all");

    // The refusal is over: a token is minted anew, the statuses come, and the note goes.
    let id = story.sim.checks(REPO, &head)[0]["id"].as_u64().unwrap();
    assert!(story.sim.rerequest_check(REPO, id, "mona"));
    story.rest().await;
    assert_eq!(statuses(&story, &head).len(), 5, "{:?}", statuses(&story, &head));
    assert!(!check(&story, &head).contains("commit statuses"), "{}", check(&story, &head));
    story.end().await;
}

#[tokio::test]
async fn f49_what_was_said_of_the_pull_request_counts() {
    let story = begin(RULES).await;
    let number = open(&story, "greet", "", &[("a.txt", Some("a\n"))]).await;
    let head = enqueue(&story, number).await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand failure: 1 problem"), "{said}");
    assert!(said.contains("In #1: Please describe the change."), "{said}");
    assert!(statuses(&story, &head).contains(&"deckhand/described failure: 1 problem".to_owned()));

    // Nobody judges it, and it is queued all the same.
    story.sim.leave_queue(REPO, number, "dequeued", "mona");
    story.rest().await;
    story.sim.set_deliver(false);
    story.sim.push(REPO, "late", "mona", "Late", &[("b.txt", Some("b\n"))], "main");
    let late = story.sim.open_pull(REPO, "late", "Is late.", "late", "main", "mona", false);
    story.sim.set_deliver(true);
    let head = enqueue(&story, late).await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand failure: 1 fault: rule described could not run"), "{said}");
    assert!(said.contains("#2 was not judged at its queued head"), "{said}");
    assert!(said.contains("`only-pulls` (does not run on merge groups)"), "{said}");
    // While a server is replaced, time goes by in which the one that nobody judged is found and judged.
    let first = pages(&story.sim).remove(0);
    story.end_where(|sim, when| assert_eq!(pages(sim).remove(0), first, "{when}")).await;
}

#[tokio::test]
async fn f49_code_outside_rules_that_reads_the_pull_request_hides_no_rule() {
    let story = begin(
        "if danger.github.pr.draft then fail('Not ready.') end
rule('no-print', function()
  for _, line in danger.git.added_lines('*.py') do
    if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end
  end
end)",
    )
    .await;
    let number = open(&story, "noisy", "Says x.", &[("src/hello.py", Some("x = 1\nprint(x)\n"))]).await;
    let head = enqueue(&story, number).await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand failure: 1 problem") && said.contains("In #1: Leftover print"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn f49_what_a_person_let_pass_passes_in_the_queue() {
    let story = begin(RULES).await;
    story.sim.add_user(REPO, "ada", "write");
    let number = open(&story, "noisy", "Says x.", &[("src/hello.py", Some("x = 1\nprint(x)\n"))]).await;
    story.sim.advance(std::time::Duration::from_secs(5));
    story.sim.comment(REPO, number, "ada", "/deckhand override no-print It is a script.");
    story.rest().await;
    let head = enqueue(&story, number).await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand success: ") && said.contains("It is a script."), "{said}");
    story.end().await;
}

#[tokio::test]
async fn f49_pull_requests_of_ignored_authors_pass_the_queue_unread() {
    let story = begin(&format!("settings {{ ignore_authors = {{ 'mona' }} }}\n{RULES}")).await;
    let number = open(&story, "noisy", "", &[("src/hello.py", Some("x = 1\nprint(x)\n"))]).await;
    let head = enqueue(&story, number).await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand success: ") && said.contains("pull requests of mona are not judged"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn f49_destroyed_cancels() {
    let story = begin(RULES).await;
    let number = open(&story, "greet", "Says hello.", &[("a.txt", Some("a\n"))]).await;
    story.sim.inject(Fault::next("GET", "/compare/", bad_gateway()).times(1000));
    let head = enqueue(&story, number).await;
    assert!(check(&story, &head).starts_with("deckhand open"), "{}", check(&story, &head));
    story.sim.leave_queue(REPO, number, "dequeued", "mona");
    story.rest().await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand failure") && said.contains("gave this group up"), "{said}");
    story.sim.clear_faults();
    story.requests();
    story.pass(3600).await;
    assert_eq!(writes(&story.requests()), [""; 0], "nobody judges it any more");

    let head = enqueue(&story, number).await;
    assert!(check(&story, &head).starts_with("deckhand success"), "{}", check(&story, &head));
    story.requests();
    story.sim.leave_queue(REPO, number, "merged", "mona");
    story.rest().await;
    assert_eq!(writes(&story.requests()), [""; 0], "what is concluded stays");
    story.end().await;
}

#[tokio::test]
async fn f47_the_check_of_a_group_can_be_asked_for_again() {
    let story = begin(RULES).await;
    let number = open(&story, "greet", "", &[("a.txt", Some("a\n"))]).await;
    let head = enqueue(&story, number).await;
    assert!(check(&story, &head).starts_with("deckhand failure"), "{}", check(&story, &head));
    story.sim.edit_pull(REPO, number, "mona", None, Some("Says hello."), None);
    story.rest().await;
    let id = story.sim.checks(REPO, &head)[0]["id"].as_u64().unwrap();
    assert!(story.sim.rerequest_check(REPO, id, "mona"));
    story.rest().await;
    assert!(check(&story, &head).starts_with("deckhand success"), "{}", check(&story, &head));
    story.end().await;
}

#[tokio::test]
async fn f47_a_button_of_an_older_version_has_that_head_judged_again() {
    let story = begin(RULES).await;
    let number = open(&story, "greet", "", &[("a.txt", Some("a\n"))]).await;
    let head = story.sim.head(REPO, number).unwrap();
    let id = story.sim.checks(REPO, &head)[0]["id"].as_u64().unwrap();
    story.sim.leave_button(REPO, id, "mend");
    story.requests();
    assert!(story.sim.press_button(REPO, id, "mend", "mona"));
    story.rest().await;
    let log = story.requests();
    assert!(log.iter().any(|it| it.request.to_string().contains("query Overview")), "it was judged: {log:#?}");
    assert_eq!(writes(&log), [""; 0], "and says the same");

    story.sim.push(REPO, "greet", "mona", "More", &[("b.txt", Some("b\n"))], "");
    story.rest().await;
    let newest = check(&story, &story.sim.head(REPO, number).unwrap());
    story.requests();
    assert!(story.sim.press_button(REPO, id, "mend", "mona"));
    story.rest().await;
    assert_eq!(writes(&story.requests()), [""; 0], "the old head is nobody's any more");
    assert_eq!(check(&story, &story.sim.head(REPO, number).unwrap()), newest);
    story.end().await;
}

#[tokio::test]
async fn f60_rules_that_a_group_brings_do_not_judge_it() {
    let story = begin(RULES).await;
    let noisy = [("dangerfile.lua", Some("-- nothing\n")), ("src/hello.py", Some("x = 1\nprint(x)\n"))];
    let number = open(&story, "lenient", "Less strict.", &noisy).await;
    let head = enqueue(&story, number).await;
    assert!(check(&story, &head).contains("Leftover print"), "{}", check(&story, &head));
    let bare = Story::begin_with_permissions(&QUEUES, &[HELLO]).await;
    bare.sim.subscribe(APP_ID, &["merge_group"]);
    let number = open(&bare, "greet", "Says hello.", &[("a.txt", Some("a\n"))]).await;
    let head = enqueue(&bare, number).await;
    assert_eq!(check(&bare, &head), "no check");
    bare.end().await;
    story.end().await;
}

#[tokio::test]
async fn f49_without_a_look_at_the_queue_the_name_of_the_branch_tells() {
    let story = begin(RULES).await;
    let number = open(&story, "greet", "", &[("a.txt", Some("a\n"))]).await;
    let answer = json!({ "data": null, "errors": [{ "type": "FORBIDDEN", "message": "Resource not accessible by integration" }] });
    story.sim.inject(Fault::next(
        "POST",
        "query Queue",
        FaultEffect::Answer { status: 200, body: answer, headers: Vec::new() },
    ));
    story.requests();
    let head = enqueue(&story, number).await;
    assert_eq!(story.requests().iter().filter(|it| it.path.ends_with("/pulls/1")).count(), 1);
    assert!(check(&story, &head).contains("In #1: Please describe the change."), "{}", check(&story, &head));
    story.end().await;
}

#[tokio::test]
async fn f04_the_first_group_of_a_queue_is_found_too() {
    let story = begin(RULES).await;
    let number = open(&story, "one", "Says why.", &[("a.py", Some("a = 1\n"))]).await;
    enqueue_unheard(&story, number).await;
    story.end().await;
}

/// A pull request that enters the queue without an event; its group is found and judged.
async fn enqueue_unheard(story: &Story, number: u64) {
    story.sim.advance(std::time::Duration::from_secs(10));
    story.sim.set_deliver(false);
    let head = story.sim.enqueue(REPO, number, "mona");
    story.sim.set_deliver(true);
    story.rest().await;
    assert_eq!(check(story, &head), "no check");
    story.pass(300).await;
    assert!(check(story, &head).starts_with("deckhand success"), "{}", check(story, &head));
}

#[tokio::test]
async fn f04_a_group_whose_event_was_lost_is_judged_all_the_same() {
    let story = begin(RULES).await;
    let first = open(&story, "one", "Says why.", &[("a.py", Some("a = 1\n"))]).await;
    enqueue(&story, first).await;
    let second = open(&story, "two", "Says why.", &[("b.py", Some("b = 1\n"))]).await;
    enqueue_unheard(&story, second).await;
    story.end().await;
}

#[tokio::test]
async fn f36_a_group_that_is_too_large_for_a_diff_is_read_from_its_commit() {
    let story = begin(RULES).await;
    let many: Vec<(String, String)> = (0..310).map(|n| (format!("src/part_{n}.py"), format!("x = {n}\n"))).collect();
    let noisy = many.iter().map(|(path, text)| (path.as_str(), Some(text.as_str())));
    let noisy: Vec<_> = noisy.chain([("src/zzz.py", Some("print(1)\n"))]).collect();
    let number = open(&story, "wide", "Moves it all.", &noisy).await;
    let head = enqueue(&story, number).await;
    let said = check(&story, &head);
    assert!(said.starts_with("deckhand failure: 2 problems"), "{said}");
    assert!(said.contains("Too many new files at once: 311") && said.contains("`src/zzz.py`"), "{said}");
    story.end_long().await;
}
