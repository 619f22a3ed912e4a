//! What is stored: a list or a map for each kind of thing.

use deckhand::model::{CommitId, FactKey, InstallationId, PullNumber, RepositoryId, Timestamp};
use deckhand::store::{
    JobState, Judged, KnownPreview, OutboxEntry, OverrideRecord, Priority, ReportKind, RunId, RunRecord,
};
use deckhand::webhook::{JobSpec, MergeGroup};
use std::collections::{BTreeMap, BTreeSet};

/// A pull request of a repository.
pub(super) type Pull = (RepositoryId, PullNumber);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) deliveries: Vec<DeliveryRow>,
    pub(super) jobs: Vec<JobRow>,
    /// When each installation had its last turn: a number that grows.
    pub(super) turns: BTreeMap<InstallationId, i64>,
    pub(super) outbox: BTreeMap<String, OutboxRow>,
    pub(super) runs: BTreeMap<String, RunRecord>,
    pub(super) heads: BTreeMap<Pull, HeadRow>,
    pub(super) refused_lines: BTreeMap<Pull, (CommitId, String)>,
    pub(super) judged: BTreeMap<Pull, Judged>,
    pub(super) known_repositories: BTreeMap<RepositoryId, (InstallationId, Timestamp)>,
    pub(super) known_installations: BTreeMap<InstallationId, String>,
    pub(super) open_checks: BTreeMap<u64, CheckRow>,
    pub(super) reports: Vec<ReportRow>,
    pub(super) chores: BTreeMap<String, ChoreRow>,
    pub(super) merge_groups: BTreeMap<(RepositoryId, CommitId), (MergeGroup, Timestamp)>,
    pub(super) overrides: Vec<OverrideRecord>,
    pub(super) heeded: BTreeMap<(RepositoryId, u64), Timestamp>,
    pub(super) previews: BTreeMap<Pull, (CommitId, KnownPreview)>,
    pub(super) reads: BTreeMap<String, (String, BTreeSet<FactKey>)>,
    pub(super) redeliveries: BTreeMap<String, RedeliveryRow>,
    pub(super) waits: BTreeMap<String, (CommitId, BTreeMap<FactKey, Timestamp>)>,
}

#[derive(Debug)]
pub(super) struct DeliveryRow {
    pub(super) id: i64,
    pub(super) hook: u64,
    pub(super) guid: String,
    pub(super) event: String,
    /// By which it is known again; where others keep a digest.
    pub(super) payload: Vec<u8>,
    /// Whether the payload may still be read.
    pub(super) is_kept: bool,
    pub(super) is_processed: bool,
    /// The version that made nothing of it, or something.
    pub(super) handled_by: String,
    pub(super) received_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct JobRow {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) installation: InstallationId,
    pub(super) spec: JobSpec,
    /// Work that arrived while this key ran.
    pub(super) again: Option<JobSpec>,
    pub(super) priority: Priority,
    pub(super) state: JobState,
    pub(super) run_after: Timestamp,
    pub(super) attempts: u32,
    /// While it runs.
    pub(super) lease_until: Option<Timestamp>,
    pub(super) token: i64,
    pub(super) reason: Option<String>,
    pub(super) changed_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct OutboxRow {
    pub(super) entry: OutboxEntry,
    pub(super) answer: Option<String>,
    pub(super) begun_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct HeadRow {
    pub(super) head: CommitId,
    pub(super) run: RunId,
}

#[derive(Debug)]
pub(super) struct CheckRow {
    pub(super) key: String,
    pub(super) check: String,
    pub(super) overdue: Timestamp,
}

#[derive(Debug)]
pub(super) struct ReportRow {
    pub(super) id: RunId,
    pub(super) repository: RepositoryId,
    pub(super) commit: CommitId,
    pub(super) head: CommitId,
    pub(super) kind: ReportKind,
    pub(super) flag: Option<String>,
    pub(super) from_artifact: bool,
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) created_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct ChoreRow {
    pub(super) due_at: Timestamp,
    pub(super) cursor: String,
}

#[derive(Debug)]
pub(super) struct RedeliveryRow {
    pub(super) delivery: u64,
    pub(super) asked: u32,
    pub(super) due_at: Timestamp,
    pub(super) seen_at: Timestamp,
}
