//! Which files are migrations, of which tool, and how that tool runs them: by path and by marks in the text.

use super::framework::Framework;

/// A file that is a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Whose.
    pub framework: Framework,
    /// Whether it runs in a transaction.
    pub transaction: Transaction,
}

/// Whether a tool runs a migration in one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// All of it.
    Whole,
    /// Statement by statement, unless the file begins one itself.
    None,
    /// All of it, unless it consists of statements that PostgreSQL refuses there: Flyway, which takes no mixture.
    UnlessRefused,
    /// All of it, unless it is a single statement.
    UnlessSingle,
}

/// What a file is, by its path and, where paths say too little, its text; `None` when it is no migration that goes
/// forward (a `down` half of its own file, a seed, anything else).
pub fn find_migration(path: &str, text: &str) -> Option<Migration> {
    let framework = framework_of(path, text)?;
    Some(Migration { framework, transaction: transaction_of(framework, path, text) })
}

/// Whether a path alone lets one expect a migration.
pub fn is_migration_path(path: &str) -> bool {
    let parts = Parts::of(path);
    match parts.extension {
        "sql" => !parts.goes_back() && (parts.is_flyway() || parts.in_migrations()),
        "py" => (parts.under("migrations") && parts.starts_with_number()) || parts.under("versions"),
        "rb" => parts.under("migrate") && parts.starts_with_number(),
        "exs" => parts.under("migrations") && parts.starts_with_number(),
        "js" | "ts" | "mjs" | "cjs" | "mts" | "cts" => {
            parts.in_migrations() && parts.starts_with_number() && !parts.name.ends_with(".d.ts")
        }
        _ => false,
    }
}

/// Whether the directories of a migration say that it is for another database than PostgreSQL: `migrations/mysql/1.sql`,
/// `db/migrate_sqlite/1.rb`.
pub(super) fn is_path_of_another_database(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let directories = Parts::of(&lower).directories;
    let words = |directory: &str| directory.split(['-', '_', '.', ' ']).map(str::to_owned).collect::<Vec<_>>();
    let any = |names: &[&str], directory: &str| words(directory).iter().any(|word| names.contains(&word.as_str()));
    let holds_migrations = |directory: &&str| any(&["migrations", "migration", "migrate", "migrator"], directory);
    if directories.iter().any(|directory| any(&["postgres", "postgresql", "pg", "cockroach", "cockroachdb"], directory))
    {
        return false;
    }
    let Some(at) = directories.iter().position(holds_migrations) else { return false };
    // Directly above or below, or in the name itself.
    let near = directories.get(at.saturating_sub(1)..).unwrap_or_default();
    near.iter().take(3).any(|directory| OTHER_DATABASES.contains(directory))
        || directories.get(at + 1).is_some_and(|directory| ["oracle", "h2", "derby", "db2"].contains(directory))
        || any(&OTHER_DATABASES, directories[at])
}

/// Names of databases that are nothing else beside a directory of migrations.
const OTHER_DATABASES: [&str; 15] = [
    "mysql",
    "mysql5",
    "mysql8",
    "mariadb",
    "tidb",
    "sqlite",
    "sqlite3",
    "mssql",
    "sqlserver",
    "clickhouse",
    "hsqldb",
    "snowflake",
    "bigquery",
    "cassandra",
    "spanner",
];

/// A file that was named by hand: any SQL or code that looks like a migration.
pub(super) fn framework_of(path: &str, text: &str) -> Option<Framework> {
    let parts = Parts::of(path);
    match parts.extension {
        "sql" => {
            if parts.goes_back() {
                return None;
            }
            Some(sql_framework(&parts, text))
        }
        "py" if text.contains("migrations.Migration") || text.contains("(Migration)") => Some(Framework::Django),
        "py" if text.contains("alembic") || (parts.under("versions") && text.contains("def upgrade")) => {
            Some(Framework::Alembic)
        }
        "py" if parts.under("migrations") && parts.starts_with_number() && has_operations(text) => {
            Some(Framework::Django)
        }
        "rb" if text.contains("Migration") => Some(Framework::Rails),
        "js" | "ts" | "mjs" | "cjs" | "mts" | "cts" => {
            let elsewhere = parts.in_migrations() && parts.starts_with_number() && only_hands_on(text);
            javascript_framework(text).or(elsewhere.then_some(Framework::Knex))
        }
        "exs" | "ex" if text.contains("Ecto.Migration") || text.contains("Migration") => Some(Framework::Ecto),
        _ => None,
    }
}

/// Whether a class has a list `operations`: Django's migrations, whatever name the class is imported under.
fn has_operations(text: &str) -> bool {
    let is_list = |line: &str| {
        line.trim_start().strip_prefix("operations").is_some_and(|rest| rest.trim_start().starts_with(['=', ':']))
    };
    text.lines().any(|line| line.starts_with("class ")) && text.lines().any(is_list)
}

/// Whether all that a file says is that its functions are in another one: `export * from "./users"`.
fn only_hands_on(text: &str) -> bool {
    let plain = |line: &&str| !line.is_empty() && !line.starts_with("//") && !line.contains("use strict");
    let mut lines = text.lines().map(str::trim).filter(plain).take(MAX_HANDED_ON + 1);
    let hands_on = |line: &str| {
        let exports = ["export *", "export {", "module.exports =", "module.exports="];
        exports.iter().any(|start| line.starts_with(start)) && (line.contains(" from ") || line.contains("require("))
    };
    lines.clone().count() <= MAX_HANDED_ON && lines.clone().next().is_some() && lines.all(hands_on)
}

/// Lines of a file that only names others.
const MAX_HANDED_ON: usize = 5;

fn javascript_framework(text: &str) -> Option<Framework> {
    if text.contains("queryRunner") || text.contains("MigrationInterface") {
        Some(Framework::TypeOrm)
    } else if text.contains("queryInterface") || text.contains("QueryInterface") {
        Some(Framework::Sequelize)
    } else if text.contains("kysely") || text.contains("Kysely") {
        Some(Framework::Kysely)
    } else if text.contains("knex") || text.contains("Knex") {
        Some(Framework::Knex)
    } else {
        None
    }
}

fn sql_framework(parts: &Parts<'_>, text: &str) -> Framework {
    let has_line = |mark: &str| text.lines().any(|line| line.trim_start().to_ascii_lowercase().starts_with(mark));
    if has_line("-- +goose") || has_line("--+goose") {
        Framework::Goose
    } else if has_comment(text, |comment| comment.starts_with("migrate:up")) {
        Framework::Dbmate
    } else if has_line("--liquibase formatted sql") || has_line("-- liquibase formatted sql") {
        Framework::Liquibase
    } else if parts.is_flyway() || has_line("-- flyway:") {
        Framework::Flyway
    } else if parts.name == "migration.sql" && parts.in_migrations() {
        Framework::Prisma
    } else if parts.name == "up.sql" {
        Framework::Diesel
    } else if text.starts_with(SQLX_MARK) || parts.is_sqlx() {
        Framework::Sqlx
    } else {
        Framework::Sql
    }
}

fn transaction_of(framework: Framework, path: &str, text: &str) -> Transaction {
    let lower = || text.to_ascii_lowercase();
    let unless = |off: bool| if off { Transaction::None } else { Transaction::Whole };
    match framework {
        // golang-migrate and its kin send a file at once, which is a transaction when it has several statements.
        Framework::Sql if path.ends_with(".up.sql") => Transaction::UnlessSingle,
        // sql-migrate and tern.
        Framework::Sql if has_comment(text, |comment| comment.starts_with("+migrate up")) => {
            unless(has_comment(text, |comment| comment.starts_with("+migrate up notransaction")))
        }
        Framework::Sql if has_comment(text, |comment| comment.starts_with("-- create above / drop below")) => {
            unless(has_comment(text, |comment| comment.starts_with("-- tern: disable-tx")))
        }
        Framework::Sql => Transaction::None,
        Framework::Flyway if lower().contains("executeintransaction=true") => Transaction::Whole,
        Framework::Flyway if lower().contains("executeintransaction=false") => Transaction::None,
        Framework::Flyway => Transaction::UnlessRefused,
        Framework::Goose => unless(has_comment(text, |comment| comment.starts_with("+goose no transaction"))),
        Framework::Dbmate => unless(has_comment(text, |comment| {
            comment.starts_with("migrate:up") && comment.contains("transaction:false")
        })),
        Framework::Prisma => Transaction::UnlessSingle,
        Framework::Diesel => Transaction::Whole,
        // sqlx looks at the very beginning; Atlas names its files alike.
        Framework::Sqlx => {
            unless(text.starts_with(SQLX_MARK) || has_comment(text, |comment| comment.starts_with("atlas:txmode none")))
        }
        Framework::Django => unless(is_django_without_transaction(text)),
        Framework::Rails => unless(says_no_transaction(text)),
        Framework::Ecto => unless_said(text, |line| line.starts_with("@disable_ddl_transactiontrue")),
        Framework::Knex => unless_said(&javascript_code(text), |line| sets_false(line, ':')),
        Framework::TypeOrm => unless_said(&javascript_code(text), |line| sets_false(line, '=')),
        // Where a migration begins one by itself is read in its code.
        Framework::Sequelize => Transaction::None,
        Framework::Alembic | Framework::Kysely | Framework::Liquibase => Transaction::Whole,
    }
}

/// Whether a class of Django's says `atomic = False`. Deeper than its other settings it is an argument of `RunPython`.
fn is_django_without_transaction(text: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_setting = |line: &&str| {
        let line = line.trim_start();
        ["operations", "dependencies"]
            .iter()
            .any(|name| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', ':'])))
    };
    let settings: Vec<usize> = text.lines().filter(is_setting).map(indent).take(2).collect();
    text.lines().filter(|line| line.trim_start().starts_with("atomic")).any(|line| {
        let plain: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        let off = plain.starts_with("atomic=False") || plain.starts_with("atomic:bool=False");
        off && !plain.ends_with(',') && (settings.is_empty() || settings.contains(&indent(line)))
    })
}

/// What makes sqlx leave the transaction out, as the first bytes of a file.
const SQLX_MARK: &str = "-- no-transaction";

/// Whether a line of comment, in small letters and without its dashes, is of this kind.
fn has_comment(text: &str, is: impl Fn(&str) -> bool) -> bool {
    let comments = text.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
    comments.into_iter().any(|comment| is(&comment.trim_start().to_ascii_lowercase()))
}

/// The file beside a migration in which its tool looks for settings.
pub fn settings_of(path: &str, framework: Framework) -> Option<String> {
    match framework {
        Framework::Diesel => path.strip_suffix("up.sql").map(|directory| format!("{directory}metadata.toml")),
        Framework::Flyway => Some(format!("{path}.conf")),
        _ => None,
    }
}

/// Whether settings say that the migration runs in a transaction; `None` when they say nothing of it.
pub fn transaction_in_settings(text: &str) -> Option<bool> {
    let plain = |line: &str| line.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    text.lines().map(plain).find_map(|line| {
        let value = ["run_in_transaction=", "executeintransaction="].iter().find_map(|key| line.strip_prefix(key))?;
        Some(!value.starts_with("false"))
    })
}

/// Whether a migration of Rails says so as a statement, outside of `=begin` and `=end`.
fn says_no_transaction(text: &str) -> bool {
    let mut commented = false;
    text.lines().any(|line| {
        commented = line.starts_with("=begin") || (commented && !line.starts_with("=end"));
        let code = line.split('#').next().unwrap_or_default();
        !commented && code.split(';').any(|statement| statement.trim_start().starts_with("disable_ddl_transaction!"))
    })
}

/// Whether a line, in small letters and without spaces, says that there is no transaction.
fn unless_said(text: &str, says: impl Fn(&str) -> bool) -> Transaction {
    let plain = |line: &str| line.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let mut lines =
        text.lines().filter(|line| line.to_ascii_lowercase().contains("transaction") || line.contains("atomic"));
    if lines.any(|line| says(&plain(line))) { Transaction::None } else { Transaction::Whole }
}

/// Whether a line without spaces sets `transaction` to false: `transaction:false`, `'transaction':false`,
/// `transaction:boolean=false`.
fn sets_false(line: &str, sign: char) -> bool {
    line.match_indices("transaction").any(|(at, word)| {
        let rest = line[at + word.len()..].trim_start_matches(['"', '\'', '?', '!']);
        let typed = rest.strip_prefix(":boolean").or_else(|| rest.strip_prefix(":false"));
        let rest = if sign == '=' { typed.unwrap_or(rest) } else { rest };
        rest.strip_prefix(sign).is_some_and(|value| value.starts_with("false"))
    })
}

/// JavaScript without its comments. What stands in quotes is kept, up to the end of its line.
fn javascript_code(text: &str) -> String {
    let (mut code, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(['/', '"', '\'', '`']) {
        code.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
            continue;
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            continue;
        } else if let Some(quote) = rest.chars().next().filter(|sign| *sign != '/') {
            let inside = &rest[1..];
            let ends = |(at, sign): (usize, char)| {
                let escaped = inside[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
                (sign == '\n' && quote != '`' || sign == quote && !escaped).then_some(at + 2)
            };
            inside.char_indices().find_map(ends).unwrap_or(rest.len())
        } else {
            1
        };
        code.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    code + rest
}

/// A path in the pieces that conventions speak of.
struct Parts<'a> {
    directories: Vec<&'a str>,
    name: &'a str,
    extension: &'a str,
}

impl<'a> Parts<'a> {
    fn of(path: &'a str) -> Self {
        let mut directories: Vec<&str> = path.split('/').collect();
        let name = directories.pop().unwrap_or_default();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        Parts { directories, name, extension }
    }

    /// Whether the file lies directly in a directory of this name.
    fn under(&self, directory: &str) -> bool {
        self.directories.last() == Some(&directory)
    }

    fn in_migrations(&self) -> bool {
        let names = ["migrations", "migration", "migrate"];
        self.directories.iter().rev().take(3).any(|directory| names.contains(directory))
    }

    fn starts_with_number(&self) -> bool {
        self.name.starts_with(|c: char| c.is_ascii_digit())
    }

    fn goes_back(&self) -> bool {
        let undo = self.name.starts_with('U') && self.name.contains("__");
        self.name == "down.sql" || self.name.ends_with(".down.sql") || self.name.ends_with(".undo.sql") || undo
    }

    fn is_flyway(&self) -> bool {
        let versioned = self
            .name
            .strip_prefix('V')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains("__"));
        versioned || self.name.starts_with("R__")
    }

    fn is_sqlx(&self) -> bool {
        let digits = self.name.bytes().take_while(u8::is_ascii_digit).count();
        let supabase = self.directories.contains(&"supabase");
        self.under("migrations") && digits >= 14 && !supabase && !self.name.ends_with(".up.sql")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_marks_tell_the_tool() {
        let tool = |path: &str, text: &str| find_migration(path, text).map(|found| found.framework);
        assert_eq!(tool("db/V1__x.sql", ""), Some(Framework::Flyway));
        assert_eq!(tool("db/U1__x.sql", ""), None);
        assert_eq!(tool("prisma/migrations/2024_x/migration.sql", ""), Some(Framework::Prisma));
        assert_eq!(tool("migrations/2024-01_x/up.sql", ""), Some(Framework::Diesel));
        assert_eq!(tool("migrations/2024-01_x/down.sql", ""), None);
        assert_eq!(tool("migrations/20240101000000_x.sql", ""), Some(Framework::Sqlx));
        assert_eq!(tool("x.sql", "-- +goose Up\n"), Some(Framework::Goose));
        assert_eq!(tool("x.sql", "-- migrate:up transaction:false\n"), Some(Framework::Dbmate));
        assert_eq!(tool("x.sql", "--migrate:up\n"), Some(Framework::Dbmate));
        assert_eq!(tool("x.sql", "--liquibase formatted sql\n"), Some(Framework::Liquibase));
        assert_eq!(tool("models.py", "x = 1"), None);
    }

    #[test]
    fn marks_count_where_the_tools_look_for_them() {
        let runs = |path: &str, text: &str| find_migration(path, text).map(|found| found.transaction);
        let (whole, none) = (Some(Transaction::Whole), Some(Transaction::None));
        let sqlx = "migrations/20240101000000_x.sql";
        assert_eq!(runs(sqlx, "-- no-transaction\nSELECT 1;\n"), none);
        assert_eq!(runs(sqlx, "-- a\n-- no-transaction\nSELECT 1;\n"), whole);
        assert_eq!(runs(sqlx, "-- atlas:txmode none\n\nSELECT 1;\n"), none);
        assert_eq!(runs("x.sql", "-- migrate:up\n-- migrate:down transaction:false\n"), whole);
        assert_eq!(runs("x.sql", "-- migrate:up transaction:false\n-- migrate:down\n"), none);
        assert_eq!(runs("x.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n"), none);
        assert_eq!(runs("migrations/000001_x.up.sql", "SELECT 1;\n"), Some(Transaction::UnlessSingle));
    }

    #[test]
    fn rails_leaves_the_transaction_out_where_a_statement_says_so() {
        let runs = |text: &str| {
            let text = format!("class A < ActiveRecord::Migration[7.1]{text}");
            find_migration("db/migrate/20240101_x.rb", &text).map(|found| found.transaction)
        };
        assert_eq!(runs("; disable_ddl_transaction!; def up; end; end\n"), Some(Transaction::None));
        assert_eq!(runs("\n  disable_ddl_transaction!\nend\n"), Some(Transaction::None));
        assert_eq!(runs("\n=begin\ndisable_ddl_transaction!\n=end\nend\n"), Some(Transaction::Whole));
        assert_eq!(runs("\n=begin\n=end\ndisable_ddl_transaction!\nend\n"), Some(Transaction::None));
        assert_eq!(runs("\n  # disable_ddl_transaction!\nend\n"), Some(Transaction::Whole));
    }

    #[test]
    fn django_is_told_by_its_operations_and_its_own_setting() {
        let path = "shop/migrations/0002_x.py";
        let text =
            |inside: &str| format!("from django.db import migrations as m\n\nclass Migration(m.Migration):\n{inside}");
        let runs = |inside: &str| {
            let found = find_migration(path, &text(inside)).expect("is found");
            assert_eq!(found.framework, Framework::Django);
            found.transaction
        };
        assert_eq!(runs("    operations = []\n"), Transaction::Whole);
        assert_eq!(runs("    atomic = False\n    operations = []\n"), Transaction::None);
        assert_eq!(runs("    atomic: bool = False\n    operations = []\n"), Transaction::None);
        assert_eq!(
            runs(
                "    operations = [\n        m.RunPython(\n            f,\n            atomic=False\n        ),\n    ]\n"
            ),
            Transaction::Whole
        );
        assert_eq!(find_migration(path, "class Plan:\n    steps = []\n"), None);
    }

    #[test]
    fn javascript_says_in_code_whether_there_is_a_transaction() {
        let runs = |text: &str| find_migration("migrations/1_x.ts", text).map(|found| found.transaction);
        let (whole, none) = (Some(Transaction::Whole), Some(Transaction::None));
        for off in
            ["transaction = false", "transaction: boolean = false;", "public transaction: false = false as const;"]
        {
            assert_eq!(runs(&format!("class A implements MigrationInterface {{\n  {off}\n}}")), none, "{off}");
        }
        for off in ["{ transaction: false }", "{ 'transaction': false }", "{ a: 'http://b', \"transaction\": false }"] {
            assert_eq!(runs(&format!("exports.up = (knex) => 1;\nexports.config = {off};")), none, "{off}");
        }
        for on in [
            "/* exports.config =\n{ transaction: false } */",
            "// transaction: false",
            "x = 'it\\'s'; // transaction: false",
        ] {
            assert_eq!(runs(&format!("exports.up = (knex) => 1;\n{on}")), whole, "{on}");
        }
        assert_eq!(runs("queryInterface.sequelize.transaction(f)"), none);
    }

    #[test]
    fn directories_name_other_databases() {
        for path in [
            "pkg/migrations/sqlite3/9_a.sql",
            "db/mysql/migrations/1.sql",
            "db/migrate_mysql/1_a.rb",
            "src/main/resources/db/migration/h2/V1__a.sql",
            "mysql-migrations/1.sql",
            "migrations/MySQL/v2/1.sql",
        ] {
            assert!(is_path_of_another_database(path), "{path}");
        }
        for path in [
            "migrations/1_mysql.sql",
            "oracle/migrations/1.sql",
            "mysql/proxy/src/migrations/1.sql",
            "migrations/postgres/mysql/1.sql",
            "migrations/add_mysql_ids/migration.sql",
            "mysql/1.sql",
        ] {
            assert!(!is_path_of_another_database(path), "{path}");
        }
    }

    #[test]
    fn settings_beside_a_migration() {
        let beside = |path: &str, framework| settings_of(path, framework);
        assert_eq!(beside("migrations/a/up.sql", Framework::Diesel).as_deref(), Some("migrations/a/metadata.toml"));
        assert_eq!(beside("db/V1__a.sql", Framework::Flyway).as_deref(), Some("db/V1__a.sql.conf"));
        assert_eq!(beside("migrations/1.sql", Framework::Sql), None);
        assert_eq!(transaction_in_settings("run_in_transaction = false\n"), Some(false));
        assert_eq!(transaction_in_settings("# executeInTransaction=false\nexecuteInTransaction=true\n"), Some(true));
        assert_eq!(transaction_in_settings("[a]\nb = 1\n"), None);
    }

    #[test]
    fn paths_alone() {
        for path in ["app/migrations/0001_initial.py", "db/migrate/20240101_x.rb", "priv/repo/migrations/2024_x.exs"] {
            assert!(is_migration_path(path), "{path}");
        }
        for path in ["app/models.py", "app/migrations/__init__.py", "sql/report.sql", "migrations/a/down.sql"] {
            assert!(!is_migration_path(path), "{path}");
        }
    }
}
