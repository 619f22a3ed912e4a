//! What reports say of the lines that a diff adds.

use super::combine::language_of;
use super::percent::Share;
use super::ranges::{LineRange, ranges};
use crate::analysis::file_kinds::is_unreported;
use crate::diff::{LineKind, is_whole, parse_hunks};
use crate::model::{ChangeStatus, CoverageFacts, FileChange, LineHits, Patch, RepoPath};
use std::collections::BTreeMap;

/// The coverage of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffCoverage {
    /// What can be said at all.
    pub state: State,
    /// Files with added lines that a report knows, that should be known, or whose diff is not to be had; by path.
    pub files: Vec<FileMeasure>,
}

/// What can be said of a diff's coverage. Only [`State::Measured`] has a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody gave a report.
    NoReport,
    /// The reports name no line of code.
    Empty,
    /// No path of the reports is a file of the repository.
    NothingMatched,
    /// Paths of the reports could be files of the repository, and none certainly is one.
    Ambiguous,
    /// The diff adds no lines, where it counts.
    NothingAdded,
    /// The reports know none of the added lines.
    NothingMeasured,
    /// They know some.
    Measured,
}

impl State {
    /// Its name in data: `no_report`, `measured`.
    pub fn as_str(self) -> &'static str {
        match self {
            State::NoReport => "no_report",
            State::Empty => "empty",
            State::NothingMatched => "nothing_matched",
            State::Ambiguous => "ambiguous",
            State::NothingAdded => "nothing_added",
            State::NothingMeasured => "nothing_measured",
            State::Measured => "measured",
        }
    }

    /// Why there is no number, and what to do; `None` when there is one.
    pub fn explain(self) -> Option<&'static str> {
        Some(match self {
            State::NoReport => "there is no coverage report",
            State::Empty => {
                "the coverage report knows no line of code: the tests wrote nothing into it, or measured nothing"
            }
            State::NothingMatched => {
                "no path in the coverage report is a file of this repository: it was made elsewhere, or for another project"
            }
            State::Ambiguous => {
                "every path in the coverage report that could be a file of this repository could be another one, too"
            }
            State::NothingAdded => "the diff adds no lines that could be covered",
            State::NothingMeasured => "the coverage report knows none of the lines that the diff adds",
            State::Measured => return None,
        })
    }
}

/// One file of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMeasure {
    /// The file.
    pub path: RepoPath,
    /// How many lines the diff adds to it.
    pub added: usize,
    /// Added lines that ran, in order.
    pub covered: Vec<u32>,
    /// Added lines that did not run, in order.
    pub missing: Vec<u32>,
    /// Added lines that ran, and of which a branch did not; they are also among the covered ones, or among the missing
    /// ones where a partial line counts as missing.
    pub partial: Vec<u32>,
    /// The missing lines by range; added lines that are no code may lie between.
    pub ranges: Vec<LineRange>,
    /// No report knows the file, although reports know others in its language.
    pub unknown: bool,
    /// A path in a report could be this file or another one, so that the report may know more of it.
    pub doubtful: bool,
    /// The report is of another text: it knows lines behind the file's end.
    pub stale: bool,
    /// The diff of the file cannot be had.
    pub truncated: bool,
}

impl FileMeasure {
    /// Covered lines of those that the report knows.
    pub fn share(&self) -> Share {
        Share { covered: self.covered.len() as u64, lines: (self.covered.len() + self.missing.len()) as u64 }
    }
}

impl DiffCoverage {
    /// Over all files.
    pub fn total(&self) -> Share {
        self.files.iter().fold(Share::default(), |sum, file| sum.plus(file.share()))
    }
}

/// Compares a diff with what is known. `counts` says whether a path counts; `partial_is_missing` whether a line of which
/// a branch did not run counts as missing.
pub fn measure(
    facts: &CoverageFacts,
    changes: &[FileChange],
    counts: &dyn Fn(&str) -> bool,
    partial_is_missing: bool,
) -> DiffCoverage {
    let mut files: BTreeMap<&RepoPath, FileMeasure> = BTreeMap::new();
    let mut added_lines = 0;
    for change in changes {
        if change.status == ChangeStatus::Removed || !counts(change.path.as_str()) {
            continue;
        }
        let known = facts.files.get(&change.path).map(Vec::as_slice);
        let added = added_in(change);
        added_lines += added.len();
        let should_be_known = !is_unreported(change.path.as_str())
            && language_of(change.path.as_str()).is_some_and(|ending| facts.languages.contains(&ending));
        let unknown = known.is_none() && !added.is_empty() && should_be_known;
        let is_cut = match &change.patch {
            Patch::Truncated => true,
            Patch::Text(text) => !is_whole(text),
            Patch::Empty | Patch::Binary => false,
        };
        let truncated = is_cut && (known.is_some() || should_be_known);
        if !unknown && !truncated && (known.is_none() || added.is_empty()) {
            continue;
        }
        // A type change has two entries for one path; only one of them adds lines.
        let file = files.entry(&change.path).or_insert_with(|| FileMeasure {
            path: change.path.clone(),
            added: 0,
            covered: Vec::new(),
            missing: Vec::new(),
            partial: Vec::new(),
            ranges: Vec::new(),
            unknown,
            doubtful: facts.doubtful.contains(&change.path),
            stale: false,
            truncated,
        });
        file.added += added.len();
        file.fill(known.unwrap_or_default(), &added, partial_is_missing);
        let last_known = known.and_then(<[LineHits]>::last).map_or(0, |line| line.number);
        let is_too_long = change.status == ChangeStatus::Added && added.last().is_some_and(|last| last_known > *last);
        file.stale |= is_too_long || facts.stale.contains(&change.path);
    }
    let files: Vec<FileMeasure> = files.into_values().collect();
    let measured = files.iter().any(|file| file.share().lines > 0);
    let state = match () {
        () if measured => State::Measured,
        () if added_lines == 0 && !files.iter().any(|file| file.truncated) => State::NothingAdded,
        () if facts.reports.is_empty() => State::NoReport,
        () if facts.reports.iter().all(|report| report.lines == 0) => State::Empty,
        () if facts.matched_files == 0 && facts.ambiguous_paths > 0 => State::Ambiguous,
        () if facts.matched_files == 0 => State::NothingMatched,
        () => State::NothingMeasured,
    };
    DiffCoverage { state, files }
}

/// The numbers of the added lines, in order.
fn added_in(change: &FileChange) -> Vec<u32> {
    let Patch::Text(text) = &change.patch else { return Vec::new() };
    let hunks = parse_hunks(text);
    let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
    lines.filter(|line| line.kind == LineKind::Added).filter_map(|line| line.new).collect()
}

impl FileMeasure {
    fn fill(&mut self, known: &[LineHits], added: &[u32], partial_is_missing: bool) {
        let find = |number: u32| known.binary_search_by_key(&number, |line| line.number).ok().map(|at| known[at]);
        let is_covered = |line: LineHits| line.hits > 0 && !(partial_is_missing && line.is_partial());
        for line in added.iter().filter_map(|number| find(*number)) {
            if is_covered(line) { &mut self.covered } else { &mut self.missing }.push(line.number);
            if line.is_partial() {
                self.partial.push(line.number);
            }
        }
        let bridges = |number: u32| added.binary_search(&number).is_ok() && !find(number).is_some_and(is_covered);
        self.ranges.extend(ranges(&self.missing, &bridges));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Named, Places, Tree, combine, parse_report};
    use super::*;
    use crate::diff::parse_patch_set;

    const PATCH: &str = "diff --git a/src/a.py b/src/a.py\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1,1 +1,6 @@\n one\n+two\n+three\n+\n+five\n+six\n\
        diff --git a/src/new.py b/src/new.py\nnew file mode 100644\n--- /dev/null\n+++ b/src/new.py\n@@ -0,0 +1,2 @@\n+x\n+y\n\
        diff --git a/README.md b/README.md\n--- a/README.md\n+++ b/README.md\n@@ -1 +1,2 @@\n a\n+b\n";

    fn of(reports: &[&str], tree: &[&str]) -> DiffCoverage {
        let named = |text: &&str| Named {
            name: "r".to_owned(),
            beside: None,
            report: parse_report(text.as_bytes()).expect("reads"),
        };
        let tree = Tree::new(tree.iter().map(|path| RepoPath::new(path)));
        let facts = combine(reports.iter().map(named).collect(), &tree, &Places::default());
        measure(&facts, &parse_patch_set(PATCH.as_bytes()).files, &|path| !path.ends_with(".md"), false)
    }

    #[test]
    fn added_lines_that_a_report_knows_count() {
        let report = "SF:src/a.py\nDA:1,0\nDA:2,1\nBRDA:2,0,0,1\nBRDA:2,0,1,0\nDA:3,0\nDA:5,0\nDA:6,2\nend_of_record\n";
        let seen = of(&[report], &["src/a.py", "src/new.py", "README.md"]);
        assert_eq!(seen.state, State::Measured);
        let [a, new] = seen.files.as_slice() else { panic!("two files: {seen:?}") };
        assert_eq!(
            (a.covered.as_slice(), a.missing.as_slice(), a.partial.as_slice()),
            ([2, 6].as_slice(), [3, 5].as_slice(), [2].as_slice())
        );
        assert_eq!(a.ranges, [LineRange { first: 3, last: 5, count: 2 }]);
        assert!(new.unknown && new.added == 2);
        assert_eq!(seen.total(), Share { covered: 2, lines: 4 });
    }

    #[test]
    fn without_a_number_the_reason_has_a_name() {
        let tree = ["src/a.py", "src/new.py", "README.md"];
        assert_eq!(of(&[], &tree).state, State::NoReport);
        assert_eq!(of(&["TN:\n"], &tree).state, State::Empty);
        assert_eq!(of(&["SF:/x/other.c\nDA:1,1\nend_of_record\n"], &tree).state, State::NothingMatched);
        assert_eq!(of(&["SF:src/a.py\nDA:1,1\nend_of_record\n"], &tree).state, State::NothingMeasured);
    }

    #[test]
    fn a_report_of_another_text_is_stale() {
        let seen = of(&["SF:src/new.py\nDA:1,1\nDA:9,1\nend_of_record\n"], &["src/a.py", "src/new.py"]);
        assert!(seen.files.iter().any(|file| file.path == "src/new.py".into() && file.stale), "{seen:?}");
    }
}
