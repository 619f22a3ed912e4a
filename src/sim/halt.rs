//! A place where everything stops: one write is never answered, so that whoever asked can be killed there.

use super::handle::SimHandle;
use super::log::Kind;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// Which write it is, and whether it was reached.
pub(super) struct Halt {
    at: Mutex<Option<Place>>,
    reached: watch::Sender<bool>,
}

#[derive(Clone, Copy)]
struct Place {
    /// So many writes pass first.
    after: u32,
    done: bool,
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Passes,
    /// It is not done, and never answered.
    StopsBefore,
    /// It is done, and never answered.
    StopsAfter,
}

impl Default for Halt {
    fn default() -> Self {
        Halt { at: Mutex::new(None), reached: watch::Sender::new(false) }
    }
}

impl Halt {
    /// Counts a request.
    pub(super) fn fate(&self, kind: Kind) -> Fate {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = at.as_mut().filter(|_| kind == Kind::Write) else { return Fate::Passes };
        if place.after > 0 {
            place.after -= 1;
            return Fate::Passes;
        }
        let fate = if place.done { Fate::StopsAfter } else { Fate::StopsBefore };
        *at = None;
        fate
    }

    /// Says that the place is reached, and never returns.
    pub(super) async fn stop(&self) {
        self.reached.send_replace(true);
        std::future::pending().await
    }
}

impl SimHandle {
    /// The write after so many is never answered; it is done before, or not.
    pub fn halt_after_writes(&self, writes: u32, done: bool) {
        let halt = &self.shared().halt;
        halt.reached.send_replace(false);
        *halt.at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Place { after: writes, done });
    }

    /// Whether that write was asked for.
    pub fn is_halted(&self) -> bool {
        *self.shared().halt.reached.borrow()
    }

    /// Returns once that write was asked for.
    pub async fn halted(&self) {
        let mut reached = self.shared().halt.reached.subscribe();
        // The sender lives as long as this handle.
        _ = reached.wait_for(|reached| *reached).await;
    }
}
