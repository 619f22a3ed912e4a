//! Why a report cannot be read, in words for whoever made it.

/// A report that cannot be read. The text completes "`coverage.xml` ...".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Nothing but white space.
    #[error("is empty; let the tests write their coverage before it is read")]
    Empty,
    /// Larger than [`MAX_REPORT_BYTES`](super::MAX_REPORT_BYTES).
    #[error("is larger than {} MB; leave out files that are not yours, or split it", .limit >> 20)]
    TooLarge {
        /// Bytes.
        limit: usize,
    },
    /// More files or lines than the limits allow.
    #[error("has more than {limit} {what}; leave out files that are not yours, or split it")]
    TooMany {
        /// Files or lines.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// Something known that is no report: an archive, a page.
    #[error("{0}")]
    Other(&'static str),
    /// Files with totals only.
    #[error("is a summary without lines; export the lines, too (`llvm-cov export` without `-summary-only`)")]
    Summary,
    /// XML or JSON that is no report of coverage.
    #[error("is {syntax} and no coverage report ({found}); known are {}", known())]
    Unknown {
        /// `XML`, `JSON` or `text`.
        syntax: &'static str,
        /// What it is instead.
        found: String,
    },
    /// Ends before its end.
    #[error("is cut off at line {line}{}; make it again, and look whether the disk or the upload was full", inside_words(.inside))]
    Truncated {
        /// Where it ends, from 1.
        line: usize,
        /// The element that is open, for XML.
        inside: Option<String>,
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
    #[error("is nested too deeply at line {line} to be a coverage report")]
    TooDeep {
        /// Where, from 1.
        line: usize,
    },
    /// XML that defines or uses entities of its own.
    #[error("has an entity of its own at line {line} (`{name}`), which is not followed; a coverage report needs none")]
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

fn inside_words(element: &Option<String>) -> String {
    element.as_ref().map(|name| format!(" inside <{name}>")).unwrap_or_default()
}

fn known() -> String {
    let names: Vec<&str> = super::Format::ALL.iter().map(|format| format.as_str()).collect();
    names.join(", ")
}
