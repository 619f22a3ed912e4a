//! The last judgement of each open pull request, what it was like then, and since when its repository is looked after.

use super::engine::Memory;
use async_trait::async_trait;
use deckhand::model::{CommitId, InstallationId, PullNumber, RepositoryId, Timestamp};
use deckhand::store::{JobState, Judged, Judgement, Judgements, KnownPulls, LastLooks, StoreError};
use deckhand::webhook::{Cause, JobSpec, Work};
use std::collections::BTreeMap;

#[async_trait]
impl Judgements for Memory {
    async fn find_judgements(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
    ) -> Result<Vec<Judgement>, StoreError> {
        let state = self.state()?;
        let own = state.heads.get(&(repository, number)).map(|row| &row.head);
        let mut found = Vec::new();
        for ((of, pull), row) in &state.heads {
            if *of != repository || !(*pull == number || row.head == *head || Some(&row.head) == own) {
                continue;
            }
            let run = &state.runs[row.run.as_str()];
            let refused = state.refused_lines.get(&(*of, *pull)).filter(|(at, _)| *at == row.head);
            found.push(Judgement {
                number: *pull,
                head: row.head.clone(),
                base: run.base.clone(),
                verdict: run.verdict.clone(),
                refused: refused.map(|(_, spots)| spots.clone()),
            });
        }
        Ok(found)
    }

    async fn find_judged_at(&self, repository: RepositoryId, head: &CommitId) -> Result<Vec<PullNumber>, StoreError> {
        let state = self.state()?;
        let there = state.heads.iter().filter(|((of, _), row)| *of == repository && row.head == *head);
        Ok(there.map(|((_, number), _)| *number).collect())
    }

    async fn note_refused_lines(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        head: &CommitId,
        spots: String,
    ) -> Result<(), StoreError> {
        self.state()?.refused_lines.insert((repository, number), (head.clone(), spots));
        Ok(())
    }

    async fn forget_judgement(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        wakes: &[JobSpec],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let pull = (repository, number);
        state.heads.remove(&pull);
        state.judged.remove(&pull);
        state.refused_lines.remove(&pull);
        let joined = state.enqueue_all(wakes, now, now);
        self.counters().joined_jobs.add(joined);
        Ok(())
    }
}

#[async_trait]
impl LastLooks for Memory {
    async fn note_judged(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        judged: Judged,
    ) -> Result<(), StoreError> {
        self.state()?.judged.insert((repository, number), judged);
        Ok(())
    }

    async fn note_judged_beside(
        &self,
        repository: RepositoryId,
        number: PullNumber,
        judged: Judged,
    ) -> Result<(), StoreError> {
        if let Some(known) = self.state()?.judged.get_mut(&(repository, number)).filter(|it| it.head == judged.head) {
            *known = judged;
        }
        Ok(())
    }

    async fn find_judged(&self, repository: RepositoryId) -> Result<BTreeMap<PullNumber, Judged>, StoreError> {
        let state = self.state()?;
        let judged = state.judged.iter().filter(|((of, _), _)| *of == repository);
        Ok(judged.map(|((_, number), judged)| (*number, judged.clone())).collect())
    }

    async fn know_pulls(
        &self,
        installation: InstallationId,
        repository: RepositoryId,
        now: Timestamp,
    ) -> Result<KnownPulls, StoreError> {
        let mut state = self.state()?;
        let after = state.known_repositories.entry(repository).or_insert((installation, now));
        if after.0 != installation {
            *after = (installation, now);
        }
        let mut known = KnownPulls { since: after.1, ..KnownPulls::default() };
        let judged = state.judged.iter().filter(|((of, _), _)| *of == repository);
        known.judged = judged.map(|((_, number), judged)| (*number, judged.clone())).collect();
        for job in state.jobs.iter().filter(|job| job.state != JobState::Done && job.spec.repository == repository) {
            let Work::ReviewPull { number, cause, .. } = &job.spec.work else { continue };
            // One that only waits for something would not see what was lost meanwhile.
            if *cause != Cause::Awaited {
                known.jobs.insert(*number, (job.state == JobState::Parked).then_some(job.changed_at));
            }
        }
        let prefix = format!("{repository}/pull/");
        let open = state.open_checks.iter().filter(|(_, row)| row.key.starts_with(&prefix));
        known.open_checks = open.map(|(id, _)| *id).collect();
        Ok(known)
    }
}
