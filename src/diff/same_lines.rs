//! Which lines two versions of a text have in common.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Longer texts are not compared: line by line, that can take as long as the product of their lengths.
pub const MAX_COMPARED_LINES: usize = 20_000;

/// The lines of `new` by the lines of `old`, from 1, in order: each of the old lines that is still there with its new
/// number. `None` when a text is too long to be compared.
pub fn same_lines(old: &str, new: &str) -> Option<Vec<(u32, u32)>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    if old.len() > MAX_COMPARED_LINES || new.len() > MAX_COMPARED_LINES {
        return None;
    }
    let mut same = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
            same.extend((0..len).map(|it| (number(old_index + it), number(new_index + it))));
        }
    }
    Some(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_where_they_went() {
        let old = "a\nb\nc\nd\n";
        let new = "new\na\nc\nB\nd";
        assert_eq!(same_lines(old, new), Some(vec![(1, 2), (3, 3), (4, 5)]));
        assert_eq!(same_lines("", "x\n"), Some(Vec::new()));
        assert_eq!(same_lines("x\r\ny", "x\ny"), Some(vec![(1, 1), (2, 2)]));
        assert_eq!(same_lines(&"x\n".repeat(MAX_COMPARED_LINES + 1), ""), None);
    }
}
