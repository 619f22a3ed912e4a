//! Byte offsets into lines and columns.

use super::step::Span;

/// Where the lines of a text begin. The text may be a part of a file.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    first_line: u32,
    first_column: u32,
}

impl<'a> Lines<'a> {
    /// Of a whole file.
    pub(super) fn new(text: &'a str) -> Self {
        Lines::within(text, 1, 1)
    }

    /// Of a part that begins at this line and column of its file.
    pub(super) fn within(text: &'a str, first_line: u32, first_column: u32) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Lines { text, starts, first_line, first_column }
    }

    /// The span of a range of bytes; offsets outside the text are brought inside.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let (line, column) = self.place(start);
        let end_line = self.place(end.max(start + 1) - 1).0.max(line);
        Span { line, column, end_line }
    }

    /// Byte offset of the first byte of a line and after its last one, without the line break.
    pub(super) fn range_of(&self, first: u32, last: u32) -> Option<(usize, usize)> {
        let index = |line: u32| line.checked_sub(self.first_line).map(|at| at as usize);
        let start = *self.starts.get(index(first)?)?;
        let end = self.starts.get(index(last)? + 1).map_or(self.text.len(), |next| next - 1);
        (start <= end).then_some((start, end))
    }

    fn place(&self, offset: usize) -> (u32, u32) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let index = self.starts.partition_point(|start| *start <= offset).max(1) - 1;
        let before = self.text[self.starts[index]..offset].chars().count();
        let base = if index == 0 { self.first_column } else { 1 };
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        (self.first_line.saturating_add(count(index)), base.saturating_add(count(before)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_parts_begin_where_they_stand() {
        let lines = Lines::new("äb\nc");
        assert_eq!(lines.span(2, 3), Span { line: 1, column: 2, end_line: 1 });
        assert_eq!(lines.span(2, 5), Span { line: 1, column: 2, end_line: 2 });
        let part = Lines::within("x\ny", 10, 5);
        assert_eq!(part.span(0, 1), Span { line: 10, column: 5, end_line: 10 });
        assert_eq!(part.span(2, 3), Span { line: 11, column: 1, end_line: 11 });
        assert_eq!(lines.range_of(2, 2), Some((4, 5)));
    }
}
