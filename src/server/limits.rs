//! GitHub's limits outlive the process that met them: a server that begins anew does not ask too early.

use crate::github::Github;
use crate::model::InstallationId;
use crate::store::{Store, StoreError};

/// Where they are kept, by installation.
const KEPT: &str = "limits/";

/// Takes over what was remembered; before the first job.
pub(super) async fn recall(store: &Store, github: &Github) -> Result<(), StoreError> {
    for (name, text) in store.turn_cursors(KEPT).await? {
        if let Some(id) = name.strip_prefix(KEPT).and_then(|id| id.parse().ok()) {
            github.recall_limits(InstallationId(id), &text);
        }
    }
    Ok(())
}

/// Remembers them: those of this installation and of the app itself, or all.
pub(super) async fn remember(store: &Store, github: &Github, of: Option<InstallationId>) {
    for (id, text) in github.remember_limits(of) {
        if let Err(error) = store.end_turn(&format!("{KEPT}{id}"), &text).await {
            // GitHub says it again.
            tracing::warn!(error = %error, "a limit of GitHub could not be remembered: {error}");
        }
    }
}
