//! When which chore is due, and who does it.

use crate::model::{InstallationId, Timestamp};
use crate::server::ServerConfig;
use crate::server::shared::Shared;
use crate::server::work::Handler;
use crate::webhook::{CheckRunEvent, Event, InstallationAction};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How often the clock is looked at without being told.
const POLL: Duration = Duration::from_secs(1);
/// How often checks that stay open are looked for.
const WATCH: Duration = Duration::from_secs(60);
/// After a failure, a chore is tried again no later than so.
const AGAIN: Duration = Duration::from_secs(60);
/// A clock that goes back by less is a clock that was set right.
const JITTER: Duration = Duration::from_secs(5);

/// Something that is done now and then, without a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chore {
    /// Time stood still or went back: leases and waiting jobs are put right.
    Clock,
    /// Installations are looked at, because an event said that one changed.
    Installations,
    /// Checks that stay open are concluded.
    Watchdog,
    /// Failed deliveries are asked for again.
    Sweep,
    /// Open pull requests that nobody judged are found.
    Reconcile,
}

/// A chore to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tending {
    /// Which.
    pub chore: Chore,
    /// Whether it is the first time since this process began.
    pub first: bool,
    /// The installations that changed, as events say.
    pub installations: Vec<InstallationId>,
}

/// The schedule of a server.
#[derive(Default)]
pub(in crate::server) struct Upkeep {
    state: Mutex<State>,
    told: Notify,
}

#[derive(Default)]
struct State {
    /// The chores of this process, how often, and when they are due.
    chores: BTreeMap<Chore, (Duration, Option<Timestamp>)>,
    busy: bool,
    changed: BTreeSet<InstallationId>,
    last: Option<Timestamp>,
}

impl Upkeep {
    /// This process does chores, from now on.
    pub(in crate::server) fn begin(&self, config: &ServerConfig) {
        let every = [(Chore::Watchdog, WATCH), (Chore::Sweep, config.sweep), (Chore::Reconcile, config.reconcile)];
        let wanted = every.into_iter().filter(|(_, every)| !every.is_zero());
        self.lock().chores = wanted.map(|(chore, every)| (chore, (every, None))).collect();
    }

    /// An event says that an installation changed: that is looked at. Only GitHub knows what is true by now.
    pub(in crate::server) fn heed(&self, event: &Event) {
        if let Event::CheckRun(CheckRunEvent { repository, head, imitator: Some(app), .. }) = event {
            tracing::warn!(
                app,
                "the app {app} reports a check of our name on {head} of {}: it is ignored; let branch protection ask for the check of this app only",
                repository.name
            );
        }
        let changed = match event {
            Event::Installation(event) if event.action != InstallationAction::Created => event.installation,
            Event::InstallationRepositories(event) if !event.removed.is_empty() => event.installation,
            _ => return,
        };
        self.lock().changed.insert(changed);
        self.told.notify_one();
    }

    /// Whether nothing is due or being done.
    pub(in crate::server) fn is_done(&self, now: Timestamp) -> bool {
        let state = self.lock();
        state.chores.is_empty() || !state.busy && state.due(now).is_none()
    }

    fn take(&self, now: Timestamp) -> Option<Tending> {
        let mut state = self.lock();
        let (chore, first) = state.due(now)?;
        let installations = match chore {
            Chore::Installations => std::mem::take(&mut state.changed).into_iter().collect(),
            Chore::Clock | Chore::Watchdog | Chore::Sweep | Chore::Reconcile => Vec::new(),
        };
        state.last = Some(now);
        state.busy = true;
        Some(Tending { chore, first, installations })
    }

    fn put_down(&self, tending: Tending, done: bool, now: Timestamp) {
        let mut state = self.lock();
        state.busy = false;
        if let Some((every, next)) = state.chores.get_mut(&tending.chore) {
            *next = Some(now.after(if done { *every } else { (*every).min(AGAIN) }));
        } else if !done {
            // It is looked at again together with everything else.
            tracing::debug!("what changed is left to the next reconcile");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn due(&self, now: Timestamp) -> Option<(Chore, bool)> {
        if self.last.is_none_or(|last| last > now.after(JITTER)) {
            return Some((Chore::Clock, self.last.is_none()));
        }
        if !self.changed.is_empty() {
            return Some((Chore::Installations, false));
        }
        self.chores.iter().find_map(|(chore, (every, next))| {
            // A time further ahead than the next turn can be is from before the clock went back.
            let due = next.is_none_or(|next| next <= now || next > now.after(*every));
            due.then_some((*chore, next.is_none()))
        })
    }
}

/// Does what is due until the server stops.
pub(in crate::server) async fn run(shared: Arc<Shared>, handler: Arc<dyn Handler>) {
    while !shared.is_stopping() {
        let jobs = shared.jobs.notified();
        let Some(tending) = shared.upkeep.take(shared.now()) else {
            tokio::select! {
                () = jobs => {}
                () = shared.upkeep.told.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = shared.stopped() => {}
            }
            continue;
        };
        let result = tokio::select! {
            result = handler.tend(&tending) => result,
            () = shared.stopped() => return,
        };
        if let Err(error) = &result {
            tracing::warn!(chore = ?tending.chore, error = %error, "a chore failed and is tried again: {error}");
        }
        shared.upkeep.put_down(tending, result.is_ok(), shared.now());
        shared.progressed();
        shared.jobs.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn f23_a_clock_that_jumps_makes_no_chore_wait_longer() {
        let upkeep = Upkeep::default();
        assert!(upkeep.is_done(Timestamp(0)), "a process without chores has nothing to do");
        upkeep.lock().chores = [(Chore::Watchdog, (WATCH, None))].into();
        let mut now = Timestamp(10_000_000);
        let step = |now: Timestamp| {
            let tending = upkeep.take(now)?;
            let chore = tending.chore;
            upkeep.put_down(tending, true, now);
            Some(chore)
        };
        assert_eq!([step(now), step(now), step(now)], [Some(Chore::Clock), Some(Chore::Watchdog), None]);
        now = now.after(SECOND);
        assert_eq!(step(now), None);
        now = Timestamp(now.0 - 600_000);
        assert!(!upkeep.is_done(now));
        assert_eq!([step(now), step(now), step(now)], [Some(Chore::Clock), Some(Chore::Watchdog), None]);
        now = now.after(600 * SECOND);
        assert_eq!([step(now), step(now)], [Some(Chore::Watchdog), None]);
    }
}
