//! What a reader of a number has to know besides it, in sentences.

use super::measure::DiffCoverage;
use crate::model::{CoverageFacts, FileChange, RepoPath};
use std::collections::BTreeSet;

/// So many files are named in one remark.
const MAX_NAMED: usize = 5;

/// Keeps of the facts what concerns the changed files: a snapshot holds no more.
pub fn restrict(facts: &mut CoverageFacts, changes: &[FileChange]) {
    let changed: BTreeSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
    facts.files.retain(|path, _| changed.contains(path));
    facts.ambiguous.retain(|it| it.candidates.iter().any(|candidate| changed.contains(candidate)));
}

/// Everything that is not in the number, a sentence or two each: never silent.
pub fn remarks(facts: &CoverageFacts, measured: &DiffCoverage) -> Vec<String> {
    let mut out = Vec::new();
    for it in &facts.ambiguous {
        let candidates: Vec<String> = it.candidates.iter().map(|path| format!("`{path}`")).collect();
        out.push(format!(
            "`{}` in a report could be any of {}, so it counts for none of them. Make the report with paths from the top of the repository.",
            it.path,
            candidates.join(", ")
        ));
    }
    let named = |wanted: &dyn Fn(&super::FileMeasure) -> bool, show: &dyn Fn(&super::FileMeasure) -> String| {
        let files: Vec<String> = measured.files.iter().filter(|file| wanted(file)).map(show).collect();
        let more = files.len().saturating_sub(MAX_NAMED);
        let list = files.into_iter().take(MAX_NAMED).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{list} and {more} more") } else { list }
    };
    let lines = |count: usize| if count == 1 { "1 added line".to_owned() } else { format!("{count} added lines") };
    let unknown =
        named(&|file| file.unknown && !file.stale, &|file| format!("`{}` ({})", file.path, lines(file.added)));
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
