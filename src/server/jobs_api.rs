//! `/api/v1/jobs`: jobs and why they stand where they stand; a job that was given up is tried again or dropped by hand.

use super::http::{App, not_found, refusal, refusal_of_a_change, unavailable};
use crate::store::{ByHand, JobState, ListedJob, Touched};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The version of the answers.
const VERSION: u32 = 1;
/// Jobs in one answer.
const MAX_LISTED: u32 = 200;

/// `?state=parked`
#[derive(Deserialize)]
pub(super) struct JobsQuery {
    state: Option<String>,
}

/// `GET /api/v1/jobs`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    query: Result<Query<JobsQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    if let Some(answer) = refusal(&app, &headers) {
        return answer;
    }
    let Ok(Query(query)) = query else {
        return (StatusCode::BAD_REQUEST, "ask for one state: ?state=parked\n").into_response();
    };
    let Some(state) = JobState::parse(query.state.as_deref().unwrap_or(JobState::Parked.as_str())) else {
        let words = JobState::ALL.map(JobState::as_str).join(", ");
        return (StatusCode::BAD_REQUEST, format!("there is no such state; choose one of {words}\n")).into_response();
    };
    // One more than is shown tells whether there are more.
    let mut jobs = match app.shared.store.list_jobs(state, MAX_LISTED + 1).await {
        Ok(jobs) => jobs,
        Err(error) => return unavailable(UNDONE, &error),
    };
    let more = jobs.len() > MAX_LISTED as usize;
    jobs.truncate(MAX_LISTED as usize);
    let jobs: Vec<Value> = jobs.iter().map(|job| render_job(job, state)).collect();
    axum::Json(json!({ "version": VERSION, "jobs": jobs, "more": more })).into_response()
}

/// `POST /api/v1/jobs/{id}/{decision}`: `retry` or `drop`.
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    if let Some(answer) = refusal_of_a_change(&app, &headers) {
        return answer;
    }
    let Ok(Path((id, decision))) = path else { return not_found() };
    let (decision, word) = match decision.as_str() {
        "retry" => (ByHand::Retry, "tried again"),
        "drop" => (ByHand::Drop, "dropped"),
        _ => return not_found(),
    };
    let Ok(id) = id.parse() else { return not_found() };
    let shared = &app.shared;
    match shared.store.decide_by_hand(id, decision, shared.now()).await {
        Ok(Touched::Done(key)) => {
            tracing::info!(key, "job {key} is {word} by hand");
            shared.progressed();
            shared.jobs.notify_waiters();
            axum::Json(json!({ "version": VERSION, "id": id, "key": key })).into_response()
        }
        Ok(Touched::NotParked) => {
            (StatusCode::CONFLICT, "the job is not parked; only a job that was given up is decided on by hand\n")
                .into_response()
        }
        Ok(Touched::Unknown) => not_found(),
        Err(error) => unavailable(UNDONE, &error),
    }
}

/// What the log says when the database fails.
const UNDONE: &str = "the jobs cannot be read or changed";

/// Optional members are absent, never null.
fn render_job(job: &ListedJob, state: JobState) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), json!(job.id));
    out.insert("key".into(), json!(job.key));
    out.insert("state".into(), json!(state.as_str()));
    if let Some(reason) = &job.reason {
        out.insert("reason".into(), json!(reason));
    }
    out.insert("attempts".into(), json!(job.attempts));
    out.insert("installation".into(), json!(job.installation));
    // Of a newer version, whose work this one cannot read, the reason tells.
    if let Some(spec) = &job.spec {
        out.insert("repository".into(), json!(spec.name.to_string()));
        out.insert("work".into(), json!(spec.work));
    }
    if state == JobState::Waiting {
        out.insert("not_before".into(), json!(job.run_after.to_rfc3339()));
    }
    out.insert("since".into(), json!(job.changed_at.to_rfc3339()));
    Value::Object(out)
}
