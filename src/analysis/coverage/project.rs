//! The whole project's coverage beside that of the base, and lines that a change does not touch and that ran only before it.

use super::percent::Share;
use crate::diff::{Hunk, map_line, parse_hunks};
use crate::model::{ChangeStatus, CommitId, CoverageFacts, FileChange, LineHits, Patch, ProjectFacts, RepoPath};
use std::collections::BTreeMap;

/// So many lines that are lost are told one by one.
const MAX_LOST: usize = 1_000;

/// Compares what reports know of the whole project at the base and at the head.
pub fn compare_projects(
    (commit, base): (&CommitId, &CoverageFacts),
    head: &CoverageFacts,
    changes: &[FileChange],
) -> ProjectFacts {
    let changed: BTreeMap<&RepoPath, &FileChange> = changes.iter().map(|change| (change.old_path(), change)).collect();
    let mut lost = BTreeMap::new();
    let mut left = MAX_LOST;
    for (path, before) in &base.files {
        let (path, lines) = match changed.get(path) {
            Some(change) => (&change.path, lost_in_changed(before, change, head)),
            None => (path, lost_in_unchanged(before, head.files.get(path).map_or(&[][..], Vec::as_slice))),
        };
        let lines: Vec<u32> = lines.into_iter().take(left).collect();
        left -= lines.len();
        if !lines.is_empty() {
            lost.insert(path.clone(), lines);
        }
    }
    let (before, now) = (share(base), share(head));
    ProjectFacts {
        base: commit.clone(),
        base_covered: before.covered,
        base_lines: before.lines,
        covered: now.covered,
        lines: now.lines,
        lost,
    }
}

/// All lines that the reports know.
fn share(facts: &CoverageFacts) -> Share {
    let lines = || facts.files.values().flatten();
    Share { covered: lines().filter(|line| line.hits > 0).count() as u64, lines: lines().count() as u64 }
}

/// Where two reports do not know the same lines, they are of two versions (the base went on meanwhile), or of two tools:
/// then nothing is said.
fn lost_in_unchanged(before: &[LineHits], now: &[LineHits]) -> Vec<u32> {
    let same = before.len() == now.len() && before.iter().zip(now).all(|(one, other)| one.number == other.number);
    let lost = before.iter().zip(now).filter(|(one, other)| same && one.hits > 0 && other.hits == 0);
    lost.map(|(_, other)| other.number).collect()
}

fn lost_in_changed(before: &[LineHits], change: &FileChange, head: &CoverageFacts) -> Vec<u32> {
    let (Patch::Text(patch), Some(now)) = (&change.patch, head.files.get(&change.path)) else { return Vec::new() };
    if change.status == ChangeStatus::Removed {
        return Vec::new();
    }
    let hunks = parse_hunks(patch);
    let ran = before.iter().filter(|line| line.hits > 0);
    ran.filter_map(|line| lost_line(line.number, &hunks, now)).collect()
}

/// The new number of a line that is still there and that nothing runs any more.
fn lost_line(old: u32, hunks: &[Hunk<'_>], now: &[LineHits]) -> Option<u32> {
    let number = map_line(hunks, old)?;
    let at = now.binary_search_by_key(&number, |line| line.number).ok()?;
    (now[at].hits == 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_patch_set;

    const PATCH: &str = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,3 @@\n+zero\n one\n two\n";

    fn facts(files: &[(&str, &[(u32, u64)])]) -> CoverageFacts {
        let lines = |lines: &[(u32, u64)]| lines.iter().map(|(number, hits)| LineHits::new(*number, *hits)).collect();
        let files = files.iter().map(|(path, of)| (RepoPath::new(path), lines(of))).collect();
        CoverageFacts { files, ..CoverageFacts::default() }
    }

    #[test]
    fn lines_outside_of_the_diff_that_ran_only_before_are_lost() {
        let changes = parse_patch_set(PATCH.as_bytes()).files;
        let base = facts(&[
            ("a.py", &[(1, 1), (2, 1), (9, 1)]),
            ("b.py", &[(1, 1), (2, 0), (3, 1)]),
            ("c.py", &[(1, 1)]),
            ("d.py", &[(1, 1)]),
        ]);
        // `c` is another text, as the base went on; `d` is in no report of the head.
        let head = facts(&[
            ("a.py", &[(1, 0), (2, 1), (3, 0), (10, 0)]),
            ("b.py", &[(1, 1), (2, 0), (3, 0)]),
            ("c.py", &[(1, 0), (2, 1)]),
        ]);
        let commit = CommitId::new(&"a".repeat(40)).expect("an id");
        let seen = compare_projects((&commit, &base), &head, &changes);
        assert_eq!((seen.base_covered, seen.base_lines, seen.covered, seen.lines), (7, 8, 3, 9));
        let lost: Vec<(&str, &[u32])> =
            seen.lost.iter().map(|(path, lines)| (path.as_str(), lines.as_slice())).collect();
        assert_eq!(lost, [("a.py", [3, 10].as_slice()), ("b.py", [3].as_slice())]);
    }
}
