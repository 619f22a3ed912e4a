//! A finding's identity across pushes: rule, path and the text it is anchored to, so that moved code keeps its thread.

use super::source::SourceLines;
use crate::lua::RawFinding;
use crate::model::{Fingerprint, Snapshot};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Gives fingerprints; findings that are equal in rule, path and text get an ordinal, in the order they are asked for.
#[derive(Default)]
pub struct Fingerprints {
    seen: HashMap<[u8; 32], u32>,
    lines: SourceLines,
}

impl Fingerprints {
    /// The fingerprint of a finding of `rule`.
    pub(super) fn take(&mut self, snapshot: &Snapshot, rule: &str, finding: &RawFinding) -> Fingerprint {
        let path = finding.place.as_ref().map_or("", |place| place.path.as_str());
        let anchor = finding.place.as_ref().and_then(|place| self.lines.text(snapshot, place, place.line?));
        self.take_of(rule, path, anchor.as_deref(), &finding.message)
    }

    /// The fingerprint of what `rule` says in `message` of a file, or of its line with this text.
    pub fn take_of(&mut self, rule: &str, path: &str, line: Option<&str>, message: &str) -> Fingerprint {
        let mut hash = Sha256::new();
        // A finding without a line is itself what its rule says; one with a line is the line.
        let parts = match line {
            Some(text) => [rule, path, "line", text.trim()],
            None => [rule, path, "text", message],
        };
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let digest: [u8; 32] = hash.clone().finalize().into();
        let ordinal = self.seen.entry(digest).or_default();
        let digest: [u8; 32] = if *ordinal == 0 {
            digest
        } else {
            hash.update(ordinal.to_le_bytes());
            hash.finalize().into()
        };
        *ordinal += 1;
        Fingerprint(digest[..8].iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
