//! What one pass of the rules comes to.

use crate::model::{FactKey, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The result of one pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The rules asked for facts that the snapshot lacks: fetch all of them, add each to the snapshot
    /// (known or unavailable), and run again.
    Missing(BTreeSet<FactKey>),
    /// The rules ran to their end.
    Done(Box<Verdict>),
}
