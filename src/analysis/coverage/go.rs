//! Go's coverage profiles: blocks of statements, of which a line has the sum of counts.
//!
//! Format: `golang.org/x/tools/cover`, and `ParseProfiles` there.

use super::error::ReportError;
use super::report::{Builder, Format, MAX_LINE, Report};
use crate::model::{LineHits, RepoPath};
use std::collections::BTreeMap;

/// A block that is longer is damage, not a function.
const MAX_BLOCK_LINES: u32 = 100_000;

/// Reads a profile, also several after each other.
///
/// # Errors
/// When there are more files or lines than the limits allow, or when it ends in the middle of a block.
pub fn parse_go(bytes: &[u8]) -> Result<Report, ReportError> {
    let mut builder = Builder::default();
    let mut files: BTreeMap<&[u8], Vec<Block>> = BTreeMap::new();
    // Only a line that has no end can be the last of these.
    let lines = memchr::memchr_iter(b'\n', bytes).count() + 1;
    for (line, number) in bytes.split(|&byte| byte == b'\n').zip(1..) {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"mode:") {
            continue;
        }
        match read_block(line) {
            Some((path, block)) => files.entry(path).or_default().push(block),
            None if number == lines => return Err(ReportError::Truncated { line: number, inside: None }),
            None => builder.skip(|| format!("line {number}")),
        }
    }
    for (path, blocks) in files {
        builder.begin(RepoPath::from_bytes(path).as_str().to_owned())?;
        for line in sum_blocks(&blocks) {
            builder.line(line)?;
        }
        builder.end();
    }
    builder.finish(Format::Go)
}

/// First and last line, and how often it ran.
type Block = (u32, u32, u64);

/// `path:line.column,line.column statements count`
fn read_block(line: &[u8]) -> Option<(&[u8], Block)> {
    let at = memchr::memrchr(b':', line)?;
    let rest = std::str::from_utf8(&line[at + 1..]).ok()?;
    let mut words = rest.split_ascii_whitespace();
    let (first, last) = words.next()?.split_once(',')?;
    let line_of = |place: &str| place.split_once('.').and_then(|(line, _)| line.parse::<u32>().ok());
    let (first, last) = (line_of(first)?, line_of(last)?);
    let _statements: u64 = words.next()?.parse().ok()?;
    let count: u64 = words.next()?.parse().ok()?;
    let fits = at > 0 && words.next().is_none() && (1..=last).contains(&first);
    (fits && last <= MAX_LINE && last - first < MAX_BLOCK_LINES).then_some((&line[..at], (first, last, count)))
}

/// The sum of the counts of the blocks that touch each line. Sweeps over their ends, so that nested blocks cost no more.
fn sum_blocks(blocks: &[Block]) -> Vec<LineHits> {
    let mut ends: BTreeMap<u32, (i64, i128)> = BTreeMap::new();
    for &(first, last, count) in blocks {
        let begin = ends.entry(first).or_default();
        *begin = (begin.0 + 1, begin.1 + i128::from(count));
        let end = ends.entry(last + 1).or_default();
        *end = (end.0 - 1, end.1 - i128::from(count));
    }
    let mut lines = Vec::new();
    let (mut open, mut sum, mut from) = (0i64, 0i128, 0u32);
    for (line, (opened, added)) in ends {
        if open > 0 {
            let hits = u64::try_from(sum).unwrap_or(u64::MAX);
            lines.extend((from..line).map(|number| LineHits::new(number, hits)));
        }
        (open, sum, from) = (open + opened, sum + added, line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_sum_of_its_blocks() {
        let report = parse_go(
            b"mode: count\nx.org/a.go:3.1,4.9 1 2\nx.org/a.go:4.9,6.3 1 0\nmode: count\nx.org/b c.go:1.1,1.2 0 7\n",
        )
        .expect("reads");
        let seen: Vec<(&str, Vec<(u32, u64)>)> = report
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.lines.iter().map(|line| (line.number, line.hits)).collect()))
            .collect();
        assert_eq!(seen, [("x.org/a.go", vec![(3, 2), (4, 2), (5, 0), (6, 0)]), ("x.org/b c.go", vec![(1, 7)])]);
        assert_eq!(report.notes, [""; 0]);
    }

    #[test]
    fn absurd_blocks_are_left_out() {
        let report =
            parse_go(b"mode: set\na.go:1.1,4000000000.1 1 1\na.go:9.1,3.1 1 1\na.go:1.1,2.1 1\na.go:1.1,1.2 1 1")
                .expect("reads");
        assert_eq!(report.line_count(), 1);
        assert_eq!(report.notes.len(), 1, "{:?}", report.notes);
    }
}
