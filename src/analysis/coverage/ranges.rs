//! Lines into ranges, so that ten lines in a row are one remark.

/// Lines that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRange {
    /// The first line.
    pub first: u32,
    /// The last line.
    pub last: u32,
    /// How many of them are meant; the others only lie between.
    pub count: u32,
}

/// Joins lines (in order) over the gaps that `bridges` allows: every line between has to be one that it takes.
pub fn ranges(lines: &[u32], bridges: &dyn Fn(u32) -> bool) -> Vec<LineRange> {
    let mut out: Vec<LineRange> = Vec::new();
    for &line in lines {
        match out.last_mut() {
            // The gap is looked at line by line, and ends at the first line that is no bridge.
            Some(range) if line > range.last && (range.last + 1..line).all(bridges) => {
                range.last = line;
                range.count += 1;
            }
            _ => out.push(LineRange { first: line, last: line, count: 1 }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_bridged_or_not() {
        let seen = |bridges: &dyn Fn(u32) -> bool| -> Vec<(u32, u32, u32)> {
            ranges(&[1, 2, 4, 8], bridges).iter().map(|range| (range.first, range.last, range.count)).collect()
        };
        assert_eq!(seen(&|_| false), [(1, 2, 2), (4, 4, 1), (8, 8, 1)]);
        assert_eq!(seen(&|line| line == 3 || line == 5), [(1, 4, 3), (8, 8, 1)]);
        assert_eq!(seen(&|_| true), [(1, 8, 4)]);
    }
}
