//! Things that move while a review is under way: before each of its requests in turn, so that no step is left out.

use crate::other_ways::{Kills, in_one_order, pages};
use crate::recorded::Github;
use crate::sim_bench::{Ending, REPO, Story};
use deckhand::model::Timestamp;
use deckhand::sim::{Kind, LogEntry, SimHandle};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Says something of each kind, and names what it saw.
const RULES: &str = "settings { statuses = 'per_rule' }
rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then fail('Leftover ' .. line.text, { file = line.file, line = line.number }) end
  end
end)
rule('no-text', function()
  for _, file in danger.git.created_files do
    if file:find('%.txt$') then fail('Leftover ' .. file) end
  end
end)
";
const FILES: [(&str, &str); 2] = [("dangerfile.lua", RULES), ("a.py", "a = 1\n")];
const MORE: [(&str, &str); 2] = [("contents", "write"), ("statuses", "write")];

type Edit<'a> = (&'a str, Option<&'a str>);
/// Two problems on lines and one that has none.
const FIRST: [Edit<'_>; 2] = [("a.py", Some("a = 1\nprint('one')\nb = 1\nprint('uno')\n")), ("one.txt", Some("1\n"))];
const SECOND: [Edit<'_>; 3] =
    [("a.py", Some("a = 1\nb = 1\nc = 1\nprint('two')\n")), ("one.txt", None), ("two.txt", Some("2\n"))];
const THIRD: [Edit<'_>; 3] =
    [("a.py", Some("d = 1\na = 1\nprint('three')\nb = 1\n")), ("two.txt", None), ("three.txt", Some("3\n"))];

/// This happens before the request after so many; the answer says whether it came to that.
pub(crate) fn before_request(
    sim: &Github,
    after: u32,
    act: impl Fn(&SimHandle) + Send + Sync + 'static,
) -> Arc<AtomicBool> {
    let happened = Arc::new(AtomicBool::new(false));
    let told = happened.clone();
    sim.meanwhile("", "", after, move |sim| {
        told.store(true, Ordering::SeqCst);
        act(sim);
    });
    happened
}

/// A page in which one thread was answered, so that it will be resolved and not deleted.
async fn with_a_page() -> (Story, u64) {
    let story = Story::begin_with_permissions(&MORE, &FILES).await;
    let number = story.open("Move", &FIRST).await;
    let comments = story.sim.review_comments(REPO, number);
    assert_eq!((comments.len(), story.sim.comments(REPO, number).len()), (2, 1));
    story.sim.reply(REPO, comments[0]["id"].as_u64().unwrap(), "mona", "It helps.").unwrap();
    story.rest().await;
    (story, number)
}

/// What the head's own page says of it: conversation, checks and statuses, without the commits and the empty lines beside
/// them, whose place in the conversation depends on when the head moved.
fn said(sim: &SimHandle) -> String {
    let page = pages(sim).remove(0);
    let lines: Vec<&str> = page.lines().filter(|line| !line.is_empty() && !line.starts_with("* mona pushed")).collect();
    in_one_order(&lines.join("\n"))
}

fn statuses(sim: &SimHandle, head: &str) -> BTreeSet<String> {
    let word = |status: &Value, name: &str| status[name].as_str().unwrap_or_default().to_owned();
    let line = |it: &Value| format!("{} {}: {}", word(it, "context"), word(it, "state"), word(it, "description"));
    sim.statuses(REPO, head).iter().map(line).collect()
}

#[tokio::test]
async fn f45_whatever_a_review_was_about_to_write_nothing_of_it_is_on_the_next_head() {
    // What the page is when nobody is in a hurry.
    let (story, number) = with_a_page().await;
    for edits in [&SECOND[..], &THIRD[..]] {
        story.sim.push(REPO, "move", "mona", "Move on", edits, "");
        story.rest().await;
    }
    let expected = said(&story.sim);
    for old in ["one.txt", "two"] {
        assert!(!expected.contains(old), "{old}: {expected}");
    }
    let expected_statuses = statuses(&story.sim, &story.sim.head(REPO, number).unwrap());
    assert_eq!(expected_statuses.len(), 3, "{expected_statuses:?}");
    story.end().await;

    let mut moves = 0;
    loop {
        let (story, number) = with_a_page().await;
        let moved = before_request(&story.sim, moves, |sim| {
            sim.push(REPO, "move", "mona", "Move on", &THIRD, "");
        });
        story.requests();
        story.sim.push(REPO, "move", "mona", "Go on", &SECOND, "");
        story.rest().await;
        story.pass(60).await;
        // Where a server is killed, more requests come, and the head may move before one of these.
        let holds = |sim: &SimHandle, when: &str| {
            let head = sim.head(REPO, number).unwrap();
            if sim.message(REPO, &head).unwrap() != "Move on" {
                assert!(!said(sim).contains("three"), "{when}");
                return;
            }
            assert_eq!(said(sim), expected, "{when}");
            assert_eq!(statuses(sim, &head), expected_statuses, "{when}");
            for check in sim.checks(REPO, &head) {
                assert!(!check["output"].to_string().contains("two"), "{when}: {check:#}");
            }
            let of_old_head = |it: &LogEntry| it.kind == Kind::Write && it.request.to_string().contains("two");
            for entry in sim.log().iter().filter(|it| of_old_head(it)) {
                assert!(!entry.path.contains(&head) && !entry.request.to_string().contains(&head), "{when}: {entry}");
            }
        };
        holds(&story.sim, &format!("at request {moves}"));
        let has_moved = moved.load(Ordering::SeqCst);
        story.end_as(Ending { kills: Kills::Before, holds: Some(&holds), ..Ending::default() }).await;
        if !has_moved {
            break;
        }
        moves += 1;
    }
    assert!(moves >= 12, "the head moved before each of {moves} requests");
}

/// What our app has written in a repository: checks on this commit, and words on this pull request.
fn of_ours(sim: &SimHandle, repo: &str, number: u64) -> usize {
    let head = sim.head(repo, number).unwrap();
    sim.comments(repo, number).len()
        + sim.review_comments(repo, number).len()
        + sim.checks(repo, &head).len()
        + sim.statuses(repo, &head).len()
}

/// A stranger with this name: its files, branch and pull request look like those of the one that had it before.
fn open_stranger(sim: &SimHandle) {
    sim.create_repository("octo", "hello", &FILES, false);
    sim.add_user(REPO, "mona", "write");
    sim.push(REPO, "move", "mona", "Move", &SECOND[..1], "main");
    sim.open_pull(REPO, "Move", "", "move", "main", "mona", false);
}

#[tokio::test]
async fn f33_at_whatever_request_the_name_goes_to_another_repository_nothing_lands_there() {
    for transferred in [false, true] {
        let place = if transferred { "umbrella/hello" } else { "octo/renamed" };
        let mut moves = 0;
        loop {
            let story = Story::begin_with_permissions(&MORE, &FILES).await;
            story.sim.create_repository("umbrella", "tool", &FILES, false);
            story.sim.install("umbrella/tool");
            story.rest().await;
            let left = before_request(&story.sim, moves, move |sim| {
                if transferred {
                    sim.transfer(REPO, "umbrella");
                    sim.install("umbrella/hello");
                } else {
                    sim.rename(REPO, "renamed", "octo");
                }
                open_stranger(sim);
            });
            story.sim.push(REPO, "move", "mona", "Move", &FIRST, "main");
            let number = story.sim.open_pull(REPO, "Move", "", "move", "main", "mona", false);
            story.rest().await;
            for _ in 0..10 {
                story.pass(60).await;
            }
            let at = format!("{place} at request {moves}");
            // Where a server is killed, more requests come, and the name may go to another before one of these.
            let holds = |sim: &SimHandle, when: &str| {
                let has_left = sim.pulls().iter().any(|(repo, _)| repo == place);
                let place = if has_left { place } else { REPO };
                assert!(!has_left || of_ours(sim, REPO, 1) == 0, "{at}: nothing lands at the stranger's, {when}");
                let checks = sim.checks(place, &sim.head(place, number).unwrap());
                assert_eq!(
                    checks.first().map(|it| &it["conclusion"]),
                    Some(&"failure".into()),
                    "{at}, {when}: {checks:#?}"
                );
                let said = (sim.review_comments(place, number).len(), sim.comments(place, number).len());
                // A repository that comes to another installation gets its checks only, unless somebody was told before.
                let quiet = has_left && transferred;
                let expected: &[(usize, usize)] = if quiet { &[(0, 0), (2, 0), (0, 1), (2, 1)] } else { &[(2, 1)] };
                assert!(expected.contains(&said), "{at}, {when}: {said:?}");
            };
            holds(&story.sim, "told as it is");
            let has_left = left.load(Ordering::SeqCst);
            story.end_as(Ending { kills: Kills::Before, holds: Some(&holds), ..Ending::default() }).await;
            if !has_left {
                break;
            }
            moves += 1;
        }
        assert!(moves >= 7, "{place}: before each of {moves} requests");
    }
}

#[tokio::test]
async fn f32_at_whatever_request_the_app_is_stopped_its_job_ends_and_comes_back_with_it() {
    type Turn = fn(&SimHandle);
    let turns: [(&str, Turn, Turn); 3] = [
        ("suspended", |sim| sim.suspend("octo"), |sim| sim.unsuspend("octo")),
        ("deleted", |sim| sim.uninstall("octo"), |sim| _ = sim.install(REPO)),
        ("taken away", |sim| sim.take_repository(REPO), |sim| _ = sim.install(REPO)),
    ];
    for (name, stop, resume) in turns {
        let mut moves = 0;
        loop {
            let story = Story::begin_with_permissions(&MORE, &FILES).await;
            let stopped = before_request(&story.sim, moves, stop);
            story.sim.push(REPO, "move", "mona", "Move", &FIRST, "main");
            let number = story.sim.open_pull(REPO, "Move", "", "move", "main", "mona", false);
            story.rest().await;
            let judged = |sim: &SimHandle, when: &str| {
                let checks = sim.checks(REPO, &sim.head(REPO, number).unwrap());
                let conclusion = checks.first().map(|it| &it["conclusion"]);
                assert_eq!(conclusion, Some(&"failure".into()), "{name} at request {moves}, {when}: {checks:#?}");
            };
            if !stopped.load(Ordering::SeqCst) {
                // Where a server is killed, more requests come, and the app may be stopped before one of these.
                story
                    .end_where(|sim, when| {
                        if !stopped.swap(false, Ordering::SeqCst) {
                            judged(sim, when)
                        }
                    })
                    .await;
                break;
            }
            let at = format!("{name} at request {moves}");
            let counts = story.server.store().count_jobs(Timestamp(0)).await.unwrap();
            assert_eq!(counts.later, 0, "{at}: nothing waits to be tried");
            // Whoever had the job in hand hears its last answer first.
            let away = story.away().await;
            let before = away.sim.log().len();
            let story = away.back().await;
            // Not so long that the watchdog looks after the check that is left open.
            for _ in 0..8 {
                story.pass(60).await;
            }
            let about_it = |it: &LogEntry| it.path == "/graphql" || it.path.starts_with("/repos/");
            let log = story.sim.log().split_off(before);
            let asked: Vec<String> = log.iter().filter(|it| about_it(it)).map(ToString::to_string).collect();
            assert_eq!(asked, [""; 0], "{at}");
            story.sim.clear_faults();
            story.sim.happen(resume);
            story.rest().await;
            story.pass(60).await;
            judged(&story.sim, "told as it is");
            assert_eq!(story.parked().await, 0, "{at}");
            let news = Some("whoever comes back is judged quietly; the old event speaks");
            story.end_as(Ending { kills: Kills::Before, news, holds: Some(&judged) }).await;
            moves += 1;
        }
        assert!(moves >= 7, "{name}: before each of {moves} requests");
    }
}
