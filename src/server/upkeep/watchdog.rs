//! A check is never in progress longer than ten minutes: what was left open fails, with the reason.

use crate::github::{CallError, RequestCounter};
use crate::model::Timestamp;
use crate::plan::{CheckRun, build_overdue};
use crate::publish::{Outbox, PublishError, carry_out_one};
use crate::server::reviews::{MAX_REQUESTS, Reviews};
use crate::server::work::JobError;
use crate::store::{OverdueCheck, TakenJob};
use std::time::Duration;

/// When GitHub does not let a check be concluded now.
const SOON: Duration = Duration::from_secs(60);
/// When it needs a person.
const LATER: Duration = Duration::from_secs(600);

impl Reviews {
    /// Concludes the checks whose time is over, but those that a worker has in hand: its attempts are limited.
    pub(super) async fn watch_checks(&self) -> Result<(), JobError> {
        let store = self.store();
        for overdue in store.overdue_checks(self.now()).await? {
            let Some(taken) = store.take_job(&overdue.key, self.now(), self.upkeep.lease).await? else {
                if !store.has_job(&overdue.key).await? {
                    // Nobody knows where it is; a look at the repository finds it.
                    store.note_check(overdue.id, &overdue.key, None).await?;
                }
                continue;
            };
            // The lease must not end in the middle.
            let concluded = tokio::time::timeout(self.upkeep.lease * 3 / 4, self.conclude(&overdue, &taken)).await;
            let now = self.now();
            store.put_back(taken, now).await?;
            match concluded {
                Ok(Ok(())) => {}
                Ok(Err(PublishError::Call(CallError::NotFound(_)))) => {
                    store.note_check(overdue.id, &overdue.key, None).await?;
                }
                Ok(Err(PublishError::Call(error) | PublishError::Unclear(error))) => {
                    let wait = if error.is_temporary() { SOON } else { LATER };
                    tracing::warn!(key = overdue.key, %error, "a check that stays open cannot be concluded: {error}");
                    store.await_check(overdue.id, now.after(wait)).await?;
                }
                Ok(Err(PublishError::Store(error))) => return Err(error.into()),
                Err(_) => {
                    tracing::warn!(key = overdue.key, "a check that stays open cannot be concluded in time");
                    store.await_check(overdue.id, now.after(SOON)).await?;
                }
            }
        }
        Ok(())
    }

    async fn conclude(&self, overdue: &OverdueCheck, taken: &TakenJob) -> Result<(), PublishError> {
        let check: CheckRun = serde_json::from_str(&overdue.check).map_err(crate::store::StoreError::from)?;
        let spec = &taken.job.spec;
        let mut client = self.client(spec).with_counter(RequestCounter::concluding(MAX_REQUESTS));
        let open = match client.is_check_open(overdue.id).await {
            Err(CallError::Moved) => {
                let repositories = self.github().list_repositories(spec.installation).await?;
                let now = repositories.into_iter().find(|it| it.id == spec.repository);
                let now = now.ok_or_else(|| CallError::NotFound("such repository".to_owned()))?;
                client = client.with_name(now.name);
                client.is_check_open(overdue.id).await?
            }
            answer => answer?,
        };
        if !open {
            return Ok(self.store().note_check(overdue.id, &overdue.key, None).await?);
        }
        let mut bits = [0; 8];
        // Without randomness the time tells two attempts apart.
        _ = getrandom::fill(&mut bits);
        let id = format!("{:x}{:x}.overdue", self.now().0, u64::from_be_bytes(bits));
        let operation = build_overdue(overdue.id, &check, &id, &reason(taken, self.now()), self.now());
        let outbox = Outbox::durable(self.store(), &overdue.key, Some(&taken.job.lease));
        carry_out_one(&outbox, &client, &check.head, &id, &operation).await?;
        tracing::warn!(key = overdue.key, "a check of {} stayed open and was concluded as failure", spec.name);
        Ok(())
    }
}

/// Why nobody knows better yet, and what happens next.
fn reason(taken: &TakenJob, now: Timestamp) -> String {
    let why = taken.reason.as_deref().unwrap_or("what it waits for did not come in time");
    match taken.next {
        Some(next) if next > now => format!("{why}; it is tried again at {}", next.to_rfc3339()),
        Some(_) => format!("{why}; it is tried again"),
        None => format!("{why}; ask for the check again with Re-run"),
    }
}
