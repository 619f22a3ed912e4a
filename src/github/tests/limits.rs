//! What is tried again, what is waited for, and what is not sent at all.

use crate::github::tests::fake::*;
use crate::github::{CallError, RequestCounter};
use crate::model::*;
use crate::plan::Operation;
use serde_json::{Value, json};
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
    hold_pauses(&fake);
    let error = client.perform(&comment()).await.unwrap_err();
    assert!(error.is_unclear());
    assert_eq!(fake.lines().len(), 4);
}

/// Half a second and two, give or take a quarter.
fn hold_pauses(fake: &Fake) {
    let pauses: Vec<u128> = fake.pauses.lock().unwrap().drain(..).map(|pause| pause.as_millis()).collect();
    assert!(matches!(*pauses, [375..=625, 1_500..=2_500]), "{pauses:?}");
}

#[tokio::test]
async fn f27_what_the_app_asks_for_itself_and_its_tokens_are_tried_three_times_too() {
    let fake = Fake::start(|_, _| status(503, "unavailable")).await;
    assert_eq!(fake.github(0).list_installations().await, Err(CallError::Server(503)));
    hold_pauses(&fake);
    assert_eq!(fake.client().list_open_pulls(None).await, Err(CallError::Server(503)));
    hold_pauses(&fake);
    assert_eq!(fake.seen.lock().unwrap().len(), 6, "without a token nothing else is sent");
    // The delivery would be sent once more.
    assert_eq!(fake.github(0).redeliver(7).await, Err(CallError::Server(503)));
    assert_eq!(fake.seen.lock().unwrap().len(), 7, "a write is sent once");
}

#[tokio::test]
async fn f48_all_pull_requests_of_a_commit_are_found() {
    let pull = |number: usize, sha: char, state: &str| {
        let side = |sha: char| json!({ "ref": "main", "sha": sha.to_string().repeat(40) });
        json!({ "number": number, "state": state, "base": side('b'), "head": side(sha) })
    };
    let fake = Fake::start(with_tokens(move |seen, _| {
        let numbers = match seen.line.rsplit_once("&page=").map(|(_, page)| page) {
            Some("1") => 101..=200,
            Some("2") => 1..=100,
            _ => 201..=202,
        };
        // One is closed, and one has the commit somewhere below its head.
        let of =
            |number| pull(number, if number == 150 { 'c' } else { 'a' }, if number == 50 { "closed" } else { "open" });
        ok(numbers.rev().map(of).collect())
    }))
    .await;
    let head = CommitId::new(&"a".repeat(40)).unwrap();
    let found = fake.client().find_pulls_for_commit(&head).await.unwrap();
    let numbers: Vec<u64> = found.iter().map(|pull| pull.number.0).collect();
    let expected: Vec<u64> = (1..=202).rev().filter(|number| ![50, 150].contains(number)).collect();
    assert_eq!(numbers, expected);
    assert_eq!(fake.lines().len(), 6, "three pages, and again because a list can change between two of them");
    assert!(fake.lines()[2].ends_with("/pulls?per_page=100&page=3"), "{:?}", fake.lines());
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
async fn f26_graphql_says_in_several_ways_that_it_is_too_much() {
    let too_fast = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    let spent = "API rate limit already exceeded for installation ID 5.";
    let error = |error: Value| json!({ "data": null, "errors": [error] });
    let answers = [
        (200, error(json!({ "type": "RATE_LIMITED", "message": "slow down" }))),
        (200, error(json!({ "type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": spent }))),
        (200, error(json!({ "message": too_fast }))),
        (200, error(json!({ "type": "UNPROCESSABLE", "message": "was submitted too quickly" }))),
        (200, json!({ "message": too_fast, "documentation_url": "https://docs.github.com/graphql" })),
        (200, json!({ "errors": [{ "message": "Something else" }, { "type": "RATE_LIMITED", "message": "slow" }] })),
        (403, json!({ "message": too_fast })),
        (429, json!({ "message": "Too many requests" })),
    ];
    for (status, answer) in answers {
        let body = answer.to_string();
        let fake = Fake::start(with_tokens(move |_, _| Reply(status, vec![], body.clone()))).await;
        let client = fake.client();
        let minute = CallError::SecondaryLimit { retry_after: Duration::from_secs(60) };
        assert_eq!(client.fetch_overview(PullNumber(1)).await.unwrap_err(), minute, "{answer}");
        assert_eq!(client.list_open_pulls(None).await, Err(minute.clone()), "REST waits too");
        // Refused before anything happened: nobody has to look whether it did.
        let resolve = Operation::ResolveThread { thread: "T".into() };
        assert!(!client.perform(&resolve).await.unwrap_err().is_unclear());
        assert_eq!(fake.lines().len(), 1, "{answer}");
    }
}

#[tokio::test]
async fn f26_a_write_that_a_limit_refuses_is_not_unclear_and_not_sent_again() {
    for (status, message) in [(403, "You have exceeded a secondary rate limit"), (422, "was submitted too quickly")] {
        let fake = Fake::start(with_tokens(move |_, _| super::fake::status(status, message))).await;
        let client = fake.client();
        let error = client.perform(&comment()).await.unwrap_err();
        assert_eq!(error, CallError::SecondaryLimit { retry_after: Duration::from_secs(60) }, "{message}");
        assert!(!error.is_unclear() && error.is_temporary());
        client.perform(&comment()).await.unwrap_err();
        assert_eq!(fake.lines(), ["POST /repos/o/r/issues/1/comments"]);
    }
}

#[tokio::test]
async fn f25_the_answer_that_spends_the_hour_is_the_last_one_whatever_its_status() {
    let until = NOW.after(Duration::from_secs(60));
    for status in [200, 404, 409, 422] {
        let fake = Fake::start(with_tokens(move |_, _| {
            let reset = until.unix_seconds().to_string();
            let headers = vec![("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset", reset)];
            Reply(status, headers, if status == 200 { "[]".to_owned() } else { "{}".to_owned() })
        }))
        .await;
        let client = fake.client();
        _ = client.list_open_pulls(None).await;
        assert_eq!(client.list_open_pulls(None).await, Err(CallError::RateLimited { until }), "{status}");
        assert_eq!(fake.lines().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn f25_the_time_of_a_reset_is_told_by_the_clock_of_the_host() {
    for off in [-3_600_000, -90_000, 90_000, 3_600_000] {
        let fake = Fake::start(with_tokens(move |_, _| {
            let reset = (NOW.unix_seconds() + 600).to_string();
            let headers = vec![("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset", reset)];
            Reply(403, headers, json!({ "message": "API rate limit exceeded" }).to_string())
        }))
        .await;
        let client = fake.github(off).repository(InstallationId(5), RepositoryId(7), RepoName::new("o", "r").unwrap());
        let until = Timestamp(NOW.0 + off).after(Duration::from_secs(600));
        for _ in 0..2 {
            assert_eq!(client.list_open_pulls(None).await, Err(CallError::RateLimited { until }), "{off}");
        }
        assert_eq!(fake.lines().len(), 1);
    }
}

#[tokio::test]
async fn f25_near_the_end_of_rest_no_review_begins_with_graphql() {
    let fake = Fake::start(with_tokens(|seen, _| {
        let left = if seen.line.contains("graphql") { "4000" } else { "150" };
        let reset = (NOW.unix_seconds() + 600).to_string();
        let pairs = [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", left), ("x-ratelimit-reset", &*reset)];
        let headers = pairs.map(|(name, value)| (name, value.to_owned()));
        Reply(200, headers.to_vec(), if seen.line.contains("graphql") { "{}" } else { "[]" }.to_owned())
    }))
    .await;
    let github = fake.github(0);
    let client = |counter| {
        let name = RepoName::new("o", "r").unwrap();
        github.repository(InstallationId(5), RepositoryId(7), name).with_counter(counter)
    };
    let begun = client(RequestCounter::new(40));
    begun.list_open_pulls(None).await.unwrap();
    let limited = CallError::RateLimited { until: NOW.after(Duration::from_secs(600)) };
    let new = client(RequestCounter::new(40));
    assert_eq!(new.fetch_overview(PullNumber(1)).await.unwrap_err(), limited);
    assert_eq!(fake.lines().len(), 1, "nothing was asked");
    begun.list_open_pulls(None).await.unwrap();
    client(begun.counter().apart(40)).list_open_pulls(None).await.unwrap();
    client(RequestCounter::concluding(40)).list_open_pulls(None).await.unwrap();
    assert_eq!(fake.lines().len(), 4, "what has begun comes to its end, and a check is concluded");
}

#[tokio::test]
async fn f26_a_limit_on_minting_is_waited_out_by_all_who_need_a_token() {
    let fake = Fake::start(|_, before| {
        let told = vec![("retry-after", "30".to_owned())];
        if before == 0 { Reply(403, told, json!({ "message": "slow down" }).to_string()) } else { minted() }
    })
    .await;
    let github = fake.github(0);
    let name = || RepoName::new("o", "r").unwrap();
    let limited = Err(CallError::SecondaryLimit { retry_after: Duration::from_secs(30) });
    for installation in [5, 5, 6] {
        let client = github.repository(InstallationId(installation), RepositoryId(installation), name());
        assert_eq!(client.list_open_pulls(None).await, limited);
    }
    assert_eq!(fake.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_run_has_a_budget_of_requests() {
    let fake = Fake::start(with_tokens(|_, _| ok(json!([])))).await;
    let client = fake.client().with_counter(RequestCounter::new(2));
    client.list_open_pulls(None).await.unwrap();
    client.list_open_pulls(Some("release/1.x")).await.unwrap();
    assert_eq!(client.list_open_pulls(None).await, Err(CallError::Budget(2)));
    assert_eq!(fake.lines()[1], "GET /repos/o/r/pulls?state=open&base=release/1.x&per_page=100&page=1");
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

#[tokio::test]
async fn f34_an_installation_that_another_ones_end_moved_to_a_read_page_is_found() {
    let installation = |id: usize| json!({ "id": id, "account": { "login": format!("o{id}") } });
    // Number 1 is removed between the first two pages: 101, the first of the second page, moves onto the first one.
    let fake = Fake::start(with_tokens(move |seen, before| {
        let ids: Vec<usize> = match (seen.line.contains("&page=2"), before) {
            (false, 0) => (1..=100).collect(),
            (false, _) => (2..=101).collect(),
            (true, _) => (102..=150).collect(),
        };
        let next = "<https://api.example/app/installations?per_page=100&page=2>; rel=\"next\"".to_owned();
        let links = if seen.line.contains("&page=2") { vec![] } else { vec![("link", next)] };
        Reply(200, links, json!(ids.into_iter().map(installation).collect::<Vec<_>>()).to_string())
    }))
    .await;
    let listed = fake.github(0).list_installations().await.unwrap();
    let ids: Vec<u64> = listed.iter().map(|it| it.id.0).collect();
    assert!(ids.contains(&101), "{ids:?}");
    assert_eq!((ids.len(), fake.lines().len()), (150, 6));
}

#[tokio::test]
async fn f27_graphql_says_what_is_its_own_trouble_and_what_is_ours() {
    let trouble = [
        json!({ "type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded." }),
        json!({ "type": "NOT_HEARD_OF", "message": "Too bad" }),
        json!({ "message": "Something went wrong while executing your query. Please include `X` when reporting this issue." }),
    ];
    let ours = [
        json!({ "type": "UNPROCESSABLE", "message": "Body is too long" }),
        json!({ "message": "Field 'mast' doesn't exist on type 'Boat'", "extensions": { "code": "undefinedField" } }),
    ];
    for (error, temporary) in trouble.into_iter().zip([true; 3]).chain(ours.into_iter().zip([false; 2])) {
        let answer = json!({ "data": { "repository": null }, "errors": [error] });
        let fake = Fake::start(with_tokens(move |_, _| ok(answer.clone()))).await;
        let told = fake.client().fetch_overview(PullNumber(1)).await.unwrap_err();
        assert_eq!((told.is_temporary(), told.is_unclear()), (temporary, temporary), "{told:?}");
    }
}
