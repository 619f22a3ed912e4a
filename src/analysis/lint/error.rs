//! Why a linter's report cannot be read, in words for whoever made it.

use crate::analysis::coverage::ReportError;

/// A report that cannot be read. The text completes "`eslint.sarif` ...".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LintError {
    /// Nothing but white space.
    #[error("is empty; let the linter write its report before it is read")]
    Empty,
    /// Larger than [`MAX_LINT_BYTES`](super::MAX_LINT_BYTES).
    #[error("is larger than {} MB; leave out files that are not yours, or split it", .limit >> 20)]
    TooLarge {
        /// Bytes.
        limit: usize,
    },
    /// More results than [`MAX_RESULTS`](super::MAX_RESULTS).
    #[error("has more than {limit} results; leave out files that are not yours, or split it")]
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// Text that is no linter's report.
    #[error("is {syntax} and no linter's report ({found}); known are {}", known())]
    Unknown {
        /// `XML`, `JSON` or `text`.
        syntax: &'static str,
        /// What it is instead.
        found: String,
    },
    /// Ends before its end.
    #[error("is cut off at line {line}; make it again, and look whether the disk or the upload was full")]
    Truncated {
        /// Where it ends, from 1.
        line: usize,
    },
    /// Damaged in some other way.
    #[error("is damaged at line {line}: {what}; make it again")]
    Damaged {
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Nested more deeply than any report is.
    #[error("is nested too deeply at line {line} to be a linter's report")]
    TooDeep {
        /// Where, from 1.
        line: usize,
    },
    /// XML that defines or uses entities of its own.
    #[error("has an entity of its own at line {line} (`{name}`), which is not followed; a linter's report needs none")]
    Entity {
        /// Where, from 1.
        line: usize,
        /// Its name.
        name: String,
    },
    /// Bytes that are not the text they claim to be.
    #[error("is not {0}; save it as UTF-8")]
    Encoding(String),
}

impl From<ReportError> for LintError {
    /// Both read bytes into text by the same function; what else a report of coverage can be, it does not say.
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Encoding(what) => LintError::Encoding(what),
            other => LintError::Damaged { line: 1, what: other.to_string() },
        }
    }
}

fn known() -> String {
    let names: Vec<&str> = super::LintFormat::ALL.iter().map(|format| format.as_str()).collect();
    names.join(", ")
}
