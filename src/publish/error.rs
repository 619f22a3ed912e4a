//! Why a plan was not carried out.

use crate::github::CallError;
use crate::store::StoreError;

/// A plan that was not carried out, or not to its end. What was done is recorded; carrying out a new plan goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// GitHub did not do it.
    #[error("cannot publish: {0}")]
    Call(#[from] CallError),
    /// It may have been done, and GitHub could not be asked whether it was: nothing is known of the write itself.
    #[error("cannot find out what was published: {0}")]
    Unclear(CallError),
    /// The outbox could not be written, or the lease was lost; nothing was sent for that operation.
    #[error("cannot publish: {0}")]
    Store(#[from] StoreError),
}
