//! The part of a file of SQL that runs when a migration goes forward: everything else is blanked, so that lines and
//! offsets stay.

use super::framework::Framework;
use std::borrow::Cow;

/// The half that goes forward, without what psql alone understands: its commands, and the rows behind `COPY .. FROM stdin`.
pub(super) fn forward_half<'t>(path: &str, framework: Framework, text: &'t str) -> Cow<'t, str> {
    let comments = || text.lines().filter_map(comment_of);
    // What goes back has a file of its own, and tools that name them so run the whole of this one.
    let is_whole = path.ends_with("up.sql");
    let marks = marks_of(framework).iter().filter(|_| !is_whole).find(|(up, down)| {
        // Without the other half, words about going back are only words.
        comments().any(|comment| is_mark(&comment, down)) && comments().any(|comment| is_mark(&comment, up))
    });
    let has_halves = marks.is_some();
    let has_commands = text.lines().any(is_command_of_psql);
    let has_changesets = framework == Framework::Liquibase && text.contains("dbms:");
    if !has_halves && !has_commands && !has_changesets {
        return Cow::Borrowed(text);
    }
    let (mut forward, mut foreign, mut rows) = (true, false, false);
    // Rows without an end are no rows.
    let mut ends = text.lines().filter(|line| is_end_of_rows(line)).count();
    let mut kept = String::with_capacity(text.len());
    let (mut inside, mut copy) = (Inside::Plain, Copy::default());
    for line in text.split_inclusive('\n') {
        if let (Some((up, down)), Some(comment)) = (marks, comment_of(line).filter(|_| !rows)) {
            forward = (forward || is_mark(&comment, up)) && !is_mark(&comment, down);
        }
        if let Some(comment) = comment_of(line).filter(|_| has_changesets) {
            foreign = if comment.starts_with("changeset ") { is_of_another_database(&comment) } else { foreign };
        }
        // A line of a text in quotes may begin like a command.
        let command = inside == Inside::Plain && is_command_of_psql(line);
        if !forward || foreign || rows || command {
            blank(line, &mut kept);
        } else {
            kept.push_str(line);
            if inside == Inside::Plain && copy.begins_rows(line) {
                rows = ends > 0;
                continue;
            }
            inside = inside.after(line);
        }
        if is_end_of_rows(line) {
            ends = ends.saturating_sub(1);
            rows = false;
        }
    }
    Cow::Owned(kept)
}

/// Comments with which a half begins, in small letters and without their first dashes.
fn marks_of(framework: Framework) -> &'static [(&'static str, &'static str)] {
    match framework {
        Framework::Goose => &[("+goose up", "+goose down")],
        Framework::Dbmate => &[("migrate:up", "migrate:down")],
        // sql-migrate, node-pg-migrate and tern.
        Framework::Sql => &[
            ("+migrate up", "+migrate down"),
            ("up migration", "down migration"),
            ("-- create above / drop below", "-- create above / drop below"),
        ],
        _ => &[],
    }
}

/// A line of comment without its dashes, in small letters.
fn comment_of(line: &str) -> Option<String> {
    line.trim_start().strip_prefix("--").map(|rest| rest.trim_start().to_ascii_lowercase())
}

fn is_mark(comment: &str, mark: &str) -> bool {
    // `-- Down Migration` has no mark of its own, so that it must stand alone.
    let rest = comment.strip_prefix(mark);
    rest.is_some_and(|rest| !mark.ends_with(" migration") || rest.trim_matches(['-', ' ', '\r', '\n']).is_empty())
}

/// `\set ON_ERROR_STOP on`: what has no effect on what is judged, and may hold quotes of its own. Commands that matter
/// are left for `psql`.
fn is_command_of_psql(line: &str) -> bool {
    let Some(command) = line.trim_start().strip_prefix('\\') else { return false };
    let word = command.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    is_end_of_rows(line)
        || matches!(
            word,
            "set"
                | "unset"
                | "echo"
                | "qecho"
                | "warn"
                | "timing"
                | "pset"
                | "encoding"
                | "q"
                | "quit"
                | "if"
                | "elif"
                | "else"
                | "endif"
                | "x"
                | "t"
                | "a"
                | "o"
                | "d"
                | "dt"
                | "cd"
                | "copy"
                | "prompt"
                | "errverbose"
                | "conninfo"
                | "restrict"
                | "unrestrict"
        )
}

/// Whether a changeset of Liquibase is for other databases than PostgreSQL: `dbms:mysql,h2`.
fn is_of_another_database(changeset: &str) -> bool {
    let plain = changeset.replace(": ", ":").replace(", ", ",");
    let Some((_, rest)) = plain.split_once("dbms:") else { return false };
    let names = rest.split_whitespace().next().unwrap_or_default().trim_matches('"');
    let (without, with): (Vec<&str>, Vec<&str>) = names.split(',').partition(|name| name.starts_with('!'));
    let is_ours = |name: &&str| matches!(*name, "postgresql" | "postgres" | "all" | "");
    without.contains(&"!postgresql") || (!with.is_empty() && !with.iter().any(is_ours))
}

/// The statement in hand, as far as it may be a `COPY`.
#[derive(Default)]
struct Copy(String);

/// A `COPY` is no longer than this, in bytes.
const MAX_COPY_BYTES: usize = 4096;

impl Copy {
    /// Whether rows follow behind a line: `COPY users (id) FROM stdin;`, perhaps over several lines.
    fn begins_rows(&mut self, line: &str) -> bool {
        let line = line.split("--").next().unwrap_or_default().trim().to_ascii_lowercase();
        if self.0.len() + line.len() < MAX_COPY_BYTES {
            self.0.extend(line.split_whitespace().flat_map(|word| [word, " "]));
        }
        if !line.ends_with(';') {
            return false;
        }
        let statement = std::mem::take(&mut self.0);
        statement.starts_with("copy ") && statement.contains(" from stdin")
    }
}

/// What a line of SQL begins in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Inside {
    Plain,
    Quotes(char),
    Dollars(String),
    Comment,
}

impl Inside {
    /// What the next line begins in.
    fn after(mut self, line: &str) -> Self {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let mut taken = first.len_utf8();
            match &self {
                Inside::Plain => match first {
                    '\'' | '"' => self = Inside::Quotes(first),
                    '-' if rest.starts_with("--") => return self,
                    '/' if rest.starts_with("/*") => {
                        taken = 2;
                        self = Inside::Comment;
                    }
                    '$' => {
                        let tag = rest[1..].find('$').map_or("", |end| &rest[..end + 2]);
                        if !tag.is_empty() && tag[1..tag.len() - 1].chars().all(|c| c.is_alphanumeric() || c == '_') {
                            taken = tag.len();
                            self = Inside::Dollars(tag.to_owned());
                        }
                    }
                    _ => {}
                },
                Inside::Quotes(quote) if first == *quote => self = Inside::Plain,
                Inside::Dollars(tag) if rest.starts_with(tag.as_str()) => {
                    taken = tag.len();
                    self = Inside::Plain;
                }
                Inside::Comment if rest.starts_with("*/") => {
                    taken = 2;
                    self = Inside::Plain;
                }
                Inside::Quotes(_) | Inside::Dollars(_) | Inside::Comment => {}
            }
            rest = &rest[taken..];
        }
        self
    }
}

fn is_end_of_rows(line: &str) -> bool {
    line.trim_end() == "\\."
}

fn blank(line: &str, into: &mut String) {
    into.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_half_that_goes_back_is_blank_and_nothing_moves() {
        for (framework, up, down) in [
            (Framework::Goose, "-- +goose Up", "-- +goose Down"),
            (Framework::Sql, "-- +migrate Up", "-- +migrate Down"),
            (Framework::Sql, "-- Up Migration", "-- Down Migration"),
            (Framework::Sql, "-- forwards", "---- create above / drop below ----"),
        ] {
            let text = format!("{up}\nA;\n{down}\nB;\n");
            let half = forward_half("migrations/1.sql", framework, &text);
            assert_eq!(half.len(), text.len());
            assert!(half.contains("A;") && !half.contains("B;"), "{half}");
            for (path, framework) in [("migrations/1.up.sql", framework), ("migrations/1.sql", Framework::Sqlx)] {
                assert!(forward_half(path, framework, &text).contains("B;"), "the tool runs all of {path}");
            }
        }
    }

    #[test]
    fn words_about_going_back_begin_no_half() {
        for text in ["-- Down migration is not possible\nA;\n", "-- Up Migration\n-- Down migration: none\nA;\n"] {
            assert!(forward_half("1.sql", Framework::Sql, text).contains("A;"), "{text}");
        }
    }

    #[test]
    fn changesets_of_other_databases_are_blank() {
        let text = "--liquibase formatted sql\n--changeset a:1 dbms:mysql,h2\nA `b`;\n--changeset a:2 dbms:postgresql\nC;\n--changeset a:3 dbms:!mysql\nD;\n";
        let half = forward_half("1.sql", Framework::Liquibase, text);
        assert_eq!(half.len(), text.len());
        assert!(!half.contains("A `b`") && half.contains("C;") && half.contains("D;"), "{half}");
    }

    #[test]
    fn what_psql_alone_understands_is_blank() {
        let text = "\\set ON_ERROR_STOP on\nCOPY users (id) FROM stdin;\n1\tDROP\n\\.\nA;\n\\i b.sql\n";
        let half = forward_half("1.sql", Framework::Sql, text);
        assert_eq!(half.len(), text.len());
        assert_eq!(half.split_whitespace().collect::<Vec<_>>().join(" "), "COPY users (id) FROM stdin; A; \\i b.sql");
        let quoted = "INSERT INTO a VALUES ('\n\\set b'); DROP TABLE c;\n\\set d e\n";
        assert!(forward_half("1.sql", Framework::Sql, quoted).contains("DROP TABLE c;"));
        let copies = "\\x\nCOPY users\n  (id)  FROM  stdin; -- rows\n1\tit's\n\\.\nA;\n";
        let half = forward_half("1.sql", Framework::Sql, copies);
        assert!(half.contains("A;") && !half.contains("it's"), "{half}");
        let endless = "COPY users (id) FROM stdin;\nDROP TABLE users;\n\\set a b\n";
        assert!(forward_half("1.sql", Framework::Sql, endless).contains("DROP TABLE users;"));
    }
}
