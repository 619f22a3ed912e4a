//! The `findings` block: one line a finding, `path:line severity rule` or `- severity rule`, then indented text.

use super::case::{Block, CaseProblem};
use std::fmt;

/// A finding as a case expects it, or as the rules made it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// `path:line`, `path` for a whole file, `-` without a place.
    pub place: String,
    /// `fail`, `warn`, `message` or `markdown`.
    pub severity: String,
    /// The rule's name.
    pub rule: String,
    /// What the message must contain; each line for itself.
    pub texts: Vec<String>,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.place, self.severity, self.rule)
    }
}

/// The findings that a block lists.
///
/// # Errors
/// A line that is no finding, a severity that is none, or text before the first finding.
pub fn parse_findings(block: &Block) -> Result<Vec<Expected>, CaseProblem> {
    parse_lines(block, "finding", parse_line, |finding| &mut finding.texts)
}

/// What a block lists: one thing a line, each with the indented text below it.
///
/// # Errors
/// A line that is none, or text before the first one, which is called `noun`.
pub(super) fn parse_lines<T>(
    block: &Block,
    noun: &str,
    parse: fn(&str) -> Result<T, String>,
    texts_of: fn(&mut T) -> &mut Vec<String>,
) -> Result<Vec<T>, CaseProblem> {
    let mut found: Vec<T> = Vec::new();
    for (line, text) in (block.line..).zip(block.text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        if !text.starts_with(char::is_whitespace) {
            found.push(parse(text).map_err(|message| CaseProblem::new(line, message))?);
            continue;
        }
        let above = found.last_mut().ok_or_else(|| {
            CaseProblem::new(line, format!("indented text belongs to the {noun} above it, and there is none"))
        })?;
        texts_of(above).push(text.trim().to_owned());
    }
    Ok(found)
}

fn parse_line(text: &str) -> Result<Expected, String> {
    let wrong = || format!("expected `path:line severity rule` or `- severity rule`, not \"{text}\"");
    // From the right, because a path may hold spaces.
    let mut words = text.trim_end().rsplitn(3, ' ');
    let (Some(rule), Some(severity), Some(place)) = (words.next(), words.next(), words.next()) else {
        return Err(wrong());
    };
    if !matches!(severity, "fail" | "warn" | "message" | "markdown") {
        return Err(format!("{}: \"{severity}\" is none of fail, warn, message, markdown", wrong()));
    }
    let place = place.trim().to_owned();
    Ok(Expected { place, severity: severity.to_owned(), rule: rule.to_owned(), texts: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<Expected>, CaseProblem> {
        parse_findings(&Block { line: 10, text: text.to_owned() })
    }

    #[test]
    fn lines_and_texts_are_read() {
        let found = parse("src/a b.py:3 warn no-print\n  Leftover\n  print\n\n- fail changelog\n").expect("parses");
        assert_eq!(found[0].to_string(), "src/a b.py:3 warn no-print");
        assert_eq!(found[0].texts, ["Leftover", "print"]);
        assert_eq!((found[1].place.as_str(), found[1].texts.len()), ("-", 0));
        assert_eq!(parse("").expect("parses"), []);
    }

    #[test]
    fn what_is_no_finding_is_refused_at_its_line() {
        assert_eq!(parse("- fail\n").expect_err("two words").line, 10);
        assert_eq!(parse("- fail x\n- error x\n").expect_err("no severity").line, 11);
        assert_eq!(parse("  text\n").expect_err("no finding").line, 10);
    }
}
