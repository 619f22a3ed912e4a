//! Liquibase's formatted SQL: each changeset runs in a transaction of its own, unless it says that it needs none.

use super::step::{Operation, Span, Step};
use std::borrow::Cow;

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

/// Puts a semicolon where a changeset ends its statements with other signs: `endDelimiter:/`, `endDelimiter:\nGO`.
pub(super) fn with_semicolons(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.to_ascii_lowercase().contains("enddelimiter:") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut delimiter = None;
    for line in text.split_inclusive('\n') {
        if let Some(comment) = line.trim_start().strip_prefix("--") {
            let comment = comment.trim_start().to_ascii_lowercase();
            if comment.starts_with("changeset ") {
                delimiter = delimiter_of(&comment);
            }
            out.push_str(line);
            continue;
        }
        let code = line.trim_end();
        match delimiter.as_deref().and_then(|signs| end_of_statement(code, signs)) {
            Some(at) => {
                out.push_str(&code[..at]);
                out.push(';');
                out.extend(std::iter::repeat_n(' ', code.len() - at - 1));
                out.push_str(&line[code.len()..]);
            }
            None => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// The signs that end a statement of a changeset, where those are no semicolon. Liquibase takes a pattern.
fn delimiter_of(changeset: &str) -> Option<String> {
    let (_, rest) = changeset.split_once("enddelimiter:")?;
    let signs = rest.split_whitespace().next()?.trim_matches('"');
    let signs = signs.trim_start_matches("\\n").trim_start_matches("\\r").trim_end_matches('$').trim_end_matches("\\n");
    (!signs.is_empty() && signs != ";").then(|| signs.to_owned())
}

/// Where the signs begin that end a statement on this line: alone on it, or behind it where they are no word.
fn end_of_statement(code: &str, signs: &str) -> Option<usize> {
    let at = code.len().checked_sub(signs.len())?;
    let (before, end) = (code.get(..at)?, code.get(at..)?);
    let alone = before.trim().is_empty();
    let is_word = signs.contains(|c: char| c.is_alphanumeric());
    (end.eq_ignore_ascii_case(signs) && (alone || !is_word && !before.ends_with('*'))).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_ends_of_statements_are_semicolons() {
        let text = "--changeset a:1 endDelimiter:/\nA /* b */\n/\nB/\n--changeset a:2 endDelimiter:\\nGO\nC go\nGO\n--changeset a:3\nD /\n";
        let plain = with_semicolons(Cow::Borrowed(text));
        assert_eq!(plain.len(), text.len());
        let lines: Vec<&str> = plain.lines().filter(|line| !line.starts_with("--")).map(str::trim).collect();
        assert_eq!(lines, ["A /* b */", ";", "B;", "C go", ";", "D /"]);
    }
}
