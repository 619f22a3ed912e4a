//! Linters' reports from disk, for local runs.

use super::coverage::{Checkout, directory_inside, find_reports, read};
use super::failure::Failure;
use super::plain;
use crate::analysis::coverage::{Format, ReportError, parse_report};
use crate::analysis::lint::{self, LintError, LintFormat, NamedLint, combine, is_lint_file};
use crate::git::Comparison;
use crate::model::{ChangeStatus, FileChange, LintFacts};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Tells linters' reports from those of coverage, by their content. Each is read to its end, whether a rule asks for it
/// or not: who names a report wants it judged.
pub(super) fn split(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let (mut linted, mut covered) = (Vec::new(), Vec::new());
    for path in paths {
        let shown = plain::line(&path.display().to_string()).into_owned();
        let bytes = read(path).map_err(|error| unreadable(&shown, &error))?;
        let fault = if is_lint_file(&shown, &bytes) {
            linted.push(path.clone());
            lint::read_file(&shown, &bytes).err().map(|error| error.to_string())
        } else {
            covered.push(path.clone());
            parse_report(&bytes).err().map(neither)
        };
        if let Some(fault) = fault {
            return Err(Failure::usage(format!("{shown} {}", plain::line(&fault))));
        }
    }
    Ok((linted, covered))
}

fn unreadable(shown: &str, error: &std::io::Error) -> Failure {
    Failure::usage(match error.kind() {
        ErrorKind::NotFound => {
            format!("there is no report {shown}; let the tests or the linter write it first, or name another file")
        }
        ErrorKind::IsADirectory => format!("{shown} is a directory; name the report in it, such as {shown}/lcov.info"),
        _ => format!("the report {shown} cannot be read: {error}"),
    })
}

/// Why a file is neither a report of coverage nor one of a linter.
fn neither(error: ReportError) -> String {
    match error {
        ReportError::Empty => "is empty; let the tests or the linter write it before it is read".to_owned(),
        ReportError::Unknown { syntax, found } => {
            let coverage = Format::ALL.map(Format::as_str).join(", ");
            let linters = LintFormat::ALL.map(LintFormat::as_str).join(", ");
            format!(
                "is {syntax} and neither a coverage report nor a linter's ({found}); known are {coverage} of coverage, and {linters} of linters"
            )
        }
        other => other.to_string(),
    }
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
    let report = lint::read_file(&shown, &bytes)
        .map_err(|error: LintError| Failure::usage(format!("{shown} {}", plain::line(&error.to_string()))))?;
    Ok(NamedLint { name: shown, beside: directory_inside(path, top), flag: None, report })
}
