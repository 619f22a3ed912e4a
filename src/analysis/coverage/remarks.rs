//! What a reader of a number has to know besides it, in sentences.

use super::measure::DiffCoverage;
use crate::model::{CoverageFacts, FileChange, RepoPath};
use std::collections::BTreeSet;

/// So many files are named in one remark.
const MAX_NAMED: usize = 5;

/// So many ambiguous paths are told one by one.
const MAX_TOLD: usize = 20;

/// Keeps of the facts what concerns the changed files: a snapshot holds no more. Of the files that a path fits the changed
/// ones come first, and at most five are kept.
pub fn restrict(facts: &mut CoverageFacts, changes: &[FileChange]) {
    let changed: BTreeSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
    facts.files.retain(|path, _| changed.contains(path));
    let mut doubtful = BTreeSet::new();
    facts.ambiguous.retain_mut(|it| {
        let is_elsewhere = |path: &RepoPath| !changed.contains(path);
        it.candidates.sort_by_key(is_elsewhere);
        let ours = it.candidates.iter().take_while(|path| !is_elsewhere(path));
        let is_near = it.candidates.first().is_some_and(|path| !is_elsewhere(path));
        doubtful.extend(ours.cloned());
        it.candidates.truncate(MAX_NAMED);
        is_near
    });
    facts.doubtful.extend(doubtful);
    let more = facts.ambiguous.len().saturating_sub(MAX_TOLD);
    if more > 0 {
        facts.ambiguous.truncate(MAX_TOLD);
        facts
            .notes
            .push(format!("{more} more paths in reports could be several files, so they count for none of them."));
    }
}

/// Everything that is not in the number, a sentence or two each: never silent.
pub fn remarks(facts: &CoverageFacts, measured: &DiffCoverage) -> Vec<String> {
    let mut out = Vec::new();
    for it in &facts.ambiguous {
        let candidates: Vec<String> = it.candidates.iter().map(|path| format!("`{path}`")).collect();
        let fits = match candidates.as_slice() {
            [one] => format!("could be {one} or another file, so it does not count"),
            many => format!("could be any of {}, so it counts for none of them", many.join(", ")),
        };
        out.push(format!(
            "`{}` in a report {fits}. Make the report with paths from the top of the repository.",
            it.path
        ));
    }
    let named = |wanted: &dyn Fn(&super::FileMeasure) -> bool, show: &dyn Fn(&super::FileMeasure) -> String| {
        let files: Vec<String> = measured.files.iter().filter(|file| wanted(file)).map(show).collect();
        let more = files.len().saturating_sub(MAX_NAMED);
        let list = files.into_iter().take(MAX_NAMED).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{list} and {more} more") } else { list }
    };
    let lines = |count: usize| if count == 1 { "1 added line".to_owned() } else { format!("{count} added lines") };
    let unknown = named(&|file| file.unknown && !file.stale && !file.doubtful, &|file| {
        format!("`{}` ({})", file.path, lines(file.added))
    });
    if !unknown.is_empty() {
        out.push(format!("No report knows {unknown}. Either no test loads that code, or the tool leaves it out."));
    }
    let stale = named(&|file| file.stale, &|file| format!("`{}`", file.path));
    if !stale.is_empty() {
        out.push(format!(
            "A report knows lines behind the end of {stale}: it was made of another version. Run the tests again."
        ));
    }
    let truncated = named(&|file| file.truncated, &|file| format!("`{}`", file.path));
    if !truncated.is_empty() {
        out.push(format!("The diff of {truncated} cannot be had whole, so that its lines are not counted."));
    }
    out.extend(facts.carried.iter().cloned());
    out.extend(facts.notes.iter().cloned());
    out
}
