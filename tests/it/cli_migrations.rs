//! `deckhand migrations` as a process.

use crate::cli::Place;
use serde_json::{Value, json};

const DROP: &str = "ALTER TABLE users\n  DROP COLUMN age;\n";

#[test]
fn json_is_the_contracts() {
    let place = Place::empty();
    place.write("migrations/0002_drop.sql", DROP);
    let said = place.deckhand(&["migrations", "--format", "json", "migrations/0002_drop.sql"]);
    assert_eq!((said.status, said.err.as_str()), (1, ""));
    let all: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(all["version"], 1);
    let found = &all["findings"][0];
    let place_of = json!([found["path"], found["line"], found["column"], found["rule"], found["level"]]);
    assert_eq!(place_of, json!(["migrations/0002_drop.sql", 2, 3, "drop-column", "unsafe"]));
    assert!(found["message"].as_str().unwrap().contains("ACCESS EXCLUSIVE lock on `users`"), "{found}");
    assert!(found["help"].as_str().unwrap().contains("Two releases"), "{found}");
    assert!(found.get("suggestion").is_none());
    assert_eq!(all["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn style_is_said_only_when_asked_for() {
    let place = Place::empty();
    place.write("a.sql", "ALTER TABLE users ADD COLUMN ts timestamp;\n");
    let quiet = place.deckhand(&["migrations", "a.sql", "--format", "json"]);
    assert_eq!((quiet.status, quiet.out.as_str()), (0, "{\n  \"findings\": [],\n  \"version\": 1\n}\n"));
    let loud = place.deckhand(&["migrations", "a.sql", "--style", "--format", "json"]);
    let all: Value = serde_json::from_str(&loud.out).unwrap();
    assert_eq!(loud.status, 0);
    let levels: Vec<&str> =
        all["findings"].as_array().unwrap().iter().map(|finding| finding["level"].as_str().unwrap()).collect();
    assert!(levels.len() >= 2 && levels.iter().all(|level| *level == "style"), "{levels:?}");
}

/// A warning is said without `--style` too, and stops nobody.
#[test]
fn what_was_not_judged_is_always_said() {
    let place = Place::empty();
    place.write(
        "alembic/versions/a.py",
        "from alembic import op\ndef upgrade():\n    op.execute(build())\ndef downgrade():\n    op.execute('SELECT 1')\n",
    );
    let said = place.deckhand(&["migrations", "alembic/versions/a.py"]);
    assert_eq!(said.status, 0);
    assert!(said.out.ends_with("1 migration: 0 unsafe steps, 1 warning\n"), "{}", said.out);
    let json = place.deckhand(&["migrations", "alembic/versions/a.py", "--format", "json"]);
    let all: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json!([all["findings"][0]["rule"], all["findings"][0]["level"]]), json!(["unseen-sql", "style"]));
}

#[test]
fn people_see_the_lock_the_way_out_and_the_line() {
    let place = Place::repository();
    place.write(
        "db/migrate/20240101_x.rb",
        "class X < ActiveRecord::Migration[7.1]\n  def change\n    add_index :users, :name\n  end\nend\n",
    );
    place.write("db/migrations/0002_json.sql", "ALTER TABLE users ADD COLUMN prefs json;\n");
    place.write("app/models.py", "x = 1\n");
    let said = place.deckhand(&["migrations"]);
    assert_eq!((said.status, said.err.as_str()), (1, ""));
    insta::assert_snapshot!(said.out);
}

#[test]
fn every_format_speaks() {
    let place = Place::empty();
    place.write("migrations/0002_drop.sql", DROP);
    let out = |format: &str| place.deckhand(&["migrations", "--format", format, "migrations"]).out;
    assert!(
        out("github").starts_with("::error title=drop-column,file=migrations/0002_drop.sql,line=2"),
        "{}",
        out("github")
    );
    assert!(out("markdown").contains("drop-column"));
    let sarif: Value = serde_json::from_str(&out("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "drop-column");
}

#[test]
fn what_is_missing_or_no_text_is_said() {
    let place = Place::empty();
    let said = place.deckhand(&["migrations", "gone.sql"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("gone.sql cannot be read"), "{}", said.err);
    std::fs::write(place.path.join("a.sql"), b"DROP TABLE \xff;").unwrap();
    let said = place.deckhand(&["migrations", "a.sql"]);
    assert_eq!(said.status, 1);
    assert!(said.out.contains("not UTF-8"), "{}", said.out);
    let said = place.deckhand(&["migrations", "a.sql", "--framework", "gose"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("goose"), "{}", said.err);
}

#[test]
fn the_tool_decides_about_transactions() {
    let place = Place::empty();
    place.write("a.sql", "CREATE INDEX CONCURRENTLY i ON users (name);\n");
    assert_eq!(place.deckhand(&["migrations", "a.sql"]).status, 0);
    let said = place.deckhand(&["migrations", "a.sql", "--in-transaction"]);
    assert_eq!(said.status, 1);
    assert!(said.out.contains("concurrent-in-transaction"), "{}", said.out);
}

/// Everything that the rule looks up is asked for in few passes, however many kinds of migration come together.
#[test]
fn many_kinds_at_once_are_judged() {
    let place = Place::repository();
    place.write("dangerfile.lua", "use(\"migration_safety\")\n");
    place.write("alembic/versions/aaa_x.py", "from alembic import op\nrevision = 'aaa'\n");
    place.write("app/x.rb", "User.first.yy\n");
    place.commit("base");
    place.git(&["checkout", "-q", "-b", "several"]);
    let alembic = |name: &str| {
        format!(
            "from alembic import op\nrevision = '{name}'\ndown_revision = 'aaa'\n\n\ndef upgrade():\n    op.drop_column('users', 'yy')\n\n\ndef downgrade():\n    op.execute('')\n"
        )
    };
    place.write("alembic/versions/bbb_x.py", &alembic("bbb"));
    place.write("alembic/versions/ccc_x.py", &alembic("ccc"));
    place.write("diesel/migrations/2024-01-01-000000_a/up.sql", "ALTER TABLE users ALTER COLUMN a SET NOT NULL;\n");
    place.write("diesel/migrations/2024-01-01-000000_a/down.sql", "-- nothing\n");
    place.commit("topic");
    let said = place.deckhand(&["local", "--base", "main"]);
    assert_eq!((said.status, said.err.as_str()), (1, ""));
    for part in
        ["Two migrations follow `aaa`", "still uses it: `app/x.rb:1`", "is missing or empty", "`SET NOT NULL` on `a`"]
    {
        assert!(said.out.contains(part), "{part}\n{}", said.out);
    }
}

#[test]
fn a_changeset_of_liquibase_is_a_transaction() {
    let place = Place::empty();
    let text = "--liquibase formatted sql\n\
--changeset me:1\nALTER TABLE users ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n\
--changeset me:2\nALTER TABLE users VALIDATE CONSTRAINT c;\n\
--changeset me:3 runInTransaction:false\nCREATE INDEX CONCURRENTLY i ON users (a);\n\
--changeset me:4\nCREATE INDEX CONCURRENTLY j ON users (b);\n";
    place.write("changes/a.sql", text);
    let said = place.deckhand(&["migrations", "--format", "json", "changes/a.sql"]);
    let all: Value = serde_json::from_str(&said.out).unwrap();
    let found: Vec<Value> =
        all["findings"].as_array().unwrap().iter().map(|found| json!([found["line"], found["rule"]])).collect();
    assert_eq!(found, [json!([9, "concurrent-in-transaction"])]);
}

#[test]
fn alerts_keep_their_fingerprints_when_others_come_before_them() {
    let place = Place::repository();
    place.write("migrations/0002_drop.sql", DROP);
    place.commit("Drop");
    let read = || {
        let said = place.deckhand(&["migrations", "--format", "sarif"]);
        serde_json::from_str::<Value>(&said.out).unwrap()["runs"][0].clone()
    };
    let of = |run: &Value, path: &str| {
        let results = run["results"].as_array().unwrap().clone();
        let uri = |it: &Value| it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == path;
        results.into_iter().filter(uri).map(|it| it["partialFingerprints"].clone()).collect::<Vec<_>>()
    };
    let before = read();
    assert_eq!(before["properties"]["head"], place.git(&["rev-parse", "HEAD"]));
    let old = of(&before, "migrations/0002_drop.sql");
    assert_eq!(old.len(), 1);

    place.write("migrations/0001_first.sql", "-- two of a kind\nDROP TABLE a;\nDROP TABLE a;\n");
    place.write("migrations/0002_drop.sql", &format!("-- a line more\n{DROP}"));
    let after = read();
    assert_eq!(of(&after, "migrations/0002_drop.sql"), old);
    let twins = of(&after, "migrations/0001_first.sql");
    assert!(twins.len() == 2 && twins[0] != twins[1], "{twins:?}");
}

#[test]
fn files_are_named_from_the_top_wherever_the_command_starts() {
    let place = Place::repository();
    place.write("db/migrations/0002_drop.sql", DROP);
    place.write("app/x.py", "x = 1\n");
    let found = |directory: &str, arguments: &[&str]| {
        let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
        let command = command.current_dir(place.path.join(directory)).args(["migrations", "--format", "github"]);
        let output = command.args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let full = place.path.join("db/migrations/0002_drop.sql");
    for (directory, arguments) in [
        ("", &[][..]),
        ("app", &[]),
        ("db", &[]),
        ("db", &["migrations"]),
        ("db/migrations", &["0002_drop.sql"]),
        ("db/migrations", &["."]),
        ("app", &["../db/migrations/0002_drop.sql"]),
        ("app", &["../db"]),
        ("app", &[full.to_str().unwrap()]),
        ("db", &["migrations", "./migrations/0002_drop.sql"]),
    ] {
        let out = found(directory, arguments);
        assert!(
            out.starts_with("::error title=drop-column,file=db/migrations/0002_drop.sql,line=2"),
            "{arguments:?} {out}"
        );
        assert_eq!(out.matches("::error").count(), 1, "{directory} {arguments:?}: {out}");
    }
}
