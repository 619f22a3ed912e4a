//! Which format a report has, by its content.

use super::json::TopNames;
use super::report::LintFormat;
use super::xml::is_lint_root;
use crate::analysis::coverage::{strip_mark, xml_text};

/// Whether the bytes are a linter's report, in a form that [`read`](super::read) knows; a report of coverage is none.
pub fn is_lint_report(bytes: &[u8]) -> bool {
    let Ok(bytes) = strip_mark(bytes) else { return false };
    let start = bytes.trim_ascii_start();
    match start.first() {
        Some(b'<') => xml_text(start).is_ok_and(|text| is_lint_root(&text)),
        Some(b'{') => json_format(&String::from_utf8_lossy(start)).is_some(),
        _ => false,
    }
}

/// Whether a file of this name is a linter's report.
pub fn is_lint_file(name: &str, bytes: &[u8]) -> bool {
    is_empty_rdjsonl(name, bytes) || is_lint_report(bytes)
}

pub(super) fn is_empty_rdjsonl(name: &str, bytes: &[u8]) -> bool {
    bytes.trim_ascii().is_empty() && name.to_ascii_lowercase().ends_with(".rdjsonl")
}

/// All that a diagnostic of `rdjsonl` may have.
const DIAGNOSTIC: [&str; 10] = [
    "message",
    "location",
    "severity",
    "source",
    "code",
    "suggestions",
    "original_output",
    "originalOutput",
    "related_locations",
    "relatedLocations",
];

/// The format of JSON text; `None` when it is no linter's.
pub(super) fn json_format(text: &str) -> Option<LintFormat> {
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<TopNames>();
    let TopNames(names) = documents.next()?.ok()?;
    let has = |name: &str| names.contains(name);
    // Reviewdog writes protocol buffers, which leave out what is empty.
    let consists_of = |known: &[&str]| names.iter().all(|name| known.contains(&name.as_str()));
    if has("runs") && (has("$schema") || has("version")) {
        Some(LintFormat::Sarif)
    } else if has("diagnostics") || has("source") && consists_of(&["source", "severity"]) {
        Some(LintFormat::Rdjson)
    } else if has("location") && (has("message") || consists_of(&DIAGNOSTIC)) {
        Some(LintFormat::Rdjsonl)
    } else {
        None
    }
}
