//! Whether a report can be read, and what it is of. It is kept as it came.

use crate::analysis::coverage::{ReportError, parse_report};
use crate::analysis::lint::{self, is_lint_file};
use crate::store::ReportKind;
use std::collections::BTreeSet;

/// A report that can be read.
pub(super) struct ReadReport {
    pub(super) bytes: Vec<u8>,
    pub(super) kind: ReportKind,
    pub(super) files: usize,
    /// Lines of which it speaks.
    pub(super) lines: usize,
    /// What a linter has to say.
    pub(super) results: Option<usize>,
    pub(super) format: &'static str,
}

/// Reads a report of coverage or of a linter, by its content and where that is empty by its name. The error completes
/// "the report ...".
pub(super) fn read_report(name: &str, bytes: Vec<u8>) -> Result<ReadReport, String> {
    if is_lint_file(name, &bytes) {
        let report = lint::read_file(name, &bytes).map_err(|error| error.to_string())?;
        let spots = || report.results.iter().filter_map(|it| it.spots.first());
        let files = spots().map(|spot| spot.path.as_str()).collect::<BTreeSet<_>>().len();
        let place = |spot: &lint::Spot| Some((spot.path.clone(), spot.range?.line));
        let lines = spots().filter_map(place).collect::<BTreeSet<_>>().len();
        let (results, format) = (Some(report.results.len()), report.format.as_str());
        return Ok(ReadReport { bytes, kind: ReportKind::Lint, files, lines, results, format });
    }
    let report = parse_report(&bytes).map_err(|error| match error {
        ReportError::Unknown { .. } => format!("{error}; of linters SARIF, checkstyle, JUnit, rdjson and rdjsonl"),
        error => error.to_string(),
    })?;
    let files = report.files.iter().map(|file| file.path.as_str()).collect::<BTreeSet<_>>().len();
    let (lines, format) = (report.line_count(), report.format.as_str());
    Ok(ReadReport { bytes, kind: ReportKind::Coverage, files, lines, results: None, format })
}
