//! F22: a server that is told to stop while many deliveries and reviews are under way, and started again: nothing is lost,
//! nothing is done twice.

use crate::server_killed::Room;
use crate::sim_bench::{REPO, Story};
use deckhand::sim::{Fault, FaultEffect, SimHandle};
use std::process::{Child, Command};
use std::sync::Mutex;
use std::time::Duration;

const RULES: &str = "message('Hello')
for _, line in danger.git.added_lines('**/*.py') do
  fail('Leftover print', { file = line.file, line = line.number })
end
";
const FILES: [(&str, &str); 2] = [("dangerfile.lua", RULES), ("a.py", "a = 1\n")];
const PULLS: u64 = 20;

/// Pull requests, each with something to say on a line and something to say below it.
fn open_many(sim: &SimHandle) {
    for at in 1..=PULLS {
        let branch = format!("change-{at}");
        let more = format!("{at}\n");
        sim.push(
            REPO,
            &branch,
            "mona",
            &branch,
            &[("a.py", Some("a = 1\nprint(a)\n")), ("n.txt", Some(&more))],
            "main",
        );
        assert_eq!(sim.open_pull(REPO, &branch, "", &branch, "main", "mona", false), at);
    }
}

fn is_judged(sim: &SimHandle, number: u64) -> bool {
    sim.checks(REPO, &sim.head(REPO, number).unwrap()).first().is_some_and(|check| check["conclusion"] == "failure")
}

/// How many are judged to their end.
fn count_judged(sim: &SimHandle) -> u64 {
    (1..=PULLS).filter(|number| is_judged(sim, *number)).count() as u64
}

/// Each has one check, one comment on its line and one below, and none of them was written twice.
fn hold_once(sim: &SimHandle) {
    for number in 1..=PULLS {
        let checks = sim.checks(REPO, &sim.head(REPO, number).unwrap());
        let seen = (checks.len(), sim.review_comments(REPO, number).len(), sim.comments(REPO, number).len());
        assert_eq!(seen, (1, 1, 1), "pull request {number}: checks, comments on lines, summaries");
        assert!(is_judged(sim, number), "{checks:#?}");
    }
    let log = sim.log();
    for path in ["/check-runs", "/reviews", "/comments"] {
        let written = log.iter().filter(|it| it.method == "POST" && it.path.ends_with(path) && it.status < 300).count();
        assert_eq!(written as u64, PULLS, "{path}");
    }
}

#[tokio::test]
async fn f22_stopped_among_many_reviews_it_loses_nothing_and_says_nothing_twice() {
    // Nothing in hand may end; and everything in hand may.
    for drain in [Duration::ZERO, Duration::from_secs(30)] {
        let story = Story::begin_with_drain(drain, &FILES).await;
        let before = story.sim.log().len();
        story.sim.set_delay(Duration::from_millis(1));
        story.sim.happen(open_many);
        // Four at once are under way, at different steps.
        while story.sim.log().len() < before + 40 {
            tokio::task::yield_now().await;
        }
        let away = story.away().await;
        let judged = count_judged(&away.sim);
        assert!(judged < PULLS, "it was stopped in the middle");
        let story = away.back().await;
        for _ in 0..4 {
            story.pass(300).await;
        }
        assert_eq!(count_judged(&story.sim), PULLS, "{judged} were judged before");
        hold_once(&story.sim);
        story.end_long().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f22_a_signal_under_load_ends_the_process_well_and_its_successor_does_the_rest() {
    let room = Room::open().await;
    let child = room.child.clone();
    // In the middle: requests of several reviews are answered, others are under way.
    room.sim.reset_log();
    room.sim.inject(Fault::next("", "", FaultEffect::first(move || terminate(&child))).after(30));
    open_many(&room.sim);
    let end = || {
        tokio::task::block_in_place(|| {
            while room.wait_for("") {}
            room.child.lock().unwrap().wait().unwrap().code()
        })
    };
    assert_eq!(end(), Some(0), "it ended by itself");
    assert!(count_judged(&room.sim) < PULLS, "it was stopped in the middle");
    // Those that it did not take any more failed.
    room.sim.settle().await;
    room.start_again();
    tokio::task::block_in_place(|| {
        while count_judged(&room.sim) < PULLS {
            assert!(room.wait_for("done:"), "it goes on until all are judged");
        }
    });
    // What is in hand ends.
    terminate(&room.child);
    assert_eq!(end(), Some(0));
    hold_once(&room.sim);
}

fn terminate(child: &Mutex<Child>) {
    let id = child.lock().unwrap().id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
}
