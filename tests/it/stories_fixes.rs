//! Fixes that are committed on request: by a button of the check, by a command, or not at all and why.

use crate::sim_bench::{REPO, Story, forbidden, writes};
use deckhand::sim::{Fault, FaultEffect, LogEntry, OddEdit, SimHandle};
use std::time::Duration;

const RULES: &str = "use('changelog')\n";
const CHANGELOG: &str = "# Changelog\n\n## Unreleased\n\n### Added\n\n- A first thing.\n";
const FILES: [(&str, &str); 3] =
    [("dangerfile.lua", RULES), ("CHANGELOG.md", CHANGELOG), ("src/lamp.py", "def turn():\n    return 1\n")];
const CHANGE: (&str, Option<&str>) = ("src/lamp.py", Some("def turn():\n    return 2\n"));
/// What the app needs besides the usual.
const WRITE: [(&str, &str); 1] = [("contents", "write")];

/// Every file that a rule of this name wants to be otherwise.
fn rule(name: &str, fixes: &[(&str, &str)]) -> String {
    let fixes: Vec<String> = fixes.iter().map(|(path, text)| format!("['{path}'] = {text:?}")).collect();
    format!("rule('{name}', function() fail('Mend it', {{ fix = {{ {} }} }}) end)\n", fixes.join(", "))
}

async fn begin(rules: &str) -> Story {
    let files = [("dangerfile.lua", rules), FILES[1], FILES[2]];
    let story = Story::begin_with_permissions(&WRITE, &files).await;
    for (login, role) in [("ada", "write"), ("rob", "read")] {
        story.sim.add_user(REPO, login, role);
    }
    story
}

async fn open(story: &Story) -> u64 {
    story.open("Turn twice as fast", &[CHANGE]).await
}

/// Writes a comment and waits; the signs under it and the answers, without their markers.
async fn say(story: &Story, number: u64, who: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let before = answers(&story.sim, number).len();
    let comment = story.sim.comment(REPO, number, who, text).unwrap();
    story.rest().await;
    let signs = story.sim.reactions(REPO, comment).into_iter().map(|(_, sign)| sign).collect();
    (signs, answers(&story.sim, number).split_off(before))
}

/// The one reason that is given to a command that is refused.
async fn refused(story: &Story, number: u64, who: &str, text: &str) -> String {
    let head = story.sim.head(REPO, number);
    let (signs, told) = say(story, number, who, text).await;
    assert_eq!((signs.join(" ").as_str(), told.len()), ("confused", 1), "{text}: {told:?}");
    assert_eq!(story.sim.head(REPO, number), head, "nothing was committed");
    told.into_iter().next().unwrap()
}

fn answers(sim: &SimHandle, number: u64) -> Vec<String> {
    let ours = |it: &serde_json::Value| it["body"].as_str().unwrap().contains("deckhand:v1 reply");
    let text = |it: &serde_json::Value| {
        let body = it["body"].as_str().unwrap();
        body.split("\n\n<!--").next().unwrap().split_once("\n\n").unwrap().1.to_owned()
    };
    sim.comments(REPO, number).iter().filter(|it| ours(it)).map(text).collect()
}

fn check(story: &Story, number: u64) -> serde_json::Value {
    let head = story.sim.head(REPO, number).unwrap();
    story.sim.checks(REPO, &head).into_iter().max_by_key(|check| check["id"].as_u64()).unwrap()
}

fn conclusion(story: &Story, number: u64) -> String {
    check(story, number)["conclusion"].as_str().unwrap_or("open").to_owned()
}

/// The labels and identifiers of the buttons on the newest check, as they were sent last.
fn buttons(story: &Story, number: u64) -> Vec<(String, String)> {
    let head = story.sim.head(REPO, number).unwrap();
    let of_head = |it: &&LogEntry| it.response["head_sha"] == head && it.request["actions"].is_array();
    let log = story.sim.log();
    let Some(last) = log.iter().rev().find(of_head) else { return Vec::new() };
    let text = |action: &serde_json::Value, name: &str| action[name].as_str().unwrap().to_owned();
    let actions = last.request["actions"].as_array().unwrap();
    actions.iter().map(|it| (text(it, "label"), text(it, "identifier"))).collect()
}

async fn press(story: &Story, number: u64, at: usize, who: &str) {
    let check = check(story, number)["id"].as_u64().unwrap();
    let (_, identifier) = buttons(story, number).into_iter().nth(at).expect("there is such a button");
    assert!(story.sim.press_button(REPO, check, &identifier, who));
    story.rest().await;
}

fn commits(log: &[LogEntry]) -> usize {
    log.iter().filter(|it| it.request.to_string().contains("createCommitOnBranch")).count()
}

#[tokio::test]
async fn a_button_commits_the_fix_and_the_check_turns_green() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    assert_eq!(conclusion(&story, number), "failure");
    insta::assert_snapshot!("fix_offered", story.page(number));
    let before = story.sim.head(REPO, number).unwrap();
    press(&story, number, 0, "mona").await;
    let head = story.sim.head(REPO, number).unwrap();
    assert_eq!(story.sim.parent(REPO, &head), before);
    assert_eq!(conclusion(&story, number), "success");
    assert_eq!(buttons(&story, number), []);
    insta::assert_snapshot!("fix_committed", story.page(number));
    let message = story.sim.message(REPO, &head).unwrap();
    let number_of_check = regex::Regex::new(r"button-\d+").unwrap();
    insta::assert_snapshot!("fix_message", number_of_check.replace(&message, "button-<check>"));
    story.end().await;
}

#[tokio::test]
async fn f05_a_press_that_is_told_twice_is_one_commit_and_no_word() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    press(&story, number, 0, "mona").await;
    let head = story.sim.head(REPO, number);
    let told = story.sim.deliveries().into_iter().find(|it| it.action == "requested_action").unwrap();
    story.requests();
    assert!(story.sim.redeliver(&told.guid));
    story.rest().await;
    assert_eq!(writes(&story.requests()), [""; 0]);
    assert_eq!(story.sim.head(REPO, number), head);
    story.end().await;
}

#[tokio::test]
async fn f31_a_button_that_is_given_up_is_answered_and_carried_out_when_it_is_tried_again() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    story.sim.inject(Fault::next("GET", "/collaborators/mona/", forbidden()).times(1_000));
    press(&story, number, 0, "mona").await;
    let told = answers(&story.sim, number);
    assert!(told.len() == 1 && told[0].ends_with("Press the button again once that is mended."), "{told:?}");
    assert_eq!((conclusion(&story, number).as_str(), story.parked().await), ("failure", 1));
    story.sim.clear_faults();
    story.retry_by_hand().await;
    assert_eq!((conclusion(&story, number).as_str(), answers(&story.sim, number)), ("success", told));
    story.end().await;
}

#[tokio::test]
async fn a_program_presses_no_button() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    let head = story.sim.head(REPO, number);
    press(&story, number, 0, "deckhand[bot]").await;
    assert_eq!(story.sim.head(REPO, number), head);
    assert_eq!(answers(&story.sim, number), [""; 0]);
    story.end().await;
}

#[tokio::test]
async fn the_author_has_a_rules_fix_committed_by_a_command() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    story.requests();
    assert_eq!(say(&story, number, "mona", "/deckhand fix changelog").await, (vec!["+1".to_owned()], vec![]));
    let log = story.requests();
    assert_eq!(commits(&log), 1);
    assert_eq!(conclusion(&story, number), "success");
    let text = story.sim.read_file(REPO, "turn-twice-as-fast", "CHANGELOG.md").unwrap();
    assert!(text.contains("- A first thing.\n") && text.len() > CHANGELOG.len(), "{text}");
    // Nothing is left to do, and that is said.
    let said = refused(&story, number, "mona", "/deckhand fix changelog").await;
    assert!(said.starts_with("`changelog` has nothing here that the robot could commit."), "{said}");
    story.end().await;
}

#[tokio::test]
async fn several_rules_are_one_commit_with_a_button_for_all() {
    let rules = [rule("one", &[("a.txt", "a\n")]), rule("two-with-a-longer-name", &[("b.txt", "b\n")])].concat();
    let story = begin(&rules).await;
    let number = open(&story).await;
    let labels: Vec<String> = buttons(&story, number).into_iter().map(|(label, _)| label).collect();
    assert_eq!(labels, ["Fix all", "Fix one", "Fix two-with-a-lo…"]);
    // Two lines of one comment are one commit, and a mistyped name does not hold them up.
    let text = "/deckhand fix one\n/deckhand fix thre\n/deckhand fix two-with-a-longer-name";
    story.requests();
    let (signs, told) = say(&story, number, "ada", text).await;
    assert_eq!((signs.join(" ").as_str(), told.len()), ("confused", 1), "{told:?}");
    assert!(told[0].contains("There is no rule `thre`"), "{told:?}");
    assert_eq!(commits(&story.requests()), 1);
    for (path, text) in [("a.txt", "a\n"), ("b.txt", "b\n")] {
        assert_eq!(story.sim.read_file(REPO, "turn-twice-as-fast", path).as_deref(), Some(text));
    }
    story.end().await;
}

#[tokio::test]
async fn one_button_of_two_commits_its_own_rule() {
    let rules = [rule("one", &[("a.txt", "a\n")]), rule("two", &[("b.txt", "b\n")])].concat();
    let story = begin(&rules).await;
    let number = open(&story).await;
    press(&story, number, 2, "ada").await;
    assert_eq!(story.sim.read_file(REPO, "turn-twice-as-fast", "a.txt"), None);
    assert_eq!(story.sim.read_file(REPO, "turn-twice-as-fast", "b.txt").as_deref(), Some("b\n"));
    story.end().await;
}

#[tokio::test]
async fn fixes_of_one_file_go_together_where_they_leave_each_other_alone() {
    let text = "1\n2\n3\n4\n5\n";
    let files = [("dangerfile.lua", ""), ("list.txt", text)];
    let rules = [
        rule("first", &[("list.txt", "one\n2\n3\n4\n5\n")]),
        rule("last", &[("list.txt", "1\n2\n3\n4\nfive\n")]),
        rule("other", &[("list.txt", "uno\n2\n3\n4\n5\n")]),
    ];
    let files = [("dangerfile.lua", rules.concat()), (files[1].0, files[1].1.to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let story = Story::begin_with_permissions(&WRITE, &files).await;
    let number = story.open("Begin", &[("a.txt", Some("a\n"))]).await;
    assert_eq!(buttons(&story, number), [("Fix all".to_owned(), "fix".to_owned())]);
    let (signs, told) = say(&story, number, "mona", "/deckhand fix").await;
    assert_eq!(signs, ["+1"]);
    assert!(told[0].starts_with("Committed, but for what `other` wants of `list.txt`"), "{told:?}");
    assert_eq!(story.sim.read_file(REPO, "begin", "list.txt").as_deref(), Some("one\n2\n3\n4\nfive\n"));
    story.end().await;
}

#[tokio::test]
async fn f63_who_may_not_have_fixes_committed_is_told_so() {
    let story = begin(RULES).await;
    story.sim.fork(REPO, "zoe");
    story.sim.push("zoe/hello", "turn", "zoe", "Turn", &[CHANGE], "main");
    let number = story.sim.open_pull(REPO, "Turn", "", "zoe:turn", "main", "zoe", false);
    story.rest().await;
    let said = refused(&story, number, "rob", "/deckhand fix").await;
    assert!(said.starts_with("Committing fixes needs write permission on this repository."), "{said}");
    let said = refused(&story, number, "zoe", "/deckhand fix").await;
    assert!(said.starts_with("The robot commits to the branch of an author without write permission only"), "{said}");
    story.end().await;
}

#[tokio::test]
async fn f63_a_button_pressed_by_somebody_who_may_not_is_answered_once() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    let head = story.sim.head(REPO, number);
    press(&story, number, 0, "rob").await;
    press(&story, number, 0, "rob").await;
    assert_eq!(story.sim.head(REPO, number), head);
    let told = answers(&story.sim, number);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("needs write permission"), "{told:?}");
    press(&story, number, 0, "ada").await;
    assert_eq!((conclusion(&story, number).as_str(), answers(&story.sim, number).len()), ("success", 1));
    story.end().await;
}

#[tokio::test]
async fn f63_a_fix_is_bound_to_the_commit_that_was_shown() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    story.sim.advance(Duration::from_secs(60));
    story.sim.set_deliver(false);
    let comment = story.sim.comment(REPO, number, "ada", "/deckhand fix").unwrap();
    let told = story.sim.deliveries().pop().unwrap();
    story.sim.set_deliver(true);
    story.sim.advance(Duration::from_secs(5));
    story.sim.push(REPO, "turn-twice-as-fast", "mona", "More", &[("src/more.py", Some("x = 1\n"))], "");
    story.rest().await;
    let head = story.sim.head(REPO, number);
    assert!(story.sim.redeliver(&told.guid));
    story.rest().await;
    let signs: Vec<String> = story.sim.reactions(REPO, comment).into_iter().map(|(_, sign)| sign).collect();
    assert_eq!((signs, story.sim.head(REPO, number)), (vec!["confused".to_owned()], head));
    assert!(answers(&story.sim, number)[0].contains("began after this comment was written"));
    story.end().await;
}

#[tokio::test]
async fn f47_a_button_of_an_old_head_commits_nothing() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    let old = check(&story, number)["id"].as_u64().unwrap();
    let (_, identifier) = buttons(&story, number).remove(0);
    story.sim.push(REPO, "turn-twice-as-fast", "mona", "More", &[("src/more.py", Some("x = 1\n"))], "");
    story.rest().await;
    let head = story.sim.head(REPO, number);
    // Of a pull request whose head it is not any more GitHub does not speak, and a commit that is nobody's head has none.
    assert!(story.sim.press_button(REPO, old, &identifier, "mona"));
    story.rest().await;
    assert_eq!(story.sim.head(REPO, number), head);
    story.end().await;
}

#[tokio::test]
async fn f28_an_answer_that_is_lost_is_one_commit() {
    for effect in [FaultEffect::DropAfter, FaultEffect::DropBefore] {
        let story = begin(RULES).await;
        let number = open(&story).await;
        let before = story.sim.head(REPO, number).unwrap();
        story.sim.inject(Fault::next("POST", "createCommitOnBranch", effect.clone()));
        assert_eq!(say(&story, number, "mona", "/deckhand fix").await, (vec!["+1".to_owned()], vec![]), "{effect:?}");
        let head = story.sim.head(REPO, number).unwrap();
        assert_eq!(story.sim.parent(REPO, &head), before, "{effect:?}: one commit");
        assert_eq!(conclusion(&story, number), "success");
        story.end().await;
    }
}

#[tokio::test]
async fn f45_a_head_that_moves_at_the_last_moment_gets_nothing() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    story.sim.meanwhile("POST", "createCommitOnBranch", 0, |sim| {
        sim.push(REPO, "turn-twice-as-fast", "mona", "More", &[("src/more.py", Some("x = 1\n"))], "");
    });
    let (signs, told) = say(&story, number, "mona", "/deckhand fix").await;
    assert_eq!(signs, ["confused"]);
    assert!(told[0].starts_with("The branch has moved on from"), "{told:?}");
    let head = story.sim.head(REPO, number).unwrap();
    assert_eq!(story.sim.message(REPO, &head).unwrap(), "More");
    // A server that begins anew takes the command up once more, and finds the branch as it is then.
    story
        .end_where(|sim, when| {
            let told = answers(sim, number);
            assert_eq!(told.len(), 1, "{when}: {told:?}");
            let head = sim.head(REPO, number).unwrap();
            if told[0].starts_with("The branch has moved on from") || told[0].contains(" began after this comment ") {
                assert_eq!(sim.message(REPO, &head).unwrap(), "More", "{when}");
            } else {
                assert_eq!(sim.message(REPO, &sim.parent(REPO, &head)).unwrap(), "More", "{when}: {told:?}");
            }
        })
        .await;
}

#[tokio::test]
async fn f55_a_rule_that_is_never_content_gets_two_commits_and_no_more() {
    let rules = "rule('count', function()
  local text = danger.git.file('n.txt') or ''
  fail('One more', { fix = { ['n.txt'] = text .. 'x\\n' } })
end)\n";
    let story = begin(rules).await;
    let number = open(&story).await;
    for _ in 0..2 {
        assert_eq!(say(&story, number, "mona", "/deckhand fix").await, (vec!["+1".to_owned()], vec![]));
    }
    let said = refused(&story, number, "mona", "/deckhand fix").await;
    assert_eq!(said, "The robot has committed often enough here. Push a commit of your own first.");
    story.sim.push(REPO, "turn-twice-as-fast", "mona", "Mine", &[("mine.txt", Some("m\n"))], "");
    story.rest().await;
    assert_eq!(say(&story, number, "mona", "/deckhand fix").await, (vec!["+1".to_owned()], vec![]));
    assert_eq!(story.sim.read_file(REPO, "turn-twice-as-fast", "n.txt").as_deref(), Some("x\nx\nx\n"));
    story.end().await;
}

#[tokio::test]
async fn f56_a_fork_that_allows_no_edits_gets_the_patch_instead() {
    let story = begin(RULES).await;
    story.sim.fork(REPO, "zoe");
    story.sim.push("zoe/hello", "turn", "zoe", "Turn", &[CHANGE], "main");
    let number = story.sim.open_pull(REPO, "Turn twice as fast", "", "zoe:turn", "main", "zoe", false);
    story.rest().await;
    assert_eq!(buttons(&story, number), [], "what cannot be committed is not offered");
    let said = refused(&story, number, "ada", "/deckhand fix").await;
    insta::assert_snapshot!("fix_of_a_fork", said);
    story.sim.allow_edits(REPO, number, true);
    assert_eq!(say(&story, number, "ada", "/deckhand fix").await, (vec!["+1".to_owned()], vec![]));
    assert_eq!(conclusion(&story, number), "success");
    assert!(story.sim.read_file("zoe/hello", "turn", "CHANGELOG.md").unwrap().len() > CHANGELOG.len());
    story.end().await;
}

#[tokio::test]
async fn f31_without_the_permission_there_is_no_button_and_the_patch() {
    let story = Story::begin(&FILES).await;
    let number = open(&story).await;
    assert_eq!(buttons(&story, number), []);
    let said = refused(&story, number, "mona", "/deckhand fix").await;
    assert!(said.starts_with("This app may not commit here.") && said.contains("```diff\ndiff --git "), "{said}");
    story.end().await;
}

#[tokio::test]
async fn f57_what_a_commit_would_spoil_is_refused_whole() {
    let cases = [
        (OddEdit::Program(b"x", b"#!/bin/sh\n"), "x", "`x` is executable, and would not be after a commit"),
        (OddEdit::Link(b"x", b"src/lamp.py"), "x", "`x` is a symbolic link"),
        (OddEdit::Submodule(b"x", "1111111111111111111111111111111111111111"), "x/y", "`x` is a submodule"),
        (OddEdit::Link(b"x", b"src"), "x/lamp.py", "`x` is a symbolic link"),
        (OddEdit::File(b"x", b"\0\x01"), "x", "`x` is no text"),
        (OddEdit::File(b"x", b"a"), "x/y", "`x` is a file"),
        (OddEdit::File(b"x/y", b"a"), "x", "`x` is a folder"),
        (OddEdit::File(b"x", b"a"), ".github/workflows/ci.yml", "`.github/workflows/ci.yml` is a workflow"),
        (OddEdit::File(b"x", b"a"), "../x", "The fix of `mend` names the path `../x`"),
    ];
    for (edit, path, expected) in cases {
        let story = begin(&rule("mend", &[("good.txt", "good\n"), (path, "mended\n")])).await;
        story.sim.push_odd(REPO, "odd", "mona", &[edit], "main");
        let number = story.sim.open_pull(REPO, "Odd", "", "odd", "main", "mona", false);
        story.rest().await;
        let said = refused(&story, number, "mona", "/deckhand fix").await;
        assert!(said.starts_with(expected), "{path}: {said}");
        assert_eq!(story.sim.read_file(REPO, "odd", "good.txt"), None, "never a part of it");
        story.end().await;
    }
}

#[tokio::test]
async fn f57_workflows_are_committed_with_the_permission() {
    let rules = rule("mend", &[(".github/workflows/ci.yml", "on: push\n")]);
    let permissions = [("contents", "write"), ("workflows", "write")];
    let story = Story::begin_with_permissions(&permissions, &[("dangerfile.lua", &rules), FILES[2]]).await;
    let number = open(&story).await;
    press(&story, number, 0, "mona").await;
    let text = story.sim.read_file(REPO, "turn-twice-as-fast", ".github/workflows/ci.yml");
    assert_eq!(text.as_deref(), Some("on: push\n"));
    story.end().await;
}

#[tokio::test]
async fn f58_without_a_head_repository_nothing_is_committed() {
    let story = begin(RULES).await;
    story.sim.fork(REPO, "zoe");
    story.sim.push("zoe/hello", "turn", "zoe", "Turn", &[CHANGE], "main");
    let number = story.sim.open_pull(REPO, "Turn", "", "zoe:turn", "main", "zoe", false);
    story.rest().await;
    story.sim.delete_repository("zoe/hello");
    let said = refused(&story, number, "ada", "/deckhand fix").await;
    assert_eq!(said, "The branch of this pull request is gone, so there is nothing to commit to.");
    story.end().await;
}

#[tokio::test]
async fn f48_a_shared_check_offers_no_button_and_a_command_says_whose_branch() {
    let story = begin(RULES).await;
    let first = open(&story).await;
    story.sim.branch(REPO, "twin", "turn-twice-as-fast", "mona");
    let second = story.sim.open_pull(REPO, "Turn too", "", "twin", "main", "mona", false);
    story.rest().await;
    assert_eq!(buttons(&story, first), []);
    assert_eq!(say(&story, second, "mona", "/deckhand fix").await, (vec!["+1".to_owned()], vec![]));
    assert_eq!(story.sim.read_file(REPO, "turn-twice-as-fast", "CHANGELOG.md").as_deref(), Some(CHANGELOG));
    assert!(story.sim.read_file(REPO, "twin", "CHANGELOG.md").unwrap().len() > CHANGELOG.len());
    story.end().await;
}

#[tokio::test]
async fn a_refusal_of_githubs_own_is_told_in_its_words() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    let errors = serde_json::json!({ "data": { "createCommitOnBranch": null }, "errors": [{
        "type": "UNPROCESSABLE", "path": ["createCommitOnBranch"], "message": "Changes must be made by @octo/all."
    }] });
    let answer = FaultEffect::Answer { status: 200, body: errors, headers: Vec::new() };
    story.sim.inject(Fault::next("POST", "createCommitOnBranch", answer));
    let said = refused(&story, number, "mona", "/deckhand fix").await;
    assert!(said.starts_with("GitHub did not take the commit: Changes must be made by @") && !said.contains("@octo"));
    let head = story.sim.head(REPO, number);
    // A server that begins anew takes the command up once more, and then GitHub takes the commit.
    story
        .end_where(|sim, when| {
            let told = answers(sim, number);
            let is_committed = sim.head(REPO, number) != head;
            assert!(if is_committed { told.is_empty() } else { told == [said.clone()] }, "{when}: {told:?}");
        })
        .await;
}

#[tokio::test]
async fn a_second_look_at_a_check_with_buttons_writes_nothing() {
    let story = begin(RULES).await;
    let number = open(&story).await;
    story.requests();
    assert_eq!(say(&story, number, "mona", "/deckhand rerun").await.0, ["+1"]);
    assert_eq!(writes(&story.requests()), ["POST issues/comments/reactions 201"]);
    story.end().await;
}
