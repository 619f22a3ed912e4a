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
    if !has_halves && !has_commands {
        return Cow::Borrowed(text);
    }
    let (mut forward, mut rows) = (true, false);
    // Rows without an end are no rows.
    let mut ends = text.lines().filter(|line| is_end_of_rows(line)).count();
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if let (Some((up, down)), Some(comment)) = (marks, comment_of(line).filter(|_| !rows)) {
            forward = (forward || is_mark(&comment, up)) && !is_mark(&comment, down);
        }
        if !forward || rows || is_command_of_psql(line) {
            blank(line, &mut kept);
        } else {
            kept.push_str(line);
        }
        if is_end_of_rows(line) {
            ends = ends.saturating_sub(1);
            rows = false;
        } else if begins_rows(line) {
            rows = ends > 0;
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

/// `\set ON_ERROR_STOP on`; not `\i`, which reads another file.
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
                | "connect"
                | "c"
                | "timing"
                | "pset"
                | "encoding"
                | "q"
                | "quit"
                | "if"
                | "elif"
                | "else"
                | "endif"
                | "restrict"
                | "unrestrict"
        )
}

/// `COPY users (id) FROM stdin;`
fn begins_rows(line: &str) -> bool {
    let line = line.trim().to_ascii_lowercase();
    line.starts_with("copy ") && line.contains(" from stdin") && line.ends_with(';')
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
    fn what_psql_alone_understands_is_blank() {
        let text = "\\set ON_ERROR_STOP on\nCOPY users (id) FROM stdin;\n1\tDROP\n\\.\nA;\n\\i b.sql\n";
        let half = forward_half("1.sql", Framework::Sql, text);
        assert_eq!(half.len(), text.len());
        assert_eq!(half.split_whitespace().collect::<Vec<_>>().join(" "), "COPY users (id) FROM stdin; A; \\i b.sql");
        let endless = "COPY users (id) FROM stdin;\nDROP TABLE users;\n\\set a b\n";
        assert!(forward_half("1.sql", Framework::Sql, endless).contains("DROP TABLE users;"));
    }
}
