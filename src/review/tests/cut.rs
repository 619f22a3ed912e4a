//! Diffs that nobody has whole: whoever needs their lines says so.

use super::*;

#[test]
fn coverage_of_lines_that_nobody_has_is_a_fault() {
    let mut snapshot = snapshot("use('diff_coverage')");
    let Some(Fact::Known(changes)) = &mut snapshot.changes else { panic!("they are known") };
    changes[0].patch = Patch::Truncated;
    let lines = vec![LineHits::new(1, 0), LineHits::new(2, 1)];
    let facts = CoverageFacts {
        reports: vec![ReportFacts { name: "lcov.info".to_owned(), format: "lcov".to_owned(), files: 1, lines: 2 }],
        files: [(RepoPath::new("src/a.py"), lines)].into(),
        matched_files: 1,
        ..CoverageFacts::default()
    };
    snapshot.coverage.insert(Vec::new(), Fact::Known(facts));
    let Outcome::Done(verdict) = run(&snapshot, &Clock::frozen()) else { panic!("nothing is missing") };
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    let fault = &verdict.faults[0];
    assert_eq!(fault.message, "the diff of `src/a.py` is incomplete, so this rule cannot judge it");
}
