//! What was asked of GitHub, for whom, and what is left: numbers for the operator.

use super::pace::Quota;
use crate::model::InstallationId;
use http::HeaderMap;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a request was made and what it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestKind {
    /// A read of the REST API.
    RestRead,
    /// A write of the REST API.
    RestWrite,
    /// A GraphQL query.
    GraphqlRead,
    /// A GraphQL mutation.
    GraphqlWrite,
    /// A token was minted.
    Mint,
}

impl RequestKind {
    /// The word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            RequestKind::RestRead => "rest_read",
            RequestKind::RestWrite => "rest_write",
            RequestKind::GraphqlRead => "graphql_read",
            RequestKind::GraphqlWrite => "graphql_write",
            RequestKind::Mint => "mint",
        }
    }
}

/// What is known of one installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstallationUse {
    /// Requests sent, each try counted.
    pub requests: BTreeMap<RequestKind, u64>,
    /// Calls that were sent again after a failure.
    pub retries: u64,
    /// Calls that were not sent, because a limit lasts.
    pub waits: u64,
    /// Calls that were not sent, because the answer was known or being asked for.
    pub saved: u64,
    /// What GitHub last said is left of the hour's requests.
    pub rest_left: Option<u64>,
    /// The same of the hour's points of GraphQL.
    pub graphql_left: Option<u64>,
}

/// Numbers of all installations since the start. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<BTreeMap<InstallationId, InstallationUse>>>);

impl Meter {
    /// The numbers now. The app itself, and a token's owner, are installation 0.
    pub fn read(&self) -> BTreeMap<InstallationId, InstallationUse> {
        self.lock().clone()
    }

    pub(super) fn request(&self, installation: InstallationId, kind: RequestKind) {
        *self.lock().entry(installation).or_default().requests.entry(kind).or_default() += 1;
    }

    pub(super) fn retry(&self, installation: InstallationId) {
        self.lock().entry(installation).or_default().retries += 1;
    }

    pub(super) fn wait(&self, installation: InstallationId) {
        self.lock().entry(installation).or_default().waits += 1;
    }

    pub(super) fn saved(&self, installation: InstallationId) {
        self.lock().entry(installation).or_default().saved += 1;
    }

    /// Reads `x-ratelimit-remaining`, which stands in answers of any status.
    pub(super) fn budget(&self, installation: InstallationId, quota: Quota, headers: &HeaderMap) {
        let left = headers.get("x-ratelimit-remaining").and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let Some(left) = left.filter(|_| quota.is_meant(headers)) else { return };
        let mut uses = self.lock();
        let of = uses.entry(installation).or_default();
        match quota {
            Quota::Rest => of.rest_left = Some(left),
            Quota::Graphql => of.graphql_left = Some(left),
            Quota::Minting => {}
        }
    }

    /// Forgets an installation that is gone.
    pub(super) fn forget(&self, installation: InstallationId) {
        self.lock().remove(&installation);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<InstallationId, InstallationUse>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
