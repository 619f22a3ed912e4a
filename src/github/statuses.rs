//! The commit statuses of a commit: the newest of each context.

use super::CallError;
use super::repo::RepoClient;
use crate::model::CommitId;
use crate::plan::{CommitStatus, StatusState};
use serde::Deserialize;

/// GitHub's largest page.
const PAGE: usize = 100;
/// No commit has statuses of more contexts than this.
const MAX_PAGES: usize = 10;

impl RepoClient {
    /// The newest status of each context, whoever set it: one request for each 100.
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch_statuses(&self, head: &CommitId) -> Result<Vec<CommitStatus>, CallError> {
        let mut found = Vec::new();
        for page in 1..=MAX_PAGES {
            let path = format!("/commits/{head}/status?per_page={PAGE}&page={page}");
            let combined: Combined = self.get(&path, "commit statuses").await?;
            let last = combined.statuses.len() < PAGE;
            found.extend(combined.statuses.into_iter().map(|status| CommitStatus {
                head: head.clone(),
                context: status.context,
                state: status.state,
                description: status.description.unwrap_or_default(),
                target_url: status.target_url.filter(|url| !url.is_empty()),
            }));
            if last {
                break;
            }
        }
        Ok(found)
    }
}

#[derive(Deserialize)]
struct Combined {
    statuses: Vec<WireStatus>,
}

#[derive(Deserialize)]
struct WireStatus {
    context: String,
    state: StatusState,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    target_url: Option<String>,
}
