//! The small universe in which the steps play.

use deckhand::model::{CommitId, FactKey, FileKey, InstallationId, PullNumber, RepoName, RepoPath, RepositoryId, Side};
use deckhand::store::{JobState, RunId};
use deckhand::webhook::{Cause, JobSpec, MergeGroup, Work};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

pub(super) const REPOSITORIES: [RepositoryId; 4] =
    [RepositoryId(100), RepositoryId(101), RepositoryId(200), RepositoryId(300)];
pub(super) const PULLS: [PullNumber; 4] = [PullNumber(1), PullNumber(2), PullNumber(3), PullNumber(11)];
pub(super) const INSTALLATIONS: [InstallationId; 3] = [InstallationId(1), InstallationId(2), InstallationId(3)];
pub(super) const GUIDS: [&str; 3] = ["g-1", "g-2", "g-3"];
pub(super) const CHORES: [&str; 5] = ["limits/1", "limits/2", "limits", "a*c", "abc"];
pub(super) const RULESETS: [&str; 2] = ["one", "two"];
pub(super) const STATES: [JobState; 4] = JobState::ALL;

pub(super) fn commits() -> [CommitId; 3] {
    ["a", "b", "c"].map(|digit| CommitId::new(&digit.repeat(40)).unwrap())
}

pub(super) fn facts() -> [FactKey; 6] {
    let root = FileKey { side: Side::Left, path: RepoPath::from_bytes(b"docs") };
    [
        FactKey::Commits,
        FactKey::Statuses,
        FactKey::CheckRuns,
        FactKey::CodeOwners,
        FactKey::Mergeable,
        FactKey::Folder(root),
    ]
}

pub(super) fn run_id(number: u8) -> RunId {
    RunId::from_random([number; 16])
}

pub(super) fn pull_key(repository: RepositoryId, number: PullNumber) -> String {
    format!("{repository}/pull/{number}")
}

pub(super) fn group(base: &str, head: CommitId) -> MergeGroup {
    MergeGroup { base_sha: head.clone(), head, base: base.to_owned(), number: None }
}

/// Mostly the same one: things happen where they meet.
pub(super) fn repository() -> impl Strategy<Value = RepositoryId> {
    prop_oneof![1 => Just(REPOSITORIES[0]), 1 => select(&REPOSITORIES[..])]
}

pub(super) fn number() -> impl Strategy<Value = PullNumber> {
    prop_oneof![1 => Just(PULLS[0]), 1 => select(&PULLS[..])]
}

pub(super) fn installation() -> impl Strategy<Value = InstallationId> {
    select(&INSTALLATIONS[..])
}

pub(super) fn commit() -> impl Strategy<Value = CommitId> {
    select(commits().to_vec())
}

pub(super) fn some_facts() -> impl Strategy<Value = BTreeSet<FactKey>> {
    prop::collection::btree_set(select(facts().to_vec()), 0..3)
}

pub(super) fn seconds() -> impl Strategy<Value = u64> {
    select(vec![0u64, 1, 5, 30, 60, 90])
}

fn cause() -> impl Strategy<Value = Cause> {
    use Cause::{Awaited, Installed, Opened, Push, Reported, SharedHead, Synchronize};
    select(vec![Opened, Opened, Synchronize, Push, Installed, Awaited, SharedHead, Reported])
}

pub(super) fn spec() -> impl Strategy<Value = JobSpec> {
    let changed = select(vec![None, None, Some(1), Some(2)]);
    let pull = (number(), cause(), changed).prop_map(|(number, cause, changed)| Work::ReviewPull {
        number,
        cause,
        changed_at: changed.map(deckhand::model::Timestamp),
    });
    let branch = cause().prop_map(|cause| Work::ReviewBranch { branch: "main".to_owned(), cause });
    let work = prop_oneof![6 => pull, 1 => branch, 1 => cause().prop_map(|cause| Work::ReviewRepository { cause })];
    // Now and then a repository goes to another account.
    (repository(), prop::bool::weighted(0.05), work).prop_map(|(repository, moved, work)| JobSpec {
        installation: InstallationId(if moved { 2 } else { repository.0 / 100 }),
        repository,
        name: RepoName::new("Octo", &format!("r{repository}")).unwrap(),
        work,
    })
}

pub(super) fn work(most: usize) -> impl Strategy<Value = Vec<JobSpec>> {
    prop::collection::vec(spec(), 0..=most)
}
