//! Deliveries in any order and under several names: people see the same pages.

use crate::other_ways::pages;
use crate::server_bench::Request;
use crate::sim_bench::{REPO, Story, writes};
use deckhand::server::ServerHandle;
use deckhand::sim::SimHandle;

const RULES: &str = "for _, line in danger.git.added_lines('**/*.py') do
  if line.text:find('print(', 1, true) then
    fail('Leftover print', { file = line.file, line = line.number })
  end
end
";

#[tokio::test]
async fn f08_events_in_any_order_end_in_the_same_pages() {
    let story = Story::begin(&[("dangerfile.lua", RULES)]).await;
    let open = story.open("Say something", &[("src/a.py", Some("print('a')\n"))]).await;
    let closed = story.open("Say more", &[("src/b.py", Some("print('b')\n"))]).await;
    story.sim.push(REPO, "say-something", "mona", "More", &[("src/c.py", Some("print('c')\n"))], "");
    story.sim.label(REPO, open, "mona", "chatty");
    story.sim.close(REPO, closed, "mona");
    story.rest().await;
    let pages = [story.page(open), story.page(closed)];
    let guids: Vec<String> =
        story.sim.deliveries().into_iter().filter(|it| it.event == "pull_request").map(|it| it.guid).collect();
    assert!(guids.len() >= 5, "{guids:?}");
    story.requests();

    // Backwards, `closed` before `opened`; then shifted, so that each is the first and each the last once; one at a time.
    let backwards = guids.iter().rev().cloned().collect::<Vec<_>>();
    let shifted = (1..guids.len()).map(|by| [&guids[by..], &guids[..by]].concat());
    for order in std::iter::once(backwards).chain(shifted) {
        for guid in &order {
            assert!(story.sim.redeliver(guid));
            story.rest().await;
        }
        assert_eq!([story.page(open), story.page(closed)], pages, "{order:?}");
    }
    assert_eq!(writes(&story.requests()), [""; 0], "what is there already is not written again");
    story.end().await;
}

/// The pages after deliveries arrived for the first time, in the order of their acts or in the opposite one.
async fn pages_told(backwards: bool) -> Vec<String> {
    let by_hand = [("DECKHAND_SWEEP_SECONDS", "0"), ("DECKHAND_RECONCILE_SECONDS", "0")];
    let away = Story::begin_with_settings(&by_hand, &[("dangerfile.lua", RULES)]).await.away().await;
    let noisy = [("a.py", Some("print('a')\n"))];
    for branch in ["stays", "goes"] {
        away.sim.push(REPO, branch, "mona", "Say it", &noisy, "main");
        away.sim.open_pull(REPO, branch, "", branch, "main", "mona", false);
        away.sim.label(REPO, if branch == "stays" { 1 } else { 2 }, "mona", "chatty");
    }
    away.sim.push(REPO, "stays", "mona", "More", &[("b.py", Some("print('b')\n"))], "");
    away.sim.close(REPO, 2, "mona");
    away.sim.settle().await;
    let mut guids: Vec<String> =
        away.sim.deliveries().into_iter().filter(|it| it.status == 0).map(|it| it.guid).collect();
    assert!(guids.len() >= 8, "{guids:?}");
    if backwards {
        guids.reverse();
    }
    let story = away.back().await;
    for guid in guids {
        assert!(story.sim.redeliver(&guid));
        story.rest().await;
    }
    let pages = pages(&story.sim);
    story.end().await;
    pages
}

#[tokio::test]
async fn f08_closed_before_opened_ends_in_the_same_pages() {
    let (forwards, backwards) = (pages_told(false).await, pages_told(true).await);
    assert_eq!(forwards, backwards);
    assert!(forwards[0].contains("Leftover print") && !forwards[1].contains("Leftover print"), "{forwards:#?}");
}

#[tokio::test]
async fn f06_what_one_act_says_several_times_is_judged_once() {
    let story = Story::begin(&[("dangerfile.lua", RULES)]).await;
    story.sim.push(REPO, "greet", "mona", "Greet", &[("a.txt", Some("Hello\n"))], "main");
    story.rest().await;
    story.requests();
    // Before anybody can look: opened, labeled, edited, pushed to.
    let number = story.sim.open_pull(REPO, "Greet", "", "greet", "main", "mona", false);
    story.sim.label(REPO, number, "mona", "polite");
    story.sim.edit_pull(REPO, number, "mona", Some("Greet all"), None, None);
    story.sim.push(REPO, "greet", "mona", "More", &[("b.txt", Some("Hello\n"))], "");
    story.rest().await;
    let told = story.sim.deliveries().into_iter().filter(|it| it.event == "pull_request").count();
    assert_eq!(told, 4);
    let requests = story.requests();
    assert_eq!(writes(&requests), ["POST check-runs 201", "PATCH check-runs 200"]);
    let compared = requests.iter().filter(|it| it.path.contains("/compare/")).count();
    assert_eq!(compared, 1, "what names commits is asked for once: {requests:#?}");
    story.end().await;
}

#[tokio::test]
async fn f06_one_guid_of_two_hooks_is_said_once() {
    let story = Story::begin(&[("dangerfile.lua", RULES)]).await;
    let number = story.open("Say something", &[("src/a.py", Some("print('a')\n"))]).await;
    let page = story.page(number);
    story.requests();
    // The repository has a hook of its own, whose deliveries have the same GUIDs.
    let other = |sim: &SimHandle, server: &ServerHandle, _: &[String]| {
        let all = sim.deliveries();
        let opened = all.iter().find(|it| it.event == "pull_request" && it.action == "opened").unwrap();
        let body = opened.body.to_string();
        Request::delivery_of("4711", &opened.guid, "pull_request", body.as_bytes()).send(server.addr())
    };
    assert_eq!(story.sim.ask(&story.server, &[], other).await.status, 202);
    story.rest().await;
    let requests = story.requests();
    assert_eq!(writes(&requests), [""; 0]);
    assert!(requests.len() <= 6, "{requests:#?}");
    assert_eq!(story.page(number), page);
    story.end().await;
}
