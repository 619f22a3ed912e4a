//! Installations come, stop, go on and leave: their jobs do the same. Events only say where to look.

use super::Tending;
use crate::github::Presence;
use crate::model::{InstallationId, Timestamp};
use crate::server::failed_call::after_call;
use crate::server::reviews::Reviews;
use crate::server::work::JobError;

const SUSPENDED: &str = "suspended";

/// What is parked while an installation is suspended; `unsuspend` wakes it.
const WHY_SUSPENDED: &str = "the app is suspended there; the jobs go on when an owner lifts that";
/// What is dropped when it is gone.
const WHY_GONE: &str = "the app is no longer installed there";
const WHY_REMOVED: &str = "the repository was taken from the app, or is gone";

impl Reviews {
    /// Looks at all installations, and closer at those that changed.
    pub(super) async fn look_at_installations(&self, tending: &Tending) -> Result<(), JobError> {
        for (presence, woken) in self.follow_installations().await? {
            if tending.installations.contains(&presence.id) && !presence.suspended {
                self.drop_removed(presence.id).await?;
            }
            if woken {
                self.reconcile_installation(presence.id).await;
            }
        }
        Ok(())
    }

    /// Brings the jobs of every installation to its present state. Answers the installations, and of each whether it works
    /// again since the last look: it is not suspended any more, or may more.
    pub(super) async fn follow_installations(&self) -> Result<Vec<(Presence, bool)>, JobError> {
        let (store, now) = (self.store(), self.now());
        let present = self.github().list_installations().await.map_err(after_call)?;
        let known = store.known_installations().await?;
        for gone in known.keys().filter(|id| !present.iter().any(|it| it.id == **id)) {
            let dropped = store.drop_jobs(*gone, [].into(), WHY_GONE, now).await?;
            store.note_installation(*gone, None, now).await?;
            self.github().forget(*gone);
            self.upkeep.forget(*gone);
            tracing::info!(installation = %gone, dropped, "installation {gone} is gone; {dropped} jobs are dropped");
        }
        let mut answer = Vec::new();
        for presence in present {
            let woken = self.follow(&presence, known.get(&presence.id), now).await?;
            answer.push((presence, woken));
        }
        Ok(answer)
    }

    async fn follow(&self, presence: &Presence, before: Option<&String>, now: Timestamp) -> Result<bool, JobError> {
        let (store, id) = (self.store(), presence.id);
        let state = state_of(presence);
        if presence.suspended {
            let parked = store.park_jobs(id, WHY_SUSPENDED, now).await?;
            if before != Some(&state) || parked > 0 {
                tracing::warn!(installation = %id, parked, "installation {id} is suspended; {parked} jobs are parked");
            }
        }
        if before == Some(&state) {
            return Ok(false);
        }
        store.note_installation(id, Some(state.clone()), now).await?;
        let had = |permission: &str| before.is_some_and(|before| before.split(' ').any(|it| it == permission));
        let gained = state.split(' ').any(|permission| !had(permission));
        if before.is_none() || presence.suspended || !gained {
            return Ok(false);
        }
        // A token may no more than the installation could when it was minted.
        self.github().forget_tokens(id);
        let woken = store.wake_jobs(id, now).await?;
        tracing::info!(installation = %id, woken, "installation {id} changed; {woken} parked jobs are tried again");
        Ok(true)
    }

    async fn drop_removed(&self, id: InstallationId) -> Result<(), JobError> {
        let seen = self.now();
        let repositories = self.github().list_repositories(id).await.map_err(after_call)?;
        let kept = repositories.into_iter().map(|it| it.id).collect();
        let dropped = self.store().drop_jobs(id, kept, WHY_REMOVED, seen).await?;
        if dropped > 0 {
            tracing::info!(installation = %id, dropped, "repositories were taken from the app; {dropped} jobs are dropped");
        }
        Ok(())
    }
}

/// Everything that lets parked jobs of an installation be tried again when it changes.
fn state_of(presence: &Presence) -> String {
    if presence.suspended {
        return SUSPENDED.to_owned();
    }
    let permissions = presence.permissions.iter().map(|(name, access)| format!("{name}={access}"));
    permissions.collect::<Vec<_>>().join(" ")
}
