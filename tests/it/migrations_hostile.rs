//! Migrations that nobody wrote in good faith: an answer, never a crash or a hang. Also the corpus of the fuzz target.

use deckhand::analysis::migrations::{CheckOptions, Finding, Span, check};
use std::path::{Path, PathBuf};

/// Every parser that a path can lead to.
const PATHS: [&str; 9] = [
    "migrations/1.sql",
    "app/migrations/0001_x.py",
    "alembic/versions/x.py",
    "db/migrate/1_x.rb",
    "priv/migrations/1_x.exs",
    "migrations/1_x.js",
    "migrations/1-x.ts",
    "migrations/2-x.js",
    "migrations/3-x.ts",
];
/// Marks that lead a text to each framework whatever it is.
const MARKS: [&str; 9] = [
    "",
    "migrations.Migration",
    "alembic",
    "ActiveRecord::Migration",
    "Ecto.Migration",
    "knex",
    "queryRunner",
    "queryInterface",
    "Kysely",
];

fn said(path: &str, text: &str) -> Vec<Finding> {
    check(path, text, &CheckOptions { style: true, ..CheckOptions::default() }).unwrap_or_default()
}

fn holds(text: &str, findings: &[Finding]) {
    let lines = u32::try_from(text.split('\n').count()).unwrap();
    for finding in findings {
        let Span { line, column, end_line } = finding.span;
        assert!((1..=lines).contains(&line) && column >= 1 && (line..=lines).contains(&end_line), "{:?}", finding.span);
        assert!(!finding.message.is_empty() && !finding.message.contains("SyntaxKind"), "{}", finding.message);
    }
}

fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/migrations");
    let mut paths = Vec::new();
    for directory in ["hostile", "sql", "django", "rails", "alembic", "more"] {
        paths.extend(std::fs::read_dir(root.join(directory)).unwrap().map(|entry| entry.unwrap().path()));
    }
    paths.sort();
    assert!(paths.len() > 100, "{} files", paths.len());
    paths
}

#[test]
fn the_corpus_is_answered_by_every_reader() {
    for path in corpus() {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        for (as_path, mark) in PATHS.iter().zip(MARKS) {
            let text = format!("{text}\n# {mark}\n");
            holds(&text, &said(as_path, &text));
        }
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/migrations/hostile");
    let rules = |name: &str| -> Vec<(u32, &str)> {
        let text = String::from_utf8_lossy(&std::fs::read(root.join(name)).unwrap()).into_owned();
        said(name, &text)
            .iter()
            .filter(|it| it.rule.level().as_str() == "unsafe")
            .map(|it| (it.span.line, it.rule.as_str()))
            .collect()
    };
    assert_eq!(rules("nul.sql"), [(1, "unreadable")]);
    assert!(rules("unterminated_string.sql").contains(&(1, "syntax-error")));
    assert!(rules("unterminated_dollar.sql").iter().any(|(_, rule)| *rule == "syntax-error"));
    assert!(rules("unterminated_comment.sql").iter().any(|(_, rule)| *rule == "syntax-error"));
    assert_eq!(rules("nested_do.sql"), [(1, "drop-table")]);
    assert_eq!(rules("crlf.sql"), [(2, "drop-column")]);
    assert_eq!(rules("bom.sql"), [(1, "drop-table")]);
}

/// Each of these repeated until a recursive parser would run out of stack, alone and where an expression may stand.
#[test]
fn bombs_of_every_token_are_refused_or_read() {
    let tokens = [
        "(",
        "[",
        "{",
        "((",
        "not ",
        "- ",
        "+ ",
        "~ ",
        "@ ",
        "a.",
        "a::int::",
        "a[1]",
        "a and ",
        "a or ",
        "a = ",
        "a is null ",
        "a collate c ",
        "a at time zone 'x' ",
        "case when ",
        "case ",
        "exists (select ",
        "array[",
        "row(",
        "select (",
        "select * from (",
        "a union ",
        "select 1 union ",
        "a join b on ",
        "with a as (",
        "explain ",
        "begin ",
        "begin; ",
        "do $a$ ",
        "do $$ begin ",
        "if a then ",
        "loop ",
        "create table a (",
        "create schema a ",
        "alter table a add ",
        "cast(",
        "not exists (",
        "$a$",
        "/*",
        "'",
        "\"",
        "--",
        "prepare a as ",
        "values (",
        "f(",
        "in (",
        "between ",
        "any(",
        "interval ",
        "copy (",
        "for a in ",
        "like ",
        "execute 'do $a$ ",
        "E'\\",
        "U&'",
        "a is distinct from ",
        "filter (",
        "over (",
        "lateral (",
        "rows from (",
        "json_table(",
        "grouping sets (",
        "setof ",
        "create function a() returns int as ",
        "create rule a as on select to b do ",
    ];
    for token in tokens {
        let repeated = token.repeat(20_000);
        for text in [
            repeated.clone(),
            format!("SELECT {repeated}"),
            format!("ALTER TABLE t ADD COLUMN a int DEFAULT {repeated}"),
        ] {
            holds(&text, &said("migrations/1.sql", &text));
        }
    }
}

#[test]
fn bombs_of_code_are_refused_or_read() {
    let tokens = [
        "(", "[", "{", "a(", "not ", "lambda: ", "a.b", "-", "f'{", "if a:\n", "do |a| ", "fn -> ", "#{", "\"#{",
        "%w[", "a ? ", "x = ",
    ];
    for token in tokens {
        for (path, mark) in PATHS.iter().zip(MARKS).skip(1) {
            let text = format!("# {mark}\noperations = {}\n", token.repeat(20_000));
            holds(&text, &said(path, &text));
        }
    }
}

#[test]
fn a_megabyte_on_one_line_is_read() {
    let rows = "(1, -2, 'x'), ".repeat(80_000);
    let text = format!("INSERT INTO t VALUES {rows}(1, 2, 'y'); DROP TABLE u;");
    assert!(text.len() > 1_000_000);
    let found = said("migrations/1.sql", &text);
    assert!(found.iter().any(|finding| finding.rule.as_str() == "drop-table" && finding.span.line == 1));
    let long = format!("-- {}\nDROP TABLE u;\n", "x".repeat(5 << 20));
    assert_eq!(said("migrations/1.sql", &long)[0].rule.as_str(), "unreadable");
}

/// Each call is followed into its function, and there are hundreds of calls at each level.
#[test]
fn functions_that_call_each_other() {
    let calls = |name: &str| format!("{name}();\n").repeat(300);
    let python = |name: &str, inner: &str| format!("def {name}(a, b):\n{}", format!("    {inner}(a, b)\n").repeat(300));
    let run = "class Migration(migrations.Migration):\n    operations = [migrations.RunPython(f)]\n";
    let functions = |f: &str, open: &str, close: &str| {
        [("f", "g"), ("g", "h"), ("h", "done")]
            .map(|(name, inner)| format!("{f} {name}{open}\n{}{close}\n", calls(inner)))
            .concat()
    };
    let javascript = functions("function", "() {", "}");
    for (path, text) in [
        ("migrations/1_x.js", format!("// knex\n{javascript}function up() {{ {} }}\n", calls("f"))),
        ("migrations/2_x.js", format!("// queryInterface\n{javascript}function up() {{ {} }}\n", calls("f"))),
        ("db/migrate/1_x.rb", format!("# Migration\n{}def up\n{}end\n", functions("def", "", "end"), calls("f"))),
        ("app/migrations/0001_x.py", format!("{}{}{}{run}", python("f", "g"), python("g", "h"), python("h", "done"))),
    ] {
        let found = said(path, &text);
        holds(&text, &found);
        // Nobody knows what the last of them would have done.
        assert!(found.iter().any(|finding| finding.message.contains("was not read to its end")), "{path}: {found:?}");
    }
}

/// However many functions a statement stands in: it is found. What a function does by calling itself was read already.
#[test]
fn functions_in_functions_are_followed_to_the_last() {
    let chain = |write: &dyn Fn(&str, &str) -> String, last: &str| {
        let name = |at: usize| format!("step_{at}");
        let calls = (0..40).map(|at| write(&name(at), &format!("{}()", name(at + 1))));
        calls.chain([write(&name(40), &format!("{last}\nstep_40()"))]).collect::<String>()
    };
    let indented = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    let python = |name: &str, body: &str| format!("def {name}():\n{}", indented(body));
    let ruby = |name: &str, body: &str| format!("def {name}\n{body}\nend\n");
    let javascript = |name: &str, body: &str| format!("async function {name}() {{\n{body}\n}}\n");
    let elixir = |name: &str, body: &str| format!("def {name}() do\n{body}\nend\n");
    let run = "class Migration(migrations.Migration):\n    operations = [migrations.RunPython(step_0, noop)]\n";
    for (path, text) in [
        (
            "alembic/versions/x.py",
            chain(&python, "op.drop_table('users')") + "def upgrade():\n    step_0()\ndef downgrade():\n    a()\n",
        ),
        ("app/migrations/0001_x.py", chain(&python, "cursor.execute('DROP TABLE users')") + run),
        (
            "db/migrate/1_x.rb",
            format!(
                "class X < ActiveRecord::Migration[7.0]\n{}def up\nstep_0()\nend\ndef down\nend\nend\n",
                chain(&ruby, "drop_table :users")
            ),
        ),
        (
            "migrations/1_x.js",
            chain(&javascript, "knex.schema.dropTable('users')")
                + "exports.up = () => step_0();\nexports.down = () => a();\n",
        ),
        (
            "migrations/2_x.js",
            chain(&javascript, "queryInterface.dropTable('users')")
                + "async function up(queryInterface) { await step_0(); }\nfunction down() { a() }\n",
        ),
        (
            "priv/repo/migrations/1_x.exs",
            format!(
                "defmodule X do\nuse Ecto.Migration\n{}def up do\nstep_0()\nend\ndef down do\nend\nend\n",
                chain(&elixir, "drop table(:users)")
            ),
        ),
    ] {
        let found = said(path, &text);
        let rules: Vec<_> = found.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["drop-table"], "{path}: {found:?}");
    }
}

/// A call is kept as a statement, as a value and as the last of its chain: what stands in it is not read and kept for each,
/// and then again at every level.
#[test]
fn callbacks_within_callbacks() {
    let nested = |levels: usize, open: &str, inside: &str, close: &str| {
        format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
    };
    let javascript = |levels: usize, open: &str, close: &str| {
        let inside = nested(levels, open, "knex.schema.dropTable('users');\n", close);
        ("migrations/1_x.js", format!("exports.up = async (knex) => {{\n{inside}}};\nexports.down = () => {{}};\n"))
    };
    let found_in = |(path, text): (&str, String)| {
        let found = said(path, &text);
        holds(&text, &found);
        found.iter().any(|finding| finding.rule.as_str() == "drop-table")
    };
    for (open, close) in [("const a = b(() => {\n", "})\n"), ("a().b(() => {\n", "})\n"), ("a(b, () => {\n", "})\n")] {
        assert!(found_in(javascript(4, open, close)), "{open}");
        found_in(javascript(14, open, close));
    }
    found_in(javascript(14, "const a = { b: c(() => {\n", "}) }\n"));
    found_in(javascript(18, "a(", ")"));
    let ruby = nested(18, "x = y do\n", "drop_table :users\n", "end\n");
    found_in(("db/migrate/1_x.rb", format!("class X < ActiveRecord::Migration[7.0]\ndef up\n{ruby}end\nend\n")));
    let elixir = nested(18, "x = y do\n", "drop table(:users)\n", "end\n");
    let module = format!("defmodule X do\nuse Ecto.Migration\ndef up do\n{elixir}end\nend\n");
    found_in(("priv/repo/migrations/1_x.exs", module));
}

/// What stands too deep, or at the end of too long a chain or sum, is not passed over in silence.
#[test]
fn what_is_hidden_by_depth_or_length_is_found_or_said_to_be_unread() {
    let nested = |levels: usize, open: &str, inside: &str, close: &str| {
        format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
    };
    let javascript = |body: &str| {
        let text = format!("exports.up = async (knex) => {{\n{body}\n}};\nexports.down = () => {{}};\n");
        ("migrations/1_x.js", text)
    };
    let ruby = |body: &str| {
        let text = format!("class X < ActiveRecord::Migration[7.0]\ndef up\n{body}\nend\nend\n");
        ("db/migrate/1_x.rb", text)
    };
    let python = |body: &str| ("alembic/versions/x.py", format!("from alembic import op\ndef upgrade():\n{body}\n"));
    let ifs = |levels: usize| {
        let lines = (0..levels).map(|level| format!("{}if a:\n", "    ".repeat(level + 1))).collect::<String>();
        format!("{lines}{}op.drop_table('users')", "    ".repeat(levels + 1))
    };
    let sum = |parts: usize, sign: &str| format!("{}'DROP TABLE users'", format!("'' {sign} ").repeat(parts));
    for (text, is_found) in [
        (javascript(&nested(15, "if (a) {\n", "knex.schema.dropTable('users');\n", "}\n")), true),
        (javascript(&nested(150, "if (a) {\n", "knex.schema.dropTable('users');\n", "}\n")), false),
        (javascript(&format!("await knex.schema.dropTable('users'){};", ".then(x)".repeat(300))), true),
        (javascript(&format!("await knex.schema.dropTable('users'){};", ".then(x)".repeat(9_000))), false),
        (javascript(&format!("await knex.raw({});", sum(600, "+"))), true),
        (javascript(&format!("await knex.raw({});", sum(9_000, "+"))), false),
        (ruby(&nested(20, "if a\n", "drop_table :users\n", "end\n")), true),
        (ruby(&nested(300, "if a\n", "drop_table :users\n", "end\n")), false),
        (ruby(&format!("execute({})", sum(2_000, "+"))), false),
        (python(&ifs(20)), true),
        (python(&ifs(250)), false),
        (python(&format!("    op.execute({})", sum(2_000, "+"))), false),
    ] {
        let (path, text) = text;
        let found = said(path, &text);
        let rule = if is_found { "drop-table" } else { "unreadable" };
        let start: String = text.chars().take(150).collect();
        assert!(found.iter().any(|finding| finding.rule.as_str() == rule), "{path}: {start}: {found:?}");
    }
}

/// What each finding offers is no copy of all the others.
#[test]
fn many_statements_on_one_line() {
    let text = "CREATE INDEX a ON b (c); ".repeat(1_500);
    let found = said("migrations/1.sql", &text);
    holds(&text, &found);
    assert!(found.len() >= 1_500, "{}", found.len());
    let offered: usize = found.iter().filter_map(|finding| finding.suggestion.as_ref()).map(String::len).sum();
    assert!(offered < 1_000_000, "{offered}");
}

/// Each run of a text is read, and the text is large.
#[test]
fn one_large_text_that_is_run_again_and_again() {
    let sql = "SELECT 1;\n".repeat(30_000);
    let runs = "    op.execute(SQL)\n".repeat(10_000);
    let text = format!("from alembic import op\nSQL = '''{sql}'''\ndef upgrade():\n{runs}def downgrade():\n    a()\n");
    let found = said("alembic/versions/1_x.py", &text);
    holds(&text, &found);
    assert!(found.iter().any(|finding| finding.message.contains("was not read to its end")), "{found:?}");
}

/// Each is looked up in what the file defines, which is read once.
#[test]
fn many_functions_of_one_migration() {
    let one =
        |n: usize| format!("def f{n}(apps, editor):\n    apps.get_model('shop', 'Order').objects.update(a={n})\n");
    let operations = (0..1_500).map(|n| format!("        migrations.RunPython(f{n}),\n")).collect::<String>();
    let functions = (0..1_500).map(one).collect::<String>();
    let text = format!("{functions}class Migration(migrations.Migration):\n    operations = [\n{operations}    ]\n");
    let found = said("app/migrations/0001_x.py", &text);
    holds(&text, &found);
    assert!(found.len() >= 1_500, "{}", found.len());
}

/// Each step is held against what those before and after it say, and each finding against the comments that allow it.
#[test]
fn many_steps_that_concern_each_other() {
    let each = |one: &dyn Fn(usize) -> String| (0..6_000).map(one).collect::<String>();
    for text in [
        each(&|n| format!("ALTER TABLE t{n} ADD COLUMN c int;\nALTER TABLE t{n} RENAME TO u{n};\n")),
        each(&|n| format!("ALTER TABLE t{n} ADD COLUMN c int;\nDROP TABLE t{n};\n")),
        each(&|n| format!("ALTER TABLE a ALTER COLUMN c{n} SET NOT NULL;\n"))
            + &each(&|n| format!("ALTER TABLE a DROP CONSTRAINT x{n};\n")),
        format!("-- deckhand-ignore-file {}: never\n{}", "a,".repeat(50_000), "DROP TABLE t;\n".repeat(5_000)),
        format!("-- squawk-ignore x\nALTER TABLE t {} DROP COLUMN z;\n", "DROP COLUMN c,\n".repeat(4_000)),
        "/**/ DROP TABLE t;\n".repeat(5_000) + "-- deckhand-ignore x: y\n",
    ] {
        holds(&text, &said("migrations/1.sql", &text));
    }
}

#[test]
fn placeholders_that_do_not_end() {
    for text in ["${".repeat(20_000), "{{ a\n".repeat(20_000), "${a} ".repeat(20_000)] {
        let found = said("migrations/1.sql", &text);
        holds(&text, &found);
    }
}
