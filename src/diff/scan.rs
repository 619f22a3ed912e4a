//! The walk over the lines of hunks: the one loop through which every byte of a patch goes.
//!
//! Written by hand, not with `diffy`: its hunks own or re-group their lines, it knows no line numbers and gives up on
//! the whole set at the first bad hunk. Here a line costs one `memchr` and no allocation.

use memchr::memchr;

/// What kind of line a hunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A `+` line: only on the new side.
    Added,
    /// A `-` line: only on the old side.
    Removed,
    /// A line that both sides have.
    Context,
}

/// The numbers of `@@ -old_start,old_lines +new_start,new_lines @@ heading`.
#[derive(Clone, Copy, Debug)]
pub(super) struct HunkHeader {
    pub(super) old_start: u32,
    pub(super) old_lines: u32,
    pub(super) new_start: u32,
    pub(super) new_lines: u32,
    /// Where the heading begins and ends, as offsets into the scanned bytes.
    pub(super) heading: (usize, usize),
    /// Where the first line of the hunk begins.
    pub(super) body: usize,
}

/// The end of the line that begins at `at`, without its newline, and the begin of the next one.
pub(super) fn line_end(bytes: &[u8], at: usize) -> (usize, usize) {
    match memchr(b'\n', &bytes[at..]) {
        Some(length) => (at + length, at + length + 1),
        None => (bytes.len(), bytes.len()),
    }
}

/// Reads the `@@` line at `at`; `None` when there is none, or its numbers leave the range of `u32`.
pub(super) fn scan_header(bytes: &[u8], at: usize) -> Option<HunkHeader> {
    if !bytes[at..].starts_with(b"@@ -") {
        return None;
    }
    let (end, body) = line_end(bytes, at);
    let end = if bytes[at..end].ends_with(b"\r") { end - 1 } else { end };
    let mut pos = at + b"@@ -".len();
    let (old_start, old_lines) = scan_range(&bytes[..end], &mut pos)?;
    expect(&bytes[..end], &mut pos, b" +")?;
    let (new_start, new_lines) = scan_range(&bytes[..end], &mut pos)?;
    expect(&bytes[..end], &mut pos, b" @@")?;
    if bytes.get(pos) == Some(&b' ') && pos < end {
        pos += 1;
    }
    Some(HunkHeader { old_start, old_lines, new_start, new_lines, heading: (pos, end), body })
}

/// Calls `on_line(kind, begin, end)` for every line of the hunk, `begin..end` without prefix and newline.
///
/// # Errors
/// The offset at which the hunk is damaged: a line that no hunk may hold, or the end of the bytes.
pub(super) fn walk_hunk(
    bytes: &[u8],
    header: &HunkHeader,
    mut on_line: impl FnMut(LineKind, usize, usize),
) -> Result<usize, usize> {
    let (mut old_left, mut new_left) = (header.old_lines, header.new_lines);
    let mut at = header.body;
    while old_left > 0 || new_left > 0 {
        let Some(&prefix) = bytes.get(at) else { return Err(at) };
        let (end, next) = line_end(bytes, at);
        match prefix {
            b'+' if new_left > 0 => {
                new_left -= 1;
                on_line(LineKind::Added, at + 1, end);
            }
            b'-' if old_left > 0 => {
                old_left -= 1;
                on_line(LineKind::Removed, at + 1, end);
            }
            b' ' if old_left > 0 && new_left > 0 => {
                (old_left, new_left) = (old_left - 1, new_left - 1);
                on_line(LineKind::Context, at + 1, end);
            }
            // An empty context line whose single space was stripped on the way; `git apply` accepts it too.
            b'\n' | b'\r' if end - at <= 1 && old_left > 0 && new_left > 0 && at < next => {
                if prefix == b'\r' && end == bytes.len() {
                    return Err(at);
                }
                (old_left, new_left) = (old_left - 1, new_left - 1);
                on_line(LineKind::Context, at, end);
            }
            b'\\' if at > header.body => {}
            _ => return Err(at),
        }
        at = next;
    }
    if bytes.get(at) == Some(&b'\\') {
        at = line_end(bytes, at).1;
    }
    Ok(at)
}

/// `start` or `start,lines`; the last line of the range must be a `u32`.
fn scan_range(bytes: &[u8], pos: &mut usize) -> Option<(u32, u32)> {
    let start = scan_number(bytes, pos)?;
    let mut lines = 1;
    if bytes.get(*pos) == Some(&b',') {
        *pos += 1;
        lines = scan_number(bytes, pos)?;
    }
    start.checked_add(lines)?;
    Some((start, lines))
}

fn scan_number(bytes: &[u8], pos: &mut usize) -> Option<u32> {
    let mut number: Option<u32> = None;
    while let Some(digit @ b'0'..=b'9') = bytes.get(*pos) {
        number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(u32::from(digit - b'0'))?);
        *pos += 1;
    }
    number
}

fn expect(bytes: &[u8], pos: &mut usize, text: &[u8]) -> Option<()> {
    bytes.get(*pos..)?.starts_with(text).then(|| *pos += text.len())
}
