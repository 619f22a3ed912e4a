//! Artifacts of a workflow run: which there are, and their archives.

use super::CallError;
use super::error::header;
use super::repo::RepoClient;
use super::web::{WebError, WebRequest};
use crate::model::CommitId;
use http::{HeaderMap, Method};
use serde::Deserialize;
use std::time::Duration;

/// Artifacts of a run on one page. A run with more keeps the rest to itself.
const PAGE: usize = 100;
/// A larger archive is not read: 64 MB.
pub const MAX_ARCHIVE_BYTES: usize = 64 << 20;
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a workflow kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// GitHub's id.
    pub id: u64,
    /// As the workflow calls it.
    pub name: String,
    /// Bytes of its archive.
    pub size: u64,
    /// The head of the run: of a pull request's workflow, the head of the pull request.
    pub head: Option<CommitId>,
}

#[derive(Deserialize)]
struct WireArtifacts {
    artifacts: Vec<WireArtifact>,
}

#[derive(Deserialize)]
struct WireArtifact {
    id: u64,
    name: String,
    size_in_bytes: u64,
    expired: bool,
    #[serde(default)]
    workflow_run: Option<WireRun>,
}

#[derive(Deserialize)]
struct WireRun {
    #[serde(default)]
    head_sha: Option<String>,
}

impl RepoClient {
    /// The artifacts of a run that can still be had. Needs the permission `actions: read`.
    ///
    /// # Errors
    /// As every call.
    pub async fn list_artifacts(&self, run: u64) -> Result<Vec<Artifact>, CallError> {
        let path = format!("/actions/runs/{run}/artifacts?per_page={PAGE}");
        let wire: WireArtifacts = self.get(&path, "list of artifacts").await?;
        let there = wire.artifacts.into_iter().filter(|it| !it.expired);
        Ok(there
            .map(|it| Artifact {
                id: it.id,
                name: it.name,
                size: it.size_in_bytes,
                head: it.workflow_run.and_then(|run| CommitId::new(&run.head_sha?).ok()),
            })
            .collect())
    }

    /// The zip archive of an artifact. GitHub answers with an address that is good for a minute and that holds all that it
    /// takes to read it: our identity is not shown there.
    ///
    /// # Errors
    /// As every call; `TooLarge` when the archive is.
    pub async fn download_artifact(&self, id: u64) -> Result<Vec<u8>, CallError> {
        let mut call = self.rest(Method::GET, &format!("/actions/artifacts/{id}/zip"), "such artifact");
        call.wants_address = true;
        let reply = self.call(call).await?;
        let nowhere = || CallError::Malformed("the address of an artifact".to_owned());
        let url = header(&reply.headers, "location").ok_or_else(nowhere)?.to_owned();
        let request = WebRequest {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: None,
            max_bytes: MAX_ARCHIVE_BYTES,
            timeout: TIMEOUT,
        };
        let archive = self.shared.web.send(request).await.map_err(|error| match error {
            WebError::Setup(_) => nowhere(),
            WebError::Network(reason) => CallError::Network(reason),
            WebError::Timeout(span) => CallError::Timeout(span),
            WebError::TooLarge(bytes) => CallError::TooLarge(format!("an artifact of more than {} MB", bytes >> 20)),
        })?;
        match archive.status {
            200 => Ok(archive.body),
            404 | 410 => Err(CallError::NotFound("such artifact".to_owned())),
            status => Err(CallError::Server(status)),
        }
    }
}
