//! Runs, and what is forgotten with time.

use super::engine::Memory;
use super::state::{HeadRow, State};
use async_trait::async_trait;
use deckhand::model::{Conclusion, PullNumber, Timestamp};
use deckhand::store::{
    Forgetting, Forgotten, REDELIVERABLE, Retention, RunHeadline, RunId, RunRecord, Runs, StoreError,
};

impl State {
    /// How many pieces of the work that it brings about joined others.
    pub(super) fn save_run(&mut self, run: &RunRecord, now: Timestamp) -> u64 {
        let kept = RunRecord { wakes: Vec::new(), ..run.clone() };
        self.runs.entry(run.id.as_str().to_owned()).or_insert(kept);
        // That of a merge group is the last judgement of no pull request.
        if run.number != PullNumber(0) {
            let last = HeadRow { head: run.head.clone(), run: run.id.clone() };
            self.heads.insert((run.repository, run.number), last);
        }
        self.enqueue_all(&run.wakes, now, now)
    }

    fn forget_runs(&mut self, retention: &Retention, until: Timestamp) -> u64 {
        let mut newest: Vec<(Timestamp, String)> =
            self.runs.values().map(|run| (run.created_at, run.id.as_str().to_owned())).collect();
        newest.sort_by(|one, other| other.cmp(one));
        let kept = usize::try_from(retention.runs).unwrap_or(usize::MAX);
        let before = self.runs.len();
        for (at, (created_at, id)) in newest.into_iter().enumerate() {
            let is_last_judgement = self.heads.values().any(|head| head.run.as_str() == id);
            if (created_at < until || at >= kept) && !is_last_judgement {
                self.runs.remove(&id);
            }
        }
        (before - self.runs.len()) as u64
    }
}

#[async_trait]
impl Runs for Memory {
    async fn save_run(&self, run: &RunRecord, now: Timestamp) -> Result<(), StoreError> {
        let joined = self.state()?.save_run(run, now);
        self.counters().joined_jobs.add(joined);
        Ok(())
    }

    async fn load_run(&self, id: &RunId) -> Result<Option<RunRecord>, StoreError> {
        Ok(self.state()?.runs.get(id.as_str()).cloned())
    }

    async fn list_runs(&self, limit: u32) -> Result<Vec<RunHeadline>, StoreError> {
        let state = self.state()?;
        let mut runs: Vec<&RunRecord> = state.runs.values().collect();
        runs.sort_by_key(|run| std::cmp::Reverse((run.created_at, run.id.as_str())));
        let headline = |run: &RunRecord| RunHeadline {
            id: run.id.clone(),
            name: run.name.clone(),
            number: run.number,
            head: run.head.clone(),
            conclusion: serde_json::from_str::<serde_json::Value>(&run.verdict)
                .ok()
                .and_then(|verdict| Conclusion::parse(verdict["conclusion"].as_str()?)),
            created_at: run.created_at,
        };
        Ok(runs.into_iter().take(limit as usize).map(headline).collect())
    }
}

#[async_trait]
impl Forgetting for Memory {
    async fn forget_old(&self, retention: &Retention, now: Timestamp) -> Result<Forgotten, StoreError> {
        let mut state = self.state()?;
        let until = now.before(retention.age);
        let runs = state.forget_runs(retention, until);
        let unread_from = now.before(retention.age.min(REDELIVERABLE));
        for row in state.deliveries.iter_mut().filter(|row| row.is_processed) {
            row.is_kept &= row.received_at >= unread_from;
        }
        let unknown_from = now.before(retention.age.max(REDELIVERABLE));
        let before = state.deliveries.len();
        state.deliveries.retain(|row| !row.is_processed || row.received_at >= unknown_from);
        let deliveries = (before - state.deliveries.len()) as u64;
        for (_, waits) in state.waits.values_mut() {
            waits.retain(|_, since| *since >= unknown_from);
        }
        state.reports.retain(|report| report.created_at >= until);
        Ok(Forgotten { runs, deliveries })
    }
}
