//! Small notes: whose turn a chore is, what was read, since when something is awaited.

use super::engine::Memory;
use super::state::ChoreRow;
use async_trait::async_trait;
use deckhand::model::{CommitId, FactKey, Timestamp};
use deckhand::store::{Chores, Reads, StoreError, Waits};
use deckhand::webhook::BaseFact;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[async_trait]
impl Chores for Memory {
    async fn take_turn(
        &self,
        name: &str,
        every: Duration,
        anyway: bool,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let mut state = self.state()?;
        let next = now.after(every);
        let Some(chore) = state.chores.get_mut(name) else {
            state.chores.insert(name.to_owned(), ChoreRow { due_at: next, cursor: String::new() });
            return Ok(Some(String::new()));
        };
        if !anyway && chore.due_at > now && chore.due_at <= next {
            return Ok(None);
        }
        chore.due_at = next;
        Ok(Some(chore.cursor.clone()))
    }

    async fn end_turn(&self, name: &str, cursor: &str) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let new = || ChoreRow { due_at: Timestamp(0), cursor: String::new() };
        state.chores.entry(name.to_owned()).or_insert_with(new).cursor = cursor.to_owned();
        Ok(())
    }

    async fn turn_cursor(&self, name: &str) -> Result<String, StoreError> {
        Ok(self.state()?.chores.get(name).map(|chore| chore.cursor.clone()).unwrap_or_default())
    }

    async fn turn_cursors(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let state = self.state()?;
        let chores = state.chores.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(chores.map(|(name, chore)| (name.clone(), chore.cursor.clone())).collect())
    }
}

impl Memory {
    fn find_readers(&self, prefix: &str, is_one: fn(&FactKey) -> bool) -> Result<BTreeSet<String>, StoreError> {
        let state = self.state()?;
        let readers = state.reads.iter().filter(|(_, (_, facts))| facts.iter().any(is_one));
        Ok(readers.map(|(key, _)| key.clone()).filter(|key| key.starts_with(prefix)).collect())
    }
}

#[async_trait]
impl Reads for Memory {
    async fn remember_reads(&self, key: &str, ruleset: &str, facts: &BTreeSet<FactKey>) -> Result<(), StoreError> {
        self.state()?.reads.insert(key.to_owned(), (ruleset.to_owned(), facts.clone()));
        Ok(())
    }

    async fn find_readers_of_reports(&self, prefix: &str) -> Result<BTreeSet<String>, StoreError> {
        self.find_readers(prefix, |fact| matches!(fact, FactKey::CheckRuns | FactKey::Statuses))
    }

    async fn find_readers_of_base(&self, prefix: &str, of: BaseFact) -> Result<BTreeSet<String>, StoreError> {
        self.find_readers(
            prefix,
            match of {
                BaseFact::CodeOwners => |fact| *fact == FactKey::CodeOwners,
                BaseFact::Files => |fact| matches!(fact, FactKey::Folder(_)),
                BaseFact::Mergeability => |fact| *fact == FactKey::Mergeable,
            },
        )
    }

    async fn recall_reads(
        &self,
        key: &str,
        other: &str,
        ruleset: &str,
    ) -> Result<(BTreeSet<FactKey>, bool), StoreError> {
        let state = self.state()?;
        let known = |key: &str| state.reads.get(key).filter(|(of, _)| of == ruleset).map(|(_, facts)| facts.clone());
        Ok(match known(key) {
            Some(own) => (own, true),
            None => (known(other).unwrap_or_default(), false),
        })
    }
}

#[async_trait]
impl Waits for Memory {
    async fn recall_waits(&self, key: &str, head: &CommitId) -> Result<BTreeMap<FactKey, Timestamp>, StoreError> {
        let state = self.state()?;
        let waits = state.waits.get(key).filter(|(at, _)| at == head);
        Ok(waits.map(|(_, waits)| waits.clone()).unwrap_or_default())
    }

    async fn remember_waits(
        &self,
        key: &str,
        head: &CommitId,
        waits: &BTreeMap<FactKey, Timestamp>,
    ) -> Result<(), StoreError> {
        self.state()?.waits.insert(key.to_owned(), (head.clone(), waits.clone()));
        Ok(())
    }
}
