//! Remembers, for each installation, until when GitHub wants to hear nothing from it.

use super::CallError;
use super::error::spent_until;
use crate::model::{InstallationId, Timestamp};
use http::HeaderMap;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

/// GitHub counts REST and GraphQL apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Quota {
    Rest,
    Graphql,
}

#[derive(Clone, Copy)]
enum Wait {
    Hourly(Timestamp),
    Secondary(Timestamp),
}

/// The waits of all installations.
#[derive(Default)]
pub(super) struct Pace {
    waits: Mutex<HashMap<(InstallationId, Quota), Wait>>,
}

impl Pace {
    /// Refuses while a wait lasts, without a call.
    pub(super) fn admit(&self, installation: InstallationId, quota: Quota, now: Timestamp) -> Result<(), CallError> {
        let mut waits = self.lock();
        match waits.get(&(installation, quota)).copied() {
            Some(Wait::Hourly(until)) if until > now => Err(CallError::RateLimited { until }),
            Some(Wait::Secondary(until)) if until > now => {
                Err(CallError::SecondaryLimit { retry_after: until.since(now) })
            }
            Some(_) => {
                waits.remove(&(installation, quota));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A success that used up the last call.
    pub(super) fn note_headers(&self, installation: InstallationId, quota: Quota, headers: &HeaderMap) {
        if let Some(until) = spent_until(headers) {
            self.lock().insert((installation, quota), Wait::Hourly(until));
        }
    }

    /// A refusal that names a time. A secondary limit counts for both ways of calling.
    pub(super) fn note_error(&self, installation: InstallationId, quota: Quota, error: &CallError, now: Timestamp) {
        match error {
            CallError::RateLimited { until } => {
                self.lock().insert((installation, quota), Wait::Hourly(*until));
            }
            CallError::SecondaryLimit { retry_after } => {
                let until = now.after((*retry_after).max(Duration::from_secs(1)));
                let mut waits = self.lock();
                for quota in [Quota::Rest, Quota::Graphql] {
                    waits.insert((installation, quota), Wait::Secondary(until));
                }
            }
            _ => {}
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(InstallationId, Quota), Wait>> {
        self.waits.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
