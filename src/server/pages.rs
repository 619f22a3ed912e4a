//! A run as a page for people and as JSON for programs; the form that turns the admin token into a cookie.

use super::access::Entry;
use super::http::{App, not_found, refusal};
use super::markdown::render_markdown;
use crate::model::{CommitId, Effect, Finding, Overridden, PullNumber, RepoName, RuleState, Verdict, render_report};
use crate::plan::make_visible;
use crate::store::{RunId, RunRecord};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Form, FromRequest, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// A browser has sent the form by then.
const FORM_TIMEOUT: Duration = Duration::from_secs(30);

/// `?token=..` of a page: the token is traded for a cookie and leaves the address bar.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    token: Option<String>,
}

/// What a browser sees that may not see the page, or shows its token for it.
pub(super) fn refuse_page(
    app: &App,
    page: &str,
    query: Result<Query<PageQuery>, QueryRejection>,
    headers: &HeaderMap,
) -> Option<Response> {
    // What asks in another way than our links do shows no token.
    let token = query.ok().and_then(|Query(query)| query.token);
    match app.access.check(headers) {
        Entry::Closed => Some(not_found()),
        Entry::Denied => Some(match token {
            Some(token) => trade(app, &token, page),
            None => (StatusCode::UNAUTHORIZED, render_login(app, page, false)).into_response(),
        }),
        // Also a person who is already known loses the token from the address bar.
        Entry::Granted => token.map(|_| Redirect::to(&app.access.locate(page)).into_response()),
    }
}

/// `GET /runs/{id}`
pub(super) async fn run_page(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    query: Result<Query<PageQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Some(id) = parse_id(id) else { return not_found() };
    if let Some(answer) = refuse_page(&app, &format!("/runs/{id}"), query, &headers) {
        return answer;
    }
    match load(&app, &id).await {
        Ok((run, verdict)) => render_run(&app, &run, &verdict).into_response(),
        Err(answer) => *answer,
    }
}

/// `GET /api/v1/runs/{id}`
pub(super) async fn run_json(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    if let Some(answer) = refusal(&app, &headers) {
        return answer;
    }
    let Some(id) = parse_id(id) else { return not_found() };
    match load(&app, &id).await {
        Ok((_, verdict)) => {
            // Byte for byte what `deckhand replay --format json` prints.
            let text = format!("{:#}\n", render_report(&verdict));
            ([(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
        Err(answer) => *answer,
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct LoginForm {
    token: String,
    to: String,
}

/// `POST /login`
pub(super) async fn login(State(app): State<Arc<App>>, request: Request) -> Response {
    let form = tokio::time::timeout(FORM_TIMEOUT, Form::<LoginForm>::from_request(request, &()));
    let Ok(Ok(Form(form))) = form.await else { return not_found() };
    // Only our own pages: never a redirect to where a stranger's link wants.
    let ours = form.to == "/" || form.to.strip_prefix("/runs/").is_some_and(|id| RunId::parse(id).is_some());
    if ours { trade(&app, &form.token, &form.to) } else { not_found() }
}

fn trade(app: &App, token: &str, to: &str) -> Response {
    match app.access.set_cookie() {
        None => not_found(),
        Some(cookie) if app.access.is_token(token) => {
            ([(header::SET_COOKIE, cookie)], Redirect::to(&app.access.locate(to))).into_response()
        }
        Some(_) => (StatusCode::UNAUTHORIZED, render_login(app, to, true)).into_response(),
    }
}

fn parse_id(id: Result<Path<String>, PathRejection>) -> Option<RunId> {
    id.ok().and_then(|Path(id)| RunId::parse(&id))
}

async fn load(app: &App, id: &RunId) -> Result<(RunRecord, Verdict), Box<Response>> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(run = %id, error = %error, "run {id} cannot be loaded: {error}");
        Box::new((StatusCode::SERVICE_UNAVAILABLE, "the run cannot be loaded now\n").into_response())
    };
    let run =
        app.shared.store.load_run(id).await.map_err(|error| failed(&error))?.ok_or_else(|| Box::new(not_found()))?;
    let verdict = serde_json::from_str(&run.verdict).map_err(|error| failed(&error))?;
    Ok((run, verdict))
}

fn render_login(app: &App, to: &str, wrong: bool) -> Html<String> {
    page(
        "Sign in",
        html! {
            h1 { "Deckhand" }
            @if wrong { p.fail { "That is not the admin token." } }
            form method="post" action=(app.access.locate("/login")) {
                input type="hidden" name="to" value=(to);
                label { "Admin token " input type="password" name="token" autocomplete="current-password" autofocus; }
                " " button { "Sign in" }
            }
        },
    )
}

fn render_run(app: &App, run: &RunRecord, verdict: &Verdict) -> Html<String> {
    let title = title_of(&run.name, run.number, &verdict.head);
    page(
        &title,
        html! {
            p { a href=(app.access.locate("/")) { "Deckhand" } }
            h1 { (title) }
            p { strong class=(verdict.conclusion.as_str()) { (verdict.conclusion.as_str()) } " · " (run.created_at.to_rfc3339()) }
            @for note in &verdict.notes { (render_markdown(note)) }
            h2 { "Findings" }
            @if verdict.findings.is_empty() { p { "None." } }
            @for finding in &verdict.findings { (render_finding(finding)) }
            @if !verdict.faults.is_empty() {
                h2 { "Faults" }
                @for fault in &verdict.faults {
                    article {
                        p { strong.fail { (fault.rule) } @if let Some(path) = &fault.path { " " code { (path) @if let Some(line) = fault.line { ":" (line) } } } }
                        (render_markdown(&fault.message))
                        @if let Some(decision) = &fault.overridden { (render_overridden(decision)) }
                    }
                }
            }
            @if !verdict.effects.is_empty() {
                h2 { "Effects" }
                p { "Asked of the robot, which this version does not carry out yet." }
                @for effect in &verdict.effects { (render_effect(effect)) }
            }
            h2 { "Rules" }
            table {
                tr { th { "Rule" } th { "State" } th { "Steps" } th { "Time" } }
                @for rule in &verdict.rules {
                    tr {
                        td { (rule.name) }
                        td { (state_word(rule.state)) @if let Some(reason) = &rule.reason { ": " (reason) } }
                        td { (rule.steps) }
                        td { (rule.millis) " ms" }
                    }
                }
            }
            @if !verdict.log.is_empty() { h2 { "Log" } pre { @for line in &verdict.log { (line) "\n" } } }
            p { "Head " code { (verdict.head) } ", merge base " code { (verdict.base) } }
        },
    )
}

fn render_finding(finding: &Finding) -> Markup {
    html! {
        article {
            p {
                strong class=(finding.severity.as_str()) { (finding.severity.as_str()) } " " (finding.rule)
                @if finding.blocking { " · blocks" }
                @if let Some(place) = &finding.place { " " code { (place.path) @if let Some(line) = place.line { ":" (line) } } }
            }
            (render_markdown(&finding.message))
            @if let Some(suggestion) = &finding.suggestion { p { "Suggestion" } pre { (suggestion) } }
            @if let Some(decision) = &finding.overridden { (render_overridden(decision)) }
        }
    }
}

fn render_overridden(decision: &Overridden) -> Markup {
    html! { p { "Overridden by " (decision.by) " at " (decision.at.to_rfc3339()) ": " (decision.reason) } }
}

fn render_effect(effect: &Effect) -> Markup {
    let arguments = serde_json::to_string_pretty(&effect.arguments).unwrap_or_default();
    html! {
        article {
            p { strong { "robot." (effect.kind) } " " (effect.rule) }
            pre { (arguments) }
        }
    }
}

/// What was judged.
pub(super) fn title_of(name: &RepoName, number: PullNumber, head: &CommitId) -> String {
    let what = if number.0 == 0 { "merge group".to_owned() } else { format!("#{number}") };
    format!("{name} {what} at {}", head.short())
}

pub(super) fn page(title: &str, content: Markup) -> Html<String> {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (STYLE) }
            }
            body { (content) }
        }
    };
    // What turns the direction of a text, or speaks to a terminal, is seen for what it is.
    Html(make_visible(&markup.into_string()))
}

const STYLE: &str = ":root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}\
article{border-left:3px solid light-dark(#d1d9e0,#3d444d);padding-left:1rem;margin:1rem 0}\
pre{white-space:pre-wrap;background:light-dark(#f6f8fa,#151b23);padding:.5rem}\
.fail,.failure{color:light-dark(#b3261e,#ff8a80)}.success{color:light-dark(#1a7f37,#56d364)}\
.warn{color:light-dark(#9a6700,#d29922)}table{border-collapse:collapse}\
td,th{text-align:left;padding:.2rem 1rem .2rem 0}";

fn state_word(state: RuleState) -> &'static str {
    match state {
        RuleState::Ran => "ran",
        RuleState::Skipped => "skipped",
        RuleState::Shadow => "shadow",
        RuleState::Faulted => "faulted",
    }
}
