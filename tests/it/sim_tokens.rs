//! The simulated GitHub's tokens of people and of jobs, and its commit statuses, hold to what GitHub documents.

use crate::sim_bench::{REPO, check_sim, sim};
use crate::sim_client::{Client, json_of};
use deckhand::sim::SimHandle;
use serde_json::{Value, json};

fn client(sim: &SimHandle, token: String) -> Client {
    Client { sim: sim.clone(), token, headers: vec![("user-agent", "test".to_owned())] }
}

/// A pull request from a branch, one from a fork, and the head of the first.
async fn world() -> (SimHandle, u64, u64, String) {
    let sim = sim(&[("list.txt", "one\ntwo\n")]).await;
    let edits = [("list.txt", Some("one\nTWO\n"))];
    let head = sim.push(REPO, "topic", "mona", "Shout", &edits, "main");
    let own = sim.open_pull(REPO, "Shout", "", "topic", "main", "mona", false);
    sim.fork(REPO, "hubot");
    sim.push("hubot/hello", "topic", "hubot", "Shout", &edits, "main");
    let forked = sim.open_pull(REPO, "Shout", "", "hubot:topic", "main", "hubot", false);
    (sim, own, forked, head)
}

fn status(more: &Value) -> Value {
    let mut status = json!({ "state": "success", "context": "lint", "description": "Fine" });
    for (name, value) in more.as_object().unwrap() {
        status[name] = value.clone();
    }
    status
}

#[tokio::test]
async fn statuses_are_set_listed_and_combined() {
    let (sim, _, _, head) = world().await;
    let mona = client(&sim, sim.user_token("mona"));
    for (state, context) in [("pending", "lint"), ("success", "lint"), ("success", "deckhand/local")] {
        let set = mona.post(&format!("statuses/{head}"), &status(&json!({ "state": state, "context": context }))).await;
        assert_eq!((set.status, &json_of(&set)["creator"]["login"]), (201, &json!("mona")), "{}", set.body);
    }
    let list = json_of(&mona.get(&format!("commits/{head}/statuses")).await);
    let states: Vec<&Value> = list.as_array().unwrap().iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["success", "success", "pending"], "the newest first");
    let combined = json_of(&mona.get(&format!("commits/{head}/status?per_page=1")).await);
    assert_eq!((&combined["state"], &combined["total_count"]), (&json!("success"), &json!(2)));
    assert_eq!(combined["statuses"].as_array().unwrap().len(), 1, "one page of them");
    let second = mona.get("commits/topic/status?per_page=1&page=2").await;
    assert_eq!(json_of(&second)["statuses"][0]["context"], "lint");
    assert!(second.head.contains("rel=\"prev\""), "{}", second.head);
    mona.post(&format!("statuses/{head}"), &status(&json!({ "state": "error", "context": "lint" }))).await;
    assert_eq!(json_of(&mona.get(&format!("commits/{head}/status")).await)["state"], "failure");
    check_sim(&sim);
}

#[tokio::test]
async fn a_status_that_github_would_not_take_is_refused() {
    let (sim, _, _, head) = world().await;
    let mona = client(&sim, sim.user_token("mona"));
    let to = format!("statuses/{head}");
    for (path, more) in [
        (to.as_str(), json!({ "state": "neutral" })),
        (&to, json!({ "description": "x".repeat(141) })),
        (&to, json!({ "context": "x".repeat(256) })),
        (&to, json!({ "context": "" })),
        (&to, json!({ "target_url": "javascript:alert(1)" })),
        (&to, json!({ "colour": "red" })),
        ("statuses/topic", json!({})),
        (&format!("statuses/{}", "f".repeat(40)), json!({})),
    ] {
        let refused = mona.post(path, &status(&more)).await;
        assert_eq!(refused.status, 422, "{path} {more}: {}", refused.body);
    }
    assert_eq!(json_of(&mona.get(&format!("commits/{head}/statuses")).await), json!([]));
}

#[tokio::test]
async fn people_talk_where_they_see_and_write_where_they_may() {
    let (sim, number, _, head) = world().await;
    let (mona, hubot) = (client(&sim, sim.user_token("mona")), client(&sim, sim.user_token("hubot")));
    let (statuses, comments) = (format!("statuses/{head}"), format!("issues/{number}/comments"));
    let hidden = hubot.post(&statuses, &status(&json!({}))).await;
    assert_eq!((hidden.status, &json_of(&hidden)["message"]), (404, &json!("Not Found")));
    let said = json_of(&hubot.post(&comments, &json!({ "body": "Hello" })).await)["id"].clone();
    let other = json_of(&mona.post(&comments, &json!({ "body": "Hello" })).await)["id"].clone();
    let edit = Some(json!({ "body": "Bye" }).to_string());
    assert_eq!(hubot.send("PATCH", &format!("issues/comments/{said}"), edit.clone()).await.status, 200);
    assert_eq!(hubot.send("PATCH", &format!("issues/comments/{other}"), edit.clone()).await.status, 403);
    assert_eq!(mona.send("PATCH", &format!("issues/comments/{said}"), edit).await.status, 200);
    assert_eq!(hubot.post(&format!("issues/{number}/labels"), &json!({ "labels": ["x"] })).await.status, 403);
    let check = mona.post("check-runs", &json!({ "name": "lint", "head_sha": head })).await;
    let words = "You must authenticate via a GitHub App.";
    assert_eq!((check.status, &json_of(&check)["message"]), (403, &json!(words)));

    let narrow = client(&sim, sim.fine_grained_token("mona", &[("contents", "read"), ("statuses", "write")]));
    assert_eq!(narrow.post(&statuses, &status(&json!({}))).await.status, 201);
    let refused = narrow.post(&comments, &json!({ "body": "Hello" })).await;
    let words = "Resource not accessible by personal access token";
    assert_eq!((refused.status, &json_of(&refused)["message"]), (403, &json!(words)));
    let wide = client(&sim, sim.fine_grained_token("hubot", &[("statuses", "write")]));
    assert_eq!(wide.post(&statuses, &status(&json!({}))).await.status, 403, "no more than the person");
    check_sim(&sim);
}

#[tokio::test]
async fn a_jobs_token_is_an_apps_and_a_forks_can_only_read() {
    let (sim, own, forked, head) = world().await;
    let permissions = [("contents", "read"), ("pull_requests", "write"), ("statuses", "write")];
    let job = |number, event| client(&sim, sim.actions_token(REPO, number, event, &permissions));
    let comment = |client: Client, number: u64| async move {
        let said = client.post(&format!("issues/{number}/comments"), &json!({ "body": "Hello" })).await;
        (said.status, json_of(&said)["user"]["login"].clone(), json_of(&said)["message"].clone())
    };
    let bot = (201, json!("github-actions[bot]"), Value::Null);
    let refused = (403, Value::Null, json!("Resource not accessible by integration"));
    assert_eq!(comment(job(own, "pull_request"), own).await, bot);
    assert_eq!(comment(job(forked, "pull_request"), forked).await, refused);
    assert_eq!(comment(job(forked, "pull_request_target"), forked).await, bot);

    let fork = job(forked, "pull_request");
    assert_eq!(fork.get(&format!("pulls/{forked}")).await.status, 200);
    assert_eq!(fork.post(&format!("statuses/{head}"), &status(&json!({}))).await.status, 403);
    let list = format!("commits/{head}/check-runs");
    assert_eq!(fork.get(&list).await.status, 403, "what the workflow does not name is not granted");
    sim.create_repository("octo", "secret", &[("a", "b\n")], true);
    assert_eq!(fork.get("/repos/octo/secret").await.status, 404, "it is for one repository");
    let asked = json!({ "query": "{ viewer { login } }" });
    assert_eq!(json_of(&fork.post("/graphql", &asked).await)["data"]["viewer"]["login"], "github-actions[bot]");
    check_sim(&sim);
}
