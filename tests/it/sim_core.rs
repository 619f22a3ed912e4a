//! The simulated GitHub refuses what the real one refuses.

use crate::server_bench::{SECRET, sign};
use crate::sim_bench::{APP_ID, REPO, sim};
use crate::sim_client::{Client, exchange, json_of};
use deckhand::sim::{Fault, FaultEffect, Kind, SimHandle};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const BEFORE: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n";

/// A repository with one pull request that changes the lines 2 and 12 of `list.txt`.
async fn world() -> (SimHandle, Client, u64, String) {
    let sim = sim(&[("list.txt", BEFORE)]).await;
    sim.create_repository("octo", "other", &[("a", "b\n")], true);
    let installation = sim.install("octo/other");
    let after = BEFORE.replace("two", "TWO").replace("twelve", "TWELVE");
    let head = sim.push(REPO, "topic", "mona", "Shout", &[("list.txt", Some(&after))], "main");
    let number = sim.open_pull(REPO, "Shout", "", "topic", "main", "mona", false);
    let client = Client::installed(&sim, sim.repository_id(REPO), installation).await;
    (sim, client, number, head)
}

fn review(head: &str, line: u64, more: Value) -> Value {
    let mut comment = json!({ "path": "list.txt", "side": "RIGHT", "line": line, "body": "Why?" });
    for (name, value) in more.as_object().unwrap() {
        comment[name] = value.clone();
    }
    json!({ "commit_id": head, "event": "COMMENT", "comments": [comment] })
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let (sim, client, number, _) = world().await;
    let pull = format!("pulls/{number}");
    assert_eq!(client.get(&pull).await.status, 200);
    for (token, status) in [("", 401), ("ghs_unknown", 401), ("a.b.c", 401)] {
        let caller = Client { sim: sim.clone(), token: token.to_owned(), headers: client.headers.clone() };
        assert_eq!(caller.get(&pull).await.status, status, "{token}");
    }
    assert_eq!(Client::app(&sim, 540).get("/app").await.status, 200);
    assert_eq!(Client::app(&sim, 1200).get("/app").await.status, 401, "lives too long");
    assert_eq!(Client::app(&sim, -90).get("/app").await.status, 401, "expired");
    assert_eq!(client.get("/app").await.status, 401, "an installation is not the app");
    assert_eq!(client.get("/repos/octo/other").await.status, 404, "a token for another repository");
    let nameless = Client { sim: sim.clone(), token: client.token.clone(), headers: Vec::new() };
    assert_eq!(nameless.get(&pull).await.status, 403, "no user agent");
    sim.clock().advance(Duration::from_secs(3601));
    assert_eq!(client.get(&pull).await.status, 401, "expired");
}

#[tokio::test]
async fn unknown_routes_and_fields_are_refused() {
    let (sim, client, number, _) = world().await;
    assert_eq!(client.get("milestones").await.status, 404);
    assert_eq!(sim.log().last().unwrap().kind, Kind::UnknownRoute);
    let comments = format!("issues/{number}/comments");
    let refused = client.post(&comments, &json!({ "body": "Hello", "colour": "red" })).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(client.post(&comments, &json!({ "body": "x".repeat(65_537) })).await.status, 422);
    assert_eq!(client.post(&comments, &json!({ "body": "x".repeat(65_536) })).await.status, 201);
    assert_eq!(client.send("POST", &comments, Some("{".to_owned())).await.status, 400);
}

#[tokio::test]
async fn a_review_stands_on_lines_of_one_hunk_or_is_refused_whole() {
    let (sim, client, number, head) = world().await;
    let reviews = format!("pulls/{number}/reviews");
    for (line, more) in [
        (7, json!({})),
        (99, json!({})),
        (12, json!({ "start_line": 2, "start_side": "RIGHT" })),
        (2, json!({ "start_line": 5, "start_side": "RIGHT" })),
        (2, json!({ "path": "other.txt" })),
        (2, json!({ "side": "MIDDLE" })),
        (2, json!({ "colour": "red" })),
    ] {
        let refused = client.post(&reviews, &review(&head, line, more.clone())).await;
        assert_eq!(refused.status, 422, "{line} {more}: {}", refused.body);
    }
    assert!(sim.review_comments(REPO, number).is_empty());
    for (line, more) in
        [(2, json!({})), (5, json!({ "start_line": 1, "start_side": "RIGHT" })), (2, json!({ "side": "LEFT" }))]
    {
        let made = client.post(&reviews, &review(&head, line, more.clone())).await;
        assert_eq!(made.status, 200, "{line} {more}: {}", made.body);
    }
    assert_eq!(sim.review_comments(REPO, number).len(), 3);
}

#[tokio::test]
async fn annotations_come_fifty_at_a_time_and_are_added_up() {
    let (sim, client, _, head) = world().await;
    let note =
        json!({ "path": "list.txt", "start_line": 2, "end_line": 2, "annotation_level": "notice", "message": "Here" });
    let output = |count: usize| json!({ "title": "T", "summary": "S", "annotations": vec![note.clone(); count] });
    let body = |count| json!({ "name": "lint", "head_sha": head, "status": "in_progress", "output": output(count) });
    assert_eq!(client.post("check-runs", &body(51)).await.status, 422);
    let made = client.post("check-runs", &body(50)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("check-runs/{}", json_of(&made)["id"]);
    let done = json!({ "conclusion": "failure", "output": output(7) });
    let updated = json_of(&client.send("PATCH", &path, Some(done.to_string())).await);
    assert_eq!((&updated["status"], &updated["output"]["annotations_count"]), (&json!("completed"), &json!(57)));
    let huge = json!({ "output": { "title": "T", "summary": "x".repeat(65_536) } });
    assert_eq!(client.send("PATCH", &path, Some(huge.to_string())).await.status, 422);
    let page = client.get(&format!("{path}/annotations?per_page=50&page=2")).await;
    assert_eq!(json_of(&page).as_array().unwrap().len(), 7);
    assert_eq!(sim.checks(REPO, &head).len(), 1);
}

#[tokio::test]
async fn lists_come_in_pages_with_links() {
    let (sim, client, number, _) = world().await;
    for at in 0..35 {
        sim.comment(REPO, number, "mona", &format!("Comment {at}"));
    }
    let path = format!("issues/{number}/comments");
    let first = client.get(&path).await;
    assert_eq!(json_of(&first).as_array().unwrap().len(), 30);
    assert!(first.head.contains("rel=\"next\"") && first.head.contains("page=2>; rel=\"last\""), "{}", first.head);
    let last = client.get(&format!("{path}?per_page=20&page=2")).await;
    assert_eq!(json_of(&last)[14]["body"], "Comment 34");
    assert!(
        !last.head.contains("rel=\"next\"") && last.head.contains("per_page=20&page=1>; rel=\"prev\""),
        "{}",
        last.head
    );
}

#[tokio::test]
async fn a_large_diff_is_not_given() {
    let (sim, mut client, number, _) = world().await;
    client.headers.push(("accept", "application/vnd.github.diff".to_owned()));
    let diff = client.get(&format!("pulls/{number}")).await;
    assert!(diff.status == 200 && diff.body.starts_with("diff --git a/list.txt b/list.txt"), "{}", diff.body);
    let names: Vec<String> = (0..301).map(|at| format!("many/{at}.txt")).collect();
    let edits: Vec<(&str, Option<&str>)> = names.iter().map(|name| (name.as_str(), Some("x\n"))).collect();
    sim.push(REPO, "topic", "mona", "Add many", &edits, "");
    assert_eq!(client.get(&format!("pulls/{number}")).await.status, 406);
    client.headers.pop();
    let page = json_of(&client.get(&format!("pulls/{number}/files?per_page=100&page=4")).await);
    assert_eq!(page.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_withdrawn_permission_is_missed_at_once() {
    let (sim, client, number, head) = world().await;
    let body = json!({ "name": "lint", "head_sha": head });
    assert_eq!(client.post("check-runs", &body).await.status, 201);
    sim.withdraw_permission("checks");
    let refused = client.post("check-runs", &body).await;
    assert_eq!(
        (refused.status, json_of(&refused)["message"].as_str()),
        (403, Some("Resource not accessible by integration"))
    );
    assert_eq!(client.get(&format!("pulls/{number}")).await.status, 200);
}

#[tokio::test]
async fn what_is_told_to_go_wrong_goes_wrong() {
    let (sim, client, number, head) = world().await;
    let path = format!("pulls/{number}");
    sim.inject(Fault::next("GET", "/pulls/", Fault::secondary_limit(7)));
    let limited = client.get(&path).await;
    assert!(limited.status == 403 && limited.head.contains("retry-after: 7"), "{}", limited.head);
    let newer = sim.push(REPO, "topic", "mona", "Whisper", &[("list.txt", Some(BEFORE))], "");
    sim.inject(Fault::next("GET", "/pulls/", FaultEffect::Stale));
    assert_eq!(json_of(&client.get(&path).await)["head"]["sha"], head.as_str());
    assert_eq!(json_of(&client.get(&path).await)["head"]["sha"], newer.as_str());
}

#[tokio::test]
async fn deliveries_are_signed_and_recorded() {
    let (sim, _, number, _) = world().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    sim.set_webhook_url(APP_ID, Some(&format!("http://{}/hook", listener.local_addr().unwrap())));
    sim.label(REPO, number, "mona", "bug");
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut text = String::new();
    while !text.contains("\r\n\r\n") || !text.ends_with('}') {
        let mut part = [0; 65_536];
        let read = stream.read(&mut part).await.unwrap();
        text.push_str(std::str::from_utf8(&part[..read]).unwrap());
    }
    stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    sim.settle().await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("x-hub-signature-256: {}", sign(SECRET, body.as_bytes()))), "{head}");
    for name in
        ["x-github-event: pull_request", "x-github-delivery: ", "x-github-hook-id: ", "user-agent: GitHub-Hookshot/"]
    {
        assert!(head.contains(name), "{name}: {head}");
    }
    let told = sim.deliveries();
    assert_eq!((told[0].action.as_str(), told[0].status), ("labeled", 202));
    assert_eq!(told[0].body["label"]["name"], "bug");
}

#[tokio::test]
async fn a_file_is_edited_on_the_web() {
    let (sim, _, number, head) = world().await;
    let get = |path: String| format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    for path in [
        "/".to_owned(),
        format!("/{REPO}/pulls"),
        format!("/{REPO}/pull/{number}"),
        format!("/{REPO}/pull/{number}/files"),
    ] {
        let page = exchange(&sim, &get(path.clone())).await;
        assert!(page.status == 200 && page.head.contains("content-security-policy"), "{path}: {}", page.head);
    }
    assert_eq!(exchange(&sim, &get("/octo/nothing".to_owned())).await.status, 404);
    let form = "text=one%0D%0Atwo+%2B+2%0D%0A&message=Shorten";
    let post = |origin: &str| {
        format!(
            "POST /{REPO}/edit/topic/list.txt?pull={number} HTTP/1.1\r\nhost: test\r\nconnection: close\r\norigin: {origin}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        )
    };
    assert_eq!(exchange(&sim, &post("https://elsewhere.example")).await.status, 404);
    assert_eq!(sim.head(REPO, number).unwrap(), head);
    let saved = exchange(&sim, &post(sim.web_url())).await;
    assert!(saved.status == 303 && saved.head.contains(&format!("location: /{REPO}/pull/{number}")), "{}", saved.head);
    assert!(exchange(&sim, &get(format!("/{REPO}/pull/{number}/files"))).await.body.contains("two + 2"));
}
