//! Reads report files from disk.

use crate::analysis::coverage::{MAX_REPORT_BYTES, Named, ReportError, parse_report};
use crate::cli::failure::Failure;
use crate::cli::plain;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Reads and parses each file. `top` is the canonical top of the repository, to know which directory a report lies in.
pub(super) fn read_reports(paths: &[PathBuf], top: Option<&Path>) -> Result<Vec<Named>, Failure> {
    paths.iter().map(|path| read_report(path, top)).collect()
}

fn read_report(path: &Path, top: Option<&Path>) -> Result<Named, Failure> {
    let shown = plain::line(&path.display().to_string()).into_owned();
    let bytes = read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::usage(format!(
            "there is no coverage report {shown}; let the tests write it first, or name another file"
        )),
        ErrorKind::IsADirectory => {
            Failure::usage(format!("{shown} is a directory; name the report in it, such as {shown}/lcov.info"))
        }
        _ => Failure::usage(format!("the coverage report {shown} cannot be read: {error}")),
    })?;
    let report = parse_report(&bytes)
        .map_err(|error: ReportError| Failure::usage(format!("{shown} {}", plain::line(&error.to_string()))))?;
    Ok(Named { name: shown, beside: directory_inside(path, top), report })
}

/// The directory of the repository that a file lies in, when it lies in the one at `top`.
pub(in crate::cli) fn directory_inside(path: &Path, top: Option<&Path>) -> Option<String> {
    let canonical = path.canonicalize().ok();
    let inside = top.and_then(|top| canonical.as_deref()?.strip_prefix(top).ok()?.parent());
    inside.map(|directory| directory.to_string_lossy().into_owned())
}

/// The file's bytes; of one that is too large only so many that the parser sees it.
pub(in crate::cli) fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let limit = MAX_REPORT_BYTES as u64 + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(limit)).unwrap_or(0));
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
