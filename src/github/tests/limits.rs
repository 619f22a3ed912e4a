//! What is tried again, what is waited for, and what is not sent at all.

use crate::github::tests::fake::*;
use crate::github::{CallError, RequestCounter};
use crate::model::*;
use crate::plan::Operation;
use serde_json::json;
use std::time::Duration;

fn comment() -> Operation {
    Operation::CreateSummary { number: PullNumber(1), body: "b".into() }
}

#[tokio::test]
async fn f27_reads_are_tried_three_times_and_writes_once() {
    let fake = Fake::start(with_tokens(|_, _| status(502, "bad gateway"))).await;
    let client = fake.client();
    assert_eq!(client.list_open_pulls(None).await, Err(CallError::Server(502)));
    assert_eq!(fake.lines().len(), 3);
    let pauses: Vec<u128> = fake.pauses.lock().unwrap().iter().map(Duration::as_millis).collect();
    assert!(matches!(*pauses, [375..=625, 1_500..=2_500]), "{pauses:?}");
    let error = client.perform(&comment()).await.unwrap_err();
    assert!(error.is_unclear());
    assert_eq!(fake.lines().len(), 4);
}

#[tokio::test]
async fn after_a_limit_nothing_is_sent_for_that_installation() {
    let reset = (NOW.unix_seconds() + 60).to_string();
    let fake = Fake::start(with_tokens(move |_, _| {
        let headers = vec![("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset", reset.clone())];
        Reply(403, headers, json!({ "message": "API rate limit exceeded" }).to_string())
    }))
    .await;
    let github = fake.github(0);
    let name = || RepoName::new("o", "r").unwrap();
    let client = github.repository(InstallationId(5), RepositoryId(7), name());
    let limited = CallError::RateLimited { until: NOW.after(Duration::from_secs(60)) };
    assert_eq!(client.list_open_pulls(None).await, Err(limited.clone()));
    assert_eq!(client.list_open_pulls(None).await, Err(limited.clone()));
    assert_eq!(fake.lines().len(), 1);
    let other = github.repository(InstallationId(6), RepositoryId(8), name());
    assert_eq!(other.list_open_pulls(None).await, Err(limited));
    assert_eq!(fake.lines().len(), 2);
}

#[tokio::test]
async fn a_secondary_limit_inside_graphql_is_one() {
    let fake =
        Fake::start(with_tokens(|_, _| ok(json!({ "errors": [{ "type": "RATE_LIMITED", "message": "slow down" }] }))))
            .await;
    let error = fake.client().fetch_overview(PullNumber(1)).await.unwrap_err();
    assert_eq!(error, CallError::SecondaryLimit { retry_after: Duration::from_secs(60) });
}

#[tokio::test]
async fn a_run_has_a_budget_of_requests() {
    let fake = Fake::start(with_tokens(|_, _| ok(json!([])))).await;
    let client = fake.client().with_counter(RequestCounter::new(2));
    client.list_open_pulls(None).await.unwrap();
    client.list_open_pulls(Some("release/1.x")).await.unwrap();
    assert_eq!(client.list_open_pulls(None).await, Err(CallError::Budget(2)));
    assert_eq!(fake.lines()[1], "GET /repos/o/r/pulls?state=open&per_page=100&page=1&base=release/1.x");
}

#[tokio::test]
async fn f34_a_pull_request_that_another_ones_end_moved_to_a_read_page_is_found() {
    let pull = |number: usize| {
        let side = json!({ "ref": "main", "sha": "a".repeat(40) });
        json!({ "number": number, "state": "open", "base": side, "head": side })
    };
    // Number 150 is closed between the first two pages: 50, the first of the second page, moves onto the first one.
    let fake = Fake::start(with_tokens(move |seen, before| {
        let numbers: Vec<usize> = match (seen.line.contains("&page=2"), before) {
            (false, 0) => (51..=150).rev().collect(),
            (false, _) => (50..150).rev().collect(),
            (true, _) => (1..50).rev().collect(),
        };
        ok(numbers.into_iter().map(pull).collect())
    }))
    .await;
    let listed = fake.client().list_open_pulls(None).await.unwrap();
    let numbers: Vec<u64> = listed.iter().map(|pull| pull.number.0).collect();
    assert!(numbers.contains(&50), "{numbers:?}");
    assert_eq!((numbers.len(), fake.lines().len()), (150, 6));
}
