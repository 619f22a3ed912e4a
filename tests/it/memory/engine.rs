//! A handle on the state. As with a file, several handles may share it, and what one of them only has in its head is gone
//! with it.

use super::state::State;
use async_trait::async_trait;
use deckhand::store::{Engine, StoreCounts, StoreError};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// By job key: operation id and answer.
pub(super) type Answers = BTreeMap<String, Vec<(String, String)>>;

/// Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    state: Arc<Mutex<State>>,
    /// Of operations whose job is still in work.
    answers: Arc<Mutex<Answers>>,
    counts: Arc<StoreCounts>,
    closed: Arc<AtomicBool>,
}

impl Memory {
    /// Another handle on the same state, as another process has it, or the same after a crash.
    pub(crate) fn reopen(&self) -> Memory {
        Memory { state: self.state.clone(), ..Memory::default() }
    }

    /// To read, or to change after all that can be refused was checked.
    pub(super) fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(StoreError::Internal("the database is closed".to_owned()));
        }
        Ok(self.state.lock().expect("nobody panics with it"))
    }

    pub(super) fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().expect("nobody panics with it")
    }

    pub(super) fn counters(&self) -> &StoreCounts {
        &self.counts
    }
}

#[async_trait]
impl Engine for Memory {
    async fn ping(&self) -> Result<(), StoreError> {
        self.state().map(|_| ())
    }

    async fn close(&self) {
        if let Ok(mut state) = self.state() {
            let answers = std::mem::take(&mut *self.answers());
            answers.into_values().for_each(|of_job| state.write_answers(of_job));
        }
        self.closed.store(true, Ordering::SeqCst);
    }

    fn counts(&self) -> &StoreCounts {
        &self.counts
    }

    fn waiting_changes(&self) -> usize {
        0
    }
}
