//! Runs that a server has stored: where its database is, and what lies in it.

use super::failure::Failure;
use super::serve::read_config_file;
use crate::model::{Snapshot, Verdict};
use crate::server::ServerConfig;
use crate::store::{Archive, RunId, RunRecord, StoreError};

/// A run with what was judged and what was said.
pub(super) struct StoredRun {
    pub(super) record: RunRecord,
    /// Which version of deckhand judged, when that is known.
    pub(super) version: Option<String>,
    pub(super) verdict: Verdict,
    pub(super) snapshot: Snapshot,
}

impl StoredRun {
    /// `octo/hello#7 at aaaaaaa`
    pub(super) fn title(&self) -> String {
        let RunRecord { name, number, head, .. } = &self.record;
        match number.0 {
            0 => format!("{name}, a merge group at {}", head.short()),
            number => format!("{name}#{number} at {}", head.short()),
        }
    }

    /// Whether this very version of deckhand judged.
    pub(super) fn is_of_this_version(&self) -> bool {
        self.version.as_deref() == Some(env!("CARGO_PKG_VERSION"))
    }
}

/// Opens the database that `serve` would use here, to look only.
pub(super) async fn open() -> Result<(Archive, String), Failure> {
    let file = read_config_file()?;
    let url = ServerConfig::load_database_url(|name| std::env::var(name).ok(), file.as_deref())
        .map_err(|errors| Failure::usage(errors.to_string()))?;
    let archive = Archive::open(&url).await.map_err(after_store)?;
    Ok((archive, url))
}

/// Loads a run; `None` when there is none of this id.
pub(super) async fn load(archive: &Archive, id: &RunId) -> Result<Option<StoredRun>, Failure> {
    let Some(record) = archive.load_run(id).await.map_err(after_store)? else { return Ok(None) };
    let version = archive.find_version(id).await.map_err(after_store)?;
    let damaged = |error: serde_json::Error| {
        Failure::failed(format!("run {id} does not read: {error}; a newer version of deckhand may have stored it"))
    };
    let verdict = serde_json::from_str(&record.verdict).map_err(damaged)?;
    let snapshot = serde_json::from_str(&record.snapshot).map_err(damaged)?;
    Ok(Some(StoredRun { record, version, verdict, snapshot }))
}

/// What cannot be opened is the user's to name; the rest is the system's.
pub(super) fn after_store(error: StoreError) -> Failure {
    match error {
        StoreError::Open { .. } => Failure::usage(error.to_string()),
        other => Failure::failed(other.to_string()),
    }
}
