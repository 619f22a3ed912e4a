//! Comments that allow a finding: `-- deckhand-ignore drop-column: nobody reads it since v2`.
//!
//! Ours need a reason after a colon. Squawk's own `squawk-ignore` and `squawk-ignore-file` count as they do there.

use super::finding::{Finding, RuleName};
use super::framework::Dialect;
use super::sql::find_style;

/// The comments of a file.
pub(super) struct Ignores<'a> {
    /// For each line, counted from 0, the first of those that belong to it: comments above, and the same statement.
    begins: Vec<usize>,
    /// By line, counted from 0.
    near: Vec<(usize, Ignore<'a>)>,
    whole_file: Vec<Ignore<'a>>,
}

/// Comments for the whole file, and names in one comment, that count: each finding is held against all of them.
const MAX_FOR_FILE: usize = 32;
const MAX_NAMES: usize = 128;

#[derive(Clone, Copy)]
struct Ignore<'a> {
    names: &'a str,
    reason: Option<&'a str>,
    ours: bool,
    whole_file: bool,
}

/// What the comments say about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing.
    Nothing,
    /// It may stay.
    Allowed,
    /// It would be allowed, but no reason is given.
    WithoutReason,
}

impl<'a> Ignores<'a> {
    pub(super) fn of(text: &'a str, dialect: Dialect) -> Self {
        let mut ignores = Ignores { begins: Vec::new(), near: Vec::new(), whole_file: Vec::new() };
        if !text.contains("-ignore") {
            return ignores;
        }
        let mut begin = 0;
        for (at, line) in text.lines().enumerate() {
            ignores.begins.push(begin);
            if !reaches_over(line, dialect) {
                begin = at + 1;
            }
            match parse(line, dialect) {
                Some(ignore) if !ignore.whole_file => ignores.near.push((at, ignore)),
                Some(ignore) if ignores.whole_file.len() < MAX_FOR_FILE => ignores.whole_file.push(ignore),
                _ => {}
            }
        }
        ignores
    }

    /// What is said about a finding, in its own lines, in the comments directly above, or for the whole file.
    pub(super) fn word_on(&self, finding: &Finding) -> Word {
        let mut word = Word::Nothing;
        let near = self.near(finding.span.line as usize, finding.span.end_line as usize);
        for ignore in self.whole_file.iter().copied().chain(near) {
            if !ignore.covers(finding.rule) {
                continue;
            }
            if ignore.ours && ignore.reason.is_none() {
                word = Word::WithoutReason;
            } else {
                return Word::Allowed;
            }
        }
        word
    }

    fn near(&self, first: usize, last: usize) -> impl Iterator<Item = Ignore<'a>> + '_ {
        let begin = self.begins.get(first.saturating_sub(1)).copied().unwrap_or(self.begins.len());
        let from = self.near.partition_point(|(at, _)| *at < begin);
        self.near[from..].iter().take_while(move |(at, _)| *at < last).map(|(_, ignore)| *ignore)
    }
}

/// Whether a line belongs to what follows it: a comment, or the beginning of the same statement, where statements end
/// with a semicolon.
fn reaches_over(line: &str, dialect: Dialect) -> bool {
    let line = line.trim();
    if line.starts_with("/*") || marks_of(dialect).iter().any(|mark| line.starts_with(mark)) {
        return true;
    }
    dialect == Dialect::Sql && !line.is_empty() && !without_comment(line).ends_with(';')
}

/// What begins a comment; SQL may stand in code of any language.
fn marks_of(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::JavaScript => &["//", "--", "#"],
        _ => &["--", "#"],
    }
}

/// A line of SQL without the comment at its end.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, byte) in line.bytes().enumerate() {
        let rest = &line.as_bytes()[at..];
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, _) if rest.starts_with(b"--") || (rest.starts_with(b"/*") && line.ends_with("*/")) => {
                return line[..at].trim_end();
            }
            _ => {}
        }
    }
    line
}

impl Ignore<'_> {
    fn covers(self, rule: RuleName) -> bool {
        let names = self.names.trim();
        if names.is_empty() {
            return self.whole_file && !self.ours;
        }
        names.split([',', ' ']).take(MAX_NAMES).map(str::trim).filter(|name| !name.is_empty()).any(|name| match rule {
            RuleName::Hazard(hazard) => hazard.name() == name || hazard.squawk_names().contains(&name),
            RuleName::Style(style) => find_style(name) == Some(style),
        })
    }
}

fn parse(line: &str, dialect: Dialect) -> Option<Ignore<'_>> {
    let (at, ours) = match (line.find("deckhand-ignore"), line.find("squawk-ignore")) {
        (Some(at), _) => (at, true),
        (None, Some(at)) => (at, false),
        (None, None) => return None,
    };
    let before = line[..at].trim_end();
    if !before.ends_with("/*") && !marks_of(dialect).iter().any(|mark| before.ends_with(mark)) {
        return None;
    }
    let rest = &line[at + if ours { "deckhand-ignore".len() } else { "squawk-ignore".len() }..];
    let (rest, whole_file) = rest.strip_prefix("-file").map_or((rest, false), |rest| (rest, true));
    let rest = rest.trim_end().trim_end_matches("*/");
    if ours {
        let (names, reason) = rest.split_once(':').map_or((rest, None), |(names, reason)| (names, Some(reason.trim())));
        return Some(Ignore { names, reason: reason.filter(|reason| !reason.is_empty()), ours, whole_file });
    }
    let names = rest.split("--").next().unwrap_or_default();
    Some(Ignore { names, reason: None, ours, whole_file })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::migrations::hazard::Hazard;
    use crate::analysis::migrations::step::Span;

    fn word(text: &str, line: u32) -> Word {
        let finding = Finding {
            span: Span { line, column: 1, end_line: line },
            rule: RuleName::Hazard(Hazard::DropColumn),
            message: String::new(),
            help: None,
            suggestion: None,
        };
        Ignores::of(text, Dialect::Sql).word_on(&finding)
    }

    #[test]
    fn a_reason_makes_the_difference() {
        assert_eq!(word("-- deckhand-ignore drop-column: unused since v2\nALTER TABLE t DROP a;\n", 2), Word::Allowed);
        assert_eq!(word("-- deckhand-ignore drop-column\nALTER TABLE t DROP a;\n", 2), Word::WithoutReason);
        assert_eq!(word("-- deckhand-ignore drop-table: x\nALTER TABLE t DROP a;\n", 2), Word::Nothing);
        assert_eq!(word("-- deckhand-ignore-file drop-column: x\n\n\nALTER TABLE t DROP a;\n", 4), Word::Allowed);
    }

    #[test]
    fn a_comment_reaches_over_its_statement_and_not_over_the_one_before() {
        let text = "-- squawk-ignore ban-drop-column\nALTER TABLE t\n  DROP a,\n  DROP b;\nALTER TABLE t DROP c;\n";
        assert_eq!(word(text, 3), Word::Allowed);
        assert_eq!(word(text, 4), Word::Allowed);
        assert_eq!(word(text, 5), Word::Nothing);
    }

    #[test]
    fn a_comment_at_the_end_of_a_statement_says_nothing_of_the_next_one() {
        let text = "ALTER TABLE t DROP a; -- deckhand-ignore drop-column: unused\nALTER TABLE t DROP b;\nALTER TABLE t DROP c;\n";
        assert_eq!([1, 2, 3].map(|line| word(text, line)), [Word::Allowed, Word::Nothing, Word::Nothing]);
        let text = "-- deckhand-ignore drop-column: unused\nALTER TABLE t DROP a; /* done */\nALTER TABLE t DROP b;\n";
        assert_eq!([2, 3].map(|line| word(text, line)), [Word::Allowed, Word::Nothing]);
        let text = "-- deckhand-ignore drop-column: unused\nALTER TABLE t ALTER b SET DEFAULT '--;',\n  DROP a;\n";
        assert_eq!(word(text, 3), Word::Allowed);
    }
}
