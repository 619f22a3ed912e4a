//! Linters' reports from disk, for local runs.

use super::coverage::{Checkout, directory_inside, find_reports, read};
use super::failure::Failure;
use super::plain;
use crate::analysis::lint::{self, LintError, NamedLint, combine, is_lint_report};
use crate::git::Comparison;
use crate::model::{ChangeStatus, FileChange, LintFacts};
use std::path::{Path, PathBuf};

/// Which of the files are linters' reports, by their content. What cannot be read is none, so that whoever reads it as a
/// report of coverage says why.
pub(super) fn split(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<PathBuf>) {
    paths.iter().cloned().partition(|path| read(path).is_ok_and(|bytes| is_lint_report(&bytes)))
}

/// The fact for a comparison: from the reports that were given, else from those that the patterns find.
pub(super) fn load_facts(
    comparison: &Comparison,
    top: Option<&Path>,
    given: &[PathBuf],
    patterns: &[String],
    changes: &[FileChange],
) -> Result<LintFacts, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
    let found = match top {
        Some(top) if given.is_empty() => find_reports(top, "lint_reports", patterns)?,
        _ => given.to_vec(),
    };
    if found.is_empty() {
        return Ok(LintFacts::default());
    }
    let checkout = Checkout::new(&here, top, comparison.list_files()?);
    let reports = found.iter().map(|path| read_report(path, checkout.top.as_deref())).collect::<Result<_, _>>()?;
    let (tree, places) = checkout.tree(changes);
    let changed = changes.iter().filter(|change| change.status != ChangeStatus::Removed);
    Ok(combine(reports, &tree, &places, &changed.map(|change| change.path.clone()).collect()))
}

fn read_report(path: &Path, top: Option<&Path>) -> Result<NamedLint, Failure> {
    let shown = plain::line(&path.display().to_string()).into_owned();
    let bytes =
        read(path).map_err(|error| Failure::usage(format!("the linter's report {shown} cannot be read: {error}")))?;
    let report = lint::read(&bytes)
        .map_err(|error: LintError| Failure::usage(format!("{shown} {}", plain::line(&error.to_string()))))?;
    Ok(NamedLint { name: shown, beside: directory_inside(path, top), flag: None, report })
}
