//! A person's recorded decision to let something pass.

use super::{Fingerprint, Timestamp};
use serde::{Deserialize, Serialize};

/// Who let something pass, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// The person's login.
    pub by: String,
    /// When they wrote it.
    pub at: Timestamp,
    /// In their words; one line.
    pub reason: String,
}

/// A decision with what it covers. It holds for whatever has one of these identities, on any later commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The rule whose findings pass; `dangerfile` for faults of any rule.
    pub rule: String,
    /// Fingerprints of findings and of faults.
    pub covers: Vec<Fingerprint>,
    /// Who, when and why.
    #[serde(flatten)]
    pub decision: Overridden,
}
