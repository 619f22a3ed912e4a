//! Migrations that were torn apart and put together wrongly: every reader answers, and stays inside the text. More cases
//! with `PROPTEST_CASES`.

use deckhand::analysis::migrations::{
    Before, CheckOptions, Framework, Hazard, check, find_migration, is_rewritten, parents, read_steps, schema_changes,
};
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

/// A path for each reader, and the mark that leads a text to it.
const READERS: [(&str, &str); 11] = [
    ("migrations/1.sql", ""),
    ("db/V1__x.sql", ""),
    ("migrations/2.sql", "-- +goose Up\n"),
    ("shop/migrations/0002_x.py", "# migrations.Migration\n"),
    ("alembic/versions/x.py", "# alembic\n"),
    ("db/migrate/1_x.rb", "# Migration\n"),
    ("priv/repo/migrations/1_x.exs", "# Ecto.Migration\n"),
    ("migrations/1_x.js", "// knex\n"),
    ("migrations/1-x.ts", "// queryRunner\n"),
    ("migrations/2-x.js", "// queryInterface\n"),
    ("migrations/3-x.ts", "// Kysely\n"),
];

/// Pieces that people put where they do not belong.
const PIECES: [&str; 24] = [
    "'",
    "\"",
    "`",
    "$$",
    "(",
    ")",
    "{",
    "}",
    ";",
    "\n",
    "--",
    "/*",
    "\\",
    "\u{e9}",
    "\u{1f600}",
    "\0",
    "#{",
    "${x}",
    "<<~SQL",
    "NOT VALID",
    "CONCURRENTLY",
    "DO $$ BEGIN ",
    "op.execute(\"",
    ".where(id: 1)",
];

static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/migrations");
    let mut texts = Vec::new();
    for directory in ["sql", "django", "rails", "alembic", "hostile", "more"] {
        let mut paths: Vec<_> =
            std::fs::read_dir(root.join(directory)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
            texts.extend(text.split("\n====\n").map(str::to_owned));
        }
    }
    texts
});

/// One change of a text: what is done, where (in thousandths of its length), how much, with what.
type Change = (u8, usize, usize, usize);

fn mutated(mut text: String, changes: &[Change]) -> String {
    for &(kind, at, length, which) in changes {
        let place = |thousandth: usize, text: &str| {
            let mut at = text.len() * thousandth / 1000;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = place(at, &text);
        let end = place((at + length).min(1000), &text).max(start);
        match kind {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(start, PIECES[which % PIECES.len()]),
            2 => {
                let twice = text[start..end].to_owned();
                text.insert_str(end, &twice);
            }
            3 => text.truncate(start),
            4 => {
                let other = &CORPUS[which % CORPUS.len()];
                let (from, to) = (place(at, other), place((at + length).min(1000), other));
                text.replace_range(start..end, &other[from..to.max(from)]);
            }
            5 => text = text.replace('\n', "\r\n"),
            6 => text = text.to_uppercase(),
            _ => text.replace_range(start..end, PIECES[which % PIECES.len()]),
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn mutated_migrations_are_answered(
        first in any::<prop::sample::Index>(),
        reader in 0..READERS.len(),
        changes in prop::collection::vec((0u8..8, 0usize..1000, 0usize..200, any::<usize>()), 1..10),
    ) {
        let (path, mark) = READERS[reader];
        let old = format!("{mark}{}", CORPUS[first.index(CORPUS.len())]);
        let text = mutated(old.clone(), &changes);
        let lines = u32::try_from(text.split('\n').count()).unwrap();
        let steps = read_steps(path, &text).unwrap_or_default();
        for change in schema_changes(&steps) {
            prop_assert!((1..=lines).contains(&change.span.line));
        }
        let before = Before { merged: read_steps(path, &old).unwrap_or_default(), together: Vec::new() };
        let options = CheckOptions { style: true, before, ..CheckOptions::default() };
        for finding in check(path, &text, &options).unwrap_or_default() {
            let span = finding.span;
            prop_assert!((1..=lines).contains(&span.line) && (span.line..=lines).contains(&span.end_line) && span.column >= 1,
                "{:?} of {lines} lines: {}", span, finding.message);
            let words = format!("{} {}", finding.message, finding.help.unwrap_or_default());
            prop_assert!(!words.contains("SyntaxKind") && !finding.message.is_empty(), "{words}");
            // Our own words, which quote names of the text.
            if Hazard::ALL.iter().any(|hazard| hazard.name() == finding.rule.as_str()) {
                prop_assert!(!words.contains("``"), "{words}");
            }
        }
        let framework = find_migration(path, &text).map_or(Framework::Sql, |found| found.framework);
        parents(path, framework, &text);
        prop_assert!(!is_rewritten(path, framework, &text, &text));
    }
}
