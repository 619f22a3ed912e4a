//! The durable record of a write, made before the call. Without a store (a command that runs once) there is none.

use super::PublishError;
use crate::github::Answer;
use crate::model::{CommitId, Timestamp};
use crate::plan::{CheckRun, Operation};
use crate::store::{Begun, Lease, OutboxEntry, Overdue, RunRecord, Store, StoreError};
use std::time::Duration;

/// A check is never in progress longer than ten minutes; whoever concludes it needs some of that time.
const LONGEST_OPEN: Duration = Duration::from_secs(9 * 60);

/// What was awaited until now is judged now; only when nobody does so the check is concluded without a judgement.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// Where writes are recorded, and on whose behalf.
#[derive(Clone, Copy)]
pub struct Outbox<'a> {
    to: Option<(&'a Store, &'a str, Option<&'a Lease>)>,
    run: Option<&'a RunRecord>,
}

/// What is known of an operation before it is sent.
pub(super) enum Known {
    /// Not sent yet.
    New,
    /// Sent once, and nobody heard the answer.
    Unclear,
    /// Done.
    Answered(Answer),
}

impl Known {
    fn from_begun(begun: Begun) -> Result<Known, PublishError> {
        Ok(match begun {
            Begun::New => Known::New,
            Begun::Unclear => Known::Unclear,
            Begun::Completed(answer) => Known::Answered(serde_json::from_str(&answer).map_err(StoreError::from)?),
        })
    }
}

impl<'a> Outbox<'a> {
    /// Recorded for a job; a lease that is lost stops every write.
    pub fn durable(store: &'a Store, key: &'a str, lease: Option<&'a Lease>) -> Self {
        Outbox { to: Some((store, key, lease)), run: None }
    }

    /// Recorded nowhere.
    pub fn none() -> Self {
        Outbox { to: None, run: None }
    }

    /// The same, and this run is saved together with the first operation: what people open from there must be there.
    pub fn with_run(self, run: &'a RunRecord) -> Self {
        Outbox { run: Some(run), ..self }
    }

    /// Records operations that are about to be sent, in one go with the run that the job shows to people.
    pub(super) async fn begin(
        &self,
        head: &CommitId,
        operations: &[(String, &Operation)],
        now: Timestamp,
    ) -> Result<Vec<Known>, PublishError> {
        let Some((store, key, lease)) = self.to else { return Ok(operations.iter().map(|_| Known::New).collect()) };
        let entry = |(id, operation): &(String, &Operation)| OutboxEntry {
            id: id.clone(),
            key: key.to_owned(),
            head: head.clone(),
            operation: serde_json::to_string(operation).expect("operations are plain data"),
            lease: lease.copied(),
        };
        let entries = operations.iter().map(entry).collect();
        let begun = store.begin(entries, self.run.cloned(), now).await?;
        begun.into_iter().map(Known::from_begun).collect()
    }

    /// Records the answer; a check that is in progress now is remembered until it is not.
    pub(super) async fn complete(
        &self,
        id: &str,
        operation: &Operation,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<(), PublishError> {
        let Some((store, key, _)) = self.to else { return Ok(()) };
        if let (
            Operation::CreateCheck(check) | Operation::UpdateCheck { check, .. },
            Answer::Check { id, completed, .. },
        ) = (operation, answer)
        {
            let check = CheckRun { annotations: Vec::new(), ..check.clone() };
            let text = || serde_json::to_string(&check).expect("checks are plain data");
            let overdue = check
                .awaited_until
                .map_or(Overdue::SinceOpened(now.after(LONGEST_OPEN)), |until| Overdue::Awaited(until.after(PATIENCE)));
            let open = (!completed).then(|| (text(), overdue));
            store.note_check(*id, key, open).await?;
        }
        let answer = serde_json::to_string(answer).expect("answers are plain data");
        store.complete(key, id, &answer);
        Ok(())
    }

    /// For an operation that certainly did not happen.
    pub(super) async fn abandon(&self, id: &str) -> Result<(), PublishError> {
        let Some((store, ..)) = self.to else { return Ok(()) };
        Ok(store.abandon(id).await?)
    }

    /// Operations whose answers nobody heard, oldest first.
    pub(super) async fn unfinished(&self) -> Result<Vec<(String, CommitId, Operation)>, PublishError> {
        let Some((store, key, _)) = self.to else { return Ok(Vec::new()) };
        let mut operations = Vec::new();
        for entry in store.unfinished(key).await? {
            let operation = serde_json::from_str(&entry.operation).map_err(StoreError::from)?;
            operations.push((entry.id, entry.head, operation));
        }
        Ok(operations)
    }
}
