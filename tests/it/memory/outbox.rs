//! The outbox. Answers stay in the handle while their job is in work.

use super::engine::Memory;
use super::state::{OutboxRow, State};
use async_trait::async_trait;
use deckhand::model::Timestamp;
use deckhand::store::{Begun, OutboxEntries, OutboxEntry, RunRecord, StoreError};
use std::sync::MutexGuard;

impl State {
    pub(super) fn write_answers(&mut self, answers: Vec<(String, String)>) {
        for (id, answer) in answers {
            if let Some(row) = self.outbox.get_mut(&id) {
                row.answer = Some(answer);
            }
        }
    }

    fn begin(&mut self, entry: &OutboxEntry, now: Timestamp) -> Begun {
        let Some(known) = self.outbox.get(&entry.id) else {
            let entry = OutboxEntry { lease: None, ..entry.clone() };
            self.outbox.insert(entry.id.clone(), OutboxRow { entry, answer: None, begun_at: now });
            return Begun::New;
        };
        known.answer.clone().map_or(Begun::Unclear, Begun::Completed)
    }
}

impl Memory {
    /// The state, once the answers of a job that does not go on are written.
    pub(super) fn settle(&self, key: &str) -> Result<MutexGuard<'_, State>, StoreError> {
        let mut state = self.state()?;
        state.write_answers(self.answers().remove(key).unwrap_or_default());
        Ok(state)
    }

    fn answer(&self, entry: &OutboxEntry) -> Option<String> {
        let answers = self.answers();
        let mut of_job = answers.get(&entry.key)?.iter();
        of_job.find(|(id, _)| *id == entry.id).map(|(_, answer)| answer.clone())
    }
}

#[async_trait]
impl OutboxEntries for Memory {
    async fn begin(
        &self,
        entries: Vec<OutboxEntry>,
        run: Option<RunRecord>,
        now: Timestamp,
    ) -> Result<Vec<Begun>, StoreError> {
        let mut state = self.state()?;
        for lease in entries.iter().filter_map(|entry| entry.lease) {
            state.held(lease)?;
        }
        let mut all = Vec::new();
        for entry in &entries {
            let begun = state.begin(entry, now);
            let begun = self.answer(entry).map_or(begun, Begun::Completed);
            match begun {
                Begun::New => {}
                Begun::Unclear => self.counters().unclear_writes.add(1),
                Begun::Completed(_) => self.counters().known_writes.add(1),
            }
            all.push(begun);
        }
        if let Some(run) = run {
            let joined = state.save_run(&run, now);
            self.counters().joined_jobs.add(joined);
        }
        Ok(all)
    }

    fn complete(&self, key: &str, id: &str, answer: &str) {
        self.answers().entry(key.to_owned()).or_default().push((id.to_owned(), answer.to_owned()));
    }

    async fn abandon(&self, id: &str) -> Result<(), StoreError> {
        self.state()?.outbox.retain(|known, row| known != id || row.answer.is_some());
        Ok(())
    }

    async fn unfinished(&self, key: &str) -> Result<Vec<OutboxEntry>, StoreError> {
        let state = self.state()?;
        let of_key = state.outbox.values().filter(|row| row.entry.key == key);
        let mut open: Vec<&OutboxRow> =
            of_key.filter(|row| row.answer.is_none() && self.answer(&row.entry).is_none()).collect();
        open.sort_by_key(|row| (row.begun_at, &row.entry.id));
        Ok(open.into_iter().map(|row| row.entry.clone()).collect())
    }
}
