//! Every route of the simulated GitHub once, and every payload: each is as GitHub describes it.

use crate::sim_bench::{APP_ID, REPO, check_sim, sim};
use crate::sim_client::{Client, json_of};
use serde_json::{Value, json};

#[tokio::test]
async fn every_route_answers_as_github_describes_it() {
    let sim = sim(&[("list.txt", "one\ntwo\n"), ("docs/page.md", "# Page\n")]).await;
    sim.set_deliver(false);
    sim.set_webhook_url(APP_ID, Some("http://127.0.0.1:9/"));
    sim.create_repository("octo", "second", &[("a", "b\n")], true);
    let installation = sim.install("octo/second");
    let head = sim.push(REPO, "topic", "mona", "Shout", &[("list.txt", Some("one\nTWO\n"))], "main");
    let number = sim.open_pull(REPO, "Shout", "Loud.", "topic", "main", "mona", false);
    sim.label(REPO, number, "mona", "bug");
    sim.comment(REPO, number, "mona", "Hello");
    let app = Client::app(&sim, 540);
    let client = Client::installed(&sim, sim.repository_id(REPO), installation).await;

    let check = json!({ "name": "lint", "head_sha": head, "status": "in_progress" });
    let check = made(&client, "check-runs", &check).await;
    let comment = made(&client, &format!("issues/{number}/comments"), &json!({ "body": "First" })).await;
    made(&client, &format!("issues/{number}/labels"), &json!({ "labels": ["ready"] })).await;
    let note = json!({ "path": "list.txt", "line": 2, "side": "RIGHT", "body": "Why?" });
    let review = json!({ "commit_id": head, "event": "COMMENT", "body": "See below", "comments": [note] });
    made(&client, &format!("pulls/{number}/reviews"), &review).await;
    let on_line = sim.review_comments(REPO, number)[0]["id"].as_u64().unwrap();
    sim.request_review(REPO, number, "mona", "ada");
    sim.request_review(REPO, number, "mona", "team/core");
    sim.assign(REPO, number, "mona", "ada");

    made(&client, &format!("pulls/{number}/comments/{on_line}/replies"), &json!({ "body": "So." })).await;
    for sort in ["issues", "pulls"] {
        let subject = if sort == "issues" { comment.clone() } else { json!(on_line) };
        made(&client, &format!("{sort}/comments/{subject}/reactions"), &json!({ "content": "eyes" })).await;
    }
    for (path, body) in [
        (format!("check-runs/{check}"), json!({ "conclusion": "success", "output": { "title": "T", "summary": "S" } })),
        (format!("issues/comments/{comment}"), json!({ "body": "Second" })),
        (format!("pulls/comments/{on_line}"), json!({ "body": "Really?" })),
    ] {
        let answer = client.send("PATCH", &path, Some(body.to_string())).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    let reads = [
        "/rate_limit".to_owned(),
        "/installation/repositories".to_owned(),
        format!("/repos/{REPO}"),
        "branches".to_owned(),
        "branches/main".to_owned(),
        "collaborators/mona/permission".to_owned(),
        "contents/docs/page.md".to_owned(),
        "pulls?state=all&base=main".to_owned(),
        format!("pulls/{number}"),
        format!("pulls/{number}/files"),
        format!("pulls/{number}/commits"),
        format!("pulls/{number}/reviews"),
        format!("pulls/{number}/requested_reviewers"),
        format!("pulls/{number}/comments"),
        format!("pulls/comments/{on_line}"),
        format!("issues/{number}/comments"),
        format!("issues/comments/{comment}"),
        format!("issues/{number}/labels"),
        format!("issues/{number}/events"),
        format!("compare/main...{head}"),
        format!("commits/{head}"),
        format!("commits/{head}/pulls"),
        format!("commits/{head}/check-runs?filter=all"),
        format!("check-runs/{check}"),
        format!("check-runs/{check}/annotations"),
        format!("commits/{head}/check-suites"),
        format!("check-suites/{}", sim.checks(REPO, &head)[0]["check_suite"]["id"]),
        "git/trees/main?recursive=1".to_owned(),
        format!("git/blobs/{}", json_of(&client.get("git/trees/main").await)["tree"][1]["sha"].as_str().unwrap()),
        format!("issues/comments/{comment}/reactions"),
        format!("pulls/comments/{on_line}/reactions"),
    ];
    for path in reads {
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    let suite = sim.checks(REPO, &head)[0]["check_suite"]["id"].clone();
    assert_eq!(client.send("POST", &format!("check-suites/{suite}/rerequest"), None).await.status, 201);

    sim.set_deliver(true);
    sim.label(REPO, number, "mona", "tried");
    sim.settle().await;
    sim.set_deliver(false);
    let deliveries = json_of(&app.get("/app/hook/deliveries").await);
    let delivery = format!("/app/hook/deliveries/{}", deliveries[0]["id"]);
    for path in ["/app", "installation", &delivery] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    assert_eq!(app.send("POST", &format!("{delivery}/attempts"), None).await.status, 202);
    for path in [format!("issues/comments/{comment}"), format!("pulls/comments/{on_line}")] {
        assert_eq!(client.send("DELETE", &path, None).await.status, 204, "{path}");
    }
    assert_eq!(client.send("DELETE", &format!("issues/{number}/labels/ready"), None).await.status, 200);
    check_sim(&sim);
    // The description wants this list's accounts to be a user and an enterprise at once; GitHub itself gives users.
    assert_eq!(json_of(&app.get("/app/installations").await)[0]["account"]["login"], "octo");
}

#[tokio::test]
async fn every_payload_is_as_github_describes_it() {
    let sim = sim(&[("list.txt", "one\ntwo\n")]).await;
    sim.set_deliver(false);
    sim.set_webhook_url(APP_ID, Some("http://127.0.0.1:9/"));
    sim.create_repository("octo", "second", &[("a", "b\n")], true);
    sim.install("octo/second");
    sim.subscribe(
        APP_ID,
        &["pull_request", "pull_request_review", "push", "check_run", "check_suite", "issue_comment"],
    );
    sim.create_repository("ada", "own", &[("a", "b\n")], true);
    sim.install("ada/own");
    sim.push(REPO, "topic", "mona", "Shout", &[("list.txt", Some("one\nTWO\n"))], "main");
    let number = sim.open_pull(REPO, "Shout", "", "topic", "main", "mona", true);
    sim.push(REPO, "other", "mona", "Begin another base", &[("b", Some("c\n"))], "main");
    sim.edit_pull(REPO, number, "mona", Some("Shout louder"), Some("Because."), Some("other"));
    sim.ready(REPO, number, "mona");
    sim.convert_to_draft(REPO, number, "mona");
    sim.assign(REPO, number, "mona", "ada");
    sim.request_review(REPO, number, "mona", "ada");
    sim.request_review(REPO, number, "mona", "team/core");
    sim.review(REPO, number, "ada", "APPROVED", "");
    sim.label(REPO, number, "mona", "bug");
    sim.unlabel(REPO, number, "mona", "bug");
    sim.push(REPO, "topic", "mona", "Louder", &[("list.txt", None)], "");
    sim.close(REPO, number, "mona");
    sim.reopen(REPO, number, "mona");
    sim.comment(REPO, number, "mona", "Hello");
    let head = sim.head(REPO, number).unwrap();
    let installation = sim.deliveries()[0].body["installation"]["id"].as_u64().unwrap();
    let client = Client::installed(&sim, sim.repository_id(REPO), installation).await;
    let check =
        made(&client, "check-runs", &json!({ "name": "lint", "head_sha": head, "conclusion": "success" })).await;
    sim.rerequest_check(REPO, check.as_u64().unwrap(), "mona");
    sim.ping(APP_ID);
    sim.suspend("octo");
    sim.unsuspend("octo");
    let told: Vec<String> = sim.deliveries().into_iter().map(|it| format!("{} {}", it.event, it.action)).collect();
    for wanted in [
        "ping ",
        "installation created",
        "installation suspend",
        "installation unsuspend",
        "installation_repositories added",
        "push ",
        "check_suite requested",
        "pull_request opened",
        "pull_request edited",
        "pull_request ready_for_review",
        "pull_request converted_to_draft",
        "pull_request assigned",
        "pull_request review_requested",
        "pull_request_review submitted",
        "pull_request labeled",
        "pull_request unlabeled",
        "pull_request synchronize",
        "pull_request closed",
        "pull_request reopened",
        "issue_comment created",
        "check_run created",
        "check_run completed",
        "check_run rerequested",
    ] {
        assert!(told.iter().any(|it| it == wanted), "{wanted}: {told:#?}");
    }
    check_sim(&sim);
}

/// Creates something; its id, if it has one.
async fn made(client: &Client, path: &str, body: &Value) -> Value {
    let answer = client.post(path, body).await;
    assert!([200, 201].contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
    json_of(&answer)["id"].clone()
}
