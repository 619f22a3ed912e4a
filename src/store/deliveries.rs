//! Deliveries: stored before they are acknowledged, known by hook id and GUID.

use super::{Claimer, StoreError};
use crate::model::Timestamp;
use crate::webhook::{Delivery, JobSpec};
use async_trait::async_trait;

/// What is known of the work that a delivery names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending<'a> {
    /// It could not be read yet: it is kept to be processed.
    Unread,
    /// All of it; often none.
    Work(&'a [JobSpec]),
}

/// What became of a delivery that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// Never seen before; stored.
    New,
    /// Known. If its work was finished, it is done once more (an operator redelivered it); if it runs, it is not.
    Repeated,
    /// Hook id and GUID are known with another payload; the first is kept.
    OtherPayload,
}

/// A delivery that waits to be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDelivery {
    /// Row id.
    pub id: i64,
    /// GitHub's GUID of the delivery.
    pub guid: String,
    /// The event header.
    pub event: String,
    /// The verified bytes.
    pub body: Vec<u8>,
}

/// Stores deliveries, and the work that they name.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// Stores a verified delivery and, in the same transaction, the work that it names. When this returns `Ok`, both are
    /// on disk. A free worker can take the next job at once. The body of one that named no
    /// work is kept, compressed, for a version that knows better; of the others the digest is enough to know them again.
    ///
    /// # Errors
    /// When it could not be stored; the sender must hear 503.
    async fn accept(
        &self,
        delivery: &Delivery,
        pending: Pending<'_>,
        claimer: Option<Claimer>,
        now: Timestamp,
    ) -> Result<Accepted, StoreError>;

    /// The oldest delivery that was not processed yet.
    ///
    /// # Errors
    /// When the database fails.
    async fn next_delivery(&self) -> Result<Option<StoredDelivery>, StoreError>;

    /// Marks a delivery processed and enqueues the work that it named, in one transaction. Its digest stays, so that a
    /// repetition is recognised; its body only when it named no work.
    ///
    /// # Errors
    /// When the database fails; the delivery is then still unprocessed.
    async fn finish_delivery(&self, id: i64, work: &[JobSpec], now: Timestamp) -> Result<(), StoreError>;
}
