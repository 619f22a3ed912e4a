//! The API of jobs: what was given up is visible with its reason, and is tried again or dropped by hand.

use crate::server_bench::{Bench, Order, Request, TOKEN, pull_request};
use deckhand::server::JobError;
use serde_json::{Value, json};

async fn parked(bench: &Bench) -> Value {
    let answer = bench.send(Request::get("/api/v1/jobs?state=parked").with_token()).await;
    assert_eq!(answer.status, 200);
    serde_json::from_str(&answer.body).unwrap()
}

/// A job that was given up; its id.
async fn give_up(bench: &Bench, guid: &str, number: u64) -> u64 {
    let reason = "the app lacks the permission `checks: write`".to_owned();
    bench.handler.orders.lock().unwrap().push(Order::Fail(JobError::Fatal { reason }));
    bench.send(Request::delivery(guid, "pull_request", &pull_request("opened", number))).await;
    bench.server.idle().await.unwrap();
    parked(bench).await["jobs"][0]["id"].as_u64().unwrap()
}

#[tokio::test]
async fn f17_a_parked_job_is_visible_and_tried_again_or_dropped_by_hand() {
    let bench = Bench::start().await;
    let id = give_up(&bench, "g-1", 7).await;
    let expected = json!({ "version": 1, "more": false, "jobs": [{
        "id": id, "key": "5/pull/7", "state": "parked", "attempts": 1, "installation": 3, "repository": "octo/hello",
        "reason": "the app lacks the permission `checks: write`", "since": "2026-11-21T12:00:00Z",
        "work": { "kind": "review_pull", "number": 7, "cause": "opened" },
    }] });
    assert_eq!(parked(&bench).await, expected);
    let metrics = bench.send(Request::get("/metrics").with_token()).await.body;
    assert!(metrics.contains("\ndeckhand_jobs_parked 1\n"), "{metrics}");

    let retry = format!("/api/v1/jobs/{id}/retry");
    let answer = bench.send(Request::post(&retry, b"").with_token()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    bench.server.idle().await.unwrap();
    let done = bench.handler.done.lock().unwrap().clone();
    assert_eq!(done, [("5/pull/7".to_owned(), 1), ("5/pull/7".to_owned(), 1)], "with all its attempts");
    assert_eq!(parked(&bench).await["jobs"], json!([]));
    assert_eq!(bench.send(Request::post(&retry, b"").with_token()).await.status, 409, "it is done");

    let id = give_up(&bench, "g-2", 8).await;
    assert_eq!(bench.send(Request::post(&format!("/api/v1/jobs/{id}/drop"), b"").with_token()).await.status, 200);
    assert_eq!(parked(&bench).await["jobs"], json!([]));
    let done = bench.send(Request::get("/api/v1/jobs?state=done").with_token()).await;
    assert!(done.body.contains("dropped by hand"), "{}", done.body);
    bench.send(Request::delivery("g-3", "pull_request", &pull_request("synchronize", 8))).await;
    bench.server.idle().await.unwrap();
    assert_eq!(bench.handler.done.lock().unwrap().last(), Some(&("5/pull/8".to_owned(), 1)), "new work wakes it");
    bench.server.shutdown().await;
}

#[tokio::test]
async fn f65_jobs_are_for_the_bearer_of_the_token_and_a_cookie_changes_nothing() {
    let bench = Bench::start().await;
    let id = give_up(&bench, "g-1", 7).await;
    let (list, retry) = ("/api/v1/jobs?state=parked", format!("/api/v1/jobs/{id}/retry"));
    let form = format!("token={TOKEN}&to=/runs/{}", "0".repeat(32));
    let login = Request::post("/login", form.as_bytes()).with("content-type", "application/x-www-form-urlencoded");
    let login = bench.send(login).await;
    let cookie = login.head.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(bench.send(Request::get(list)).await.status, 401);
    assert_eq!(bench.send(Request::get(list).with("cookie", &cookie)).await.status, 200);
    for request in [Request::post(&retry, b""), Request::post(&retry, b"").with("cookie", &cookie)] {
        assert_eq!(bench.send(request).await.status, 401, "another site could have sent it");
    }
    assert_eq!(bench.send(Request::get(&retry).with_token()).await.status, 405);
    assert_eq!(parked(&bench).await["jobs"].as_array().unwrap().len(), 1);
    for odd in ["/api/v1/jobs/x/retry", "/api/v1/jobs/99/retry", "/api/v1/jobs/1/explode", "/api/v1/jobs/-1/drop"] {
        assert_eq!(bench.send(Request::post(odd, b"").with_token()).await.status, 404, "{odd}");
    }
    let bad = bench.send(Request::get("/api/v1/jobs?state=lost").with_token()).await;
    assert_eq!((bad.status, bad.body.contains("parked")), (400, true));
    bench.server.shutdown().await;

    let closed = Bench::start_with(&[("DECKHAND_ADMIN_TOKEN", "")]).await;
    for request in [Request::get(list), Request::post(&retry, b"").with("authorization", "Bearer ")] {
        assert_eq!(closed.send(request).await.status, 404);
    }
    closed.server.shutdown().await;
}

#[tokio::test]
async fn f65_the_answer_does_not_tell_whether_a_run_exists() {
    let bench = Bench::start().await;
    let (some, none) = (crate::server_pages::save_run(&bench).await, "0".repeat(32));
    for path in ["/api/v1/runs", "/runs"] {
        let ask = async |id: &str| {
            let answer = bench.send(Request::get(&format!("{path}/{id}"))).await;
            let body = answer.body.replace(id, "ID");
            let head: Vec<String> =
                answer.head.lines().filter(|it| !it.starts_with("date:")).map(|it| it.replace(id, "ID")).collect();
            (head, body)
        };
        assert_eq!(ask(some.as_str()).await, ask(&none).await, "{path}");
    }
    bench.server.shutdown().await;
}
