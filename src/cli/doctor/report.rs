//! What was found, and how it is printed: in a pipe one line each, on a terminal wrapped.

use crate::cli::plain::line;
use crate::cli::terminal::{BLUE, BOLD, DIM, GREEN, RED, YELLOW, paint};
use anstyle::Style;
use std::fmt::{Display, Write};
use unicode_width::UnicodeWidthStr;

/// How good or bad something is. From `Warning` on, somebody has to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// As it should be.
    Fine,
    /// Good to know.
    Note,
    /// It works, but not as one would want it.
    Warning,
    /// It does not work.
    Problem,
}

impl Level {
    fn word(self) -> (&'static str, Style) {
        match self {
            Level::Fine => ("ok", GREEN),
            Level::Note => ("note", BLUE),
            Level::Warning => ("warning", YELLOW),
            Level::Problem => ("problem", RED),
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) level: Level,
    /// What it is, and where.
    text: String,
    /// What to do.
    advice: Option<String>,
}

impl Remark {
    pub(super) fn new(level: Level, text: impl Into<String>) -> Remark {
        Remark { level, text: text.into(), advice: None }
    }

    /// The same, said of somebody in particular.
    pub(super) fn of(mut self, whom: impl Display) -> Remark {
        self.text = format!("{whom}: {}", self.text);
        self
    }

    pub(super) fn advise(mut self, advice: impl Into<String>) -> Remark {
        self.advice = Some(advice.into());
        self
    }
}

/// A few remarks under a title, and a table above them where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) title: &'static str,
    /// The first row is the head.
    pub(super) table: Vec<Vec<String>>,
    pub(super) remarks: Vec<Remark>,
}

impl Section {
    pub(super) fn new(title: &'static str) -> Section {
        Section { title, ..Section::default() }
    }
}

/// The worst of all.
pub(super) fn worst(sections: &[Section]) -> Level {
    sections.iter().flat_map(|it| &it.remarks).map(|it| it.level).max().unwrap_or(Level::Fine)
}

/// Everything as text; `columns` says how wide it may be, `None` that nothing is wrapped.
pub(super) fn render(sections: &[Section], columns: Option<usize>) -> String {
    let mut out = String::new();
    for section in sections {
        let _ = writeln!(out, "{}", paint(BOLD, section.title));
        render_table(&section.table, &mut out);
        for remark in &section.remarks {
            let (word, style) = remark.level.word();
            let _ = write!(out, "  {}  ", paint(style, &format!("{word:<7}")));
            fill(&remark.text, INDENT, columns, Style::new(), &mut out);
            if let Some(advice) = &remark.advice {
                let _ = write!(out, "{:INDENT$}", "");
                fill(advice, INDENT, columns, DIM, &mut out);
            }
        }
        out.push('\n');
    }
    let count = |level| sections.iter().flat_map(|it| &it.remarks).filter(|it| it.level == level).count();
    let (problems, warnings) = (count(Level::Problem), count(Level::Warning));
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let summary = match (problems, warnings) {
        (0, 0) => paint(GREEN, "Nothing has to be mended."),
        (0, _) => paint(YELLOW, &format!("{} to mend.", counted(warnings, "warning"))),
        (_, 0) => paint(RED, &format!("{} to mend.", counted(problems, "problem"))),
        _ => paint(RED, &format!("{} and {} to mend.", counted(problems, "problem"), counted(warnings, "warning"))),
    };
    let _ = writeln!(out, "{summary}");
    out
}

/// Where texts begin: two spaces, a word of seven letters, two spaces.
const INDENT: usize = 11;

/// Columns as wide as their widest cell, the last one as it is.
fn render_table(rows: &[Vec<String>], out: &mut String) {
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0);
    for (at, row) in rows.iter().enumerate() {
        let mut text = " ".to_owned();
        for (column, cell) in row.iter().enumerate() {
            let room = if column + 1 == row.len() { 0 } else { width(column) };
            let _ = write!(text, " {}{:pad$} ", line(cell), "", pad = room.saturating_sub(cell.width()));
        }
        let text = text.trim_end();
        let _ = writeln!(out, "{}", if at == 0 { paint(DIM, text) } else { text.to_owned() });
    }
}

/// Writes a text whose first line has begun at `indent`.
fn fill(text: &str, indent: usize, columns: Option<usize>, style: Style, out: &mut String) {
    let text = line(text);
    let room = columns.map_or(usize::MAX, |columns| columns.saturating_sub(indent).max(30));
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is a first line");
        if last.is_empty() {
            last.push_str(word);
        } else if last.width() + 1 + word.width() <= room {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    for (at, text) in lines.iter().enumerate() {
        let indent = if at == 0 { 0 } else { indent };
        let _ = writeln!(out, "{:indent$}{}", "", paint(style, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_wrapped_where_there_is_a_width_and_harmless_everywhere() {
        let remark = Remark::new(Level::Problem, "one two three four five six seven").advise("do\u{1b}[2Jit");
        let section = Section { remarks: vec![remark], ..Section::new("Title") };
        let plain = anstream::adapter::strip_str(&render(std::slice::from_ref(&section), Some(30))).to_string();
        assert_eq!(
            plain,
            "Title\n  problem  one two three four five six\n           seven\n           do\\u{1b}[2Jit\n\n1 problem to mend.\n"
        );
        let plain = anstream::adapter::strip_str(&render(&[section], None)).to_string();
        assert!(plain.contains("  problem  one two three four five six seven\n"), "{plain}");
    }

    #[test]
    fn the_worst_counts() {
        let section = |level| Section { remarks: vec![Remark::new(level, "")], ..Section::new("") };
        assert_eq!(worst(&[section(Level::Note), section(Level::Warning), section(Level::Fine)]), Level::Warning);
        assert_eq!(worst(&[]), Level::Fine);
    }
}
