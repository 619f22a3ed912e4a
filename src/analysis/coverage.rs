//! Coverage reports into what is known of lines, and what that says of a diff.
//!
//! Parsers take untrusted bytes, hold one file at a time, open nothing that a report names, and say in words what they
//! cannot read. Paths of reports are resolved over the repository's files; what is ambiguous counts for nothing and is said.

mod clover;
mod cobertura;
mod combine;
mod contest;
mod coverage_py;
mod decode;
mod error;
mod expand;
mod gcovr;
mod go;
mod istanbul;
mod jacoco;
mod json;
mod lcov;
mod llvm_cov;
mod measure;
mod parse;
mod percent;
mod project;
mod ranges;
mod remarks;
mod report;
mod resolve;
mod roots;
mod simplecov;
mod sonar;
mod spelling;
#[cfg(test)]
mod tests;
mod transfer;
mod tree;
mod votes;
mod xml;

pub use combine::{Named, combine};
pub(super) use decode::{json_text, strip_mark, xml_text};
pub use error::ReportError;
pub use expand::expand;
pub use go::parse_go;
pub use lcov::parse_lcov;
pub use measure::{DiffCoverage, FileMeasure, State, measure};
pub use parse::{MAX_REPORT_BYTES, parse_report};
pub use percent::Share;
pub use project::compare_projects;
pub use ranges::{LineRange, ranges};
pub use remarks::{remarks, restrict};
pub use report::{Format, MAX_FILES, MAX_LINE, MAX_LINES, Report, ReportFile};
pub use resolve::{Places, Tree, resolve_paths};
pub use transfer::{merge, transfer};
