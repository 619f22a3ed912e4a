//! Claims, and the ways in which they end.

use super::engine::Memory;
use super::state::{JobRow, State};
use async_trait::async_trait;
use deckhand::model::Timestamp;
use deckhand::store::{
    IN_WORK_PER_INSTALLATION, IN_WORK_PER_REPOSITORY, Job, JobState, Lease, Leases, Priority, StoreError,
};
use deckhand::webhook::JobSpec;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

impl State {
    /// The next job, for a worker who has it until then.
    pub(super) fn claim(&mut self, now: Timestamp, until: Timestamp) -> Option<Job> {
        let last_turn = self.turns.values().copied().max().unwrap_or(0);
        // One of four goes by turns alone.
        let by_turns = last_turn % 4 == 3;
        let rank = |job: &JobRow| {
            let first = if by_turns { Priority::Background } else { job.priority };
            let turn = self.turns.get(&job.installation).copied().unwrap_or(0);
            (Reverse(first), turn, Reverse(job.priority), job.run_after, job.id)
        };
        let candidates = self.jobs.iter().filter(|job| job.is_due(now) && self.has_room(job, now));
        let id = candidates.min_by_key(|job| rank(job))?.id;
        let more = self.jobs.iter().any(|job| job.id != id && job.is_due(now));
        let job = self.jobs.iter_mut().find(|job| job.id == id)?;
        job.take_again();
        job.state = JobState::Running;
        job.attempts += 1;
        job.token += 1;
        job.lease_until = Some(until);
        job.changed_at = now;
        self.turns.insert(job.installation, last_turn + 1);
        Some(Job {
            key: job.key.clone(),
            spec: job.spec.clone(),
            attempt: job.attempts,
            lease: Lease { job: job.id, token: job.token },
            unsettled: self.outbox.values().any(|row| row.entry.key == job.key && row.answer.is_none()),
            waits: self.waits.get(&job.key).is_some_and(|(_, waits)| !waits.is_empty()),
            more,
        })
    }

    /// Whether its repository and its installation have fewer in work than they may.
    fn has_room(&self, job: &JobRow, now: Timestamp) -> bool {
        let in_work = || self.jobs.iter().filter(|other| other.is_in_work(now));
        let of_repository = in_work().filter(|other| other.spec.repository == job.spec.repository).count();
        let of_installation = in_work().filter(|other| other.installation == job.installation).count();
        (of_repository as i64) < IN_WORK_PER_REPOSITORY && (of_installation as i64) < IN_WORK_PER_INSTALLATION
    }

    /// The job of a lease that nobody else has claimed since.
    pub(super) fn held(&mut self, lease: Lease) -> Result<&mut JobRow, StoreError> {
        let is_held =
            |job: &&mut JobRow| job.id == lease.job && job.token == lease.token && job.state == JobState::Running;
        self.jobs.iter_mut().find(is_held).ok_or(StoreError::LeaseLost(lease.job))
    }
}

impl Memory {
    fn try_again(
        &self,
        job: &Job,
        run_after: Timestamp,
        reason: &str,
        counts: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut state = self.settle(&job.key)?;
        let row = state.held(job.lease)?;
        if row.take_again() {
            row.run_after = row.run_after.min(run_after);
        } else {
            row.run_after = run_after;
            row.attempts = if counts { row.attempts } else { row.attempts.saturating_sub(1).max(1) };
        }
        row.state = JobState::Waiting;
        row.lease_until = None;
        row.reason = Some(reason.to_owned());
        row.changed_at = now;
        Ok(())
    }
}

#[async_trait]
impl Leases for Memory {
    async fn claim(&self, now: Timestamp, lease: Duration) -> Result<Option<Job>, StoreError> {
        Ok(self.state()?.claim(now, now.after(lease)))
    }

    async fn renew(&self, held: &Lease, now: Timestamp, lease: Duration) -> Result<(), StoreError> {
        self.state()?.held(*held)?.lease_until = Some(now.after(lease));
        Ok(())
    }

    async fn finish(&self, job: &Job, now: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.state()?;
        let row = state.held(job.lease)?;
        row.state = if row.take_again() { JobState::Waiting } else { JobState::Done };
        if row.state == JobState::Done {
            row.run_after = now;
        }
        row.attempts = 0;
        row.lease_until = None;
        row.reason = None;
        row.changed_at = now;
        let answered = self.answers().remove(&job.key).unwrap_or_default();
        state.write_answers(answered);
        state.outbox.retain(|_, row| row.entry.key != job.key || row.answer.is_none());
        Ok(state.jobs.iter().any(|job| job.is_due(now)))
    }

    async fn retry(&self, job: &Job, run_after: Timestamp, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        self.try_again(job, run_after, reason, true, now)
    }

    async fn wait(&self, job: &Job, run_after: Timestamp, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        self.try_again(job, run_after, reason, false, now)
    }

    async fn give_back(&self, job: &Job, now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.settle(&job.key)?;
        let row = state.held(job.lease)?;
        row.attempts = row.attempts.saturating_sub(1);
        row.take_again();
        row.state = JobState::Waiting;
        row.lease_until = None;
        (row.run_after, row.changed_at) = (now, now);
        Ok(())
    }

    async fn park(&self, job: &Job, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.settle(&job.key)?;
        let row = state.held(job.lease)?;
        row.state = if row.take_again() { JobState::Waiting } else { JobState::Parked };
        row.lease_until = None;
        row.reason = Some(reason.to_owned());
        (row.run_after, row.changed_at) = (now, now);
        Ok(())
    }

    async fn find_in_work(&self, prefix: &str) -> Result<Vec<JobSpec>, StoreError> {
        let state = self.state()?;
        let held = state.jobs.iter().filter(|job| job.state == JobState::Running && job.key.starts_with(prefix));
        let held: BTreeMap<&String, &JobSpec> = held.map(|job| (&job.key, &job.spec)).collect();
        Ok(held.into_values().cloned().collect())
    }
}
