//! What a database does for the store. Whatever can do all of it is an engine, and holds to the same tests.

use super::chores::Chores;
use super::counts::StoreCounts;
use super::deliveries::Deliveries;
use super::error::StoreError;
use super::groups::MergeGroups;
use super::heads::Judgements;
use super::installations::Installations;
use super::jobs::Jobs;
use super::judged::LastLooks;
use super::leases::Leases;
use super::open_checks::OpenChecks;
use super::outbox::OutboxEntries;
use super::overrides::Overrides;
use super::parked::JobsByHand;
use super::previews::Previews;
use super::reads::Reads;
use super::redeliveries::Redeliveries;
use super::reports::Reports;
use super::reread::Rereading;
use super::retention::Forgetting;
use super::runs::Runs;
use super::waits::Waits;
use async_trait::async_trait;
use std::fmt::Debug;

/// A database with our tables. Its methods keep the promises that stand with them; how, is its own affair.
#[async_trait]
pub trait Engine:
    Debug
    + Chores
    + Deliveries
    + MergeGroups
    + Judgements
    + Installations
    + Jobs
    + LastLooks
    + Leases
    + OpenChecks
    + OutboxEntries
    + Overrides
    + JobsByHand
    + Previews
    + Reads
    + Redeliveries
    + Reports
    + Rereading
    + Forgetting
    + Runs
    + Waits
{
    /// Whether the database answers.
    ///
    /// # Errors
    /// The cause, when it does not.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Writes what still waits and closes all connections; what was acknowledged is on disk in any case. Whatever comes
    /// later is refused.
    async fn close(&self);

    /// What was avoided since the start.
    fn counts(&self) -> &StoreCounts;

    /// Changes that wait to be written.
    fn waiting_changes(&self) -> usize;
}
