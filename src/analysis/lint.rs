//! Reports of linters into results at lines of the repository, filtered by a diff as people know it from reviewdog.
//!
//! As for coverage, parsers take untrusted bytes, open nothing that a report names, and say in words what they cannot
//! read.

mod builder;
mod checkstyle;
mod detect;
mod edits;
mod error;
mod filter;
mod json;
mod junit;
mod rdjson;
mod read;
mod report;
mod resolve;
mod sarif;
mod trace;
mod transfer;
mod unreadable;
mod xml;

pub use detect::{is_lint_file, is_lint_report};
pub use edits::{Replacement, apply_edits, mend};
pub use error::LintError;
pub use filter::{LineFilter, Reach};
pub use read::{MAX_LINT_BYTES, read, read_file};
pub use report::{Diagnostic, LintFormat, LintReport, MAX_EDITS, MAX_LINE, MAX_RESULTS, Spot};
pub use resolve::{NamedLint, combine, merge};
pub use transfer::transfer;
