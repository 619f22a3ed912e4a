//! Who may send a report: whoever has the admin token, and a workflow of that repository for the commit that it runs on.

use super::access::{Entry, bearer};
use super::http::App;
use crate::github::{CallError, TokenRefusal, Workflow};
use crate::model::{CommitId, RepoName};
use crate::store::StoreError;
use crate::webhook::JobSpec;
use axum::http::{HeaderMap, StatusCode};

/// Why a report is not taken: a status and a sentence or two.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) words: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, words: impl Into<String>) -> Refusal {
        Refusal { status, words: words.into() }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        tracing::error!(error = %error, "a report cannot be taken: {error}");
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; try again in a minute")
    }
}

/// Lets the sender of a report for this commit in, and says which repository it is.
pub(super) async fn admit(
    app: &App,
    headers: &HeaderMap,
    name: &RepoName,
    commit: &CommitId,
) -> Result<JobSpec, Refusal> {
    let store = &app.shared.store;
    if app.access.check_bearer(headers) == Entry::Granted {
        let known = store.find_repository(&name.to_string()).await?;
        return known.ok_or_else(|| unknown(name));
    }
    let Some(token) = bearer(headers) else {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "send `Authorization: Bearer TOKEN` with a GitHub Actions OIDC token of this repository, or the admin token",
        ));
    };
    let audience = &app.uploads.audience;
    let verified = app.uploads.tokens.verify(token, audience, app.shared.now()).await;
    let workflow = verified.map_err(|refusal| {
        let status = match refusal {
            TokenRefusal::NoKeys { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        };
        Refusal::new(status, refusal.to_string())
    })?;
    let repository = find_own(app, name, &workflow).await?;
    check_commit(app, &repository, &workflow, commit).await?;
    Ok(repository)
}

/// The repository, when it is the workflow's own.
async fn find_own(app: &App, name: &RepoName, workflow: &Workflow) -> Result<JobSpec, Refusal> {
    let foreign = || {
        let words = format!("the token is of another repository than {name}; a workflow sends reports of its own one");
        Refusal::new(StatusCode::FORBIDDEN, words)
    };
    let store = &app.shared.store;
    if workflow.repository != *name {
        return Err(foreign());
    }
    if let Some(known) = store.find_repository(&name.to_string()).await?
        && known.repository == workflow.repository_id
    {
        return Ok(known);
    }
    // No event came since it has that name.
    match store.find_repository_by_id(workflow.repository_id).await? {
        Some(known) => Ok(JobSpec { name: name.clone(), ..known }),
        None if store.find_repository(&name.to_string()).await?.is_some() => Err(foreign()),
        None => Err(unknown(name)),
    }
}

async fn check_commit(app: &App, repository: &JobSpec, workflow: &Workflow, commit: &CommitId) -> Result<(), Refusal> {
    if workflow.sha == *commit {
        return Ok(());
    }
    let github = &app.uploads.github;
    let client = github.repository(repository.installation, repository.repository, repository.name.clone());
    match client.find_merged_head(&workflow.sha).await {
        Ok(Some(head)) if head == *commit => Ok(()),
        Ok(_) | Err(CallError::NotFound(_) | CallError::Invalid(_)) => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            format!(
                "the token is of a workflow that runs on {}, neither {} nor a test merge of it; send the report to the \
                 commit of GITHUB_SHA",
                workflow.sha.short(),
                commit.short()
            ),
        )),
        Err(error) => {
            tracing::warn!(error = %error, "the commit of a workflow cannot be looked up: {error}");
            Err(Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "GitHub does not tell now which commit the workflow's test merge is of; try again in a minute",
            ))
        }
    }
}

fn unknown(name: &RepoName) -> Refusal {
    let words = format!("this server knows no repository {name}; install the app there, and open a pull request");
    Refusal::new(StatusCode::NOT_FOUND, words)
}
