//! `ping`: GitHub's first delivery to a new webhook.

use super::payload::Unread;
use crate::webhook::JobSpec;

/// The webhook works; there is nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PingEvent;

impl PingEvent {
    pub(super) fn read(_action: Option<&str>, _body: &[u8]) -> Result<Self, Unread> {
        Ok(PingEvent)
    }

    pub(super) fn build_jobs(self) -> Vec<JobSpec> {
        Vec::new()
    }
}
