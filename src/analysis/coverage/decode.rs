//! Bytes into text: marks of encodings, and the few encodings that reports come in besides UTF-8.

use super::error::ReportError;
use std::borrow::Cow;

/// Takes the mark of UTF-8 away and turns UTF-16 (what PowerShell's `>` writes) into UTF-8.
pub(in super::super) fn strip_mark(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ReportError> {
    let (rest, big) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => return Ok(Cow::Borrowed(rest)),
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        // No mark, but text that can only begin like this.
        [b'<' | b'{' | b'S' | b'T' | b'm', 0, ..] => (bytes, false),
        [0, b'<' | b'{' | b'S' | b'T' | b'm', ..] => (bytes, true),
        _ => return Ok(Cow::Borrowed(bytes)),
    };
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair.get(1).copied().unwrap_or_default()];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    };
    let text: Result<String, _> = char::decode_utf16(rest.chunks(2).map(unit)).collect();
    text.map(|text| Cow::Owned(text.into_bytes()))
        .map_err(|_| ReportError::Encoding("the UTF-16 that it begins as".to_owned()))
}

/// XML in UTF-8, or in Latin-1 when it says so.
pub(in super::super) fn xml_text(bytes: &[u8]) -> Result<Cow<'_, str>, ReportError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => {
            let named = declared(bytes).unwrap_or_else(|| "UTF-8".to_owned());
            match named.to_ascii_lowercase().as_str() {
                // The two differ in signs that no path of a report has.
                "iso-8859-1" | "latin1" | "windows-1252" => {
                    Ok(Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()))
                }
                _ => Err(ReportError::Encoding(format!("the {named} that it says it is"))),
            }
        }
    }
}

/// JSON is UTF-8 (RFC 8259, section 8.1).
pub(in super::super) fn json_text(bytes: &[u8]) -> Result<Cow<'_, str>, ReportError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Err(ReportError::Encoding("UTF-8 text, as JSON is".to_owned())),
    }
}

/// The encoding that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let declaration = &head[..head.find("?>")?];
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
    rest[1..].split(quote).next().map(|name| name.chars().take(40).collect())
}
