//! `GET /`: what the robot did lately, what it has in hand, and what it gave up.

use super::http::{App, unavailable};
use super::pages::{PageQuery, page, refuse_page, title_of};
use crate::store::{JobCounts, JobState, ListedJob, RunHeadline, StoreError, VERSION};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use std::sync::Arc;

/// Runs on the page.
const MAX_RUNS: u32 = 50;
/// Jobs on the page that were given up; `GET /api/v1/jobs` has more.
const MAX_JOBS: u32 = 20;

/// `GET /`
pub(super) async fn show(
    State(app): State<Arc<App>>,
    query: Result<Query<PageQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    if let Some(answer) = refuse_page(&app, "/", query, &headers) {
        return answer;
    }
    match load(&app).await {
        Ok((counts, parked, runs)) => render(&app, &counts, &parked, &runs).into_response(),
        Err(error) => unavailable("the dashboard cannot be loaded", &error),
    }
}

async fn load(app: &App) -> Result<(JobCounts, Vec<ListedJob>, Vec<RunHeadline>), StoreError> {
    let store = &app.shared.store;
    let counts = store.count_jobs(app.shared.now()).await?;
    Ok((counts, store.list_jobs(JobState::Parked, MAX_JOBS).await?, store.list_runs(MAX_RUNS).await?))
}

fn render(app: &App, counts: &JobCounts, parked: &[ListedJob], runs: &[RunHeadline]) -> Html<String> {
    page(
        "Deckhand",
        html! {
            h1 { "Deckhand" }
            p {
                "Version " (VERSION) ". Jobs: " (counts.running) " in hand, " (counts.due) " due, "
                (counts.later) " for later, " (counts.parked) " given up."
            }
            @if !parked.is_empty() { (render_parked(parked, counts.parked)) }
            h2 { "Newest runs" }
            @if runs.is_empty() { p { "None yet. The first pull request that is opened brings one." } }
            @if !runs.is_empty() {
                table {
                    tr { th { "Judged" } th { "Conclusion" } th { "When" } }
                    @for run in runs { (render_headline(app, run)) }
                }
            }
        },
    )
}

fn render_headline(app: &App, run: &RunHeadline) -> Markup {
    let word = run.conclusion.map_or("unknown", |conclusion| conclusion.as_str());
    html! {
        tr {
            td { a href=(app.access.locate(&format!("/runs/{}", run.id))) { (title_of(&run.name, run.number, &run.head)) } }
            td class=(word) { (word) }
            td { (run.created_at.to_rfc3339()) }
        }
    }
}

fn render_parked(parked: &[ListedJob], all: u64) -> Markup {
    html! {
        h2 { "Given up" }
        p {
            code { "POST /api/v1/jobs/{id}/retry" } " with the admin token has one tried again, "
            code { "POST /api/v1/jobs/{id}/drop" } " drops it."
            @if all > parked.len() as u64 { " These are the newest " (parked.len()) " of " (all) "." }
        }
        table {
            tr { th { "Id" } th { "Job" } th { "Reason" } th { "Since" } }
            @for job in parked {
                tr {
                    td { (job.id) }
                    td { @if let Some(spec) = &job.spec { (spec.name) " " } code { (job.key) } }
                    td { (job.reason.as_deref().unwrap_or("unknown")) }
                    td { (job.changed_at.to_rfc3339()) }
                }
            }
        }
    }
}
