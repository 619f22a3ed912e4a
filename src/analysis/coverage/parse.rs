//! Any report, its format told by its content.

use super::error::ReportError;
use super::report::Report;
use super::{decode, go, json, lcov, xml};

/// A larger report is refused: 256 MB.
pub const MAX_REPORT_BYTES: usize = 256 << 20;

/// Reads a report of any format. Pure, in time and memory linear in the input; nothing that the report names is opened.
///
/// # Errors
/// When nobody can read it; the error says why and what to do.
pub fn parse_report(bytes: &[u8]) -> Result<Report, ReportError> {
    if bytes.len() > MAX_REPORT_BYTES {
        return Err(ReportError::TooLarge { limit: MAX_REPORT_BYTES });
    }
    let bytes = decode::strip_mark(bytes)?;
    let start = bytes.trim_ascii_start();
    match start.first() {
        None => Err(ReportError::Empty),
        Some(b'<') if is_page(start) => {
            Err(ReportError::Other("is a page for people; give the machine-readable report that the same tool writes"))
        }
        Some(b'<') => xml::parse_xml(&decode::xml_text(&bytes)?),
        Some(b'{') => json::parse_json(&decode::json_text(&bytes)?),
        Some(_) if is_binary(start) => Err(ReportError::Other(
            "is an archive or another binary file; unpack it, or let the tool export a report as text",
        )),
        Some(_) if start.starts_with(b"mode:") => go::parse_go(&bytes),
        Some(_) if has_source_file(start) || is_only_lcov_words(start) => lcov::parse_lcov(&bytes),
        Some(_) => {
            let first = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
            let first: String = String::from_utf8_lossy(first).trim().chars().take(40).collect();
            Err(ReportError::Unknown { syntax: "text", found: format!("it begins with `{first}`") })
        }
    }
}

/// HTML, whatever its letters.
fn is_page(start: &[u8]) -> bool {
    let head: Vec<u8> = start.iter().take(200).map(u8::to_ascii_lowercase).collect();
    head.starts_with(b"<html") || memchr::memmem::find(&head, b"<!doctype html").is_some()
}

fn is_binary(start: &[u8]) -> bool {
    let known: [&[u8]; 4] = [b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"SQLite format 3"];
    known.iter().any(|magic| start.starts_with(magic)) || memchr::memchr(0, &start[..start.len().min(4096)]).is_some()
}

/// Whether some line begins a file; before it there can be anything.
fn has_source_file(start: &[u8]) -> bool {
    start.starts_with(b"SF:") || memchr::memmem::find(start, b"\nSF:").is_some()
}

/// A tracefile of tests that touched nothing: `TN:` and comments.
fn is_only_lcov_words(start: &[u8]) -> bool {
    start.starts_with(b"TN:")
}
