//! Which database a repository's migrations run on, from the files that name it: what is known of locks is PostgreSQL's.

use crate::lua::Globs;

/// A database that is not PostgreSQL, and the file that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OtherDatabase {
    pub(super) name: &'static str,
    pub(super) file: String,
}

/// Files that name a database: drivers among the dependencies, settings, schemas that tools write, services.
const FILES: &[&str] = &[
    "{Gemfile,Pipfile,pyproject.toml,setup.cfg,requirements*.txt,package.json,go.mod,Cargo.toml,pom.xml,mix.exs}",
    "{build.gradle,build.gradle.kts,libs.versions.toml}",
    "**/requirements/*.txt",
    "**/config/database*.yml",
    "*.prisma",
    "{settings*.py,alembic.ini,diesel.toml,dbconfig.yml,flyway.conf,flyway.toml,migration_lock.toml}",
    "**/settings/*.py",
    "knexfile.{js,cjs,mjs,ts,cts,mts}",
    "**/db/{schema.rb,structure.sql}",
    "{ormconfig,data-source,drizzle.config}.{js,ts,json}",
    "**/config/{dev,runtime,test,prod}.exs",
    "application*.{yml,yaml,properties}",
    "{docker-compose*,compose*}.{yml,yaml}",
    ".env.{example,sample,dist,template,test}",
    "!**/{node_modules,vendor,third_party,fixtures,testdata}/**",
];

/// More of them are not read.
const MAX_FILES: usize = 200;
/// So many migrations are read for what only one database understands.
const MAX_MIGRATIONS: usize = 20;

/// What only PostgreSQL is called, also in names of drivers (`postgrex`, `postgresql+asyncpg://`).
const POSTGRES: &[&str] = &[
    "postgres",
    "postgis",
    "psycopg",
    "asyncpg",
    "pg8000",
    "github.com/lib/pq",
    "jackc/pgx",
    "\"pg\"",
    "'pg'",
    "cockroach",
    "timescale",
    "plpgsql",
];

/// Words of drivers and settings, with the database that they speak to.
const OTHERS: &[(&str, &str)] = &[
    ("mysql", "MySQL"),
    ("trilogy", "MySQL"),
    ("myxql", "MySQL"),
    ("mariadb", "MariaDB"),
    ("engine=innodb", "MySQL"),
    ("sqlite", "SQLite"),
    ("sqlserver", "SQL Server"),
    ("mssql", "SQL Server"),
    ("tedious", "SQL Server"),
    ("backends.oracle", "Oracle"),
    ("jdbc:oracle", "Oracle"),
];

/// What migrations in SQL say that only PostgreSQL understands, and only others.
const POSTGRES_SQL: &[&str] = &[
    "jsonb",
    "timestamptz",
    "serial",
    "plpgsql",
    "create extension",
    "concurrently",
    "using gin",
    "using gist",
    "::text",
    "not valid",
    "returning ",
    "do $$",
    "set search_path",
    "create type",
    "text[]",
];
const OTHER_SQL: &[(&str, &str)] = &[
    ("engine=innodb", "MySQL"),
    ("engine = innodb", "MySQL"),
    ("auto_increment", "MySQL"),
    ("autoincrement", "SQLite"),
];

/// The other database that a repository's files name, where none of them names PostgreSQL.
pub(super) fn find_other_database(
    files: &[String],
    migrations: &[String],
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<OtherDatabase> {
    let globs = Globs::parse(FILES).expect("our own patterns are well formed");
    let mut named: Vec<&String> = files.iter().filter(|file| globs.matches(file)).collect();
    named.sort_by_key(|file| file.matches('/').count());
    let in_files = named.into_iter().take(MAX_FILES).map(|file| (file, POSTGRES, OTHERS));
    let newest = migrations.iter().rev().take(MAX_MIGRATIONS).filter(|file| file.ends_with(".sql"));
    let in_migrations = newest.map(|file| (file, POSTGRES_SQL, OTHER_SQL));
    let mut other = None;
    for (file, postgres, others) in in_files.chain(in_migrations) {
        let Some(text) = read(file) else { continue };
        let said = without_comments(&text);
        if postgres.iter().any(|word| said.contains(word)) {
            return None;
        }
        let name = others.iter().find(|(word, _)| said.contains(word)).map(|(_, name)| *name);
        other = other.or_else(|| name.map(|name| OtherDatabase { name, file: file.clone() }));
    }
    other
}

/// The lines that are no comments, in small letters.
fn without_comments(text: &str) -> String {
    let is_comment = |line: &&str| ["#", "//", "--"].iter().any(|sign| line.trim_start().starts_with(sign));
    let lines: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
    lines.join("\n").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)], migrations: &[&str]) -> Option<(&'static str, String)> {
        let names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        let migrations: Vec<String> = migrations.iter().map(|name| (*name).to_owned()).collect();
        let read = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
        find_other_database(&names, &migrations, &read).map(|other| (other.name, other.file))
    }

    #[test]
    fn what_names_another_database_and_nothing_that_names_postgres() {
        for (files, expected) in [
            (&[("Gemfile", "# not postgres\ngem \"sqlite3\"\n")][..], Some(("SQLite", "Gemfile"))),
            (
                &[("Gemfile", "gem 'mysql2'\n"), ("config/database.yml", "adapter: trilogy\n")],
                Some(("MySQL", "Gemfile")),
            ),
            (&[("Gemfile", "gem 'sqlite3', group: :test\ngem 'pg'\n")], None),
            (&[("web/prisma/schema.prisma", "provider = \"mysql\"\n")], Some(("MySQL", "web/prisma/schema.prisma"))),
            (
                &[("site/settings.py", "\"ENGINE\": \"django.db.backends.sqlite3\",\n")],
                Some(("SQLite", "site/settings.py")),
            ),
            (
                &[
                    ("site/settings.py", "'ENGINE': 'django.db.backends.sqlite3'\n"),
                    ("requirements.txt", "psycopg2-binary==2.9\n"),
                ],
                None,
            ),
            (&[("knexfile.js", "client: 'mssql'\n")], Some(("SQL Server", "knexfile.js"))),
            (&[("go.mod", "require github.com/go-sql-driver/mysql v1.7.1\n")], Some(("MySQL", "go.mod"))),
            (&[("go.mod", "require (\n  github.com/mattn/go-sqlite3 v1\n  github.com/lib/pq v1\n)\n")], None),
            (&[("package.json", "{ \"dependencies\": { \"pg\": \"8\", \"sqlite3\": \"5\" } }")], None),
            (&[("package.json", "{ \"dependencies\": { \"express\": \"4\" } }")], None),
            (&[("vendor/x/go.mod", "github.com/go-sql-driver/mysql\n")], None),
            (&[("README.md", "MySQL\n")], None),
        ] {
            let expected = expected.map(|(name, file): (&str, &str)| (name, file.to_owned()));
            assert_eq!(found(files, &[]), expected, "{files:?}");
        }
    }

    #[test]
    fn migrations_that_only_one_database_understands_tell_it() {
        let path = "migrations/0001_a.sql";
        let of = |text: &str| found(&[(path, text)], &[path]).map(|(name, _)| name);
        assert_eq!(of("CREATE TABLE a (id int NOT NULL AUTO_INCREMENT);"), Some("MySQL"));
        assert_eq!(of("CREATE TABLE a (id integer PRIMARY KEY AUTOINCREMENT);"), Some("SQLite"));
        assert_eq!(of("CREATE TABLE a (id bigserial);"), None);
        assert_eq!(of("CREATE TABLE a (id integer);"), None);
    }
}
