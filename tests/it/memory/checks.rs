//! Checks in progress, and jobs that are taken for their sake.

use super::engine::Memory;
use super::state::CheckRow;
use async_trait::async_trait;
use deckhand::model::Timestamp;
use deckhand::store::{Job, JobState, Lease, OpenChecks, Overdue, OverdueCheck, StoreError, TakenJob};
use std::time::Duration;

#[async_trait]
impl OpenChecks for Memory {
    async fn note_check(&self, id: u64, key: &str, open: Option<(String, Overdue)>) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let Some((check, overdue)) = open else {
            state.open_checks.remove(&id);
            return Ok(());
        };
        let overdue = match (overdue, state.open_checks.get(&id)) {
            (Overdue::SinceOpened(_), Some(known)) => known.overdue,
            (Overdue::SinceOpened(then) | Overdue::Awaited(then), _) => then,
        };
        state.open_checks.insert(id, CheckRow { key: key.to_owned(), check, overdue });
        Ok(())
    }

    async fn await_check(&self, id: u64, until: Timestamp) -> Result<(), StoreError> {
        if let Some(row) = self.state()?.open_checks.get_mut(&id) {
            row.overdue = until;
        }
        Ok(())
    }

    async fn overdue_checks(&self, now: Timestamp) -> Result<Vec<OverdueCheck>, StoreError> {
        let state = self.state()?;
        let mut overdue: Vec<(&u64, &CheckRow)> =
            state.open_checks.iter().filter(|(_, row)| row.overdue <= now).collect();
        overdue.sort_by_key(|(id, row)| (row.overdue, **id));
        let check =
            |(id, row): (&u64, &CheckRow)| OverdueCheck { id: *id, key: row.key.clone(), check: row.check.clone() };
        Ok(overdue.into_iter().map(check).collect())
    }

    async fn take_job(&self, key: &str, now: Timestamp, lease: Duration) -> Result<Option<TakenJob>, StoreError> {
        let mut state = self.state()?;
        let Some(row) = state.jobs.iter_mut().find(|row| row.key == key && !row.is_in_work(now)) else {
            return Ok(None);
        };
        // One whose worker died is done again.
        let before = if row.state == JobState::Running { JobState::Waiting } else { row.state };
        row.state = JobState::Running;
        row.token += 1;
        row.lease_until = Some(now.after(lease));
        Ok(Some(TakenJob {
            job: Job {
                key: row.key.clone(),
                spec: row.spec.clone(),
                attempt: row.attempts,
                lease: Lease { job: row.id, token: row.token },
                unsettled: false,
                waits: true,
                more: false,
            },
            reason: row.reason.clone(),
            next: (before == JobState::Waiting).then_some(row.run_after),
            state: before,
            run_after: row.run_after,
        }))
    }

    async fn put_back(&self, taken: TakenJob, now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.settle(&taken.job.key)?;
        let Ok(row) = state.held(taken.job.lease) else { return Ok(()) };
        (row.state, row.run_after) =
            if row.take_again() { (JobState::Waiting, now) } else { (taken.state, taken.run_after) };
        row.lease_until = None;
        Ok(())
    }

    async fn has_job(&self, key: &str) -> Result<bool, StoreError> {
        Ok(self.state()?.jobs.iter().any(|row| row.key == key))
    }
}
