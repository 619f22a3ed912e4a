//! Jobs: enqueued, counted, listed, decided by hand, and changed by installation.

use super::engine::Memory;
use super::state::{JobRow, State};
use async_trait::async_trait;
use deckhand::model::{InstallationId, RepositoryId, Timestamp};
use deckhand::store::{
    ByHand, Installations, JobCounts, JobState, Jobs, JobsByHand, ListedJob, Priority, StoreError, Touched, supersede,
};
use deckhand::webhook::JobSpec;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Clocks of hosts may differ by so much.
const AHEAD: Duration = Duration::from_secs(120);

impl State {
    /// Enqueues each; how many joined work that waited already.
    pub(super) fn enqueue_all(&mut self, work: &[JobSpec], run_after: Timestamp, now: Timestamp) -> u64 {
        work.iter().map(|spec| u64::from(self.enqueue(spec, run_after, now))).sum()
    }

    fn enqueue(&mut self, spec: &JobSpec, run_after: Timestamp, now: Timestamp) -> bool {
        let key = spec.key();
        let Some(job) = self.jobs.iter_mut().find(|job| job.key == key) else {
            self.jobs.push(JobRow {
                id: self.jobs.iter().map(|job| job.id).max().unwrap_or(0) + 1,
                key,
                installation: spec.installation,
                spec: spec.clone(),
                again: None,
                priority: Priority::of(&spec.work),
                state: JobState::Waiting,
                run_after,
                attempts: 0,
                lease_until: None,
                token: 0,
                reason: None,
                changed_at: now,
            });
            return false;
        };
        let joined = job.state == JobState::Waiting || job.again.is_some();
        let is_unfinished = matches!(job.state, JobState::Waiting | JobState::Running);
        let older = job.again.as_ref().unwrap_or(&job.spec);
        let merged = if is_unfinished { supersede(older, spec) } else { spec.clone() };
        let priority = Priority::of(&merged.work);
        job.priority = if joined { job.priority.max(priority) } else { priority };
        job.run_after = if joined { job.run_after.min(run_after) } else { run_after };
        job.installation = spec.installation;
        job.changed_at = now;
        if job.state == JobState::Running {
            job.again = Some(merged);
        } else {
            job.spec = merged;
            job.state = JobState::Waiting;
            job.attempts = 0;
        }
        joined
    }
}

impl JobRow {
    /// Whether somebody may take it.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        match self.state {
            JobState::Waiting => self.run_after <= now,
            JobState::Running => !self.is_in_work(now),
            JobState::Parked | JobState::Done => false,
        }
    }

    /// Whether a worker has it whose lease has not ended.
    pub(super) fn is_in_work(&self, now: Timestamp) -> bool {
        self.state == JobState::Running && self.lease_until.is_some_and(|until| until > now)
    }

    /// Work that arrived meanwhile takes its place, with all its attempts; whether there was some.
    pub(super) fn take_again(&mut self) -> bool {
        let Some(again) = self.again.take() else { return false };
        self.spec = again;
        self.attempts = 0;
        true
    }

    fn listed(&self) -> ListedJob {
        ListedJob {
            id: self.id,
            key: self.key.clone(),
            installation: self.installation,
            spec: Some(self.spec.clone()),
            attempts: self.attempts,
            reason: self.reason.clone(),
            run_after: self.run_after,
            changed_at: self.changed_at,
        }
    }
}

#[async_trait]
impl Jobs for Memory {
    async fn enqueue(&self, spec: &JobSpec, now: Timestamp) -> Result<(), StoreError> {
        self.enqueue_all(std::slice::from_ref(spec), now).await
    }

    async fn enqueue_all(&self, work: &[JobSpec], now: Timestamp) -> Result<(), StoreError> {
        let joined = self.state()?.enqueue_all(work, now, now);
        self.counters().joined_jobs.add(joined);
        Ok(())
    }

    async fn enqueue_later(&self, spec: &JobSpec, run_after: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        let joined = self.state()?.enqueue(spec, run_after, now);
        self.counters().joined_jobs.add(u64::from(joined));
        Ok(())
    }

    async fn count_jobs(&self, now: Timestamp) -> Result<JobCounts, StoreError> {
        let state = self.state()?;
        let mut counts = JobCounts::default();
        for job in &state.jobs {
            match job.state {
                JobState::Waiting if job.run_after <= now => counts.due += 1,
                JobState::Waiting => counts.later += 1,
                JobState::Running => counts.running += 1,
                JobState::Parked => counts.parked += 1,
                JobState::Done => {}
            }
        }
        counts.deliveries = state.deliveries.iter().filter(|it| !it.is_processed).count() as u64;
        let waiting = state.jobs.iter().filter(|job| job.state == JobState::Waiting && job.run_after > now);
        let running = state.jobs.iter().filter(|job| job.state == JobState::Running);
        counts.next = waiting.map(|job| job.run_after).chain(running.filter_map(|job| job.lease_until)).min();
        Ok(counts)
    }
}

#[async_trait]
impl JobsByHand for Memory {
    async fn list_jobs(&self, state: JobState, limit: u32) -> Result<Vec<ListedJob>, StoreError> {
        let stored = self.state()?;
        let mut jobs: Vec<&JobRow> = stored.jobs.iter().filter(|job| job.state == state).collect();
        jobs.sort_by_key(|job| std::cmp::Reverse((job.changed_at, job.id)));
        Ok(jobs.into_iter().take(limit as usize).map(JobRow::listed).collect())
    }

    async fn decide_by_hand(&self, id: u64, decision: ByHand, now: Timestamp) -> Result<Touched, StoreError> {
        let mut state = self.state()?;
        let Some(job) = state.jobs.iter_mut().find(|job| job.id.unsigned_abs() == id) else {
            return Ok(Touched::Unknown);
        };
        if job.state != JobState::Parked {
            return Ok(Touched::NotParked);
        }
        (job.state, job.reason) = match decision {
            ByHand::Retry => (JobState::Waiting, None),
            ByHand::Drop => (JobState::Done, Some("dropped by hand".to_owned())),
        };
        job.attempts = 0;
        (job.run_after, job.changed_at) = (now, now);
        Ok(Touched::Done(job.key.clone()))
    }
}

#[async_trait]
impl Installations for Memory {
    async fn known_installations(&self) -> Result<BTreeMap<InstallationId, String>, StoreError> {
        Ok(self.state()?.known_installations.clone())
    }

    async fn note_installation(
        &self,
        installation: InstallationId,
        state: Option<String>,
        _now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut stored = self.state()?;
        match state {
            Some(state) => stored.known_installations.insert(installation, state),
            None => stored.known_installations.remove(&installation),
        };
        Ok(())
    }

    async fn park_jobs(&self, installation: InstallationId, reason: &str, now: Timestamp) -> Result<u64, StoreError> {
        let mut parked = 0;
        for job in self.state()?.jobs.iter_mut().filter(|job| job.installation == installation) {
            if !matches!(job.state, JobState::Waiting | JobState::Running) {
                continue;
            }
            job.take_again();
            job.state = JobState::Parked;
            job.lease_until = None;
            job.reason = Some(reason.to_owned());
            job.changed_at = now;
            parked += 1;
        }
        Ok(parked)
    }

    async fn wake_jobs(&self, installation: InstallationId, now: Timestamp) -> Result<u64, StoreError> {
        let mut woken = 0;
        for job in self.state()?.jobs.iter_mut().filter(|job| job.installation == installation) {
            if job.state != JobState::Parked {
                continue;
            }
            job.state = JobState::Waiting;
            job.attempts = 0;
            (job.run_after, job.changed_at) = (now, now);
            woken += 1;
        }
        Ok(woken)
    }

    async fn drop_jobs(
        &self,
        installation: InstallationId,
        except: BTreeSet<RepositoryId>,
        reason: &str,
        seen: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut dropped = 0;
        for job in self.state()?.jobs.iter_mut().filter(|job| job.installation == installation) {
            if job.state == JobState::Done || job.changed_at > seen || except.contains(&job.spec.repository) {
                continue;
            }
            job.again = None;
            job.state = JobState::Done;
            job.lease_until = None;
            job.attempts = 0;
            job.reason = Some(reason.to_owned());
            job.changed_at = seen;
            dropped += 1;
        }
        Ok(dropped)
    }

    async fn mend_times(&self, now: Timestamp, lease: Duration) -> Result<(), StoreError> {
        for job in &mut self.state()?.jobs {
            if job.state == JobState::Waiting && job.changed_at > now.after(AHEAD) {
                job.run_after = job.run_after.before(job.changed_at.since(now));
                job.changed_at = now;
            }
            if job.state == JobState::Running && job.lease_until > Some(now.after(lease).after(AHEAD)) {
                job.lease_until = Some(now.after(lease));
            }
        }
        Ok(())
    }
}
