//! Any report of a linter, its format told by its content.

use super::builder::Builder;
use super::detect::{is_empty_rdjsonl, json_format};
use super::error::LintError;
use super::report::{LintFormat, LintReport};
use super::{rdjson, sarif, xml};
use crate::analysis::coverage::{json_text, strip_mark, xml_text};

/// A larger report is refused: 64 MB.
pub const MAX_LINT_BYTES: usize = 64 << 20;

/// Reads a report of any format. Pure, in time and memory linear in the input; nothing that the report names is opened.
///
/// # Errors
/// When nobody can read it; the error says why and what to do.
pub fn read(bytes: &[u8]) -> Result<LintReport, LintError> {
    if bytes.len() > MAX_LINT_BYTES {
        return Err(LintError::TooLarge { limit: MAX_LINT_BYTES });
    }
    let bytes = strip_mark(bytes)?;
    let start = bytes.trim_ascii_start();
    match start.first() {
        None => Err(LintError::Empty),
        Some(b'<') => xml::parse_xml(&xml_text(&bytes)?),
        Some(b'{') => {
            let text = json_text(&bytes)?;
            match json_format(&text) {
                Some(LintFormat::Sarif) => sarif::parse_sarif(&text),
                Some(LintFormat::Rdjson) => rdjson::parse_rdjson(&text),
                Some(_) => rdjson::parse_rdjsonl(&text),
                None => Err(unknown_json(&text)),
            }
        }
        Some(_) => {
            let first = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
            let first: String = String::from_utf8_lossy(first).trim().chars().take(40).collect();
            let clean: String = first.chars().filter(|c| !c.is_control()).collect();
            Err(LintError::Unknown { syntax: "text", found: format!("it begins with `{clean}`") })
        }
    }
}

/// Reads a report of this name, as [`read`] does. In `rdjsonl` each result is a line, so that a linter which is content
/// writes an empty file: only its name says what it is.
///
/// # Errors
/// As [`read`].
pub fn read_file(name: &str, bytes: &[u8]) -> Result<LintReport, LintError> {
    if is_empty_rdjsonl(name, bytes) {
        return Ok(Builder::default().finish(LintFormat::Rdjsonl));
    }
    read(bytes)
}

/// Damaged JSON is told from JSON that is something else.
fn unknown_json(text: &str) -> LintError {
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<super::json::TopNames>();
    match documents.next() {
        Some(Err(error)) => rdjson::damaged(&error, 0),
        Some(Ok(names)) => {
            let first = names.0.first().map_or("it is an empty object".to_owned(), |name| {
                format!("it has `{}`", name.chars().filter(|c| !c.is_control()).take(40).collect::<String>())
            });
            LintError::Unknown { syntax: "JSON", found: first }
        }
        None => LintError::Empty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_a_report_where_results_are_lines() {
        let read = |name: &str| read_file(name, b" \n").map(|report| (report.format, report.results.len()));
        assert_eq!(read("out/ruff.rdjsonl"), Ok((LintFormat::Rdjsonl, 0)));
        assert_eq!(read("ruff.sarif"), Err(LintError::Empty));
    }
}
