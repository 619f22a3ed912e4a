//! Liquibase's formatted SQL: each changeset runs in a transaction of its own, unless it says that it needs none.

use super::step::{Operation, Span, Step};

/// Tells the steps of a file which of them share a transaction.
pub(super) fn split_into_changesets(text: &str, steps: Vec<Step>) -> Vec<Step> {
    let mut changesets = (1u32..).zip(text.lines()).filter_map(|(number, line)| {
        let rest = line.trim_start().strip_prefix("--")?.trim_start().to_ascii_lowercase();
        let is_one = rest.starts_with("changeset ");
        is_one.then(|| (number, rest.replace(' ', "").contains("runintransaction:false")))
    });
    let mut out = Vec::with_capacity(steps.len());
    let (mut next, mut outside) = (changesets.next(), false);
    for mut step in steps {
        while let Some((line, alone)) = next.filter(|(line, _)| *line <= step.span.line) {
            let span = Span { line, column: 1, end_line: line };
            out.push(Step::new(span, Operation::NextTransaction));
            (next, outside) = (changesets.next(), alone);
        }
        step.outside |= outside;
        out.push(step);
    }
    out
}
