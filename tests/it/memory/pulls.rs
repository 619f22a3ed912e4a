//! What people decided on pull requests, what a change of the rules would do there, and merge groups.

use super::engine::Memory;
use async_trait::async_trait;
use deckhand::model::{CommitId, Preview, PullNumber, RepositoryId, Timestamp};
use deckhand::store::{KnownPreview, MergeGroups, OverrideRecord, Overrides, Previews, StoreError};
use deckhand::webhook::MergeGroup;
use std::collections::BTreeSet;
use std::time::Duration;

#[async_trait]
impl Overrides for Memory {
    async fn save_override(&self, record: &OverrideRecord) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let identity = |it: &OverrideRecord| (it.repository, it.comment, it.decision.rule.clone());
        if state.overrides.iter().all(|known| identity(known) != identity(record)) {
            state.overrides.push(record.clone());
        }
        Ok(())
    }

    async fn find_overrides(
        &self,
        repository: RepositoryId,
        number: PullNumber,
    ) -> Result<Vec<OverrideRecord>, StoreError> {
        let state = self.state()?;
        let of_pull = state.overrides.iter().filter(|it| it.repository == repository && it.number == number);
        let mut found: Vec<OverrideRecord> = of_pull.cloned().collect();
        found.sort_by_key(|it| (it.decision.decision.at, it.comment, it.decision.rule.clone()));
        Ok(found)
    }

    async fn find_last_run(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        at: Timestamp,
    ) -> Result<Option<(CommitId, Timestamp)>, StoreError> {
        let state = self.state()?;
        let of_pull = state.runs.values().filter(|run| run.repository == repository && run.number == number);
        let ended = of_pull.filter(|run| run.created_at <= at);
        let last = ended.max_by_key(|run| (run.created_at, run.id.as_str()));
        Ok(last.map(|run| (run.head.clone(), run.created_at)))
    }

    async fn mark_heeded(&self, repository: RepositoryId, comment: u64, now: Timestamp) -> Result<(), StoreError> {
        self.state()?.heeded.entry((repository, comment)).or_insert(now);
        Ok(())
    }

    async fn is_heeded(&self, repository: RepositoryId, comment: u64) -> Result<bool, StoreError> {
        Ok(self.state()?.heeded.contains_key(&(repository, comment)))
    }

    async fn count_heeded(
        &self,
        repository: RepositoryId,
        comments: &[u64],
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        let state = self.state()?;
        let at = |comment: &u64| state.heeded.get(&(repository, *comment));
        Ok(comments.iter().filter(|comment| at(comment).is_some_and(|at| *at >= since)).count() as u64)
    }
}

impl Memory {
    fn change_preview(
        &self,
        (repository, number): (RepositoryId, PullNumber),
        head: &CommitId,
        change: impl FnOnce(&mut KnownPreview),
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let new = || (head.clone(), KnownPreview::default());
        let known = state.previews.entry((repository, number)).or_insert_with(new);
        if known.0 != *head {
            *known = new();
        }
        change(&mut known.1);
        Ok(())
    }
}

#[async_trait]
impl Previews for Memory {
    async fn find_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
    ) -> Result<KnownPreview, StoreError> {
        let state = self.state()?;
        let known = state.previews.get(&(repository, number)).filter(|(at, _)| at == head);
        Ok(known.map(|(_, known)| known.clone()).unwrap_or_default())
    }

    async fn allow_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        by: &str,
    ) -> Result<(), StoreError> {
        self.change_preview((repository, number), head, |known| known.allowed_by = Some(by.to_owned()))
    }

    async fn keep_preview(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        preview: &Preview,
    ) -> Result<(), StoreError> {
        self.change_preview((repository, number), head, |known| known.preview = Some(preview.clone()))
    }
}

/// A queue keeps a group for hours at most.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

#[async_trait]
impl MergeGroups for Memory {
    async fn note_group(&self, repository: RepositoryId, group: &MergeGroup, now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state()?;
        state.merge_groups.retain(|_, (_, seen_at)| *seen_at >= now.before(KEPT));
        state.merge_groups.insert((repository, group.head.clone()), (group.clone(), now));
        Ok(())
    }

    async fn find_group(&self, repository: RepositoryId, head: &CommitId) -> Result<Option<MergeGroup>, StoreError> {
        let state = self.state()?;
        Ok(state.merge_groups.get(&(repository, head.clone())).map(|(group, _)| group.clone()))
    }

    async fn find_queues(&self, repository: RepositoryId) -> Result<BTreeSet<String>, StoreError> {
        let state = self.state()?;
        let groups = state.merge_groups.iter().filter(|((of, _), _)| *of == repository);
        Ok(groups.map(|(_, (group, _))| group.base.clone()).collect())
    }
}
