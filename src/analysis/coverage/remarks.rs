//! What a reader of a number has to know besides it, in sentences.

use super::measure::DiffCoverage;
use crate::model::{CoverageFacts, FileChange, RepoPath};
use std::collections::BTreeSet;

/// So many files are named in one remark.
const MAX_NAMED: usize = 5;

/// So many ambiguous paths are told one by one.
const MAX_TOLD: usize = 20;

/// Keeps of the facts what concerns the changed files: a snapshot holds no more. Of the files that a path fits the changed
/// ones come first, and at most six are kept.
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
        // One more shows that there are others.
        it.candidates.truncate(MAX_NAMED + 1);
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
            many => {
                let others = if many.len() > MAX_NAMED { " and others" } else { "" };
                let named = many[..many.len().min(MAX_NAMED)].join(", ");
                format!("could be any of {named}{others}, so it counts for none of them")
            }
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

#[cfg(test)]
mod tests {
    use super::super::{Named, Places, State, Tree, combine, measure, parse_report};
    use super::*;
    use crate::diff::parse_patch_set;

    fn facts(report: &str, tree: &[String], changes: &[FileChange]) -> CoverageFacts {
        let report = parse_report(report.as_bytes()).expect("reads");
        let named = Named { name: "r".to_owned(), beside: None, report };
        let tree = Tree::new(tree.iter().map(|path| RepoPath::new(path)));
        let mut facts = combine(vec![named], &tree, &Places::default());
        restrict(&mut facts, changes);
        facts
    }

    fn record(path: &str) -> String {
        format!("SF:{path}\nDA:1,1\nend_of_record\n")
    }

    fn added(path: &str) -> Vec<FileChange> {
        parse_patch_set(
            format!("diff --git a/{path} b/{path}\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n").as_bytes(),
        )
        .files
    }

    #[test]
    fn an_ambiguous_path_of_a_changed_file_is_said_among_many() {
        let files = (0..30).flat_map(|file| (0..9).map(move |package| format!("p/{package}/src/f{file}.ts")));
        let tree: Vec<String> = files.collect();
        let report: String = (0..30).map(|file| record(&format!("src/f{file}.ts"))).collect();
        let changes = added("p/8/src/f29.ts");
        let facts = facts(&report, &tree, &changes);
        assert_eq!((facts.ambiguous.len(), facts.ambiguous_paths), (1, 30));
        let measured = measure(&facts, &changes, &|_| true, false);
        assert_eq!((measured.state, measured.files[0].doubtful), (State::Ambiguous, true));
        assert_eq!(
            remarks(&facts, &measured),
            [
                "`src/f29.ts` in a report could be any of `p/8/src/f29.ts`, `p/0/src/f29.ts`, `p/1/src/f29.ts`, `p/2/src/f29.ts`, `p/3/src/f29.ts` and others, so it counts for none of them. Make the report with paths from the top of the repository."
            ]
        );
    }

    #[test]
    fn what_may_be_a_changed_file_is_said() {
        let tree = ["src/calc.js".to_owned(), "src/other.js".to_owned()];
        let changes = added("src/calc.js");
        let facts = facts(&(record("dist/calc.js") + &record("src/other.js")), &tree, &changes);
        let measured = measure(&facts, &changes, &|_| true, false);
        assert_eq!((measured.state, facts.foreign_files), (State::NothingMeasured, 0));
        assert_eq!(
            remarks(&facts, &measured),
            [
                "`dist/calc.js` in a report could be `src/calc.js` or another file, so it does not count. Make the report with paths from the top of the repository."
            ]
        );
    }
}
