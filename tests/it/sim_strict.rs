//! The simulated GitHub is as strict as the real one: types of fields, subscriptions, faults, forks, identities.

use crate::server_bench::KEY;
use crate::sim_bench::{APP_ID, REPO, sim};
use crate::sim_client::{Client, json_of};
use deckhand::sim::{Fault, FaultEffect, Kind, SimHandle};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TEXT: &str = "one\ntwo\nthree\n";

/// A repository with one pull request that changes the second line of `list.txt`.
struct World {
    sim: SimHandle,
    client: Client,
    installation: u64,
    number: u64,
    head: String,
}

async fn world() -> World {
    let sim = sim(&[("list.txt", TEXT), ("docs/page.md", "# Page\n")]).await;
    sim.create_repository("octo", "other", &[("a", "b\n")], true);
    let installation = sim.install("octo/other");
    let head = sim.push(REPO, "topic", "mona", "Shout", &[("list.txt", Some("one\nTWO\nthree\n"))], "main");
    let number = sim.open_pull(REPO, "Shout", "", "topic", "main", "mona", false);
    let client = Client::installed(&sim, sim.repository_id(REPO), installation).await;
    World { sim, client, installation, number, head }
}

#[tokio::test]
async fn a_member_of_the_wrong_type_is_refused() {
    let World { sim, client, number, head, .. } = world().await;
    let output = |more: Value| json!({ "name": "lint", "head_sha": head, "output": more });
    let note = |name: &str, value: Value| {
        let mut note =
            json!({ "path": "list.txt", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m" });
        note[name] = value;
        output(json!({ "title": "t", "summary": "s", "annotations": [note] }))
    };
    let line = |name: &str, value: Value| {
        let mut comment = json!({ "path": "list.txt", "line": 2, "side": "RIGHT", "body": "b" });
        comment[name] = value;
        json!({ "commit_id": head, "event": "COMMENT", "comments": [comment] })
    };
    let wrong = [
        ("check-runs".to_owned(), json!({ "name": 7, "head_sha": head })),
        ("check-runs".to_owned(), json!({ "head_sha": head })),
        ("check-runs".to_owned(), json!({ "name": "lint", "head_sha": head, "conclusion": null })),
        ("check-runs".to_owned(), json!({ "name": "lint", "head_sha": head, "conclusion": "good" })),
        ("check-runs".to_owned(), json!({ "name": "lint", "head_sha": head, "status": "done" })),
        ("check-runs".to_owned(), json!({ "name": "lint", "head_sha": head, "actions": [{ "label": "Fix" }] })),
        ("check-runs".to_owned(), output(json!("text"))),
        ("check-runs".to_owned(), output(json!({ "title": "t" }))),
        ("check-runs".to_owned(), output(json!({ "title": "t", "summary": "s", "text": ["x"] }))),
        ("check-runs".to_owned(), output(json!({ "title": "t", "summary": "s", "colour": "red" }))),
        ("check-runs".to_owned(), note("start_line", json!("1"))),
        ("check-runs".to_owned(), note("annotation_level", json!("error"))),
        ("check-runs".to_owned(), note("colour", json!("red"))),
        ("check-runs".to_owned(), note("title", json!("x".repeat(256)))),
        (format!("issues/{number}/comments"), json!({ "body": 7 })),
        (format!("issues/{number}/comments"), json!(["body"])),
        (format!("issues/{number}/comments"), json!({})),
        (format!("issues/{number}/labels"), json!({ "labels": "bug" })),
        (format!("issues/{number}/labels"), json!({ "labels": [7] })),
        (format!("pulls/{number}/reviews"), line("line", json!("2"))),
        (format!("pulls/{number}/reviews"), line("side", json!("MIDDLE"))),
        (format!("pulls/{number}/reviews"), line("start_line", json!(null))),
        (format!("pulls/{number}/reviews"), json!({ "event": "SHRUG", "body": "b" })),
    ];
    for (path, body) in wrong {
        let refused = client.post(&path, &body).await;
        assert_eq!(refused.status, 422, "{path} {body}: {}", refused.body);
        assert!(json_of(&refused)["message"].as_str().unwrap().starts_with("Invalid request."), "{}", refused.body);
    }
    assert!(sim.checks(REPO, &head).is_empty() && sim.comments(REPO, number).is_empty());
    let nested = json_of(&client.post("check-runs", &note("start_line", json!("1"))).await);
    let words = "Invalid request.\n\nFor 'properties/output/annotations/0/start_line', \"1\" is not an integer.";
    assert_eq!(nested["message"], words);
}

#[tokio::test]
async fn an_unknown_query_parameter_is_refused_and_recorded() {
    let World { sim, client, .. } = world().await;
    for path in ["pulls?stat=open", "pulls/1?page=1", "contents/list.txt?reff=main", "commits/main/check-runs?name=x"] {
        assert_eq!(client.get(path).await.status, 422, "{path}");
        assert_eq!(sim.log().last().unwrap().kind, Kind::UnknownQuery, "{path}");
    }
    assert_eq!(client.get("pulls?state=open&per_page=5&page=1").await.status, 200);
    assert_eq!(sim.log().last().unwrap().kind, Kind::Read);
}

/// What comes back on the wire, however little.
async fn raw(client: &Client, method: &str, path: &str, body: &Value) -> String {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head = format!(
        "{method} /api{path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\nuser-agent: test\r\nauthorization: Bearer {}\r\n\
         content-length: {}\r\n\r\n{body}",
        client.token,
        body.len()
    );
    let mut stream = TcpStream::connect(client.sim.web_url().strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    // A reset is as good an end as any.
    _ = stream.read_to_string(&mut text).await;
    text
}

#[tokio::test]
async fn a_dropped_call_brings_not_even_a_status_line() {
    let World { sim, client, number, .. } = world().await;
    let path = format!("/repos/{REPO}/issues/{number}/comments");
    let body = json!({ "body": "Hello" });
    sim.inject(Fault::next("POST", "/comments", FaultEffect::DropBefore));
    assert_eq!(raw(&client, "POST", &path, &body).await, "");
    assert!(sim.comments(REPO, number).is_empty(), "nothing happened");
    sim.inject(Fault::next("POST", "/comments", FaultEffect::DropAfter));
    assert_eq!(raw(&client, "POST", &path, &body).await, "");
    assert_eq!(sim.comments(REPO, number).len(), 1, "it happened");
    let log: Vec<u16> = sim.log().iter().rev().take(2).map(|it| it.status).collect();
    assert_eq!(log, [201, 0]);
    assert!(raw(&client, "POST", &path, &body).await.starts_with("HTTP/1.1 201 "));
}

#[tokio::test]
async fn one_call_waits_and_the_others_do_not() {
    let World { sim, client, number, .. } = world().await;
    sim.inject(Fault::next("GET", "/pulls/", FaultEffect::Delay(Duration::from_secs(3600))));
    let slow = Client { sim: sim.clone(), token: client.token.clone(), headers: client.headers.clone() };
    let slow = tokio::spawn(async move { slow.get("pulls/1").await });
    // One of the two waits for an hour, whichever came first; the other does not.
    let path = format!("pulls/{number}");
    tokio::select! {
        answer = slow => assert_eq!(answer.unwrap().status, 200),
        answer = client.get(&path) => assert_eq!(answer.status, 200),
    }
    assert_eq!(client.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_new_token_is_unknown_for_its_first_calls() {
    let World { sim, installation, .. } = world().await;
    sim.refuse_new_tokens(2);
    let client = Client::installed(&sim, sim.repository_id(REPO), installation).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(client.get("pulls").await.status);
    }
    assert_eq!(answers, [401, 401, 200]);
}

#[tokio::test]
async fn late_reads_know_the_head_of_before_the_last_pushes() {
    let World { sim, client, number, head, .. } = world().await;
    let second = sim.push(REPO, "topic", "mona", "Again", &[("list.txt", Some("ONE\n"))], "");
    let third = sim.push(REPO, "topic", "mona", "And again", &[("list.txt", Some("1\n"))], "");
    let rest = format!("pulls/{number}");
    let query = json!({
        "query": "query Head($number: Int!) { repository(owner: \"octo\", name: \"hello\") { pullRequest(number: $number) { headRefOid } } }",
        "variables": { "number": number },
    });
    sim.inject(Fault::next("GET", "/pulls/", FaultEffect::StaleBy(2)).times(2));
    for wanted in [&head, &head, &third] {
        assert_eq!(json_of(&client.get(&rest).await)["head"]["sha"], wanted.as_str());
    }
    sim.inject(Fault::next("", "headRefOid", FaultEffect::Stale).times(2));
    for wanted in [&second, &second, &third] {
        let seen = json_of(&client.post("/graphql", &query).await);
        assert_eq!(seen["data"]["repository"]["pullRequest"]["headRefOid"], wanted.as_str());
    }
    let object = json!({
        "query": "query Found($oid: GitObjectID!, $file: String!) { repository(owner: \"octo\", name: \"hello\") { object(oid: $oid) { __typename } file: object(expression: $file) { __typename } } }",
        "variables": { "oid": third, "file": format!("{third}:list.txt") },
    });
    sim.inject(Fault::next("", "query Found", FaultEffect::Stale));
    let looked = |known: Value, file: Value| json!({ "object": known, "file": file });
    for wanted in
        [looked(Value::Null, Value::Null), looked(json!({ "__typename": "Commit" }), json!({ "__typename": "Blob" }))]
    {
        let seen = json_of(&client.post("/graphql", &object).await);
        assert_eq!(seen["data"]["repository"], wanted, "a commit is not known before its push");
    }
    sim.inject(Fault::next("GET", "/compare/", FaultEffect::Stale));
    for wanted in [404, 200] {
        assert_eq!(client.get(&format!("compare/{head}...{third}")).await.status, wanted);
    }
    sim.inject(Fault::next("", "", FaultEffect::Stale));
    let said = client.post(&format!("issues/{number}/comments"), &json!({ "body": "Kept" })).await;
    assert_eq!(said.status, 201);
    assert_eq!(sim.comments(REPO, number).len(), 1, "a write is never lost in the past");
}

#[tokio::test]
async fn a_graphql_fault_is_found_by_its_document_or_its_variables() {
    let World { sim, client, .. } = world().await;
    let ask = |name: &str| json!({ "query": "query Look($name: String!) { repository(owner: \"octo\", name: $name) { id } }", "variables": { "name": name } });
    let broken =
        || FaultEffect::Answer { status: 502, body: json!({ "message": "Server Error" }), headers: Vec::new() };
    sim.inject(Fault::next("POST", "query Look", broken()));
    assert_eq!(client.post("/graphql", &ask("hello")).await.status, 502);
    sim.inject(Fault::next("POST", "\"name\":\"hello\"", broken()));
    assert_eq!(client.post("/graphql", &ask("other")).await.status, 200);
    assert_eq!(client.post("/graphql", &ask("hello")).await.status, 502);
    sim.inject(Fault::next("POST", "/graphql", Fault::graphql_limit(sim.clock().now() + 60)));
    let limited = client.post("/graphql", &ask("hello")).await;
    assert_eq!((limited.status, &json_of(&limited)["errors"][0]["type"]), (200, &json!("RATE_LIMIT")));
}

#[tokio::test]
async fn the_hour_of_an_installation_ends_and_begins_again() {
    let World { sim, client, .. } = world().await;
    let reset = sim.clock().now() + 60;
    sim.set_quota(2, reset);
    let first = client.get("pulls").await;
    assert!(first.status == 200 && first.head.contains("x-ratelimit-remaining: 1\r\n"), "{}", first.head);
    assert!(first.head.contains(&format!("x-ratelimit-reset: {reset}\r\n")), "{}", first.head);
    assert_eq!(client.get("pulls").await.status, 200);
    let refused = client.get("pulls").await;
    assert!(refused.status == 403 && refused.head.contains("x-ratelimit-remaining: 0\r\n"), "{}", refused.head);
    assert!(refused.body.contains("API rate limit exceeded for installation ID"), "{}", refused.body);
    let graphql = json!({ "query": "{ viewer { login } }" });
    assert!(client.post("/graphql", &graphql).await.body.contains("\"data\""), "GraphQL has an hour of its own");
    client.post("/graphql", &graphql).await;
    let refused = client.post("/graphql", &graphql).await;
    assert_eq!((refused.status, &json_of(&refused)["errors"][0]["type"]), (200, &json!("RATE_LIMIT")));
    assert_eq!(json_of(&client.get("/rate_limit").await)["rate"]["remaining"], 0);
    assert_eq!(Client::app(&sim, 540).get("/app").await.status, 200, "the app itself has its own");
    sim.clock().advance(Duration::from_secs(61));
    assert!(client.get("pulls").await.head.contains("x-ratelimit-remaining: 4999\r\n"));
    for (wait, header) in [(Some(9), true), (None, false)] {
        sim.inject(Fault::next("GET", "/pulls", Fault::secondary_limit(wait)));
        let refused = client.get("pulls").await;
        assert_eq!((refused.status, refused.head.contains("retry-after: 9\r\n")), (403, header));
    }
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_twice() {
    let World { sim, mut client, installation, number, .. } = world().await;
    let path = format!("pulls/{number}");
    let first = client.get(&path).await;
    assert!(first.head.contains("x-github-media-type: github.v3; format=json\r\n"), "{}", first.head);
    // The client lowers every letter of the head.
    let tag = first.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().replace("w/", "W/");
    client.headers.push(("if-none-match", tag));
    let again = client.get(&path).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let left =
        |head: &str| head.lines().find_map(|line| line.strip_prefix("x-ratelimit-remaining: ")).unwrap().to_owned();
    assert_eq!(left(&first.head), left(&again.head), "it costs nothing");
    let mut other = Client::installed(&sim, sim.repository_id(REPO), installation).await;
    other.headers = client.headers.clone();
    assert_eq!(other.get(&path).await.status, 200, "a tag dies with its token");
    sim.push(REPO, "topic", "mona", "Again", &[("list.txt", Some("x\n"))], "");
    assert_eq!(client.get(&path).await.status, 200, "it changed");
}

fn told(sim: &SimHandle, since: usize) -> Vec<(String, String, String)> {
    let place = |body: &Value| body["repository"]["full_name"].as_str().unwrap_or_default().to_owned();
    sim.deliveries().into_iter().skip(since).map(|it| (place(&it.body), it.event, it.action)).collect()
}

fn heard(all: &[(String, String, String)]) -> Vec<String> {
    all.iter().map(|(place, event, action)| format!("{place} {event} {action}").trim().to_owned()).collect()
}

#[tokio::test]
async fn an_app_hears_what_it_subscribed_to_and_may_read() {
    let World { sim, number, .. } = world().await;
    sim.set_deliver(false);
    sim.set_webhook_url(APP_ID, Some("http://127.0.0.1:9/"));
    sim.subscribe(APP_ID, &["pull_request"]);
    let since = sim.count_deliveries();
    sim.comment(REPO, number, "mona", "Nobody listens");
    sim.label(REPO, number, "mona", "bug");
    assert_eq!(heard(&told(&sim, since)), ["octo/hello pull_request labeled"]);
    sim.subscribe(APP_ID, &["issue_comment"]);
    let since = sim.count_deliveries();
    sim.comment(REPO, number, "mona", "Now somebody does");
    sim.label(REPO, number, "mona", "nice");
    sim.push(REPO, "topic", "mona", "Again", &[("list.txt", Some("x\n"))], "");
    let now = heard(&told(&sim, since));
    // Who may write checks hears of checks without asking for it.
    assert_eq!(now, ["octo/hello issue_comment created", "octo/hello check_suite requested"]);
    sim.withdraw_permission("checks");
    let since = sim.count_deliveries();
    sim.push(REPO, "topic", "mona", "And again", &[("list.txt", Some("y\n"))], "");
    assert!(told(&sim, since).is_empty());
    sim.create_repository("octo", "third", &[("a", "b\n")], false);
    sim.install("octo/third");
    assert_eq!(heard(&told(&sim, since)), ["installation_repositories added"], "always told");
}

#[tokio::test]
async fn a_pull_request_follows_the_branch_of_its_own_repository() {
    let World { sim, client, number, head, .. } = world().await;
    sim.set_deliver(false);
    sim.set_webhook_url(APP_ID, Some("http://127.0.0.1:9/"));
    let fork = sim.fork(REPO, "ada");
    let first = sim.push("ada/hello", "topic", "ada", "Mine", &[("list.txt", Some("mine\n"))], "main");
    let from_fork = sim.open_pull(REPO, "Mine", "", "ada:topic", "main", "ada", false);
    assert_eq!(heard(&told(&sim, 0)), ["octo/hello pull_request opened"], "a fork's push is nobody's business");
    let pull = json_of(&client.get(&format!("pulls/{from_fork}")).await);
    assert_eq!((&pull["head"]["label"], &pull["head"]["repo"]["id"]), (&json!("ada:topic"), &json!(fork)));
    assert_eq!((&pull["head"]["sha"], &pull["head"]["repo"]["fork"]), (&json!(first), &json!(true)));
    assert_eq!((&pull["base"]["repo"]["full_name"], &pull["changed_files"]), (&json!(REPO), &json!(1)));

    let since = sim.count_deliveries();
    let second = sim.push("ada/hello", "topic", "ada", "Still mine", &[("list.txt", Some("mine!\n"))], "");
    assert_eq!(heard(&told(&sim, since)), ["octo/hello pull_request synchronize"]);
    assert_eq!((sim.head(REPO, from_fork), sim.head(REPO, number)), (Some(second.clone()), Some(head)));
    let since = sim.count_deliveries();
    let newer = sim.push(REPO, "topic", "mona", "Ours", &[("list.txt", Some("ours\n"))], "");
    assert_eq!(
        heard(&told(&sim, since)),
        ["octo/hello push", "octo/hello check_suite requested", "octo/hello pull_request synchronize"]
    );
    assert_eq!((sim.head(REPO, from_fork), sim.head(REPO, number)), (Some(second.clone()), Some(newer)));

    let check = client.post("check-runs", &json!({ "name": "lint", "head_sha": second })).await;
    assert_eq!(
        (check.status, &json_of(&check)["pull_requests"]),
        (201, &json!([])),
        "pull requests of forks are left out"
    );
    let compared = json_of(&client.get("compare/main...ada:topic").await);
    assert_eq!((&compared["status"], &compared["ahead_by"]), (&json!("ahead"), &json!(3)));
    assert_eq!(client.get("/repos/ada/hello/pulls").await.status, 200, "everybody sees a public repository");
    let check = json!({ "name": "lint", "head_sha": second });
    let refused = client.post("/repos/ada/hello/check-runs", &check).await;
    assert_eq!(refused.status, 403, "the app is not installed there");

    sim.delete_repository("ada/hello");
    let pull = json_of(&client.get(&format!("pulls/{from_fork}")).await);
    assert_eq!((&pull["head"]["repo"], &pull["head"]["sha"]), (&json!(null), &json!(second)));
    let query = format!(
        "{{ repository(owner: \"octo\", name: \"hello\") {{ pullRequest(number: {from_fork}) {{ isCrossRepository headRef {{ name }} headRepository {{ id }} headRefOid }} }} }}"
    );
    let seen = json_of(&client.post("/graphql", &json!({ "query": query })).await);
    let seen = &seen["data"]["repository"]["pullRequest"];
    assert_eq!(
        *seen,
        json!({ "isCrossRepository": true, "headRef": null, "headRepository": null, "headRefOid": second })
    );
    sim.render_pull_text(REPO, from_fork);
}

/// The status of `GET /app` with these claims.
async fn as_app(sim: &SimHandle, claims: &Value) -> u16 {
    let mut client = Client::app(sim, 540);
    let key = EncodingKey::from_rsa_pem(KEY.as_bytes()).unwrap();
    client.token = encode(&Header::new(Algorithm::RS256), claims, &key).unwrap();
    client.get("/app").await.status
}

#[tokio::test]
async fn an_apps_own_token_lives_ten_minutes() {
    let World { sim, .. } = world().await;
    let now = sim.clock().now();
    let claims = |issued: i64, end: i64| json!({ "iat": now + issued, "exp": now + end, "iss": APP_ID });
    for (issued, end, status) in [
        (-60, 600, 200),
        (0, 600, 200),
        (60, 660, 200),
        (0, 661, 401),
        (61, 600, 401),
        (-600, 0, 401),
        (-600, -30, 401),
        (-600, 600, 401),
    ] {
        assert_eq!(as_app(&sim, &claims(issued, end)).await, status, "{issued} {end}");
    }
    let mut other = claims(0, 600);
    for (issuer, status) in
        [(json!("1"), 200), (json!("Iv1.0000000000000001"), 200), (json!(2), 401), (json!(null), 401)]
    {
        other["iss"] = issuer.clone();
        assert_eq!(as_app(&sim, &other).await, status, "{issuer}");
    }
}

#[tokio::test]
async fn a_token_is_as_narrow_as_it_was_asked_for() {
    let World { sim, installation, number, head, .. } = world().await;
    let app = Client::app(&sim, 540);
    let path = format!("/app/installations/{installation}/access_tokens");
    let body = json!({ "repositories": ["hello"], "permissions": { "checks": "read", "pull_requests": "read" } });
    let made = app.post(&path, &body).await;
    let (status, made) = (made.status, json_of(&made));
    assert_eq!((status, &made["permissions"]), (201, &json!({ "checks": "read", "pull_requests": "read" })));
    assert_eq!((&made["repositories"][0]["full_name"], &made["repositories"][1]), (&json!(REPO), &json!(null)));
    let mut client = Client::app(&sim, 540);
    made["token"].as_str().unwrap().clone_into(&mut client.token);
    assert_eq!(client.get(&format!("pulls/{number}")).await.status, 200);
    assert_eq!(client.get("/repos/octo/other").await.status, 404, "not asked for");
    assert_eq!(client.post("check-runs", &json!({ "name": "lint", "head_sha": head })).await.status, 403, "only read");
    assert_eq!(client.get("contents/list.txt").await.status, 403, "not asked for");
    assert_eq!(json_of(&client.get("/installation/repositories").await)["total_count"], 1);
    sim.clock().advance(Duration::from_secs(3600));
    assert_eq!(client.get(&format!("pulls/{number}")).await.status, 401, "expired");
    let app = Client::app(&sim, 540);
    for refused in [
        json!({ "repositories": ["nothing"] }),
        json!({ "repositories": ["hello", "nothing"] }),
        json!({ "repositories": [] }),
        json!({ "repository_ids": [1] }),
        json!({ "repository_ids": ["1"] }),
        json!({ "permissions": { "administration": "read" } }),
        json!({ "permissions": { "contents": "write" } }),
        json!({ "permissions": { "checks": "own" } }),
        json!({ "permissions": "checks" }),
    ] {
        assert_eq!(app.post(&path, &refused).await.status, 422, "{refused}");
    }
    assert_eq!(app.send("POST", &path, None).await.status, 201, "everything, without a body");
}

#[tokio::test]
async fn objects_reactions_suites_and_replies_are_served() {
    let World { sim, client, number, head, .. } = world().await;
    let tree = json_of(&client.get("git/trees/main?recursive=1").await);
    let paths: Vec<&str> = tree["tree"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["docs", "docs/page.md", "list.txt"]);
    let flat = json_of(&client.get(&format!("git/trees/{}", tree["sha"].as_str().unwrap())).await);
    assert_eq!((flat["tree"].as_array().unwrap().len(), &flat["truncated"]), (2, &json!(false)));
    let blob = json_of(&client.get(&format!("git/blobs/{}", tree["tree"][2]["sha"].as_str().unwrap())).await);
    assert_eq!((&blob["size"], &blob["content"]), (&json!(14), &json!("b25lCnR3bwp0aHJlZQo=")));
    assert_eq!(client.get(&format!("git/blobs/{head}")).await.status, 404, "a commit is no blob");

    let comment = sim.comment(REPO, number, "mona", "Well?").unwrap();
    let path = format!("issues/comments/{comment}/reactions");
    let sign = json!({ "content": "+1" });
    let first = client.post(&path, &sign).await;
    assert_eq!((first.status, client.post(&path, &sign).await.status), (201, 200), "once");
    assert_eq!(client.post(&path, &json!({ "content": "shrug" })).await.status, 422);
    assert_eq!(json_of(&client.get(&path).await)[0]["user"]["login"], "deckhand[bot]");
    assert_eq!(sim.comments(REPO, number)[0]["reactions"]["+1"], 1);
    assert_eq!(client.post(&path.replace("issues", "pulls"), &sign).await.status, 404, "not on a line");
    let gone = client.send("DELETE", &format!("{path}/{}", json_of(&first)["id"]), None).await;
    assert_eq!((gone.status, &sim.comments(REPO, number)[0]["reactions"]["total_count"]), (204, &json!(0)));

    let line = json!({ "path": "list.txt", "line": 2, "side": "RIGHT", "body": "Why?" });
    let review = json!({ "commit_id": head, "event": "COMMENT", "comments": [line] });
    assert_eq!(client.post(&format!("pulls/{number}/reviews"), &review).await.status, 200);
    let asked = sim.review_comments(REPO, number)[0]["id"].clone();
    let said = client.post(&format!("pulls/{number}/comments/{asked}/replies"), &json!({ "body": "Because." })).await;
    let said = (said.status, json_of(&said));
    assert_eq!((said.0, &said.1["in_reply_to_id"], &said.1["user"]["type"]), (201, &asked, &json!("Bot")));
    let nested = format!("pulls/{number}/comments/{}/replies", said.1["id"]);
    assert_eq!(client.post(&nested, &json!({ "body": "No." })).await.status, 404, "replies have no replies");

    sim.set_deliver(false);
    sim.set_webhook_url(APP_ID, Some("http://127.0.0.1:9/"));
    let run = json_of(&client.post("check-runs", &json!({ "name": "lint", "head_sha": head })).await);
    let suites = json_of(&client.get(&format!("commits/{head}/check-suites?check_name=lint")).await);
    assert_eq!((&suites["total_count"], &suites["check_suites"][0]["id"]), (&json!(1), &run["check_suite"]["id"]));
    let suite = json_of(&client.get(&format!("check-suites/{}", run["check_suite"]["id"])).await);
    assert_eq!((&suite["head_sha"], &suite["app"]["id"]), (&json!(head), &json!(APP_ID)));
    let since = sim.count_deliveries();
    assert_eq!(client.post(&format!("check-runs/{}/rerequest", run["id"]), &json!({})).await.status, 201);
    assert_eq!(heard(&told(&sim, since)), ["octo/hello check_run rerequested"]);
    assert_eq!(client.get(&format!("commits/{head}/statuses")).await.status, 403, "statuses are not granted");
}

#[tokio::test]
async fn a_renamed_repository_is_found_by_its_number() {
    let World { sim, client, number, .. } = world().await;
    let id = sim.repository_id(REPO);
    sim.rename(REPO, "hi", "mona");
    let moved = client.get(&format!("pulls/{number}/files?page=1")).await;
    let place = format!("{}/repositories/{id}/pulls/{number}/files?page=1", sim.api_url());
    assert_eq!((moved.status, &json_of(&moved)["url"]), (301, &json!(place)));
    assert!(moved.head.contains(&format!("location: {place}\r\n")), "{}", moved.head);
    let followed = json_of(&client.get(&format!("/repositories/{id}/pulls/{number}")).await);
    assert_eq!(followed["base"]["repo"]["full_name"], "octo/hi");
    let ask = |more: &str| json!({ "query": format!("{{ repository(owner: \"octo\", name: \"hello\"{more}) {{ nameWithOwner }} }}") });
    assert_eq!(json_of(&client.post("/graphql", &ask("")).await)["data"]["repository"]["nameWithOwner"], "octo/hi");
    let strict = json_of(&client.post("/graphql", &ask(", followRenames: false")).await);
    assert_eq!(strict["errors"][0]["type"], "NOT_FOUND");
    sim.create_repository("octo", "hello", &[("a", "b\n")], false);
    assert_eq!(client.get(&format!("pulls/{number}")).await.status, 404, "another one has the name now");
}

#[tokio::test]
async fn deliveries_are_listed_as_they_were_tried() {
    let World { sim, number, .. } = world().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let receiver = tokio::spawn(async move {
        let mut heads = Vec::new();
        for status in ["500 Internal Server Error", "202 Accepted", "202 Accepted"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = String::new();
            while !text.contains("\r\n\r\n") || !text.ends_with('}') {
                let mut part = [0; 65_536];
                let read = stream.read(&mut part).await.unwrap();
                text.push_str(std::str::from_utf8(&part[..read]).unwrap());
            }
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            heads.push(text);
        }
        heads
    });
    sim.set_webhook_url(APP_ID, Some(&format!("http://{address}/hook")));
    sim.label(REPO, number, "mona", "one");
    sim.label(REPO, number, "mona", "two");
    sim.settle().await;
    sim.set_deliver(false);
    sim.label(REPO, number, "mona", "never sent");
    sim.set_deliver(true);

    let app = Client::app(&sim, 540);
    let all = json_of(&app.get("/app/hook/deliveries").await);
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 2, "what was never sent is not there");
    assert_eq!((&all[1]["status_code"], &all[1]["status"]), (&json!(500), &json!("Internal Server Error")));
    assert_eq!((&all[0]["status_code"], &all[0]["redelivery"]), (&json!(202), &json!(false)));
    assert!(all[0]["duration"].is_number());
    let failed = json_of(&app.get("/app/hook/deliveries?status=failure").await);
    assert_eq!((failed.as_array().unwrap().len(), &failed[0]["id"]), (1, &all[1]["id"]));

    let attempt = app.post(&format!("/app/hook/deliveries/{}/attempts", all[1]["id"]), &json!({})).await;
    assert_eq!(attempt.status, 202);
    sim.settle().await;
    let mut path = "/app/hook/deliveries?per_page=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = app.get(&path).await;
        assert!(!page.head.contains("rel=\"last\""), "cursors only go on");
        seen.extend(json_of(&page).as_array().unwrap().iter().map(|it| (it["guid"].clone(), it["redelivery"] == true)));
        let next = page.head.lines().find_map(|line| line.strip_prefix("link: <")?.strip_suffix(">; rel=\"next\""));
        let Some(next) = next else { break };
        path = next.strip_prefix(sim.api_url()).unwrap().to_owned();
    }
    let (first, second) = (all[1]["guid"].clone(), all[0]["guid"].clone());
    assert_eq!(seen, [(first.clone(), true), (second, false), (first, false)]);
    assert_eq!(app.get("/app/hook/deliveries?page=2").await.status, 422);
    assert_eq!(app.get("/app/hook/deliveries?cursor=2").await.status, 422);

    let texts = receiver.await.unwrap();
    for name in ["\r\nx-hub-signature: sha1=", "\r\nx-hub-signature-256: sha256="] {
        assert!(texts[0].contains(name), "{}", texts[0]);
    }
    let body = |text: &str| text.split_once("\r\n\r\n").unwrap().1.to_owned();
    assert_eq!(body(&texts[0]), body(&texts[2]), "the same bytes again");
}
