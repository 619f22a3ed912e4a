//! Unclear answers, refused lines, missing permissions.

#![allow(clippy::unwrap_used, reason = "a test may stop anywhere")]

use super::*;
use crate::github::CallError;
use crate::github::tests::fake::*;
use crate::model::*;
use crate::plan::*;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn head() -> CommitId {
    CommitId::new(&"a".repeat(40)).unwrap()
}

fn check() -> Operation {
    Operation::CreateCheck(CheckRun {
        name: "deckhand".into(),
        head: head(),
        external_id: "id".into(),
        details_url: None,
        status: CheckStatus::InProgress,
        awaited_until: None,
        started_at: NOW,
        title: "t".into(),
        summary: "s".into(),
        text: String::new(),
        annotations: vec![],
        actions: vec![],
    })
}

fn plan(operations: Vec<Operation>) -> Plan {
    Plan { head: head(), run: "r".into(), recheck_head: None, operations }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_not_repeated() {
    // The write happens, its answer is a 502, and it shows only in the second read.
    let fake = Fake::start(with_tokens(|seen, before| match (seen.line.starts_with("GET"), before) {
        (false, _) => status(502, "bad gateway"),
        (true, 0) => ok(json!({ "check_runs": [] })),
        (true, _) => ok(json!({ "check_runs": [
            { "id": 9, "external_id": "id", "status": "in_progress", "output": { "annotations_count": 0 } }
        ] })),
    }))
    .await;
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(vec![check()])).await.unwrap();
    assert_eq!(report.done.len(), 1);
    assert_eq!(fake.lines().iter().filter(|line| line.starts_with("POST")).count(), 1);
    assert_eq!(*fake.pauses.lock().unwrap(), [Duration::from_secs(10)]);
}

#[tokio::test]
async fn a_write_that_did_not_happen_is_repeated_after_two_reads() {
    let fake = Fake::start(with_tokens(|seen, before| match (seen.line.starts_with("GET"), before) {
        (true, _) => ok(json!({ "check_runs": [] })),
        (false, 0) => status(502, "bad gateway"),
        (false, _) => ok(json!({ "id": 9 })),
    }))
    .await;
    carry_out(&Outbox::none(), &fake.client(), &plan(vec![check()])).await.unwrap().leave();
    let methods: Vec<String> = fake.lines().iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(methods, ["POST", "GET", "GET", "POST"]);
}

fn review(lines: std::ops::Range<u32>) -> Operation {
    let comment = |line: u32| ReviewComment {
        path: "a".into(),
        side: Side::Right,
        start_line: None,
        line,
        body: format!("x\n\n<!-- deckhand:v1 finding={line} op=r.0 body=b -->"),
    };
    Operation::CreateReview { number: PullNumber(1), head: head(), comments: lines.map(comment).collect() }
}

#[tokio::test]
async fn one_refused_line_does_not_take_the_others_along() {
    let fake = Fake::start(with_tokens(|seen, _| {
        let lines: Vec<&Value> = seen.body["comments"].as_array().unwrap().iter().map(|it| &it["line"]).collect();
        if lines.contains(&&json!(3)) {
            status(422, "pull_request_review_thread.line must be part of the diff")
        } else {
            ok(json!({ "id": 1 }))
        }
    }))
    .await;
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(vec![review(0..10)])).await.unwrap();
    assert_eq!(report.refused.iter().map(|comment| comment.line).collect::<Vec<_>>(), [3]);
    let seen = fake.seen.lock().unwrap().clone();
    let posted: Vec<String> = seen
        .iter()
        .filter_map(|seen| seen.body["comments"].as_array())
        .flatten()
        .map(|comment| parse_finding_marker(comment["body"].as_str().unwrap()).unwrap().operation)
        .collect();
    assert!(posted.contains(&"r.0b".to_owned()), "{posted:?}");
}

#[tokio::test]
async fn a_refusal_that_names_no_line_costs_one_comment_or_all_and_ends() {
    let unnamed = || status(422, "Validation Failed");
    let fake = Fake::start(with_tokens(move |seen, _| {
        let comments = seen.body["comments"].as_array().unwrap();
        if comments.iter().any(|it| it["line"] == 3) { unnamed() } else { ok(json!({ "id": 1 })) }
    }))
    .await;
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(vec![review(0..20)])).await.unwrap();
    assert_eq!(report.refused.iter().map(|comment| comment.line).collect::<Vec<_>>(), [3]);
    // The same for every comment: all of them are named, after a few attempts.
    let fake = Fake::start(with_tokens(move |_, _| unnamed())).await;
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(vec![review(0..200)])).await.unwrap();
    assert_eq!((report.refused.len(), report.done.len()), (200, 0), "GitHub took none");
    assert!(fake.lines().len() <= 13, "{:?}", fake.lines());
}

#[tokio::test]
async fn a_text_that_github_refuses_costs_no_other() {
    let fake = Fake::start(with_tokens(|seen, _| {
        if seen.line.ends_with("comments/5") { status(422, "Body is invalid") } else { ok(json!({ "id": 1 })) }
    }))
    .await;
    let edit = |id| Operation::UpdateReviewComment { id, body: "b".into() };
    let all = vec![check(), edit(5), edit(6), Operation::DeleteReviewComment { id: 7 }];
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(all)).await.unwrap();
    assert_eq!(report.done.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 2, 3]);
    assert_eq!(report.forbidden.len(), 1);
}

#[tokio::test]
async fn without_the_permission_for_comments_the_check_is_written() {
    let fake = Fake::start(with_tokens(|seen, _| {
        if seen.line.contains("check-runs") {
            ok(json!({ "id": 1 }))
        } else {
            status(403, "Resource not accessible by integration")
        }
    }))
    .await;
    let summary = Operation::CreateSummary { number: PullNumber(1), body: "b".into() };
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(vec![check(), review(0..1), summary])).await.unwrap();
    assert_eq!((report.done.len(), report.forbidden.len()), (1, 2));
}

#[tokio::test]
async fn comments_stay_away_from_a_head_that_moved() {
    let fake = Fake::start(with_tokens(|seen, _| {
        ok(if seen.line.starts_with("GET") { json!({ "head": { "sha": "b".repeat(40) } }) } else { json!({ "id": 1 }) })
    }))
    .await;
    let plan = Plan { recheck_head: Some(PullNumber(1)), ..plan(vec![check(), review(0..1)]) };
    let report = carry_out(&Outbox::none(), &fake.client(), &plan).await.unwrap();
    assert!(report.head_moved);
    assert_eq!(fake.lines().iter().filter(|line| line.contains("reviews")).count(), 0);
}

#[tokio::test]
async fn after_a_restart_the_unfinished_write_is_settled_first() {
    let dir = tempfile::tempdir().unwrap();
    let store = crate::store::Store::open(&format!("sqlite:{}", dir.path().join("s.db").display())).await.unwrap();
    let outbox = Outbox::durable(&store, "7/pull/1", None);
    let broken = std::sync::Arc::new(AtomicBool::new(true));
    let switch = broken.clone();
    let fake =
        Fake::start(with_tokens(move |seen, _| match (switch.load(Ordering::SeqCst), seen.line.starts_with("GET")) {
            (true, _) => status(502, "bad gateway"),
            (false, true) => ok(json!({ "check_runs": [
            { "id": 9, "external_id": "id", "status": "in_progress", "output": { "annotations_count": 0 } }
        ] })),
            (false, false) => panic!("the write happened already"),
        }))
        .await;
    let client = fake.client();
    let error = carry_out(&outbox, &client, &plan(vec![check()])).await.unwrap_err();
    assert!(matches!(error, PublishError::Unclear(CallError::Server(502))));
    broken.store(false, Ordering::SeqCst);
    assert_eq!(settle(&outbox, &client).await.unwrap(), 1);
    assert_eq!(settle(&outbox, &client).await.unwrap(), 0);
    // The same plan again finds its answer recorded.
    carry_out(&outbox, &client, &plan(vec![check()])).await.unwrap().leave();
}

fn set_status() -> Operation {
    Operation::SetStatus(CommitStatus {
        head: head(),
        context: "deckhand/local".into(),
        state: StatusState::Success,
        description: "No problems".into(),
        target_url: None,
    })
}

#[tokio::test]
async fn a_status_that_may_not_be_set_takes_nothing_along() {
    let fake = Fake::start(with_tokens(|seen, _| {
        // So GitHub answers people who may not push.
        if seen.line.contains("/statuses/") { status(404, "Not Found") } else { ok(json!({ "id": 7 })) }
    }))
    .await;
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(vec![set_status(), review(0..1)])).await.unwrap();
    assert_eq!((report.done.len(), report.forbidden.len()), (1, 0));
    assert_eq!(report.unset, ["only those who may push to the repository set a commit status"]);
}

#[tokio::test]
async fn f33_a_refusal_by_whoever_has_the_name_now_is_tried_again_and_not_taken_for_a_missing_permission() {
    for refusal in [(403, "Resource not accessible by integration"), (404, "Not Found")] {
        let fake = Fake::start(with_tokens(move |seen, _| {
            if seen.line == "GET /repos/o/r" { ok(json!({ "id": 8 })) } else { status(refusal.0, refusal.1) }
        }))
        .await;
        for operation in [check(), set_status(), review(0..1)] {
            let error = carry_out(&Outbox::none(), &fake.client(), &plan(vec![operation])).await.unwrap_err();
            assert!(matches!(error, PublishError::Call(CallError::Moved)), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_status_is_read_back_after_an_unclear_answer() {
    let newest = |state: &str| {
        json!({ "statuses": [{ "context": "deckhand/local", "state": state, "description": "No problems",
            "target_url": null }] })
    };
    // The write happened, and shows in the second read only.
    let fake = Fake::start(with_tokens(move |seen, before| match (seen.line.starts_with("GET"), before) {
        (false, _) => status(502, "bad gateway"),
        (true, 0) => ok(newest("pending")),
        (true, _) => ok(newest("success")),
    }))
    .await;
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(vec![set_status()])).await.unwrap();
    assert_eq!(report.done, [(0, crate::github::Answer::Done)]);
    assert_eq!(fake.lines().iter().filter(|line| line.starts_with("POST")).count(), 1);
    assert_eq!(*fake.pauses.lock().unwrap(), [Duration::from_secs(10)]);
}

#[tokio::test]
async fn a_status_is_bound_to_its_commit_also_when_the_head_moved() {
    let fake = Fake::start(with_tokens(|seen, _| {
        ok(if seen.line.starts_with("GET") { json!({ "head": { "sha": "b".repeat(40) } }) } else { json!({ "id": 1 }) })
    }))
    .await;
    let plan = Plan { recheck_head: Some(PullNumber(1)), ..plan(vec![set_status(), review(0..1)]) };
    let report = carry_out(&Outbox::none(), &fake.client(), &plan).await.unwrap();
    assert_eq!((report.head_moved, report.done.len()), (true, 1));
}

#[tokio::test]
async fn f39_annotations_that_show_late_are_not_sent_again() {
    // The second chunk arrives, its answer is a 502, and the first read does not count it yet.
    let fake = Fake::start(with_tokens(|seen, before| match (seen.line.split(' ').next(), before) {
        (Some("PATCH"), 0) => status(502, "bad gateway"),
        (Some("GET"), _) => ok(json!({ "check_runs": [{
            "id": 9, "external_id": "id", "status": "in_progress",
            "output": { "annotations_count": if before == 0 { 50 } else { 100 } },
        }] })),
        _ => ok(json!({ "id": 9 })),
    }))
    .await;
    let Operation::CreateCheck(mut check) = check() else { panic!("a check") };
    let mark = |line| Annotation {
        path: "a".into(),
        start_line: line,
        end_line: line,
        level: AnnotationLevel::Warning,
        title: "t".into(),
        message: "m".into(),
    };
    check.annotations = (1..=120).map(mark).collect();
    let report = carry_out(&Outbox::none(), &fake.client(), &plan(vec![Operation::CreateCheck(check)])).await.unwrap();
    assert_eq!(report.done.len(), 1);
    let seen = fake.seen.lock().unwrap().clone();
    let sent = |seen: &Seen| seen.body["output"]["annotations"].as_array().map(Vec::len);
    assert_eq!(seen.iter().filter_map(sent).collect::<Vec<_>>(), [50, 50, 20]);
    assert_eq!(*fake.pauses.lock().unwrap(), [Duration::from_secs(10)]);
}
