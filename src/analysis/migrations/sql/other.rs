//! Whether a text is plainly written for another database than PostgreSQL: MySQL, MariaDB, SQLite, ClickHouse.

use squawk_lexer::{TokenKind, tokenize};

/// Looks at words outside of texts in quotes and comments. `broken` says that PostgreSQL would not understand the text:
/// only then words that may be names there count.
pub(in super::super) fn is_of_another_database(text: &str, broken: bool) -> bool {
    // The last three words and signs, the newest last.
    let mut before = ["", "", ""];
    let mut at = 0usize;
    // Whether the line is a command of psql, and whether nothing of it was seen yet.
    let (mut command, mut fresh) = (false, true);
    for token in tokenize(text) {
        let start = at;
        at += token.len as usize;
        let word = text.get(start..at).unwrap_or_default();
        if word.contains('\n') {
            (command, fresh) = (false, true);
        } else if fresh && token.kind != TokenKind::Whitespace {
            (command, fresh) = (word.starts_with('\\'), false);
        }
        match token.kind {
            TokenKind::Whitespace
            | TokenKind::LineComment
            | TokenKind::BlockComment { .. }
            | TokenKind::Literal { .. }
            | TokenKind::Eof => continue,
            // No quotes of PostgreSQL; psql runs what stands in them.
            TokenKind::Backtick if !command => return true,
            _ => {}
        }
        if broken && token.kind == TokenKind::Ident {
            let is = |word: &str, known: &str| word.eq_ignore_ascii_case(known);
            let engine = is(before[1], "engine") && before[2] == "=" && before[0] != "set";
            let begins = matches!(before[2], "" | ";") && is(word, "pragma");
            if engine && ENGINES.iter().any(|known| is(word, known))
                || is(word, "auto_increment")
                || is(word, "autoincrement")
                || begins
            {
                return true;
            }
        }
        before = [before[1], before[2], word];
    }
    false
}

/// What stands behind `ENGINE =`.
const ENGINES: [&str; 9] =
    ["innodb", "myisam", "memory", "aria", "archive", "rocksdb", "ndb", "mergetree", "replacingmergetree"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_outside_of_comments_and_texts() {
        for text in [
            "CREATE UNIQUE INDEX `a` ON `t` (`b`);",
            "CREATE TABLE t (id int) ENGINE=InnoDB;",
            "CREATE TABLE t (id int AUTO_INCREMENT);",
            "PRAGMA foreign_keys=OFF;\nDROP TABLE \"User\";",
        ] {
            assert!(is_of_another_database(text, true), "{text}");
        }
        for text in [
            "-- see `docs`\nSELEC 1;",
            "/* ENGINE=InnoDB */ SELEC 1;",
            "SELEC '`', 'PRAGMA x', $$ `a` $$;",
            "UPDATE cars SET engine = turbo; SELEC 1;",
            "\\set today `date`\nSELEC 1;",
        ] {
            assert!(!is_of_another_database(text, true), "{text}");
        }
        assert!(!is_of_another_database("ALTER TABLE t ADD autoincrement int;", false));
    }
}
