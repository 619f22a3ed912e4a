//! `POST /api/v1/repos/{owner}/{repo}/commits/{sha}/coverage`: a report as the body. Who sends it, how large it is, whether
//! it reads, disk, then 202; the review of what waits for it is on disk with it.

use super::body::{Room, Unread, announces_more, drain, read_body};
use super::http::App;
use super::opening::draw_run_id;
use super::read_report::{ReadReport, read_report};
use super::upload_access::{Refusal, admit};
use crate::github::{Github, WorkflowTokens};
use crate::model::{CommitId, RepoName};
use crate::store::{MAX_REPORTS, MAX_REPORTS_BYTES, NewReport, SavedReport};
use crate::webhook::{JobSpec, Work};
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// A larger report is refused: 64 MB.
const MAX_UPLOAD_BYTES: usize = 64 << 20;
/// All reports that are being taken in take no more than this.
const ALL_BODIES: usize = 128 << 20;
/// So many reports are read at once.
const AT_ONCE: usize = 2;
/// A sender must have sent its report by then.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// A sender waits so long for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(60);
/// A longer flag or name is none.
const MAX_WORD: usize = 100;

/// What the route uses.
pub(super) struct Uploads {
    pub(super) tokens: WorkflowTokens,
    /// Tokens of workflows are for this server alone: its public URL.
    pub(super) audience: String,
    pub(super) github: Github,
    turns: Semaphore,
    bodies: Room,
}

impl Uploads {
    pub(super) fn new(tokens: WorkflowTokens, audience: String, github: Github) -> Uploads {
        Uploads { tokens, audience, github, turns: Semaphore::new(AT_ONCE), bodies: Room::new(ALL_BODIES) }
    }
}

/// `?flag=unit&name=lcov.info`
#[derive(Deserialize)]
pub(super) struct UploadQuery {
    flag: Option<String>,
    name: Option<String>,
}

/// Takes a report in.
pub(super) async fn receive(
    State(app): State<Arc<App>>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    query: Result<Query<UploadQuery>, QueryRejection>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    match take(&app, path, query, &parts.headers, body).await {
        Ok(answer) => (StatusCode::ACCEPTED, axum::Json(answer)).into_response(),
        Err(refusal) => {
            tracing::warn!(status = refusal.status.as_u16(), "a report was refused: {}", refusal.words);
            answer_refusal(&refusal)
        }
    }
}

fn answer_refusal(refusal: &Refusal) -> Response {
    let mut answer = (refusal.status, axum::Json(json!({ "error": refusal.words }))).into_response();
    let headers = answer.headers_mut();
    match refusal.status {
        StatusCode::UNAUTHORIZED => {
            _ = headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"))
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            _ = headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"))
        }
        // The rest of the body is nobody's: the connection must not be used again.
        StatusCode::PAYLOAD_TOO_LARGE => {
            _ = headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"))
        }
        _ => {}
    }
    answer
}

async fn take(
    app: &App,
    path: Result<Path<(String, String, String)>, PathRejection>,
    query: Result<Query<UploadQuery>, QueryRejection>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Value, Refusal> {
    let bad = |words: String| Refusal::new(StatusCode::BAD_REQUEST, words);
    let Path((owner, repo, sha)) = path.map_err(|_| bad("the address is not UTF-8".to_owned()))?;
    let name = RepoName::new(&owner, &repo).map_err(|error| bad(error.to_string()))?;
    let commit = CommitId::new(&sha).map_err(|error| bad(error.to_string()))?;
    let repository = admit(app, headers, &name, &commit).await?;
    let Query(query) = query.map_err(|_| bad("say each of flag and name once, in UTF-8".to_owned()))?;
    let flag = query.flag.as_deref().map(str::trim).filter(|flag| !flag.is_empty());
    for (what, word) in [("flag", flag), ("name", query.name.as_deref())] {
        if word.is_some_and(|word| word.len() > MAX_WORD || word.chars().any(|c| c.is_control() || c == '`')) {
            return Err(bad(format!("the {what} is longer than {MAX_WORD} bytes, or has signs that no {what} has")));
        }
    }
    if announces_more(headers, MAX_UPLOAD_BYTES) {
        drain(body);
        return Err(too_large());
    }
    // Its turn comes when it is there: whoever sends slowly keeps nobody waiting.
    let read = read_body(body, MAX_UPLOAD_BYTES, BODY_TIMEOUT, &app.uploads.bodies).await;
    let (bytes, _room) = read.map_err(unread)?;
    let turn = tokio::time::timeout(TURN_TIMEOUT, app.uploads.turns.acquire()).await;
    let _turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
    let file = query.name.clone().unwrap_or_default();
    let read = tokio::task::spawn_blocking(move || read_report(&file, bytes)).await;
    let read =
        read.map_err(|_| bad("the report makes its reader fail; send it to the makers of deckhand".to_owned()))?;
    let read = read.map_err(|error| bad(format!("the report {error}")))?;
    save(app, &repository, commit, (flag, query.name.as_deref()), read).await
}

fn busy() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many reports arrive at once; try again in a minute")
}

fn unread(unread: Unread) -> Refusal {
    match unread {
        Unread::NoRoom => busy(),
        Unread::TooLong => too_large(),
        Unread::Broken => Refusal::new(StatusCode::BAD_REQUEST, "the report did not arrive whole; send it again"),
        Unread::TooSlow => {
            Refusal::new(StatusCode::REQUEST_TIMEOUT, "the report did not arrive in time; send it again")
        }
    }
}

async fn save(
    app: &App,
    repository: &JobSpec,
    commit: CommitId,
    (flag, name): (Option<&str>, Option<&str>),
    read: ReadReport,
) -> Result<Value, Refusal> {
    let shared = &app.shared;
    let id = draw_run_id().map_err(|error| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    let wakes = vec![JobSpec { work: Work::HeedUpload { commit: commit.clone() }, ..repository.clone() }];
    let (files, lines, results) = (read.files, read.lines, read.results);
    let report = NewReport {
        id,
        repository: repository.repository,
        commit: commit.clone(),
        kind: read.kind,
        flag: flag.map(str::to_owned),
        from_artifact: false,
        name: name.filter(|name| !name.is_empty()).or(flag).unwrap_or(read.format).to_owned(),
        bytes: read.bytes,
    };
    let saved = shared.store.save_report(report, wakes, shared.now()).await?;
    let SavedReport::Saved(id) = saved else {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            format!(
                "{} has {MAX_REPORTS} reports already, or they are larger than {} MB together; send reports with \
                 `?flag=`, so that later ones replace earlier ones",
                commit.short(),
                MAX_REPORTS_BYTES >> 20
            ),
        ));
    };
    tracing::info!(report = %id, commit = %commit, files, lines, "report {id} of {commit} was taken: {files} files");
    shared.progressed();
    shared.jobs.notify_waiters();
    let mut answer = json!({ "id": id.as_str(), "files": files, "lines": lines });
    if let Some(results) = results {
        answer["results"] = json!(results);
    }
    Ok(answer)
}

fn too_large() -> Refusal {
    let words = format!(
        "the report is larger than {} MB; leave out files that are not yours, or split it",
        MAX_UPLOAD_BYTES >> 20
    );
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, words)
}
