//! lcov tracefiles, byte by byte.
//!
//! Not the `lcov` crate: it refuses what real tools write (counts below zero, branches with a text as their name as
//! coverage.py has them, the directives of lcov 2.x, paths that are not UTF-8), one line of which must not cost the rest.
//! Format: `geninfo(1)`, section FILES.

use super::error::ReportError;
use super::report::{Builder, Format, Report, tidy};
use crate::model::{LineHits, RepoPath};

/// Directives that say nothing about a line, or what other directives say better.
const KNOWN: [&[u8]; 15] = [
    b"TN", b"VER", b"FN", b"FNDA", b"FNL", b"FNA", b"FNF", b"FNH", b"BRF", b"BRH", b"LH", b"MCDC", b"MCF", b"MCH",
    b"KF",
];

/// A record: what stands between `SF:` and `end_of_record`.
#[derive(Default)]
struct Record {
    lines: Vec<LineHits>,
    /// Line, and whether the branch ran.
    branches: Vec<(u32, bool)>,
    /// How many lines it says it has: `llvm-cov export -summary-only` tells nothing else.
    found: u64,
}

/// Reads a tracefile.
///
/// # Errors
/// When there are more files or lines than the limits allow, or when it ends in the middle of a line.
pub fn parse_lcov(bytes: &[u8]) -> Result<Report, ReportError> {
    let mut builder = Builder::default();
    let mut record = Record::default();
    let mut rest = bytes;
    let mut number = 0usize;
    let mut last_path = String::new();
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        number += 1;
        let line = line.trim_ascii();
        let (word, content) = match memchr::memchr(b':', line) {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, &line[line.len()..]),
        };
        let understood = match word {
            b"DA" => builder.is_open() && read_line(content, &mut record),
            b"BRDA" => builder.is_open() && read_branch(content, &mut record),
            b"SF" => {
                close(&mut record, &mut builder)?;
                last_path = RepoPath::from_bytes(content.trim_ascii()).as_str().to_owned();
                builder.begin(last_path.clone())?;
                true
            }
            b"LF" => {
                record.found = whole(content).unwrap_or(0);
                true
            }
            b"end_of_record" => {
                close(&mut record, &mut builder)?;
                true
            }
            _ => line.is_empty() || line.starts_with(b"#") || KNOWN.contains(&word),
        };
        if !understood {
            builder.skip(|| format!("line {number}"));
        }
    }
    if builder.is_open() {
        if !bytes.ends_with(b"\n") {
            return Err(ReportError::Truncated { line: number, inside: None });
        }
        close(&mut record, &mut builder)?;
        builder.note(format!("it ends in the middle of `{last_path}`, so it may be cut off"));
    }
    builder.finish(Format::Lcov)
}

fn close(record: &mut Record, builder: &mut Builder) -> Result<(), ReportError> {
    let mut record = std::mem::take(record);
    if builder.is_open() {
        tidy(&mut record.lines);
        for (number, taken) in record.branches {
            // Branches on lines that are not code by `DA` are the compiler's.
            if let Ok(at) = record.lines.binary_search_by_key(&number, |line| line.number) {
                let line = &mut record.lines[at];
                line.branches = line.branches.saturating_add(1);
                line.taken = line.taken.saturating_add(u16::from(taken));
            }
        }
        if record.lines.is_empty() && record.found > 0 {
            builder.end_summary();
        }
        for line in record.lines {
            builder.line(line)?;
        }
        builder.end();
    }
    Ok(())
}

/// `<line>,<hits>[,<checksum>]`
fn read_line(content: &[u8], record: &mut Record) -> bool {
    let mut fields = content.splitn(3, |&byte| byte == b',');
    let line = fields.next().and_then(whole).and_then(|line| u32::try_from(line).ok());
    let hits = fields.next().and_then(count);
    if let (Some(number), Some(hits)) = (line, hits) {
        record.lines.push(LineHits::new(number, hits));
        return true;
    }
    false
}

/// `<line>,[e]<block>,<branch>,<taken>`: the branch can be a text, with commas; `e` marks one that only an exception takes.
fn read_branch(content: &[u8], record: &mut Record) -> bool {
    let Some(first) = memchr::memchr(b',', content) else { return false };
    let Some(last) = memchr::memrchr(b',', content).filter(|last| *last > first) else { return false };
    let Some(number) = whole(&content[..first]).and_then(|line| u32::try_from(line).ok()) else { return false };
    let taken = match content[last + 1..].trim_ascii() {
        b"-" => false,
        taken => match count(taken) {
            Some(taken) => taken > 0,
            None => return false,
        },
    };
    if content.get(first + 1) != Some(&b'e') {
        record.branches.push((number, taken));
    }
    true
}

fn whole(bytes: &[u8]) -> Option<u64> {
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0u64, |sum, byte| match byte {
        b'0'..=b'9' => Some(sum.saturating_mul(10).saturating_add(u64::from(byte - b'0'))),
        _ => None,
    })
}

/// A count: below zero (a counter that ran over) is zero; some tools write `1e+3` or `2.0`.
fn count(bytes: &[u8]) -> Option<u64> {
    let bytes = bytes.trim_ascii();
    if let Some(count) = whole(bytes) {
        return Some(count);
    }
    let count: f64 = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    // A cast from a float keeps to the range: below zero is 0.
    count.is_finite().then_some(count.ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(report: &Report) -> Vec<(u32, u64, u16, u16)> {
        report.files.iter().flat_map(|file| file.lines.iter().map(|line| (*line).into())).collect()
    }

    #[test]
    fn lines_come_from_da_and_branches_only_mark_them() {
        let report = parse_lcov(
            b"TN:\nSF:a.c\nFN:9,f\nDA:2,5\nDA:3,0\nBRDA:2,0,0,1\nBRDA:2,0,jump to 3, then 4,-\nBRDA:2,e0,1,-\nBRDA:7,0,0,1\n\
              end_of_record\n",
        );
        let report = report.expect("reads");
        assert_eq!(lines(&report), [(2, 5, 1, 2), (3, 0, 0, 0)]);
        assert_eq!(report.notes, [""; 0]);
    }

    #[test]
    fn what_tools_really_write_is_read() {
        let report =
            parse_lcov(b"SF:C:\\x\\a.c\r\nDA:1,-3\r\nDA:2,1e+3\r\nDA:2,1,abc==\r\nFNL:0,1\r\nend_of_record\r\n");
        let report = report.expect("reads");
        assert_eq!(
            (report.files[0].path.as_str(), lines(&report)),
            ("C:\\x\\a.c", vec![(1, 0, 0, 0), (2, 1001, 0, 0)])
        );
    }

    #[test]
    fn a_cut_line_is_no_line() {
        let cut = parse_lcov(b"SF:a\nDA:1,1\nDA:2,1").expect_err("cut off");
        assert_eq!(cut, ReportError::Truncated { line: 3, inside: None });
        assert!(parse_lcov(b"SF:a\nDA:1,1\nend_of_record").is_ok());
    }

    #[test]
    fn garbage_costs_its_line_and_is_said() {
        let report =
            parse_lcov(b"hello\nDA:1,1\nSF:a\nDA:x,1\nDA:5\nDA:99999999,1\nDA:4,=====\nDA:6,1\n").expect("reads");
        assert_eq!(lines(&report), [(6, 1, 0, 0)]);
        assert_eq!(
            report.notes,
            [
                "it ends in the middle of `a`, so it may be cut off",
                "6 entries could not be read and were left out (first: line 1)"
            ]
        );
    }

    #[test]
    fn totals_are_no_lines() {
        assert_eq!(parse_lcov(b"SF:a.c\nFNF:1\nLF:5\nLH:3\nend_of_record\n"), Err(ReportError::Summary));
        let report = parse_lcov(b"SF:a.c\nLF:5\nend_of_record\nSF:__init__.py\nLF:0\nend_of_record\n").expect("reads");
        assert_eq!((report.files.len(), report.notes.len()), (1, 1));
    }
}
