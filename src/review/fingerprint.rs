//! A finding's identity across pushes: rule, path and the text it is anchored to, so that moved code keeps its thread.

use crate::diff::parse_hunks;
use crate::lua::RawFinding;
use crate::model::{Fact, FileKey, FileText, Fingerprint, Patch, Place, Side, Snapshot};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Gives fingerprints; findings that are equal in rule, path and text get an ordinal, in the order they are asked for.
#[derive(Default)]
pub struct Fingerprints {
    seen: HashMap<[u8; 32], u32>,
    lines: HashMap<(String, Side), Option<HashMap<u32, String>>>,
}

impl Fingerprints {
    /// The fingerprint of a finding of `rule`.
    pub(super) fn take(&mut self, snapshot: &Snapshot, rule: &str, finding: &RawFinding) -> Fingerprint {
        let path = finding.place.as_ref().map_or("", |place| place.path.as_str());
        let anchor = finding.place.as_ref().and_then(|place| self.anchor(snapshot, place));
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

    fn anchor(&mut self, snapshot: &Snapshot, place: &Place) -> Option<String> {
        let line = place.line?;
        let key = (place.path.as_str().to_owned(), place.side);
        let lines = self.lines.entry(key).or_insert_with(|| diff_lines(snapshot, place));
        let text = lines.as_ref().and_then(|lines| lines.get(&line).cloned());
        text.or_else(|| file_line(snapshot, place, line))
    }
}

fn diff_lines(snapshot: &Snapshot, place: &Place) -> Option<HashMap<u32, String>> {
    let Some(Fact::Known(changes)) = &snapshot.changes else { return None };
    let change = changes.iter().rev().find(|change| match place.side {
        Side::Left => *change.old_path() == place.path,
        Side::Right => change.path == place.path,
    })?;
    let Patch::Text(text) = &change.patch else { return None };
    let numbered = parse_hunks(text).into_iter().flat_map(|hunk| hunk.lines).filter_map(|line| {
        let number = if place.side == Side::Left { line.old } else { line.new };
        number.map(|number| (number, line.text.to_owned()))
    });
    Some(numbered.collect())
}

fn file_line(snapshot: &Snapshot, place: &Place, line: u32) -> Option<String> {
    let key = FileKey { side: place.side, path: place.path.clone() };
    let Some(Fact::Known(FileText::Text(text))) = snapshot.files.get(&key) else { return None };
    text.split('\n').nth(line.checked_sub(1)? as usize).map(str::to_owned)
}
