//! Operations: chunks of annotations, deletions, reading back.

use crate::github::Answer;
use crate::github::tests::fake::*;
use crate::model::*;
use crate::plan::*;
use serde_json::{Value, json};

fn check(annotations: usize) -> CheckRun {
    let mark = |n| Annotation {
        path: "a".into(),
        start_line: n,
        end_line: n,
        level: AnnotationLevel::Warning,
        title: "t".into(),
        message: "m".into(),
    };
    CheckRun {
        name: "deckhand".into(),
        head: CommitId::new(&"a".repeat(40)).unwrap(),
        external_id: "id".into(),
        details_url: None,
        status: CheckStatus::Completed { conclusion: Conclusion::Failure, completed_at: NOW },
        awaited_until: None,
        started_at: NOW,
        title: "t".into(),
        summary: "s".into(),
        text: String::new(),
        annotations: (1..=annotations as u32).map(mark).collect(),
        actions: vec![],
    }
}

fn sizes(fake: &Fake) -> Vec<(String, usize, Value)> {
    let seen = fake.seen.lock().unwrap();
    let writes = seen.iter().filter(|seen| seen.line.contains("check-runs") && !seen.line.starts_with("GET"));
    writes
        .map(|seen| {
            let count = seen.body["output"]["annotations"].as_array().map_or(0, Vec::len);
            (seen.line.clone(), count, seen.body["status"].clone())
        })
        .collect()
}

#[tokio::test]
async fn annotations_go_out_in_chunks_and_the_last_one_concludes() {
    let fake = Fake::start(with_tokens(|_, _| ok(json!({ "id": 9 })))).await;
    let answer = fake.client().perform(&Operation::CreateCheck(check(120))).await.unwrap();
    assert_eq!(answer, Answer::Check { id: 9, annotations: 120, completed: true });
    let patch = || "PATCH /repos/o/r/check-runs/9".to_owned();
    assert_eq!(
        sizes(&fake),
        [
            ("POST /repos/o/r/check-runs".to_owned(), 50, json!("in_progress")),
            (patch(), 50, json!("in_progress")),
            (patch(), 20, json!("completed")),
        ]
    );
}

#[tokio::test]
async fn an_interrupted_check_is_continued_and_not_repeated() {
    let fake = Fake::start(with_tokens(|seen, _| {
        ok(if seen.line.starts_with("GET") {
            json!({ "total_count": 2, "check_runs": [
                { "id": 8, "external_id": "other", "status": "completed", "output": { "annotations_count": 1 } },
                { "id": 9, "external_id": "id", "status": "in_progress", "output": { "annotations_count": 100 } },
            ] })
        } else {
            json!({ "id": 9 })
        })
    }))
    .await;
    let client = fake.client();
    let operation = Operation::CreateCheck(check(120));
    let found = client.read_back(&operation).await.unwrap().unwrap();
    let rest = found.rest(&operation).unwrap();
    let answer = client.perform(&rest).await.unwrap();
    assert_eq!(sizes(&fake), [("PATCH /repos/o/r/check-runs/9".to_owned(), 20, json!("completed"))]);
    assert_eq!(Answer::Check { id: 9, annotations: 120, completed: true }.rest(&operation), None);
    assert!(matches!(answer, Answer::Check { completed: true, .. }));
}

#[tokio::test]
async fn what_is_gone_is_deleted() {
    let fake = Fake::start(with_tokens(|_, _| status(404, "Not Found"))).await;
    let client = fake.client();
    let operation = Operation::DeleteReviewComment { id: 4 };
    assert_eq!(client.perform(&operation).await, Ok(Answer::Done));
    assert_eq!(client.read_back(&operation).await, Ok(Some(Answer::Done)));
    assert_eq!(client.read_back(&Operation::UpdateSummary { id: 4, body: "b".into() }).await, Ok(None));
}
