//! Answers of operations whose job is still in work. Written when it ends in any other way than done: a job that is done
//! needs them no longer. Answers that a crash loses leave their operations unclear, to be looked for on GitHub.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// By job key: operation id and answer.
type ByKey = HashMap<String, Vec<(String, String)>>;

/// The answers of all jobs in work. Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers(Arc<Mutex<ByKey>>);

impl Answers {
    pub(super) fn keep(&self, key: &str, id: &str, answer: &str) {
        self.lock().entry(key.to_owned()).or_default().push((id.to_owned(), answer.to_owned()));
    }

    pub(super) fn find(&self, key: &str, id: &str) -> Option<String> {
        let found = self.lock();
        found.get(key)?.iter().find(|(known, _)| known == id).map(|(_, answer)| answer.clone())
    }

    pub(super) fn of(&self, key: &str) -> Vec<(String, String)> {
        self.lock().get(key).cloned().unwrap_or_default()
    }

    pub(super) fn take(&self, key: &str) -> Vec<(String, String)> {
        self.lock().remove(key).unwrap_or_default()
    }

    pub(super) fn take_all(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.lock()).into_values().flatten().collect()
    }

    fn lock(&self) -> MutexGuard<'_, ByKey> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
