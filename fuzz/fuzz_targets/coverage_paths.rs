//! Any paths are those of a report and of a repository, parted by `=====`: what is found is a file of the repository, and
//! every path is found, ambiguous or foreign. Corpus: tests/data/corpus/coverage_paths.
#![no_main]

use deckhand::analysis::coverage::{Format, Named, Places, Report, ReportFile, Tree, combine};
use deckhand::model::RepoPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some((tree, paths)) = text.split_once("=====\n") else { return };
    let file = |path: &str| ReportFile { path: path.to_owned(), hint: None, lines: vec![(1, 1, 0, 0).into()] };
    let files: Vec<ReportFile> = paths.lines().map(file).collect();
    let report = Report { format: Format::Lcov, files, sources: Vec::new(), notes: Vec::new() };
    let tree: Vec<RepoPath> = tree.lines().map(RepoPath::new).collect();
    let named = Named { name: "report".to_owned(), beside: Some("packages/web/out".to_owned()), report };
    let facts = combine(vec![named], &Tree::new(tree.clone()), &Places::default());
    assert!(facts.files.keys().all(|path| tree.contains(path)));
});
