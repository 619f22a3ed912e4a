//! Any text is a migration of any tool: no panic, and findings stand on lines of the text. The first byte chooses the
//! reader. Corpus: tests/data/migrations.
#![no_main]

use deckhand::analysis::migrations::{CheckOptions, check};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 9] =
    ["migrations/1.sql", "app/migrations/0001_x.py", "alembic/versions/x.py", "db/migrate/1_x.rb", "priv/migrations/1_x.exs", "migrations/1_x.js", "migrations/1-x.ts", "migrations/2-x.js", "migrations/3-x.ts"];
const MARKS: [&str; 9] = ["", "migrations.Migration", "alembic", "ActiveRecord::Migration", "Ecto.Migration", "knex", "queryRunner", "queryInterface", "Kysely"];

fuzz_target!(|text: &str| {
    let reader = text.bytes().next().map_or(0, |byte| usize::from(byte) % PATHS.len());
    let text = format!("{text}\n# {}\n", MARKS[reader]);
    let lines = text.split('\n').count();
    let options = CheckOptions { style: true, ..CheckOptions::default() };
    for finding in check(PATHS[reader], &text, &options).unwrap_or_default() {
        assert!((1..=lines).contains(&(finding.span.line as usize)));
    }
});
